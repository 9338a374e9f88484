# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab per machine: which checkout has it, and one command at a time."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import daemons
from lab.errors import LabError
from lab.paths import CONNECTIONS, CONTAINERS_RUN, RUN, LabPaths


def owner(run: Path = RUN) -> Path | None:
    """The folder of the lab that is up on this machine; None when there is none.

    A lab of which nothing runs is none, for instance after the machine was switched off. Nor is one whose checkout has
    been deleted; what that has left running is found by `leftovers`.
    """
    lab = claimed(run)
    alive = lab and lab.is_dir() and any(daemon.lab == lab for daemon in daemons.running())
    return lab if alive else None


def claimed(run: Path = RUN) -> Path | None:
    """The folder of the lab that was laid last, up or not."""
    try:
        return Path((run / "owner").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def leftovers(lab: LabPaths, found: list[daemons.Daemon]) -> list[daemons.Daemon]:
    """Processes of labs whose folder is gone."""
    return [daemon for daemon in found if daemon.lab != lab.directory and not daemon.lab.is_dir()]


def guests(run: Path = RUN) -> list[daemons.Daemon]:
    """Processes that others have started for the machine's lab: containers, and Ansible's shared SSH connections."""
    supervisors = daemons.naming("conmon", run / CONTAINERS_RUN.name)
    containers = [process for one in supervisors for process in (one, *daemons.children(one))]
    return [*containers, *daemons.naming("ssh", run / CONNECTIONS.name)]


def take(lab: LabPaths, run: Path = RUN) -> None:
    """Make this lab the machine's. LabError when another one is up."""
    other = owner(run)
    if other and other != lab.directory:
        raise LabError(
            f"Another lab is up on this machine: {other}. There can be only one: they would have the same addresses. "
            f"Remove that one first: cd {other.parent} && make demo-down"
        )
    daemons.stop(leftovers(lab, daemons.running()))
    if claimed(run) != lab.directory:
        daemons.stop(guests(run))
        shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True, exist_ok=True)
    lab.directory.mkdir(exist_ok=True)
    (run / "owner").write_text(str(lab.directory), encoding="utf-8")


def release(lab: LabPaths, run: Path = RUN) -> None:
    """The machine has no lab any more."""
    if owner(run) in (None, lab.directory):
        shutil.rmtree(run, ignore_errors=True)


@contextmanager
def exclusive(name: str = "dvp-lab") -> Iterator[None]:
    """Let no second command of the lab change it at the same time. LabError when one does.

    The lock is an abstract socket: it ends with the process, and leaves no file.
    """
    with socket.socket(socket.AF_UNIX) as lock:
        try:
            lock.bind(f"\0{name}")
        except OSError:
            raise LabError("Another command of the lab is at work on this machine: wait for it, or end it.") from None
        yield
