# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m lab.platform: run the daemon until SIGTERM or SIGINT."""

from __future__ import annotations

import logging
import signal
import threading

from .daemon import Platform
from .options import parse


def main() -> None:
    """Start, wait for a signal, stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    # urllib3 tells of each connection that the API server has closed; that is its daily life.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    platform = Platform(parse())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    platform.start()
    stop.wait()
    platform.stop()


if __name__ == "__main__":
    main()
