# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All hosts at once: results of host_check -> findings of every host and of the cluster, private to the collection.

One pass in Python on the control machine instead of a loop over hostvars in each host's tasks. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory_values import raw_variables

Finding = dict[str, str]
Result = Mapping[str, Any]

# What Ansible says when a host cannot run the check at all -> requirement and advice. The first match speaks.
_FAILURES = (
    (
        r"sudo|become|password is required|privilege",
        "H13",
        "Allow the SSH user sudo without a password (NOPASSWD).",
    ),
    (
        r"interpreter|python|SyntaxError|f-string|MODULE FAILURE.*127|No module named",
        "H21",
        "Install Python 3 on the host, or name it in ansible_python_interpreter; old Pythons need ansible-core 2.16.",
    ),
    (
        r"timed out|timeout|Timer expired",
        "H00",
        "The host did not finish in time; look at its load and its disks, then run again.",
    ),
)
_FIX_UNREACHABLE = "Check power, address, firewall, the SSH user and the key, then run again."
_FIX_FAILED = "Run again with -vvv and this host as --limit."
_TEXT_LENGTH = 300


# The variable in which the role host_check keeps the answer of a host.
RESULT_VARIABLE = "__host_check_result"


def host_results(hostvars: Mapping[str, Mapping[str, Any]], hosts: Iterable[str]) -> dict[str, Result | None]:
    """What each host answered: inventory name -> registered result, None for a host that was not asked."""
    results: dict[str, Result | None] = {}
    for host in hosts:
        variables = raw_variables(hostvars, host)
        result = variables.get(RESULT_VARIABLE)
        results[host] = result if isinstance(result, Mapping) and not result.get("skipped") else None
    return results


def known_nodes(objects: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Nodes and StaticInstances of the API as {name, addresses}, whatever state they are in."""
    nodes = []
    for item in objects:
        listed = item.get("status", {}).get("addresses", [])
        addresses = [row["address"] for row in listed if row.get("type") in ("InternalIP", "ExternalIP")]
        own = item.get("spec", {}).get("address")
        nodes.append({"name": item["metadata"]["name"], "addresses": addresses + ([own] if own else [])})
    return nodes


def host_findings(host: str, result: Result | None, spared: bool = False) -> list[Finding]:
    """Findings of one host from its registered result, which may be a dead host's, or missing.

    host: name in the inventory. result: what `register` kept, None when the host was not asked. spared: it need not be
    asked; then it is a warning.
    """
    if result is None:
        severity = req.WARNING if spared else req.ERROR
        return [finding("H00", "not asked in this run", "Run again without --limit.", host=host, severity=severity)]
    if result.get("unreachable"):
        return [finding("H13", f"unreachable: {_text(result)}", _FIX_UNREACHABLE, host=host)]
    if "findings" not in result:
        text = _text(result)
        for pattern, requirement_id, fix in _FAILURES:
            if re.search(pattern, text, re.IGNORECASE):
                return [finding(requirement_id, text, fix, host=host)]
        return [finding("H00", text, _FIX_FAILED, host=host)]
    return [dict(row, host=host) for row in result["findings"]]


def _text(result: Result) -> str:
    """What a failed result says, on one line and short."""
    parts = (str(result.get(key) or "") for key in ("msg", "module_stderr"))
    line = " ".join(" ".join(parts).split()).removeprefix("Task failed: ") or "no reason given"
    return line if len(line) <= _TEXT_LENGTH else line[: _TEXT_LENGTH - 3] + "..."


def _facts(results: Mapping[str, Result | None], hosts: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Facts of those hosts that answered."""
    return {host: result["facts"] for host in hosts if (result := results.get(host)) and "facts" in result}


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
            found += [
                finding("H10", f"{value}, also on {', '.join(other for other in hosts if other != host)}", fix,
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
    facts: Mapping[str, Mapping[str, Any]], masters: Sequence[str], workers: Sequence[str]
) -> list[Finding]:
    """H18: one kernel. An error among workers, which run virtual machines; a warning for masters that differ."""
    kernels = {host: str(row["kernel"]) for host, row in facts.items() if row.get("kernel")}
    of_workers = sorted({kernels[host] for host in workers if host in kernels})
    of_all = sorted(set(kernels.values()))
    fix = "Install the same kernel on all hosts and restart them, before virtual machines run."
    if len(of_workers) > 1:
        counts = [f"{kernel} ({_names(kernels, kernel, workers)})" for kernel in of_workers]
        return [finding("H18", "; ".join(counts), fix, needed="the same kernel on all workers, for live migration")]
    if len(of_all) > 1:
        counts = [f"{kernel} ({_names(kernels, kernel, [*masters, *workers])})" for kernel in of_all]
        return [finding("H18", "; ".join(counts), fix, severity=req.WARNING)]
    return []


def _names(kernels: Mapping[str, str], kernel: str, hosts: Iterable[str], most: int = 5) -> str:
    """Names of the hosts that run a kernel; of many hosts only the first ones."""
    names = [host for host in hosts if kernels.get(host) == kernel]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def check_size(masters: Sequence[str], workers: Sequence[str]) -> list[Finding]:
    """C01 and C03: number of nodes, and of masters."""
    found, nodes = [], len(set(masters) | set(workers))
    if nodes > int(str(req.LIMITS["nodes"])):
        found.append(finding("C01", str(nodes), "Split the hosts into several clusters."))
    if len(masters) > 1 and len(masters) % 2 == 0:
        found.append(finding("C03", f"{len(masters)} masters", "Add or remove a master; an even number gains nothing."))
    return found


def is_member(host: str, facts: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]], members: Sequence[str]) -> bool:
    """Whether a host belongs to this very cluster already: by an address of a node, or by a name in `members`."""
    names = {host, str(facts.get("hostname"))} | own_addresses(facts)
    return bool(names & set(members)) or any(set(node["addresses"]) & own_addresses(facts) for node in nodes)


