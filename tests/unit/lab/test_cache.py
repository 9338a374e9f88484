# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of the cache is there whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.cache import cached, digest


def test_digest_sees_where_parts_end(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("ab")
    assert digest(["a", "b"]) != digest(["ab", ""])
    assert digest([tmp_path / "f"]) == digest(["ab"]) == digest([b"ab"])


def test_builds_once_and_replaces_the_older(tmp_path: Path) -> None:
    built: list[str] = []

    def build(folder: Path) -> None:
        built.append(folder.name)
        (folder / "file").touch()

    for key in ("one", "one", "two"):
        assert (cached("kind", key, build, tmp_path) / "file").exists()
    assert len(built) == 2
    assert [path.name for path in (tmp_path / "kind").iterdir() if path.is_dir()] == ["two"]


def test_an_interrupted_build_leaves_nothing_to_use(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    def build(folder: Path) -> None:
        (folder / "whole").touch()

    with pytest.raises(KeyboardInterrupt):
        cached("kind", "key", interrupted, tmp_path)
    assert sorted(path.name for path in cached("kind", "key", build, tmp_path).iterdir()) == ["whole"]
