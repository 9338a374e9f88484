# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one self-contained page; private to the collection.

Everything that matters stands in the page as tables; a script of the page adds search, filter and the details of a
host, which it draws from the same data as text. The page forbids itself everything else: its policy knows one style
sheet and one script, by their hashes, and no address at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report_pictures as pictures
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_language import Language

_SIGNS = {
    _report.OK: "✓", req.INFO: "i", req.WARNING: "!", req.ERROR: "✕", _report.UNKNOWN: "?", _report.ACCEPTED: "○",
    "none": "·",
}  # fmt: skip
_LEGEND = (_report.OK, req.ERROR, req.WARNING, req.INFO, _report.ACCEPTED, _report.UNKNOWN, "none")
# Facts of the details of a host, in this order; keys of the words.
_FACTS = ("role", "hostname", "system", "kernel", "architecture", "cpu", "cpu_cores", "memory", "disk",
          "virtualization", "addresses", "machine_id", "product_uuid")  # fmt: skip
# The script needs these words.
_SCRIPT_WORDS = ("shown", "found", "needed", "nothing_wrong", "unknown_fact", "state_unknown", *_FACTS)
_GIB_MIB, _GB = 1024, 1000**3


@cache
def _source(suffix: str) -> str:
    """Style sheet or script of the page."""
    return Path(__file__).with_suffix(suffix).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """A text as a policy names it."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _policy() -> str:
    """What the page may do: show itself."""
    return (
        f"default-src 'none'; style-src {_hash(_source('.css'))}; script-src {_hash(_source('.js'))}; "
        "base-uri 'none'; form-action 'none'"
    )


def _memory(mib: int | None) -> str:
    return "" if mib is None else f"{mib / _GIB_MIB:.1f} GiB"


def _facts(host: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Facts of a host for its details, "" for what is not known."""
    told: dict[str, Any] = {
        **host,
        "role": language.text(host["role"]),
        "cpu": host["cpu_model"] or host["cpu_vendor"],
        "memory": _memory(host["memory_mib"]),
        "disk": f"{host['disk_bytes'] / _GB:.0f} GB" if host["disk_bytes"] else "",
        "addresses": ", ".join(host["addresses"]),
    }
    return {name: "" if told[name] is None else str(told[name]) for name in _FACTS}


