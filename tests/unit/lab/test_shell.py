# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An interrupted command is ended, politely, with all that it has started."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import shell

SCRIPT = 'trap "echo tidied > $0; exit" TERM; echo > $0; while :; do sleep 0.1; done'


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT raises, also where the tests were started with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_lets_the_command_tidy_up(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    def interrupt() -> None:
        while not trace.exists():
            time.sleep(0.01)
        time.sleep(0.2)  # until `run` waits for it
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        shell.run(["sh", "-c", SCRIPT, trace])
    assert trace.read_text() == "tidied\n"
