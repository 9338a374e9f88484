# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of one kernel and CPU as groups of a report; private to the collection. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Data = dict[str, Any]
_FACTS = ("kernel", "vendor", "model")


def fleet_groups(
    hosts: Sequence[Mapping[str, Any]], domains: Mapping[str, Any], plain: Callable[[object], str]
) -> tuple[list[Data], list[Data]]:
    """Groups, the largest first, and the changes that make one group of them.

    hosts: of the report. domains: {domains, changes} of the cluster rules, or {}: then hosts that tell an equal kernel
    and CPU are a group, of which nobody has said that virtual machines migrate within it (migration false).
    Returns [{hosts, kernel, vendor, model, class: {type, reason} or None, migration}], [{hosts, found, needed, fix}].
    """
    if domains.get("domains"):
        groups = [_domain(row, plain) for row in domains["domains"]]
        return _largest_first(groups), [_change(row, plain) for row in domains.get("changes") or []]
    found: dict[tuple[Any, ...], list[str]] = {}
    for host in hosts:
        key = (host["kernel"], host["cpu_vendor"], host["cpu_model"])
        if any(key):
            found.setdefault(key, []).append(host["name"])
    return _largest_first([
        {"hosts": names, **dict(zip(_FACTS, key, strict=True)), "class": None, "migration": False}
        for key, names in found.items()
    ]), []  # fmt: skip


def _domain(row: Mapping[str, Any], plain: Callable[[object], str]) -> Data:
    its_class = row.get("class") or {}
    return {
        "hosts": [plain(name) for name in row["hosts"]],
        **{name: plain(row[name]) if row.get(name) else None for name in _FACTS},
        "class": {key: plain(its_class.get(key, "")) for key in ("type", "reason")} if its_class else None,
        "migration": True,
    }


def _change(row: Mapping[str, Any], plain: Callable[[object], str]) -> Data:
    texts = {key: plain(row[key]) for key in ("found", "needed", "fix")}
    return {"hosts": [plain(name) for name in row["hosts"]], **texts}


def _largest_first(groups: list[Data]) -> list[Data]:
    return sorted(groups, key=lambda row: (-len(row["hosts"]), str(row["kernel"]), str(row["model"])))
