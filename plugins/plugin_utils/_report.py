# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings for people: one text, one page; private to the collection. Pure: the time comes in as a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import CHECKED

Finding = Mapping[str, str]

OK, UNKNOWN = "ok", "unknown"
# Requirements without which nothing else is known about a host.
_BLINDING = ("H00", "H13", "H21")
# A line names so many hosts; the page and the data name all.
_HOSTS_NAMED = 8
_SIGNS = {OK: "✓", req.INFO: "i", req.WARNING: "!", req.ERROR: "✕", UNKNOWN: "?"}


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Most severe first, otherwise in the given order."""
    return sorted(findings, key=lambda row: req.SEVERITIES.index(row["severity"]))


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Severity -> number of findings, each severity present."""
    counts = Counter(row["severity"] for row in findings)
    return {severity: counts[severity] for severity in req.SEVERITIES}


def sentence(row: Finding, hosts: Sequence[str]) -> str:
    """One cause: "H04 CPU cores: found 3, needs at least 4 (hosts w-2, w-3). Use a server with more cores."."""
    named = ", ".join(hosts[:_HOSTS_NAMED])
    more = f" and {len(hosts) - _HOSTS_NAMED} more" if len(hosts) > _HOSTS_NAMED else ""
    where = f" ({'hosts' if len(hosts) > 1 else 'host'} {named}{more})" if hosts else ""
    return f"{row['id']} {row['checked']}: found {row['found']}, needs {row['needed']}{where}. {row['fix']}"


def by_cause(findings: Iterable[Finding]) -> list[tuple[Finding, list[str]]]:
    """Findings that differ in nothing but the host, as (one of them, names of the hosts), in the given order."""
    causes: dict[tuple[str, ...], tuple[Finding, list[str]]] = {}
    for row in findings:
        key = tuple(row[field] for field in ("severity", "id", "checked", "found", "needed", "fix"))
        _first, hosts = causes.setdefault(key, (row, []))
        if row["host"]:
            hosts.append(row["host"])
    return list(causes.values())


def findings_text(findings: Sequence[Finding]) -> str:
    """All findings as one text, a line for each cause, under a line for each severity; "No findings." without any."""
    if not findings:
        return "No findings."
    lines = []
    for severity in req.SEVERITIES:
        rows = [row for row in findings if row["severity"] == severity]
        if rows:
            title = "information" if severity == req.INFO else severity
            lines.append(f"{len(rows)} {title}{'s' if len(rows) > 1 and severity != req.INFO else ''}:")
            lines += [f"  {sentence(row, hosts)}" for row, hosts in by_cause(rows)]
    return "\n".join(lines)


def _host_row(name: str, role: str, result: Mapping[str, Any] | None, findings: Sequence[Finding]) -> dict[str, Any]:
    """One host of the report: its main facts, and its state for each requirement that was checked."""
    facts: Mapping[str, Any] = (result or {}).get("facts") or {}
    own = [row for row in findings if row["host"] == name]
    cells = dict.fromkeys(CHECKED, OK if facts else UNKNOWN)
    for row in reversed(by_severity(own)):
        if row["id"] in cells or row["id"] in _BLINDING:
            cells[row["id"]] = row["severity"]
    worst = by_severity(own)[0]["severity"] if own else OK
    return {
        "name": name,
        "role": role,
        "checked": bool(facts),
        "status": worst,
        "hostname": facts.get("hostname"),
        "system": (facts.get("system") or {}).get("title"),
        "kernel": facts.get("kernel"),
        "cpu_cores": (facts.get("cpu") or {}).get("processors"),
        "memory_mib": facts.get("memory_mib"),
        "requirements": cells,
    }


def report_data(
    findings: Sequence[Finding],
    results: Mapping[str, Mapping[str, Any] | None],
    masters: Sequence[str],
    workers: Sequence[str],
    title: str,
    time: str,
) -> dict[str, Any]:
    """The report as plain data, ready for JSON: {title, time, passed, summary, hosts, findings}.

    findings: all of them. results: inventory name -> registered result of host_check. title, time: shown as they are.
    """
    roles = {**dict.fromkeys(workers, "worker"), **dict.fromkeys(masters, "master")}
    hosts = [
        _host_row(name, roles[name], results.get(name), findings) for name in dict.fromkeys([*masters, *workers])
    ]  # fmt: skip
    counts = count(findings)
    return {
        "title": title,
        "time": time,
        "passed": counts[req.ERROR] == 0,
        "summary": {
            "hosts": len(hosts),
            "hosts_checked": sum(row["checked"] for row in hosts),
            "hosts_without_errors": sum(row["status"] != req.ERROR for row in hosts),
            **{f"{severity}s" if severity != req.INFO else severity: number for severity, number in counts.items()},
        },
        "hosts": hosts,
        "findings": [dict(row) for row in by_severity(findings)],
    }


# --- The page ---------------------------------------------------------------------------------------------------------

