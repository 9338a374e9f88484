# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a machine can move to another node."""

from __future__ import annotations

import pytest
from lab.platform.machines import migratable

SHARED, LOCAL = {"root": ["ReadWriteMany"]}, {"root": ["ReadWriteMany"], "data": ["ReadWriteOnce"]}


@pytest.mark.parametrize(
    ("disks", "edition", "expected"),
    [
        (SHARED, "ce", (True, "VirtualMachineMigratable", "")),
        (LOCAL, "ee", (True, "VirtualMachineDisksShouldBeMigrating", "")),
        (LOCAL, "se-plus", (True, "VirtualMachineDisksShouldBeMigrating", "")),
        (LOCAL, "ce", (False, "VirtualMachineDisksNotMigratable", "disks on one node only: data")),
        ({}, "ce", (True, "VirtualMachineMigratable", "")),
    ],
)
def test_migratable(disks: dict[str, list[str]], edition: str, expected: tuple[bool, str, str]) -> None:
    assert migratable(disks, edition) == expected
