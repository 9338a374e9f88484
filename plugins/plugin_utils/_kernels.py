# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Different kernels that prepare will bring together are no reason to stop. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

_FIX = "Prepare will install the wanted kernel on all of them and restart them."


def brought_together(results: Iterable[Mapping[str, Any]]) -> bool:
    """Whether all hosts will run one kernel after prepare: asked for by one package, with consent to restart.

    results: answers of host_check. Hosts that have the package must agree on the kernel that it brings.
    """
    packages, releases = set(), set()
    for result in results:
        kernel = result["remedies"].get("kernel", {})
        if not kernel.get("follows"):
            return False
        packages.add(str(result["facts"]["kernel_wanted"]["package"]))
        releases.add(str(kernel["release"]))
    return len(packages) == 1 and len(releases - {""}) <= 1


def soften(
    rows: Iterable[Mapping[str, str]], results: Mapping[str, Mapping[str, Any] | None], hosts: Iterable[str]
) -> list[dict[str, str]]:
    """Findings about different kernels (H18), as warnings when prepare will bring the hosts together.

    results: host -> answer of host_check, None for a host that was not asked. hosts: those that need one kernel.
    """
    answers = [answer for host in hosts if (answer := results.get(host)) and "remedies" in answer]
    if not answers or not brought_together(answers):
        return [dict(row) for row in rows]
    return [{**row, "severity": req.WARNING, "fix": _FIX} for row in rows]
