# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that cannot build the Kubernetes API is told so in one line, before anything else is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import control_plane
from lab.errors import LabError
from lab.paths import ROOT

OLD = 'case "$1" in env) echo go1.19.8;; *) echo "go version go1.19.8 linux/amd64";; esac'
REFUSES = (
    'case "$1" in env) echo "go: go.mod requires go >= 1.24.0 (running go 1.22.2; GOTOOLCHAIN=local)"; exit 1;; '
    '*) echo "go version go1.22.2 linux/amd64";; esac'
)
FETCHES = 'echo "go: downloading go1.24.0 (linux/amd64)" >&2; echo go1.24.0'


def go(folder: Path, script: str) -> None:
    """Write a `go` that does this."""
    (folder / "go").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "go").chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first folder of PATH; what comes from elsewhere than the system is not in it."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


@pytest.mark.parametrize(("script", "found"), [(OLD, "go1.19.8"), (REFUSES, "go1.22.2")])
def test_an_old_go_is_refused(path: Path, script: str, found: str) -> None:
    go(path, script)
    with pytest.raises(LabError, match=rf"^Go 1\.24 or newer is needed .*, found {found}: [^\n]*$"):
        control_plane.need_go()


def test_no_go_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LabError, match="found none"):
        control_plane.need_go()


@pytest.mark.parametrize("script", ["echo go1.24.0", "echo go1.26rc1", "echo go2.0", FETCHES])
def test_a_newer_go_will_do(path: Path, script: str) -> None:
    go(path, script)
    control_plane.need_go()


def test_programs_that_are_given_need_no_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go(path, OLD)
    for name in control_plane.BINARIES:
        (path / name).touch(mode=0o755)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(path))
    control_plane.check()


def test_the_readme_names_the_minimum() -> None:
    major, minor = control_plane.release((control_plane.MODULE / "go.mod").read_text(encoding="utf-8"))
    assert f"Go {major}.{minor} or newer" in (ROOT / "README.md").read_text(encoding="utf-8")
