# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between hosts, or does not, and will be right after prepare is no reason to stop. Pure; private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils._finding import announced
from ansible_collections.dvp.baremetal.plugins.plugin_utils._cluster_rules import Finding, check_unique

Facts = Mapping[str, Mapping[str, Any]]
Results = Mapping[str, Mapping[str, Any] | None]


def _remedies(results: Results, host: str) -> Mapping[str, Any] | None:
    """What prepare has to do on a host; None for one that was not asked or did not answer."""
    remedies = (results.get(host) or {}).get("remedies")
    return remedies if isinstance(remedies, Mapping) else None


def brought_together(answers: Iterable[Mapping[str, Any]]) -> bool:
    """Whether all hosts will run one kernel after prepare: asked for by one package, with consent to restart.

    answers: of host_check. Hosts that have the package must agree on the kernel that it brings.
    """
    packages, releases = set(), set()
    for answer in answers:
        kernel = answer["remedies"].get("kernel", {})
        if not kernel.get("follows"):
            return False
        packages.add(str(answer["facts"]["kernel_wanted"]["package"]))
        releases.add(str(kernel["release"]))
    return len(packages) == 1 and len(releases - {""}) <= 1


def one_kernel(rows: Iterable[Finding], results: Results, hosts: Iterable[str]) -> list[Finding]:
    """Findings about different kernels (H18), as warnings when prepare will bring the hosts together.

    results: host -> answer of host_check, None for a host that was not asked. hosts: those that need one kernel.
    """
    answers = [answer for host in hosts if (answer := results.get(host)) and _remedies(results, host)]
    if not answers or not brought_together(answers):
        return list(rows)
    return [announced(row, "install the wanted kernel on all of them and restart them") for row in rows]


def unique(facts: Facts, results: Results, nodes: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Findings about names that several hosts have (H10): as they will be when prepare has set hostnames.

    facts, nodes: see check_unique.
    """
    names = {host: host for host in facts if (_remedies(results, host) or {}).get("hostname_follows")}
    then = {host: {**row, "hostname": names.get(host, row.get("hostname"))} for host, row in facts.items()}
    staying = check_unique(then, nodes)
    known = {(row["checked"], row["host"]) for row in staying}
    leaving = [row for row in check_unique(facts, nodes) if (row["checked"], row["host"]) not in known]
    return staying + [announced(row, "give the hosts their names in the inventory") for row in leaving]
