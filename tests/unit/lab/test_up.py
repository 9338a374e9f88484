# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing the lab goes on after a failure and tells of it; waiting for machines shows that it lasts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lab import cache, daemons, hosts, network, owner, podman, up
from lab.errors import LabError
from lab.machine import Machine
from lab.paths import LabPaths

PARTS = {daemons: "stop", podman: "remove", network: "remove", owner: "release", cache: "prune"}


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been called; nothing of this machine is touched."""
    calls: list[str] = []
    for module, name in PARTS.items():
        title = f"{module.__name__.rpartition('.')[2]}.{name}"
        monkeypatch.setattr(module, name, lambda *_arguments, title=title: calls.append(title))
    monkeypatch.setattr(owner, "owner", lambda: None)
    monkeypatch.setattr(owner, "guests", list)
    return calls


def test_machines_end_first(done: list[str], tmp_path: Path) -> None:
    lab = LabPaths(tmp_path / ".lab")
    lab.directory.mkdir()
    up.down(lab)
    assert done == ["daemons.stop", "podman.remove", "daemons.stop", "network.remove", "owner.release", "cache.prune"]
    assert not lab.directory.exists()


def test_what_cannot_be_removed_holds_up_nothing(
    done: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_lab: LabPaths) -> None:
        raise LabError("podman is stuck")

    monkeypatch.setattr(podman, "remove", fail)
    lab = LabPaths(tmp_path / ".lab")
    lab.directory.mkdir()
    with pytest.raises(LabError, match="podman is stuck"):
        up.down(lab)
    assert done == ["daemons.stop", "daemons.stop", "network.remove"]
    assert not lab.directory.exists()


def test_a_long_wait_shows_that_it_lasts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(up, "NEWS_S", 0.02)
    monkeypatch.setattr(hosts, "is_running", lambda _lab, _name: True)
    monkeypatch.setattr(hosts, "wait_ready", lambda _lab, machine: time.sleep(0.1 * (machine.name == "slow")))
    machines = [Machine("slow", "198.18.0.31", "a"), Machine("fast", "198.18.0.32", "b")]
    up.start(LabPaths(Path("/nowhere")), machines)
    said = capsys.readouterr().out
    assert "still booting: slow" in said and said.rstrip().endswith("slow answers")
