# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings that the owner of a site accepts, by name: H18, or H07@worker-3; private to the collection. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory_values import nearest

Finding = dict[str, str]

VARIABLE = "dvp_accepted_findings"
# What `checked` of an accepted finding ends with.
MARK = " (accepted)"
# Who accepts these knows nothing about the host: it has not answered.
_BLIND = ("H00", "H13", "H21")
_ACCEPTABLE = {row.id for row in req.REQUIREMENTS if row.scope != "inventory"} - set(_BLIND)


def _split(name: str) -> tuple[str, str]:
    """(ID, host) of an entry; no host means every host, and the cluster."""
    requirement_id, _separator, host = name.partition("@")
    return requirement_id, host


def check_accepted(names: Sequence[str], hosts: Iterable[str]) -> list[Finding]:
    """INV08: entries that accept nothing, or what nobody can accept.

    names: the entries. hosts: names in the inventory.
    """
    known, found = list(dict.fromkeys(hosts)), []
    for name in names:
        requirement_id, host = _split(name)
        if requirement_id not in {row.id for row in req.REQUIREMENTS}:
            fix = nearest(requirement_id, sorted(_ACCEPTABLE))
        elif requirement_id not in _ACCEPTABLE:
            fix = "Remove it: a host that does not answer and a wrong inventory cannot be accepted, only mended."
        elif ("@" in name) and host not in known:
            fix = nearest(host, known)
        else:
            continue
        found.append(finding("INV08", name, fix, checked=VARIABLE))
    return found


def accept(findings: Iterable[Mapping[str, str]], names: Iterable[str]) -> list[Finding]:
    """The same findings, each once; those accepted have the severity info, and say so in `checked` and `fix`.

    An entry without a host accepts the requirement everywhere. Information needs no acceptance and stays as it is.
    """
    accepted = {_split(name) for name in names if _split(name)[0] in _ACCEPTABLE}
    result = []
    # Jinja's `unique` compares each dict with every other one: minutes for a hundred hosts.
    for row in {tuple(sorted((key, str(value)) for key, value in row.items())): row for row in findings}.values():
        if row["severity"] != req.INFO and {(row["id"], ""), (row["id"], row["host"])} & accepted:
            result.append(
                {
                    **row,
                    "severity": req.INFO,
                    "checked": row["checked"] + MARK,
                    "fix": f"Accepted by {VARIABLE}; otherwise: {row['severity']}. {row['fix']}",
                }
            )
        else:
            result.append(dict(row))
    return result
