# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wrapper keeps everything in the lab's folder, whatever that is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.paths import LabPaths
from lab.podman import script

LAB = LabPaths(Path("/some where/.lab"))


@pytest.mark.parametrize("hybrid", [True, False])
def test_storage_is_the_labs(hybrid: bool) -> None:
    text = script(LAB, hybrid)
    assert "/some where/.lab/containers/root" in text
    assert ("unshare" in text) is hybrid
