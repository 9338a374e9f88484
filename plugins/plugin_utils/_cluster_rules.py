# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that compare hosts with each other: facts of all hosts -> findings; private to the collection. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._migration import named

Finding = dict[str, str]


def _shared(values: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Values that several hosts have, with their hosts."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for host, value in values.items():
        if value:
            owners[str(value)].append(host)
    return [(value, hosts) for value, hosts in owners.items() if len(hosts) > 1]


def check_unique(facts: Mapping[str, Mapping[str, Any]], nodes: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """H10: hostname, machine-id and mainboard UUID of each host, also against nodes that the cluster has already.

    nodes: objects {name, addresses: [text]} of the cluster. A node with one of the host's addresses is the host itself.
    """
    subjects: tuple[tuple[str, str, str], ...] = (
        ("hostname", "Unique hostname", "Give each host a name of its own: hostnamectl set-hostname <name>."),
        ("machine_id", "Unique machine-id", "Remove /etc/machine-id, run systemd-machine-id-setup and restart."),
        ("product_uuid", "Unique mainboard UUID", "Set the UUID in the firmware, or ask the vendor of the server."),
    )
    found = []
    for key, checked, fix in subjects:
        severity = req.WARNING if key == "product_uuid" else req.ERROR
        for value, hosts in _shared({host: row.get(key) for host, row in facts.items()}):
            # One text for all of them, so that a report names the cause once.
            found += [
                finding("H10", f"{value}, on {named(hosts)}", fix,
                        checked=checked, needed="a value that no other host has", severity=severity, host=host)
                for host in hosts
            ]  # fmt: skip
    node_addresses = {str(node["name"]): set(node["addresses"]) for node in nodes}
    for host, row in facts.items():
        known = node_addresses.get(str(row.get("hostname")))
        if known and not known & own_addresses(row):
            found.append(
                finding("H10", f"{row['hostname']}, a node of the cluster with address {', '.join(sorted(known))}",
                        subjects[0][2], checked=subjects[0][1], needed="a name that no node has", host=host)
            )  # fmt: skip
    return found


def own_addresses(facts: Mapping[str, Any]) -> set[str]:
    """Addresses of a host, without prefix lengths."""
    return {str(row["address"]).partition("/")[0] for row in facts.get("addresses") or []}


def check_kernels(
    facts: Mapping[str, Mapping[str, Any]], masters: Sequence[str], workers: Sequence[str], advice: str = ""
) -> list[Finding]:
    """H18: one kernel. An error among workers, which run virtual machines; a warning for masters that differ.

    advice: the smallest list of changes that gives the workers one kernel.
    """
    kernels = {host: str(row["kernel"]) for host, row in facts.items() if row.get("kernel")}
    fix = "Install the same kernel on all hosts and restart them, before virtual machines run."
    among_workers = _by_kernel(kernels, workers)
    if len(among_workers) > 1:
        needed = "the same kernel on all workers, for live migration"
        return [finding("H18", _counts(among_workers), advice or fix, needed=needed)]
    among_all = _by_kernel(kernels, [*masters, *workers])
    return [finding("H18", _counts(among_all), fix, severity=req.WARNING)] if len(among_all) > 1 else []


def _by_kernel(kernels: Mapping[str, str], hosts: Sequence[str]) -> dict[str, list[str]]:
    """Kernel -> its hosts."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for host in hosts:
        if host in kernels:
            found[kernels[host]].append(host)
    return dict(found)


def _counts(kernels: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{kernel} ({named(hosts)})" for kernel, hosts in sorted(kernels.items()))


def check_size(masters: Sequence[str], workers: Sequence[str]) -> list[Finding]:
    """C01 and C03: number of nodes, and of masters."""
    found, nodes = [], len(set(masters) | set(workers))
    if nodes > int(str(req.LIMITS["nodes"])):
        found.append(finding("C01", str(nodes), "Split the hosts into several clusters."))
    if len(masters) > 1 and len(masters) % 2 == 0:
        found.append(finding("C03", f"{len(masters)} masters", "Add or remove a master; an even number gains nothing."))
    return found


def check_installer(facts: Mapping[str, Mapping[str, Any]], machine_id: str) -> list[Finding]:
    """I01: the machine that runs the installer is none of the hosts, whatever names and addresses say."""
    fix = "Use another machine as the installer; it outlives the hosts it installs."
    return [
        finding("I01", f"the machine of {host} (machine-id {machine_id})", fix, host=host)
        for host, row in facts.items()
        if machine_id and row.get("machine_id") == machine_id
    ]
