# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layer with the installer's programs."""

from __future__ import annotations

import io
import tarfile

from lab.installer_image import archive


def test_same_files_same_layer() -> None:
    assert archive({"b": b"2", "a": b"1"}) == archive({"a": b"1", "b": b"2"})


def test_programs_can_be_executed() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive({"usr/local/bin/dhctl": b"#!"}))) as tar:
        assert tar.getmember("usr/local/bin/dhctl").mode == 0o755
