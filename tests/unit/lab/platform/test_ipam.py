# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of virtual machines."""

from __future__ import annotations

import pytest
from lab.platform import ipam


@pytest.mark.parametrize(
    ("cidrs", "taken", "expected"),
    [
        (["10.0.0.0/29"], [], "10.0.0.1"),
        (["10.0.0.0/29"], ["10.0.0.1", "10.0.0.2"], "10.0.0.3"),
        (["10.0.0.5/24"], [], "10.0.0.5"),  # the search begins at the written address
        (["10.0.0.0/30", "10.1.0.0/24"], ["10.0.0.1", "10.0.0.2"], "10.1.0.1"),
        (["10.9.0.0/24", "10.1.0.0/24"], [], "10.9.0.1"),  # list order, not number order
        (["10.0.0.0/30"], ["10.0.0.1", "10.0.0.2"], None),
        (["10.0.0.0/31"], [], None),
        (["10.0.0.7/32"], [], None),
    ],
)
def test_allocate(cidrs: list[str], taken: list[str], expected: str | None) -> None:
    assert ipam.allocate(cidrs, taken) == expected


@pytest.mark.parametrize(
    ("address", "usable"), [("10.0.0.0", False), ("10.0.0.1", True), ("10.0.0.255", False), ("10.0.1.1", False)]
)
def test_first_and_last_are_never_given(address: str, usable: bool) -> None:
    assert ipam.usable(address, ["10.0.0.0/24"]) is usable


def test_lease_names() -> None:
    assert ipam.lease_name("10.66.10.1") == "ip-10-66-10-1"
    assert ipam.address_of("ip-10-66-10-1") == "10.66.10.1"