_STYLE = """
:root { color-scheme: light dark; --text: #1c2430; --dim: #5b6573; --back: #fff; --line: #d8dde4; --card: #f5f7fa;
  --ok: #1a7f37; --info: #0a62b8; --warning: #8a5a00; --error: #b3261e; --unknown: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --dim: #9aa4b2; --back: #14181e; --line: #303843;
  --card: #1c222b; --ok: #57c271; --info: #6db1f2; --warning: #e2b04a; --error: #f2857d; --unknown: #9aa4b2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 78rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
.dim { color: var(--dim); } p { margin: .2rem 0 1rem; }
.cards { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.2rem 0; padding: 0; list-style: none; }
.cards li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem 1rem;
  min-width: 8rem; } .cards b { display: block; font-size: 1.5rem; line-height: 1.2; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; } thead th { background: var(--card); white-space: nowrap; }
td.sign, th.sign { text-align: center; padding-inline: .3rem; } td.sign { font-weight: 700; }
td:first-child, th:first-child, .findings td:nth-child(3) { white-space: nowrap; }
.findings td:nth-child(6) { min-width: 11rem; } code { font-size: .9em; }
.small { font-size: .82rem; margin-top: .5rem; }
.ok { color: var(--ok); } .info { color: var(--info); } .warning { color: var(--warning); }
.error { color: var(--error); } .unknown { color: var(--unknown); }
.verdict { font-weight: 700; } .legend span { margin-right: 1.1rem; white-space: nowrap; }
@media print { body { padding: 0; max-width: none; font-size: 10px; } .scroll { overflow: visible; border: 0; }
  tr { break-inside: avoid; } thead { display: table-header-group; } }
"""


def _text(value: Any) -> str:
    """A value as text of the page; a value that is not known as a dash."""
    return "–" if value in (None, "") else escape(str(value))


def _cell(state: str, label: str) -> str:
    return f'<td class="sign {escape(state)}" title="{escape(label)}">{_SIGNS[state]}</td>'


def _matrix(hosts: Sequence[Mapping[str, Any]]) -> str:
    titles = {row.id: row.title for row in req.REQUIREMENTS}
    columns = [*CHECKED, *sorted({key for row in hosts for key in row["requirements"]} - set(CHECKED))]
    head = "".join(f'<th class="sign" title="{escape(titles[key])}">{escape(key)}</th>' for key in columns)
    rows = []
    for host in hosts:
        states = {key: host["requirements"].get(key, OK if host["checked"] else UNKNOWN) for key in columns}
        cells = "".join(_cell(state, f"{key} {titles[key]}: {state}") for key, state in states.items())
        memory = f"{host['memory_mib']} MiB" if host["memory_mib"] else None
        facts = (host["role"], host["system"], host["kernel"], host["cpu_cores"], memory)
        about = "".join(f"<td>{_text(value)}</td>" for value in facts)
        rows.append(f"<tr><td><b>{_text(host['name'])}</b></td>{about}{cells}</tr>")
    words = " · ".join(f"{escape(key)} {escape(titles[key])}" for key in columns)
    return (
        '<div class="scroll"><table><thead><tr><th>Host</th><th>Role</th><th>System</th><th>Kernel</th><th>Cores</th>'
        f"<th>Memory</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f'<p class="dim small">{words}</p>'
    )


def _findings_table(findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>None.</p>"
    rows = []
    for row in findings:
        severity = row["severity"]
        cells = (row["host"] or "cluster", row["checked"], row["found"], row["needed"], row["fix"])
        texts = "".join(f"<td>{_text(cell)}</td>" for cell in cells)
        rows.append(
            f'<tr><td class="{escape(severity)}"><b>{_SIGNS[severity]} {escape(severity)}</b></td>'
            f'<td><code title="{escape(row["docs"])}">{escape(row["id"])}</code></td>{texts}</tr>'
        )
    heads = ("Severity", "ID", "Host", "Checked", "Found", "Needed", "What to do")
    head = "".join(f"<th>{name}</th>" for name in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="scroll findings">{table}</div>'


def report_html(report: Mapping[str, Any]) -> str:
    """A self-contained page of the data of report_data: no script, no other file, every value escaped."""
    summary = report["summary"]
    cards = "".join(
        f'<li><b class="{tone}">{summary[key]}</b>{label}</li>'
        for key, label, tone in (
            ("hosts", "hosts", ""),
            ("hosts_checked", "hosts checked", ""),
            ("hosts_without_errors", "hosts without errors", ""),
            ("errors", "errors", "error" if summary["errors"] else "ok"),
            ("warnings", "warnings", "warning" if summary["warnings"] else "ok"),
            ("info", "for information", ""),
        )
    )
    verdict = (
        '<p class="verdict ok">✓ Nothing stands in the way of the installation.</p>'
        if report["passed"]
        else '<p class="verdict error">✕ The errors below have to be mended first. Nothing has been changed.</p>'
    )
    names = {OK: "met", req.INFO: "for information", req.WARNING: "warning", req.ERROR: "not met", UNKNOWN: "not known"}
    legend = "".join(f'<span class="{state}">{_SIGNS[state]} {name}</span>' for state, name in names.items())
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report['title'])}</title><style>{_STYLE}</style></head>\n<body><main>"
        f'<h1>{escape(report["title"])}</h1>\n<p class="dim">{escape(report["time"])}</p>\n{verdict}\n'
        f'<ul class="cards">{cards}</ul>\n<h2>Hosts and requirements</h2>\n<p class="legend">{legend}</p>\n'
        f"{_matrix(report['hosts'])}\n<h2>Findings</h2>\n{_findings_table(report['findings'])}\n"
        "</main></body></html>\n"
    )