def is_node(host: str, address: str, nodes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the cluster has a host that was not asked: by its name or address in the inventory."""
    return any(node["name"] == host or address in node["addresses"] for node in nodes)


def check_installer(facts: Mapping[str, Mapping[str, Any]], machine_id: str) -> list[Finding]:
    """I01: the machine that runs the installer is none of the hosts, whatever names and addresses say."""
    fix = "Use another machine as the installer; it outlives the hosts it installs."
    return [
        finding("I01", f"the machine of {host} (machine-id {machine_id})", fix, host=host)
        for host, row in facts.items()
        if machine_id and row.get("machine_id") == machine_id
    ]


def cluster_findings(
    results: Mapping[str, Result | None],
    masters: Sequence[str],
    workers: Sequence[str],
    nodes: Sequence[Mapping[str, Any]] = (),
    members: Sequence[str] = (),
    addresses: Mapping[str, str] | None = None,
    installer_machine_id: str = "",
) -> list[Finding]:
    """Findings of all hosts, host by host, then those of the cluster.

    results: inventory name -> registered result of host_check, None or absent for a host that was not asked.
    masters, workers: inventory names. nodes: objects {name, addresses} of a running cluster. members: names or
    addresses of hosts that belong to this cluster already, or on which its installation is under way: there an
    earlier installation is no finding. addresses: host -> address in the inventory, of a run that was limited to some
    hosts: one that was not asked must be a node already, for nobody has checked it, and it would be joined all the
    same. None for a run of all hosts. installer_machine_id: of the installer machine, "" when it has none.
    """
    hosts = list(dict.fromkeys([*masters, *workers]))
    facts = _facts(results, hosts)
    spared = {host for host, address in (addresses or {}).items() if host in members or is_node(host, address, nodes)}
    found = [row for host in hosts for row in host_findings(host, results.get(host), host in spared)]
    ours = {host for host, row in facts.items() if is_member(host, row, nodes, members)}
    return [
        *(row for row in found if row["checked"] != req.EARLIER_INSTALLATION or row["host"] not in ours),
        *check_installer(facts, installer_machine_id),
        *check_unique(facts, nodes),
        *check_kernels(facts, masters, workers),
        *check_size(masters, workers),
    ]
