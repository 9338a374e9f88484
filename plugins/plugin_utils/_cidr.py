# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic of networks, private to the collection: the only file that uses netaddr.

Every function is pure and raises ValueError with the bad text in it; a filter turns that into its own error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

try:
    from netaddr import IPAddress, IPNetwork
    from netaddr.core import AddrFormatError

    NETADDR_MISSING = ""
except ImportError as exc:  # reported by the first function that needs it: importing must not fail
    NETADDR_MISSING = f"The Python library netaddr is needed on the control machine: {exc}"

# The first and the last address of a network are never given to a virtual machine.
_RESERVED_ADDRESSES = 2


class Overlap(NamedTuple):
    """Two networks that share addresses, each with the name of its owner."""

    first: str
    first_cidr: str
    second: str
    second_cidr: str


def parse_network(text: str) -> IPNetwork:
    """The IPv4 or IPv6 network of address/prefix; host bits must be zero (M03)."""
    if NETADDR_MISSING:
        raise ValueError(NETADDR_MISSING)
    address, separator, prefix = str(text).partition("/")
    if not separator or not prefix.isdigit():
        raise ValueError(f"{text!r} is not a network: write address/prefix, such as 10.66.10.0/24")
    try:
        network = IPNetwork(f"{IPAddress(address)}/{prefix}")
    except (AddrFormatError, ValueError) as exc:
        raise ValueError(f"{text!r} is not a network: {exc}") from exc
    if network.ip != network.network:
        raise ValueError(f"{text!r} is not a network: it has host bits, {network.cidr} has not")
    return network


def parse_address(text: str) -> IPAddress:
    """The address in a text."""
    if NETADDR_MISSING:
        raise ValueError(NETADDR_MISSING)
    try:
        return IPAddress(str(text))
    except (AddrFormatError, ValueError) as exc:
        raise ValueError(f"{text!r} is not an IP address") from exc


def is_ipv4(text: str) -> bool:
    """Whether a text is an IPv4 address, and not a name or anything else."""
    try:
        return bool(parse_address(text).version == 4)
    except ValueError:
        return False


def overlaps(networks: Mapping[str, Iterable[str]]) -> list[Overlap]:
    """Every pair of overlapping networks, of two owners or of one, in the given order (M03).

    networks: owner -> networks as address/prefix.
    """
    rows = [(owner, cidr, parse_network(cidr)) for owner, cidrs in networks.items() for cidr in cidrs]
    return [
        Overlap(owner, cidr, other_owner, other_cidr)
        for (owner, cidr, network), (other_owner, other_cidr, other) in combinations(rows, 2)
        if network.first <= other.last and other.first <= network.last and network.version == other.version
    ]


def contains(cidrs: Sequence[str], address: str) -> bool:
    """Whether an address lies in one of the networks."""
    return any(parse_address(address) in parse_network(cidr) for cidr in cidrs)


def vm_capacity(cidrs: Iterable[str]) -> int:
    """Number of addresses that virtual machines can get from networks that do not overlap (C02)."""
    return sum(max(0, parse_network(cidr).size - _RESERVED_ADDRESSES) for cidr in cidrs)


def node_capacity(pod_cidr: str, node_prefix: int) -> int:
    """Number of nodes that get a part of the pod network (C01); 0 when a part is larger than the whole."""
    network = parse_network(pod_cidr)
    return int(2 ** (node_prefix - network.prefixlen)) if node_prefix >= network.prefixlen else 0
