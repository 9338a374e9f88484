# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of virtual machines: the first free one, networks in list order. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable


def lease_name(address: str) -> str:
    """Return the name of an address's lease."""
    return "ip-" + address.replace(".", "-")


def address_of(lease: str) -> str:
    """Return the address of a lease's name."""
    return lease.removeprefix("ip-").replace("-", ".")


def usable(address: str, cidrs: list[str]) -> bool:
    """May the address be given? The first and the last of each network never are."""
    found = ipaddress.ip_address(address)
    for text in cidrs:
        network = ipaddress.ip_network(text, strict=False)
        if found in network and network.num_addresses > 2:
            return found not in (network.network_address, network.broadcast_address)
    return False


def allocate(cidrs: list[str], taken: Iterable[str]) -> str | None:
    """Return the first address without a lease, None when all are taken.

    Inside a network the search starts at the address written in the configuration, as the platform's does.
    """
    leased = set(taken)
    for text in cidrs:
        start = int(ipaddress.ip_interface(text).ip)
        last = int(ipaddress.ip_network(text, strict=False).broadcast_address)
        for number in range(start, last + 1):
            address = str(ipaddress.ip_address(number))
            if address not in leased and usable(address, [text]):
                return address
    return None
