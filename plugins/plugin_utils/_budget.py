# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failure budget: workers that are set aside so that the others go on; private to the collection. Pure.

A master is never set aside. Errors of the cluster and of the inventory refuse the run whatever the budget is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils._migration import named

Finding = Mapping[str, str]

VARIABLE = "dvp_worker_failure_budget"
# What `checked` of a finding of a host that is set aside ends with.
MARK = " (set aside)"
_HOST_SCOPE = {row.id for row in req.REQUIREMENTS if row.scope == "host"}


def allowance(workers: int, budget_percent: int) -> int:
    """How many of so many workers may be set aside: the percentage, rounded down."""
    return workers * budget_percent // 100


def set_aside(
    findings: Iterable[Finding],
    asked: Iterable[str],
    masters: Sequence[str],
    workers: Sequence[str],
    budget_percent: int,
) -> dict[str, Any]:
    """Workers with errors of their own, when they are few enough, and all findings as they then are.

    findings: of the role host_check. asked: hosts that were asked, whether they have answered or not. Returns

    - hosts: [{host, reason}], workers to set aside. Above the budget nobody is, and the errors refuse the run.
    - left_out: names of workers that a limited run has not asked; they are no failure, and take no part either.
    - good: names of the hosts with which a run can go on.
    - findings: those that came in; an error of a host that is set aside is a warning that says so.
    """
    rows, asked = list(findings), set(asked)
    candidates = dict.fromkeys(workers)
    for master in masters:
        candidates.pop(master, None)
    errors: dict[str, list[Finding]] = {}
    for row in rows:
        if row["severity"] == req.ERROR and row["id"] in _HOST_SCOPE and row["host"] in candidates:
            errors.setdefault(row["host"], []).append(row)
    bad = {row["host"] for row in rows if row["severity"] == req.ERROR}
    good = [host for host in dict.fromkeys([*masters, *workers]) if host in asked and host not in bad]
    if len(errors) > allowance(len(candidates), budget_percent):
        errors = {}
    return {
        "hosts": [{"host": host, "reason": "; ".join(map(_reason, rows))} for host, rows in errors.items()],
        "left_out": [host for host in candidates if host not in asked],
        "good": good,
        "findings": [_milder(row) if row in errors.get(row["host"], []) else dict(row) for row in rows],
    }


def _reason(row: Finding) -> str:
    return f"{row['id']} {row['checked']}: found {row['found']}, needs {row['needed']}"


def _milder(row: Finding) -> dict[str, str]:
    fix = f"The run goes on without this host ({VARIABLE}). {row['fix']}"
    return {**row, "severity": req.WARNING, "checked": row["checked"] + MARK, "fix": fix}


def judge_losses(lost: Iterable[str], masters: Sequence[str], workers: Sequence[str], budget_percent: int) -> str:
    """Why the next stage must not follow after these hosts were lost; "" when it may."""
    lost = list(lost)
    lost_masters = [host for host in lost if host in masters]
    if lost_masters:
        return f"The next stage does not follow: {named(lost_masters)} failed, and no master may."
    count = len(lost)
    if count > allowance(len(workers), budget_percent):
        share = f"{count} of {len(workers)} workers failed ({named(lost)})"
        return f"The next stage does not follow: {share}, more than the {budget_percent} % of {VARIABLE}."
    return ""
