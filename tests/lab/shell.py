# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the commands the lab is made with, so that an interrupt leaves none of them behind.

Each command leads a process group of its own: an interrupt at the terminal reaches this program only, and this program
ends the groups (``stop_all``), whatever they have started. When this program is killed, the kernel kills them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from lab.errors import LabError

# A command and all that it starts and mounts; nothing of that outlives it.
ISOLATED = ("unshare", "--mount", "--pid", "--fork", "--kill-child")

_running: set[subprocess.Popen[bytes]] = set()
_guard = threading.Lock()
_stopping = threading.Event()


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: Path | None = None,
    stdin: str | None = None,
    timeout_s: float | None = None,
) -> str:
    """Return what the command prints; ``log`` keeps all of it. LabError when it fails, with the end of its output."""
    argv = [str(word) for word in command]
    with _guard:
        if _stopping.is_set():
            raise LabError("interrupted")
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *argv], cwd=cwd, start_new_session=True,
            env={**os.environ, "LC_ALL": "C", **(env or {})},
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _running.add(process)
    try:
        raw, _nothing = process.communicate(None if stdin is None else stdin.encode(), timeout=timeout_s)
    except subprocess.TimeoutExpired:
        _end(process)
        raise LabError(f"{argv[0]} did not end within {timeout_s} s: {' '.join(argv)}") from None
    except BaseException:  # an interrupt: nobody else knows this process any more
        _end(process)
        raise
    finally:
        with _guard:
            _running.discard(process)
    output = raw.decode(errors="replace")
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(output, encoding="utf-8")
    if process.returncode:
        tail = "\n".join(output.splitlines()[-20:])
        raise LabError(f"{' '.join(argv)} ended with {process.returncode}:\n{tail}")
    return output


def succeeds(command: Sequence[str | Path], timeout_s: float | None = None) -> bool:
    """Whether the command ends with 0."""
    try:
        run(command, timeout_s=timeout_s)
    except LabError:
        return False
    return True


def pause(seconds: float) -> None:
    """Sleep, and fail at once when the lab's command is interrupted."""
    if _stopping.wait(seconds):
        raise LabError("interrupted")


def stop_all() -> None:
    """End every command that runs, and start no more."""
    _stopping.set()
    with _guard:
        processes = list(_running)
    for process in processes:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
