# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JUnit XML, for pipelines; private to the collection. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_language import Language

Findings = Sequence[Mapping[str, Any]]


def report_junit(report: Mapping[str, Any], language_name: str = "en") -> str:
    """The data of report_data: a suite for each host, a case for each requirement that was judged; then the cluster.

    An error is a failure; what was accepted, and what is not known, is skipped; a warning passes and is told. The suite
    of the cluster holds the requirements that were found to be broken: nothing says which others were judged.
    """
    language = Language(language_name)
    own: defaultdict[str, defaultdict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in report["findings"]:
        own[row["host"]][row["id"]].append(row)
    names = {host["name"] for host in report["hosts"]}
    suites = [(host["name"], host["requirements"], own[host["name"]]) for host in report["hosts"]]
    # Also a host that is in no group, of which only the inventory check speaks.
    others = [name for name in own if name and name not in names]
    for name in [*others, ""]:
        states = {key: _report.kind(rows[0]) for key, rows in own[name].items()}
        suites.append((name or language.text("cluster"), states, own[name]))
    root = ElementTree.Element("testsuites", name=report["title"])
    total = {"tests": 0, "failures": 0, "skipped": 0}
    for name, states, found in suites:
        suite = ElementTree.SubElement(root, "testsuite", name=name)
        counts = dict.fromkeys(total, 0)
        for key, state in states.items():
            outcome = _case(suite, name, key, state, found.get(key, ()), language)
            counts["tests"] += 1
            if outcome:
                counts[outcome] += 1
        for key, number in counts.items():
            suite.set(key, str(number))
            total[key] += number
    for key, number in total.items():
        root.set(key, str(number))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, name: str, key: str, state: str, found: Findings, language: Language) -> str:
    """Add one case; return under what it is counted beside the cases, "" for one that passes."""
    case = ElementTree.SubElement(suite, "testcase", classname=name, name=f"{key} {language.title(key)}")
    lines = [_line(row, language) for row in found]
    text = "\n".join(lines)
    if state == req.ERROR:
        ElementTree.SubElement(case, "failure", message=lines[0], type=key).text = text
        return "failures"
    if state in (_report.ACCEPTED, _report.UNKNOWN):
        told = language.text(f"state_{state}")
        ElementTree.SubElement(case, "skipped", message=f"{told}: {lines[0]}" if lines else told)
        return "skipped"
    if text:
        ElementTree.SubElement(case, "system-out").text = text
    return ""


def _line(row: Mapping[str, Any], language: Language) -> str:
    sentence = language.text("sentence", found=row["found"], needed=language.needed(row))
    return f"{language.checked(row)}: {sentence}. {row['fix']}"
