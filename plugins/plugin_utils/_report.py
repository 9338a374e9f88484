# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings and hosts as the data of a report; private to the collection. Pure: the time comes in as a text.

The data are what report.json holds, described by docs/report.schema.json; page and JUnit file are drawn from them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import CHECKED
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_groups import fleet_groups

Finding = Mapping[str, Any]

OK, UNKNOWN, ACCEPTED = "ok", "unknown", "accepted"
# Kinds of findings, most pressing first. One that somebody has accepted is of a kind of its own.
KINDS = (*req.SEVERITIES, ACCEPTED)
# States of a host or of one of its requirements, most pressing first.
STATES = (req.ERROR, req.WARNING, UNKNOWN, req.INFO, ACCEPTED, OK)
FIELDS = ("id", "checked", "found", "needed", "severity", "fix", "docs", "host")
# Requirements that a host meets by answering at all.
_BLINDING = ("H00", "H13", "H21")
_ORDER = {row.id: number for number, row in enumerate(req.REQUIREMENTS)}
# What has been checked ends so in findings that the owner of the site has accepted; they are information then.
_ACCEPTED_MARK = " (accepted)"
# One line of a report says no more than this; some messages of modules are pages long.
_TEXT_LENGTH = 600


def plain(value: object) -> str:
    """A value as one line of printable text: nothing in it moves a cursor, turns the writing round or breaks UTF-8."""
    line = " ".join(str(value).split())
    line = line if len(line) <= _TEXT_LENGTH else line[: _TEXT_LENGTH - 1] + "…"
    return line if line.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in line)


def normal(row: Finding) -> dict[str, Any]:
    """A finding as a report keeps it: all of its fields, as plain text, and whether somebody has accepted it.

    Findings come from hosts: one without a field has it empty, and one of a severity that nobody knows is an error.
    """
    kept: dict[str, Any] = {field: plain(row.get(field, "")) for field in FIELDS}
    severity = kept["severity"] if kept["severity"] in req.SEVERITIES else req.ERROR
    marked = severity == req.INFO and kept["checked"].endswith(_ACCEPTED_MARK)
    kept["checked"] = kept["checked"].removesuffix(_ACCEPTED_MARK) if marked else kept["checked"]
    return {**kept, "severity": severity, "accepted": marked or bool(row.get("accepted"))}


def kind(row: Finding) -> str:
    """Under which heading a normal finding stands."""
    return ACCEPTED if row["accepted"] else str(row["severity"])


def by_kind(findings: Iterable[Finding]) -> list[Finding]:
    """Most pressing first, otherwise in the given order."""
    return sorted(findings, key=lambda row: KINDS.index(kind(row)))


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Kind -> number of findings, each kind present."""
    counts = Counter(kind(row) for row in findings)
    return {name: counts[name] for name in KINDS}


class Cause(NamedTuple):
    """Findings with one cause: one of them, what was found -> on which hosts, and all these hosts."""

    row: Finding
    found: dict[str, list[str]]
    hosts: list[str]


def by_cause(findings: Iterable[Finding]) -> list[Cause]:
    """Normal findings that differ in nothing but the host and what was found on it, in the given order.

    Each finding of the cluster is a cause of its own.
    """
    causes: dict[tuple[str, ...], Cause] = {}
    for row in findings:
        key = (
            kind(row),
            row["id"],
            row["checked"],
            row["needed"],
            row["fix"],
            "" if row["host"] else f"cluster: {row['found']}",
        )
        cause = causes.setdefault(key, Cause(row, {}, []))
        hosts = cause.found.setdefault(row["found"], [])
        if row["host"]:
            hosts.append(row["host"])
            cause.hosts.append(row["host"])
    return list(causes.values())


def columns(hosts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Requirements of a matrix of hosts: those that each host is checked for, and those that were found on one."""
    found = {key for row in hosts for key in row["requirements"]}
    return sorted({*CHECKED, *found}, key=lambda key: (_ORDER.get(key, len(_ORDER)), key))


