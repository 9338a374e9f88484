# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes are found by what they carry, and ended."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from lab import daemons
from lab.errors import LabError


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (b"A=1\0DVP_LAB=/x/.lab|machine a|7\0B=2\0", daemons.Daemon(7, Path("/x/.lab"), "machine a", leader=True)),
        (b"DVP_LAB=/x|y/.lab|registry|3\0", daemons.Daemon(7, Path("/x|y/.lab"), "registry", leader=False)),
        (b"A=1\0", None),
        (b"", None),
    ],
    ids=["leader", "child", "stranger", "kernel thread"],
)
def test_daemon_of(environ: bytes, expected: daemons.Daemon | None) -> None:
    assert daemons.daemon_of(7, environ) == expected


def test_life_of_a_daemon(tmp_path: Path) -> None:
    pid = daemons.start(tmp_path, "sleeper", ["sh", "-c", "sleep 60 & sleep 60"], tmp_path / "log")
    assert daemons.find(tmp_path, "sleeper") == pid
    mine = [daemon for daemon in daemons.running() if daemon.lab == tmp_path]
    assert len(mine) == 3, "the shell and what it has started"
    daemons.stop(mine)
    assert daemons.find(tmp_path, "sleeper") is None


def test_a_daemon_that_ends_at_once_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no such thing"):
        daemons.start(tmp_path, "broken", ["sh", "-c", "echo no such thing; exit 1"], tmp_path / "log")


def test_strangers_that_work_for_the_lab_are_found_by_program_and_path(tmp_path: Path) -> None:
    script = f"sleep 60 & : {tmp_path}/socket; wait"
    with subprocess.Popen(["sh", "-c", script]) as shell, subprocess.Popen(["sleep", "60"]) as other:
        found = daemons.naming("sh", tmp_path)
        assert [daemon.pid for daemon in found] == [shell.pid]
        while not (started := daemons.children(found[0])):
            time.sleep(0.01)
        assert daemons.naming("ssh", tmp_path) == []
        daemons.stop([*found, *started])
        assert other.poll() is None
        other.kill()
