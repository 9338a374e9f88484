# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that outlive the command that starts them: machines, the registry, the platform.

What runs is asked of the kernel, never of a file: each daemon carries ``DVP_LAB=<lab>|<name>|<its process id>`` in its
environment, and so do its children. So an interrupted ``up`` loses nothing, and ``down`` finds everything.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

MARK = "DVP_LAB"
PROC = Path("/proc")


@dataclass(frozen=True)
class Daemon:
    """One process of a lab; a leader was started by the lab, the others by a leader."""

    pid: int
    lab: Path
    name: str
    leader: bool


def daemon_of(pid: int, environ: bytes) -> Daemon | None:
    """What a process is to the lab, by its environment (the contents of /proc/<pid>/environ); None: nothing."""
    for item in environ.split(b"\0"):
        key, _equals, value = item.partition(b"=")
        if key == MARK.encode():
            lab, name, leader = os.fsdecode(value).rsplit("|", 2)
            return Daemon(pid, Path(lab), name, leader == str(pid))
    return None


def running() -> list[Daemon]:
    """Every process of every lab on this machine."""
    found = []
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        pid = int(folder.name)
        with suppress(OSError):  # it has ended meanwhile
            daemon = daemon_of(pid, (folder / "environ").read_bytes())
            if daemon:
                found.append(daemon)
    return found


def naming(program: str, folder: Path) -> list[Daemon]:
    """Every process of a program (as the kernel calls it) whose command line names something in the folder.

    So is found what others have started for the lab: it carries no mark.
    """
    found = []
    for process in PROC.iterdir():
        if process.name.isdigit():
            with suppress(OSError):  # it has ended meanwhile
                ours = os.fsencode(f"{folder}/") in (process / "cmdline").read_bytes()
                if ours and (process / "comm").read_text(encoding="utf-8").strip() == program:
                    found.append(Daemon(int(process.name), folder, program, leader=False))
    return found


def children(parent: Daemon) -> list[Daemon]:
    """The processes that a process has started."""
    try:
        pids = (PROC / f"{parent.pid}/task/{parent.pid}/children").read_text(encoding="utf-8").split()
    except OSError:  # it has ended meanwhile
        return []
    return [Daemon(int(pid), parent.lab, f"child of {parent.name}", leader=False) for pid in pids]


def find(lab: Path, name: str) -> int | None:
    """The process id of a daemon, None when it does not run."""
    return next((d.pid for d in running() if d.leader and (d.lab, d.name) == (lab, name)), None)


def start(lab: Path, name: str, command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None) -> int:
    """Start a daemon and return its process id. LabError when it ends at once."""
    log.parent.mkdir(parents=True, exist_ok=True)
    marked = ["sh", "-c", f'export {MARK}="$1|$2|$$"; shift 2; exec "$@"', "sh", str(lab), name]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*marked, *(str(word) for word in command)], cwd="/", env={**os.environ, **(env or {})},
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    time.sleep(0.3)
    if process.poll() is not None:
        raise LabError(f"{name} did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
    return process.pid


def stop(processes: Iterable[Daemon], patience_s: float = 10) -> None:
    """End processes: politely, then not."""
    targets = {daemon.pid: daemon.name for daemon in processes}
    for signal_, patience in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 5.0)):
        for pid in targets:
            with suppress(ProcessLookupError):
                os.kill(pid, signal_)
        until = time.monotonic() + patience
        while targets and time.monotonic() < until:
            for pid in list(targets):
                with suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
                if _ended(pid):
                    del targets[pid]
            time.sleep(0.1)
    if targets:
        raise LabError(f"cannot end {targets}")


def _ended(pid: int) -> bool:
    """Whether a process is gone, or is one that only waits to be buried by whoever adopted it."""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
