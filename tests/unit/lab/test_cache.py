# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of the cache is there whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.cache import cached, digest, prune


def folders(cache: Path) -> list[str]:
    """What is left of the one kind."""
    return sorted(path.name for path in (cache / "kind").iterdir() if path.is_dir())


def test_digest_sees_where_parts_end(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("ab")
    assert digest(["a", "b"]) != digest(["ab", ""])
    assert digest([tmp_path / "f"]) == digest(["ab"]) == digest([b"ab"])


def test_builds_once_and_keeps_what_a_lab_may_use(tmp_path: Path) -> None:
    built: list[str] = []

    def build(folder: Path) -> None:
        built.append(folder.name)
        (folder / "file").touch()

    for key in ("one", "one", "two"):
        assert (cached("kind", key, build, tmp_path) / "file").exists()
    assert len(built) == 2
    assert folders(tmp_path) == ["one", "two"]


def test_an_interrupted_build_leaves_nothing_to_use(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    def build(folder: Path) -> None:
        (folder / "whole").touch()

    with pytest.raises(KeyboardInterrupt):
        cached("kind", "key", interrupted, tmp_path)
    assert sorted(path.name for path in cached("kind", "key", build, tmp_path).iterdir()) == ["whole"]


def test_prune_keeps_what_was_used_last(tmp_path: Path) -> None:
    for key in ("old", "new", "old"):
        cached("kind", key, lambda folder: None, tmp_path)
    (tmp_path / "kind" / "cut.partial").mkdir()
    prune(tmp_path)
    assert folders(tmp_path) == ["old"]


def test_prune_leaves_alone_what_is_being_built(tmp_path: Path) -> None:
    cached("kind", "old", lambda folder: None, tmp_path)
    cached("kind", "new", lambda folder: prune(tmp_path), tmp_path)
    assert folders(tmp_path) == ["new", "old"]
