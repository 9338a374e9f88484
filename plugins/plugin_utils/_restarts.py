# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts are restarted into the wanted kernel, in which batches, and what happens to their nodes. Pure; private.

Read from the looks that the role host_prepare has taken at the hosts, and from the nodes of the cluster: a run that was
cut off is simply run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._cluster import known_nodes
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory import node_addresses
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory_values import raw_variables

HostVars = Mapping[str, Mapping[str, Any]]

# The variables of host_prepare: what it saw on a host, and, on the installer machine, what restart_plan returned.
LOOK_VARIABLE = "__host_prepare_look"
PLAN_VARIABLE = "host_prepare_restarts"
# On a node that this collection has cordoned; one that somebody else has cordoned stays so.
ANNOTATION = "dvp.baremetal/restarting"
NO_HOSTS = "all:!all"


def _looks(hostvars: HostVars, hosts: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Host -> what host_prepare saw on it last; a host that it has not looked at in this run is left out."""
    looks = {host: raw_variables(hostvars, host).get(LOOK_VARIABLE) for host in hosts}
    return {host: look for host, look in looks.items() if isinstance(look, Mapping) and "remedies" in look}


def _wants_restart(look: Mapping[str, Any], predicted: bool) -> bool:
    """Whether the kernel is there and does not run; with `predicted` also one that check mode has not installed."""
    kernel = look["remedies"]["kernel"]
    return bool(kernel["restart"] and (predicted or not kernel["package"]))


def restart_plan(
    hostvars: HostVars,
    masters: Sequence[str],
    workers: Sequence[str],
    nodes: Iterable[Mapping[str, Any]] | None = (),
    allowed: bool = False,
    batch_percent: int = 100,
    predicted: bool = False,
) -> dict[str, Any]:
    """What is restarted, and in which order.

    masters, workers: names in the inventory. nodes: Node objects of the cluster, empty without one, None for an API
    that did not answer. allowed: consent. batch_percent: of all workers, at least one. predicted: check mode.

    Returns {masters: [host], workers: [host], batch: workers at once, hosts: {host: {node: name or "", uncordon:
    bool}}, waiting: [hosts that lack consent only], findings, wished: whether a kernel is asked for on any host; if
    not, the cluster need not be asked}. A node is found by what the inventory says, never by what a host says of
    itself: it would be another one that is drained.
    """
    looks = _looks(hostvars, [*masters, *workers])
    addresses = node_addresses(hostvars, looks)
    objects = {str(node["metadata"]["name"]): node for node in nodes or ()}
    known = {str(row["name"]): set(row["addresses"]) for row in known_nodes(objects.values())}
    plan: dict[str, Any] = {
        "masters": [], "workers": [], "batch": max(1, len(workers) * batch_percent // 100),
        "hosts": {}, "waiting": [], "findings": [],
        "wished": any(look["facts"].get("kernel_wanted") for look in looks.values()),
    }  # fmt: skip
    for host, look in looks.items():
        name = next((node for node in known if node == host or addresses[host] in known[node]), "")
        node = objects.get(name, {})
        ours = ANNOTATION in (node.get("metadata", {}).get("annotations") or {})
        if not (ours or _wants_restart(look, predicted)):
            continue
        if not allowed:
            plan["waiting"].append(host)
        elif nodes is None:
            fix = "Mend the API first: it knows which host is a node, and a node is drained before it is restarted."
            row = finding(
                "H18", "the API is silent", fix, host=host, checked="Restart", needed="an answer of its cluster"
            )
            plan["findings"].append(row)
        elif not name and look["facts"]["leftovers"]["platform"]:
            fix = "Put the kubeconfig of its cluster at dvp_kubeconfig; a node is drained before it is restarted."
            row = finding("H18", "a node of no known cluster", fix, host=host, checked="Restart", needed="its node")
            plan["findings"].append(row)
        else:
            plan["masters" if host in masters else "workers"].append(host)
            uncordon = bool(name) and (ours or not node.get("spec", {}).get("unschedulable"))
            plan["hosts"][host] = {"node": name, "uncordon": uncordon}
    return plan


def _plan(hostvars: HostVars, installers: Sequence[str], hosts: Sequence[str]) -> Mapping[str, Any] | None:
    """The plan that the installer machine holds; None when nothing was to be planned."""
    for installer in installers:
        plan = raw_variables(hostvars, installer).get(PLAN_VARIABLE)
        if isinstance(plan, Mapping):
            return plan
    if any(_wants_restart(look, predicted=True) for look in _looks(hostvars, hosts).values()):
        missing = ", ".join(installers)
        raise ValueError(
            f"A restart is due, but the installer machine is not part of this run: add {missing} to --limit."
        )
    return None


def restart_hosts(hostvars: HostVars, installers: Sequence[str], hosts: Sequence[str], group: str) -> list[str]:
    """Hosts of a group ("masters" or "workers") to restart, as the pattern of a play; one that matches none for none.

    installers: the installer machine, which holds the plan. Raises ValueError when a restart is due and it has none.
    """
    plan = _plan(hostvars, installers, hosts)
    return list(plan[group]) if plan and plan[group] else [NO_HOSTS]


def restart_batch(hostvars: HostVars, installers: Sequence[str]) -> int:
    """How many workers are restarted at once."""
    plan = _plan(hostvars, installers, ())
    return int(plan["batch"]) if plan else 1
