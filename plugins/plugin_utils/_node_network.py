# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of the nodes: one MTU, the same address families; private to the collection. Pure."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._migration import named

Facts = Mapping[str, Any]


def node_interface(facts: Facts, address: str) -> str:
    """Name of the interface of a node: the one with its address, else the one of the default route; "" for none."""
    for row in facts.get("addresses") or []:
        if address and str(row["address"]).partition("/")[0] == address:
            return str(row["interface"])
    for row in facts.get("routes") or []:
        if row["destination"] in ("default", "0.0.0.0/0") and row["interface"]:
            return str(row["interface"])
    return ""


def families(facts: Facts, interface: str) -> str:
    """ "IPv4", "IPv6", "IPv4 and IPv6" or "": addresses of an interface that reach beyond its link."""
    versions = set()
    for row in facts.get("addresses") or []:
        if row["interface"] == interface:
            try:
                address = ipaddress.ip_interface(str(row["address"]))
            except ValueError:
                continue
            if not address.is_link_local:
                versions.add(f"IPv{address.version}")
    return " and ".join(sorted(versions))


def check_network(facts: Mapping[str, Facts], addresses: Mapping[str, str]) -> list[dict[str, str]]:
    """C06: the same MTU and the same address families on the interface of every node.

    facts: of the hosts that answered. addresses: host -> its address in the inventory.
    """
    mtus: defaultdict[int, list[str]] = defaultdict(list)
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    found = []
    for host, row in facts.items():
        interface = node_interface(row, addresses.get(host, ""))
        mtu = (row.get("mtus") or {}).get(interface)
        if mtu:
            mtus[int(mtu)].append(host)
        else:
            fix = "Look whether the host has its address, or a default route, and run the check as root."
            found.append(finding("C06", "unknown", fix, checked="MTU of the node's interface", host=host))
        kinds[families(row, interface) or "none"].append(host)
    if len(mtus) > 1:
        parts = [f"{mtu} ({named(hosts)})" for mtu, hosts in sorted(mtus.items())]
        fix = "Give the interfaces of all nodes, and the switches between them, one MTU; packets get lost otherwise."
        found.append(finding("C06", "; ".join(parts), fix, checked="MTU", needed="one MTU on all nodes"))
    if len(kinds) > 1:
        parts = [f"{kind} ({named(hosts)})" for kind, hosts in sorted(kinds.items())]
        fix = "Give all nodes addresses of the same families on the network of the cluster."
        needed = "the same families on all nodes"
        found.append(finding("C06", "; ".join(parts), fix, checked="Address families", needed=needed))
    return found
