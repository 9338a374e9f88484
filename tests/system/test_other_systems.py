# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian 11 and 13 on machines of their own, Debian 13 with consent, and their disks measured: both are throttled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from system.machines import DEBIAN_11, DEBIAN_13, Lab
from system.playbook import Run, run


@pytest.fixture(scope="module")
def look(lab: Lab) -> Iterator[Run]:
    """One preflight of the two."""
    try:
        yield run(
            "preflight",
            inventories=[lab.inventory_of([DEBIAN_11], [DEBIAN_13])],
            extra_vars={"dvp_unlisted_systems_allowed": True, "dvp_disk_test_seconds": 4},
        )
    finally:
        lab.stop([DEBIAN_11, DEBIAN_13])


def test_listed_system(look: Run, lab: Lab) -> None:
    assert look.returncode
    assert lab.findings()[DEBIAN_11.name, "error"] == {"H06", "H07"}


def test_unlisted_system_is_accepted_with_a_warning(look: Run, lab: Lab) -> None:
    assert look.returncode
    assert lab.findings()[DEBIAN_13.name, "error"] == {"H07", "H19"}
    assert "H08" in lab.findings()[DEBIAN_13.name, "warning"]