def _value(value: object) -> str | None:
    """A fact as text, None when it is not known."""
    return None if value in (None, "", [], {}) else plain(value)


def _number(value: object) -> int | None:
    """A fact as a number, None when it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _part(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A group of facts, empty when the host did not tell it."""
    value = facts.get(name)
    return value if isinstance(value, Mapping) else {}


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The main facts of a host, None for what is not known."""
    system, cpu, disk = (_part(facts, name) for name in ("system", "cpu", "var_lib"))
    listed = facts.get("addresses")
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    addresses = [plain(row.get("address", "")) for row in rows if row.get("interface") != "lo"]
    return {
        "hostname": _value(facts.get("hostname")),
        "system": _value(system.get("title")),
        "architecture": _value(facts.get("architecture")),
        "kernel": _value(facts.get("kernel")),
        "cpu_vendor": _value(cpu.get("vendor")),
        "cpu_model": _value(cpu.get("model")),
        "cpu_cores": _number(cpu.get("processors")),
        "memory_mib": _number(facts.get("memory_mib")),
        "disk_bytes": _number(disk.get("disk_bytes")),
        "virtualization": _value(_part(facts, "virtualization").get("kind")),
        "machine_id": _value(facts.get("machine_id")),
        "product_uuid": _value(facts.get("product_uuid")),
        "addresses": addresses,
    }


def _host(name: str, role: str, result: Mapping[str, Any] | None, own: Sequence[Finding]) -> dict[str, Any]:
    """One host of the report: its main facts, and its state for each requirement that was judged.

    own: its findings, the most pressing ones first.
    """
    facts: Mapping[str, Any] = _part(result or {}, "facts")
    cells = dict.fromkeys(CHECKED, OK if facts else UNKNOWN)
    if facts:
        cells.update(dict.fromkeys(_BLINDING, OK))
    for row in reversed(own):
        cells[row["id"]] = kind(row)
    states = {kind(row) for row in own} | {OK if facts else UNKNOWN}
    return {
        "name": name,
        "role": role,
        "checked": bool(facts),
        "status": next(state for state in STATES if state in states),
        **_facts(facts),
        "requirements": {key: cells[key] for key in sorted(cells, key=lambda key: (_ORDER.get(key, 999), key))},
    }


def report_data(
    findings: Sequence[Finding],
    results: Mapping[str, Mapping[str, Any] | None],
    masters: Sequence[str],
    workers: Sequence[str],
    title: str,
    time: str,
    domains: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report as plain data, ready for JSON: {title, time, passed, summary, hosts, findings, groups, changes}.

    findings: all of them. results: inventory name -> registered result of host_check. title: of the cluster. time:
    shown as it is. domains: in which hosts virtual machines can migrate, {domains, changes}; without it, hosts of
    equal kernel and CPU make the groups.
    """
    roles = {**dict.fromkeys(masters, "master"), **dict.fromkeys(set(workers) - set(masters), "worker")}
    rows = by_kind([normal(row) for row in findings])
    own: defaultdict[str, list[Finding]] = defaultdict(list)
    for row in rows:
        own[row["host"]].append(row)
    names = dict.fromkeys([*masters, *workers])
    hosts = [_host(plain(name), roles[name], results.get(name), own[plain(name)]) for name in names]
    counts = count(rows)
    groups, changes = fleet_groups(hosts, domains or {}, plain)
    return {
        "title": plain(title),
        "time": plain(time),
        "passed": counts[req.ERROR] == 0,
        "summary": {
            "hosts": len(hosts),
            "hosts_checked": sum(row["checked"] for row in hosts),
            "hosts_without_errors": sum(row["status"] != req.ERROR for row in hosts),
            "errors": counts[req.ERROR],
            "warnings": counts[req.WARNING],
            "info": counts[req.INFO],
            "accepted": counts[ACCEPTED],
        },
        "hosts": hosts,
        "findings": rows,
        "groups": groups,
        "changes": changes,
    }
