# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress lines: elapsed seconds, the part, what it does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_BEGUN = time.monotonic()


def elapsed_s() -> float:
    """Seconds since the command began."""
    return time.monotonic() - _BEGUN


def say(part: str, text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(f"[{elapsed_s():5.0f} s] {part:13} {text}", flush=True)


@contextmanager
def step(part: str, text: str) -> Iterator[None]:
    """Say what begins, and how long it took when it is done."""
    say(part, f"{text} ...")
    begun = time.monotonic()
    yield
    say(part, f"{text}: done in {time.monotonic() - begun:.0f} s")