def _script_data(report: Mapping[str, Any], causes: Sequence[_report.Cause], language: Language) -> str:
    """What the script needs, as JSON that no browser takes for the end of a script."""
    numbers = {host["name"]: number for number, host in enumerate(report["hosts"])}
    data = {
        "words": {name: language.text(name) for name in _SCRIPT_WORDS}
        | {kind: language.one(kind) for kind in _report.KINDS},
        "hosts": [
            {
                "name": host["name"],
                "checked": host["checked"],
                "states": sorted({host["status"], *host["requirements"].values()}),
                "facts": _facts(host, language),
            }
            for host in report["hosts"]
        ],
        "causes": [
            {
                "kind": _report.kind(cause.row),
                "id": cause.row["id"],
                "checked": language.checked(cause.row),
                "needed": language.needed(cause.row),
                "fix": cause.row["fix"],
                "found": [
                    [found, [numbers[name] for name in hosts if name in numbers]]
                    for found, hosts in cause.found.items()
                ],
            }
            for cause in causes
        ],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


# --- Parts of the page ------------------------------------------------------------------------------------------------


def _head(report: Mapping[str, Any], language: Language) -> str:
    """Title, verdict and numbers."""
    summary = report["summary"]
    tones = {"errors": req.ERROR, "warnings": req.WARNING, "accepted": _report.ACCEPTED}
    cards = "".join(
        f'<li><b class="{tones.get(key, "") if summary[key] else ""}">{summary[key]}</b>{language.markup(key)}</li>'
        for key in ("hosts", "hosts_checked", "hosts_without_errors", "errors", "warnings", "info", "accepted")
    )
    tone, word = (_report.OK, "passed") if report["passed"] else (req.ERROR, "not_passed")
    states = [host["status"] for host in report["hosts"]]
    order = (_report.OK, req.INFO, _report.ACCEPTED, req.WARNING, _report.UNKNOWN, req.ERROR)
    picture = pictures.stacked_bar([(state, states.count(state), language.text(f"state_{state}")) for state in order])
    links = (("findings", "findings"), ("groups", "groups"), ("hosts", "matrix"))
    nav = "".join(f'<a href="#{anchor}">{language.markup(word_)}</a>' for anchor, word_ in links)
    return (
        f"<header><nav>{nav}</nav><h1>{language.markup('heading', title=report['title'])}</h1>"
        f'<p class="dim">{escape(report["time"])}</p>'
        f'<p class="verdict {tone}">{_SIGNS[tone]} {language.markup(word)}</p>'
        f'<ul class="cards">{cards}</ul>{picture}</header>'
    )


def _host_links(names: Iterable[str], numbers: Mapping[str, int]) -> str:
    return "".join(
        f'<a class="name" href="#h{numbers[name]}">{escape(name)}</a> ' if name in numbers
        else f'<span class="name">{escape(name)}</span> '
        for name in names
    )  # fmt: skip


def _hosts(found: Mapping[str, Sequence[str]], numbers: Mapping[str, int], language: Language) -> str:
    """Hosts, value by value when several were found; of more than one the number, and all of them behind it."""
    names = [name for hosts in found.values() for name in hosts]
    if len(names) == 1:
        return _host_links(names, numbers)
    inside = _host_links(names, numbers) if len(found) == 1 else "".join(
        f"<div>{escape(value)}: {_host_links(hosts, numbers)}</div>" for value, hosts in found.items()
    )  # fmt: skip
    count = escape(language.hosts(len(names)))
    return f'<details><summary><b>{count}</b></summary><div class="hosts">{inside}</div></details>'


def _found(cause: _report.Cause, language: Language) -> str:
    """What was found; of many values the first ones, the others stand with their hosts."""
    values = list(cause.found)
    text = "; ".join(values[:3])
    return language.text("and_more", names=text, more=len(values) - 3) if len(values) > 3 else text


def _causes(causes: Sequence[_report.Cause], numbers: Mapping[str, int], language: Language) -> str:
    """A table of causes."""
    if not causes:
        return f"<p>{language.markup('none')}</p>"
    rows = []
    for cause in causes:
        row, kind = cause.row, _report.kind(cause.row)
        where = _hosts(cause.found, numbers, language) if cause.hosts else language.markup("cluster")
        sign = f'<span class="{kind}">{_SIGNS[kind]} {escape(language.one(kind))}</span>'
        rows.append(
            f'<tr><td><span class="badge {kind}">{sign}</span> '
            f'<code title="{escape(row["docs"])}">{escape(row["id"])}</code></td>'
            f"<td><b>{escape(language.checked(row))}</b></td>"
            f'<td>{escape(_found(cause, language))}<br><span class="needs">{language.markup("needed")}: '
            f"{escape(language.needed(row))}</span></td>"
            f'<td>{escape(row["fix"])}</td><td class="where">{where}</td></tr>'
        )
    names = ("id", "what", "found", "fix", "where")
    head = "".join(f'<th scope="col">{language.markup(name)}</th>' for name in names)
    return f'<table class="causes"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _findings(causes: Sequence[_report.Cause], numbers: Mapping[str, int], language: Language) -> str:
    """Findings of hosts, then those of the cluster."""
    parts = [f'<h2 id="findings">{language.markup("findings")}</h2>']
    for word, wanted in (("findings_by_cause", True), ("findings_cluster", False)):
        rows = [cause for cause in causes if bool(cause.hosts) is wanted]
        parts.append(f"<h3>{language.markup(word)}</h3>{_causes(rows, numbers, language)}")
    return "".join(parts)


def _group(number: int, group: Mapping[str, Any], language: Language) -> str:
    """One group of hosts: what they have in common, and a square for each."""
    name = language.markup("domain" if group["migration"] else "group", letter=pictures.letter(number))
    unknown = language.text("unknown_fact")
    its_class = group["class"] or {}
    told = ""
    if its_class.get("type"):
        fits = f"{language.text('class')}: {its_class['type']}. {its_class['reason']}"
        told = f'<p class="dim small">{escape(fits)}</p>'
    tone = pictures.colour(number)
    return (
        f'<section class="card group {tone}"><h3>{name} <b>{escape(language.hosts(len(group["hosts"])))}</b></h3>'
        f'<p class="name">{escape(pictures.about(group, unknown))}</p>{told}'
        f"{pictures.squares(group['hosts'], tone)}</section>"
    )


def _groups(report: Mapping[str, Any], numbers: Mapping[str, int], language: Language) -> str:
    """Kernels, processors, and the hosts that have both in common."""
    head = f'<h2 id="groups">{language.markup("groups")}</h2>'
    groups = report["groups"]
    if not groups:
        return f"{head}<p>{language.markup('unknown_fact')}</p>"
    unknown = language.text("unknown_fact")
    hosts = [host for host in report["hosts"] if host["checked"]]
    rankings = pictures.ranking([host["kernel"] or unknown for host in hosts], language.text("kernels"))
    rankings += pictures.ranking([host["cpu_model"] or unknown for host in hosts], language.text("cpus"))
    word = f"{'domains' if groups[0]['migration'] else 'groups'}_{'one' if len(groups) == 1 else 'many'}"
    boxes = "".join(_group(number, group, language) for number, group in enumerate(groups))
    changes = "".join(
        f'<li>{escape(row["found"])} → {escape(row["needed"])}<br><span class="dim">{escape(row["fix"])}</span>'
        f"{_hosts({'': row['hosts']}, numbers, language)}</li>"
        for row in report["changes"]
    )
    if changes:
        changes = f'<section class="card changes"><h3>{language.markup("changes")}</h3><ul>{changes}</ul></section>'
    return (
        f'{head}<div class="pair">{rankings}</div><p>{language.markup(word, count=len(groups))} '
        f'<span class="dim">{language.markup("square")}</span></p><div class="groups">{boxes}</div>{changes}'
    )


def _tools(language: Language) -> str:
    """Search and filter; the script shows them."""
    choices = "".join(
        f'<label><input type="radio" name="show" value="{value}"{" checked" if value == "all" else ""}> '
        f"{language.markup(f'show_{value}')}</label>"
        for value in ("all", req.ERROR, req.WARNING, _report.UNKNOWN)
    )
    word = language.markup
    return (
        f'<div class="tools" id="tools" role="search" hidden><label>{word("search")} '
        f'<input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="{word("search_hint")}">'
        f"</label><fieldset><legend>{word('show')}</legend>{choices}</fieldset>"
        '<output id="shown" aria-live="polite"></output></div>'
        f'<p class="no-script dim" id="no-script">{word("no_script")}</p>'
    )


def _matrix(hosts: Sequence[Mapping[str, Any]], language: Language) -> str:
    """Hosts x requirements."""
    keys = _report.columns(hosts)
    titles = {key: f"{key} {language.title(key)}" for key in keys}
    states = {state: language.text(f"state_{state}") for state in _SIGNS}
    # A thousand hosts have twenty thousand cells of a few kinds.
    cells = {
        (key, state): f'<td class="c {state}" title="{escape(f"{titles[key]}: {states[state]}")}">{_SIGNS[state]}</td>'
        for key in keys
        for state in _SIGNS
    }
    head = "".join(
        f'<th scope="col" class="c" title="{escape(title)}">'
        f"<span>{escape(language.title(key))}</span>{escape(key)}</th>"
        for key, title in titles.items()
    )
    names = ("host", "role", "system", "kernel", "cpu_cores", "memory")
    first = "".join(
        f'<th scope="col"{" class=n" if name in names[-2:] else ""}>{language.markup(name)}</th>' for name in names
    )
    rows = []
    for number, host in enumerate(hosts):
        texts = (language.text(host["role"]), host["system"] or "–", host["kernel"] or "–")
        about = "".join(f"<td>{escape(text)}</td>" for text in texts)
        cores = "–" if host["cpu_cores"] is None else str(host["cpu_cores"])
        about += f'<td class="n">{cores}</td><td class="n">{_memory(host["memory_mib"]) or "–"}</td>'
        its = host["requirements"]
        row = "".join([cells[key, its.get(key, "none")] for key in keys])
        rows.append(f'<tr id="h{number}"><th scope="row">{escape(host["name"])}</th>{about}{row}</tr>')
    legend = "".join(
        f'<span><b class="{state}">{_SIGNS[state]}</b> {escape(states[state])}</span>' for state in _LEGEND
    )
    label = language.markup("matrix")
    return (
        f'<h2 id="hosts">{label}</h2>{_tools(language)}'
        f'<p class="legend small dim">{legend}<span class="keys">{language.markup("keys")}</span></p>'
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table class="matrix" id="matrix">'
        f"<thead><tr>{first}{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def report_html(report: Mapping[str, Any], language_name: str = "en") -> str:
    """The page of the data of report_data: no other file, every value escaped."""
    language = Language(language_name)
    numbers = {host["name"]: number for number, host in enumerate(report["hosts"])}
    causes = _report.by_cause(report["findings"])
    return (
        f'<!DOCTYPE html>\n<html lang="{language.name}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{language.markup('heading', title=report['title'])}</title>"
        f"<style>{_source('.css')}</style></head>\n<body>{_head(report, language)}\n<main>"
        f"{_findings(causes, numbers, language)}\n{_groups(report, numbers, language)}\n"
        f"{_matrix(report['hosts'], language)}\n</main>"
        f'<footer class="dim small">{language.markup("same_as_data")}</footer>\n'
        f'<script type="application/json" id="data">{_script_data(report, causes, language)}</script>\n'
        f"<script>{_source('.js')}</script></body></html>\n"
    )
