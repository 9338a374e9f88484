# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interrupted installation has left half way is finished first."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import packages, shell
from lab.errors import LabError


class Machine:
    """A machine whose dpkg was cut off, and where another one holds the lock at first."""

    def __init__(self, locked: int = 0, broken: bool = False) -> None:
        self.commands: list[str] = []
        self.half_way, self.locked, self.broken = True, locked, broken

    def run(self, command: list[str], **_options: object) -> str:
        line = " ".join(command)
        if line == "dpkg --audit":
            return "The following packages have been unpacked but not yet configured" if self.half_way else ""
        self.commands.append(line)
        if line.startswith("dpkg --configure"):
            if self.broken:
                raise LabError("dpkg: error processing package")
            if self.locked:
                self.locked -= 1
                raise LabError("dpkg: error: dpkg frontend lock was locked by another process with pid 7")
            self.half_way = False
        return ""


def ensure(machine: Machine, monkeypatch: pytest.MonkeyPatch, wanted: list[str], journal: Path) -> list[str]:
    """The commands of `ensure` on this machine, where these packages are missing."""
    answers = iter([wanted, []])
    monkeypatch.setattr(shell, "run", machine.run)
    monkeypatch.setattr(shell, "pause", lambda _seconds: None)
    monkeypatch.setattr(packages, "JOURNAL", journal)
    monkeypatch.setattr(packages, "missing", lambda _programs: next(answers))
    packages.ensure()
    return machine.commands


def test_dpkg_finishes_before_apt_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands = ensure(Machine(), monkeypatch, ["crun"], tmp_path)
    assert [line.split()[0] for line in commands] == ["dpkg", "apt-get", "apt-get"]
    assert all("DPkg::Lock::Timeout=300" in line for line in commands if line.startswith("apt-get"))


def test_dpkg_finishes_when_nothing_is_missing_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert ensure(Machine(locked=2), monkeypatch, [], tmp_path) == ["dpkg --configure -a --force-confold"] * 3


def test_a_package_that_cannot_be_configured_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="error processing"):
        ensure(Machine(broken=True), monkeypatch, [], tmp_path)


def test_a_journal_that_is_not_empty_is_an_interrupt(tmp_path: Path) -> None:
    (tmp_path / "0001").touch()
    assert packages.interrupted(tmp_path)
    assert not packages.interrupted(tmp_path / "no dpkg here")
