# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All hosts at once: results of host_check -> findings of every host and of the cluster, private to the collection.

One pass in Python on the control machine instead of a loop over hostvars in each host's tasks. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._cluster_rules import (
    check_installer,
    check_kernels,
    check_size,
    own_addresses,
)
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory_values import raw_variables
from ansible_collections.dvp.baremetal.plugins.plugin_utils._migration import (
    check_migration,
    kernel_advice,
    migration_domains,
)
from ansible_collections.dvp.baremetal.plugins.plugin_utils._node_network import check_network
from ansible_collections.dvp.baremetal.plugins.plugin_utils._prepared import one_kernel, unique

Finding = dict[str, str]
Result = Mapping[str, Any]

# What Ansible says when a host cannot run the check at all -> requirement and advice. The first match speaks.
_FAILURES = (
    (
        r"No usable temporary directory|No space left on device|Read-only file system",
        "H00",
        "Free some space in /tmp or /var/tmp of the host (df -h, df -i), or mount it for writing, then run again.",
    ),
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
        r"timed out|timeout|Timer expired|expected time frame",
        "H00",
        "The host did not finish in time; look at its load and its disks, then run again.",
    ),
)
_FIX_UNREACHABLE = "Check power, address, firewall, the SSH user and the key, then run again."
_FIX_FAILED = "Run again with -vvv and this host as --limit."
_TEXT_LENGTH = 300
# Its lines name files of Python, which would make a fault of Python of any other.
_STACK = re.compile(r"^(?:Traceback \(most recent call last\):|[ \t].*)$", re.MULTILINE)


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
    """What a failed result says, on one line and short. Of a stack of calls, only what it ends with."""
    said = _STACK.sub("", str(result.get("module_stderr") or ""))
    code = f"(exit code {result['rc']})" if result.get("rc") else ""
    line = " ".join(f"{result.get('msg') or ''} {said} {code}".split()).removeprefix("Task failed: ")
    line = line or "no reason given"
    return line if len(line) <= _TEXT_LENGTH else line[: _TEXT_LENGTH - 3] + "..."


def answered(results: Mapping[str, Result | None], hosts: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Facts of those hosts that answered."""
    return {host: result["facts"] for host in hosts if (result := results.get(host)) and "facts" in result}


def our_hosts(
    facts: Mapping[str, Mapping[str, Any]], nodes: Sequence[Mapping[str, Any]], members: Sequence[str]
) -> set[str]:
    """Hosts that belong to this very cluster already: by an address of a node, or by a name in `members`."""
    taken, listed = {address for node in nodes for address in node["addresses"]}, set(members)
    ours = set()
    for host, row in facts.items():
        own = own_addresses(row)
        if own & taken or ({host, str(row.get("hostname"))} | own) & listed:
            ours.add(host)
    return ours


def known_hosts(addresses: Mapping[str, str], nodes: Sequence[Mapping[str, Any]], members: Sequence[str]) -> set[str]:
    """Hosts that the cluster has, though they were not asked: by their names or addresses in the inventory."""
    names = {node["name"] for node in nodes} | set(members)
    taken = {address for node in nodes for address in node["addresses"]}
    return {host for host, address in addresses.items() if host in names or address in taken}


def cluster_findings(
    results: Mapping[str, Result | None],
    masters: Sequence[str],
    workers: Sequence[str],
    nodes: Sequence[Mapping[str, Any]] = (),
    members: Sequence[str] = (),
    addresses: Mapping[str, str] | None = None,
    installer_machine_id: str = "",
    limited: bool = False,
) -> list[Finding]:
    """Findings of all hosts, host by host, then those of the cluster.

    results: inventory name -> registered result of host_check, None or absent for a host that was not asked.
    masters, workers: inventory names. nodes: objects {name, addresses} of a running cluster. members: names or
    addresses of hosts that belong to this cluster already, or on which its installation is under way: there an
    earlier installation is no finding. addresses: host -> address in the inventory. limited: whether the run was
    limited to some hosts; a worker that was not asked is then left out, and a master must be a node already, for nobody
    has checked it, and it would be joined all the same. installer_machine_id: of the installer machine, "" when it has
    none.
    """
    hosts = list(dict.fromkeys([*masters, *workers]))
    facts = answered(results, hosts)
    spared = known_hosts(addresses or {}, nodes, members) | (set(workers) - set(masters)) if limited else set()
    found = [row for host in hosts for row in host_findings(host, results.get(host), host in spared)]
    ours = our_hosts(facts, nodes, members)
    domains = migration_domains(facts, workers)
    return [
        *(row for row in found if row["checked"] != req.EARLIER_INSTALLATION or row["host"] not in ours),
        *check_installer(facts, installer_machine_id),
        *unique(facts, results, nodes),
        *one_kernel(check_kernels(facts, masters, workers, kernel_advice(domains)), results, workers),
        *check_migration(domains),
        *check_network(facts, addresses or {}),
        *check_size(masters, workers),
    ]
