# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wrapper keeps everything in the lab's folder, whatever that is called; its short-lived part has a short path."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import podman
from lab.paths import CONTAINERS_RUN, LabPaths
from lab.podman import script

RUNROOT_LIMIT = 50
LAB = LabPaths(Path("/some where/.lab"))


@pytest.mark.parametrize("hybrid", [True, False])
def test_storage_is_the_labs(hybrid: bool) -> None:
    text = script(LAB, hybrid, "ext2/ext3")
    assert "/some where/.lab/containers/root" in text
    assert ("unshare" in text) is hybrid


def test_a_deep_checkout_is_not_too_deep_for_podman() -> None:
    text = script(LabPaths(Path("/a" * 60, ".lab")), hybrid=False, filesystem="xfs")
    assert f"--runroot {CONTAINERS_RUN} " in text
    assert len(str(CONTAINERS_RUN)) <= RUNROOT_LIMIT


@pytest.mark.parametrize(("filesystem", "copies"), [("overlayfs", True), ("ext2/ext3", False)])
def test_there_are_no_layers_on_layers(filesystem: str, copies: bool) -> None:
    assert ("--storage-driver vfs" in script(LAB, False, filesystem)) is copies


def test_a_podman_that_fails_holds_up_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = LabPaths(tmp_path)
    lab.podman.parent.mkdir()
    lab.podman.write_text("#!/bin/sh\necho no storage; exit 125\n")
    lab.podman.chmod(0o755)
    podman.remove(lab)
    assert "no storage" in capsys.readouterr().out
