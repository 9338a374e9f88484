# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab per machine, one command at a time."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab import daemons, owner
from lab.daemons import Daemon
from lab.errors import LabError
from lab.paths import CONNECTIONS, LabPaths


def lab(folder: Path, name: str) -> LabPaths:
    path = folder / name / ".lab"
    path.parent.mkdir()
    return LabPaths(path)


@contextmanager
def something_running(lab: LabPaths) -> Iterator[None]:
    pid = daemons.start(lab.directory, "sleeper", ["sleep", "60"], lab.logs / "sleeper")
    yield
    daemons.stop([Daemon(pid, lab.directory, "sleeper", leader=True)])


def test_a_second_checkout_is_refused_by_name(tmp_path: Path) -> None:
    first, second, run = lab(tmp_path, "first"), lab(tmp_path, "second"), tmp_path / "run"
    owner.take(first, run)
    with something_running(first):
        owner.take(first, run)
        with pytest.raises(LabError, match=f"{first.directory}.*make demo-down"):
            owner.take(second, run)
        assert not second.directory.exists()
        owner.release(second, run)
        assert owner.owner(run) == first.directory
    owner.release(first, run)
    assert not run.exists()


def test_a_lab_that_was_switched_off_is_in_nobodys_way(tmp_path: Path) -> None:
    first, second, run = lab(tmp_path, "first"), lab(tmp_path, "second"), tmp_path / "run"
    owner.take(first, run)
    (run / "of the first").touch()
    owner.take(first, run)
    assert (run / "of the first").exists()
    owner.take(second, run)
    assert owner.claimed(run) == second.directory
    assert not (run / "of the first").exists()


def test_a_deleted_checkout_owns_nothing(tmp_path: Path) -> None:
    first, second, run = lab(tmp_path, "first"), lab(tmp_path, "second"), tmp_path / "run"
    owner.take(first, run)
    first.directory.rmdir()
    left = Daemon(1, first.directory, "machine a", leader=True)
    assert owner.leftovers(second, [left]) == [left]
    owner.take(second, run)
    assert owner.claimed(run) == second.directory


def test_one_command_at_a_time() -> None:
    with owner.exclusive("test"), pytest.raises(LabError, match="at work"), owner.exclusive("test"):
        pass
    with owner.exclusive("test"):
        pass


def test_a_new_owner_finds_nothing_of_a_deleted_one(tmp_path: Path) -> None:
    first, second, run = lab(tmp_path, "first"), lab(tmp_path, "second"), tmp_path / "run"
    owner.take(first, run)
    (run / CONNECTIONS.name).mkdir()
    first.directory.rmdir()
    # As a shared connection of OpenSSH calls itself.
    title = f"ssh: {run / CONNECTIONS.name}/0123456789 [mux]"
    program = tmp_path / "ssh"
    program.symlink_to(Path("/bin/sleep").resolve())
    with subprocess.Popen([title, "60"], executable=program) as connection:
        while connection.pid not in [guest.pid for guest in owner.guests(run)]:
            assert connection.poll() is None
        owner.take(second, run)
        assert not daemons.naming("ssh", run)
    assert [path.name for path in run.iterdir()] == ["owner"]
