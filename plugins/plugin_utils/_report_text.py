# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings for the terminal: one table, wrapped and aligned; private to the collection. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_language import Language

WIDTH = 120
_INDENT, _GAP, _ADVICE = "  ", "  ", "→ "
# Columns are as wide as their longest cell, up to this; what is longer goes on in the next line. A word is cut only
# when it is longer than the last number: names of variables and hosts are there to be copied.
_WHAT_WIDTH, _WHERE_WIDTH, _WORD_WIDTH = 22, 26, 36
# The table names so many hosts of one cause; the page and the data name all.
_HOSTS_NAMED = 4
_VALUES_NAMED = 3

Line = tuple[str, str]
Cells = tuple[str, str, str, list[str]]


def _few(texts: Sequence[str], most: int, separator: str, language: Language) -> str:
    """The first of several texts, and how many more there are."""
    shown = separator.join(texts[:most])
    return language.text("and_more", names=shown, more=len(texts) - most) if len(texts) > most else shown


def _cells(cause: _report.Cause, language: Language) -> Cells:
    """What the table says of a cause."""
    found = _few(list(cause.found), _VALUES_NAMED, "; ", language)
    sentence = language.text("sentence", found=found, needed=language.needed(cause.row))
    where = _few(cause.hosts, _HOSTS_NAMED, ", ", language) or language.text("cluster")
    return cause.row["id"], language.checked(cause.row), where, [sentence, _ADVICE + cause.row["fix"]]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _whole_words(text: str, width: int) -> list[str]:
    """Lines in which no word is cut: addresses and commands are there to be copied. What to do is hung out."""
    hanging = " " * len(_ADVICE) if text.startswith(_ADVICE) else ""
    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False, subsequent_indent=hanging)


def _row(cells: Cells, widths: Sequence[int]) -> list[str]:
    """The lines of one cause: columns side by side, what to do below what was found."""
    identifier, what, where, texts = cells
    rest = WIDTH - len(_INDENT) - sum(widths) - len(_GAP) * len(widths)
    last = [line for text in texts for line in _whole_words(text, rest)]
    parts = [[identifier], _wrapped(what, widths[1]), _wrapped(where, widths[2])]
    lines = []
    for number in range(max(map(len, [*parts, last]))):
        row = [part[number] if number < len(part) else "" for part in parts]
        row = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        row.append(last[number] if number < len(last) else "")
        lines.append((_INDENT + _GAP.join(row)).rstrip())
    return lines


def _column_width(texts: Sequence[str], limit: int) -> int:
    longest_word = max((len(word) for text in texts for word in text.split()), default=0)
    return max(min(max(map(len, texts)), limit), min(longest_word, _WORD_WIDTH))


def findings_lines(findings: Sequence[_report.Finding], language_name: str = "en") -> list[Line]:
    """The table as (kind that the line is the heading of, or ""; line): under each heading a row for each cause."""
    language = Language(language_name)
    if not findings:
        return [("", language.text("no_findings"))]
    rows = [_report.normal(row) for row in findings]
    causes = [(_report.kind(cause.row), _cells(cause, language)) for cause in _report.by_cause(rows)]
    head = (language.text("id"), language.text("what"), language.text("where"), [language.text("found_needed")])
    table = [head, *(cells for _kind, cells in causes)]
    columns = ([cells[0] for cells in table], [cells[1] for cells in table], [cells[2] for cells in table])
    limits = (_WHAT_WIDTH, _WHAT_WIDTH, _WHERE_WIDTH)
    widths = [_column_width(texts, limit) for texts, limit in zip(columns, limits, strict=True)]
    counts = _report.count(rows)
    lines: list[Line] = [("", line) for line in _row(head, widths)]
    for kind in _report.KINDS:
        own = [cells for its_kind, cells in causes if its_kind == kind]
        if own:
            lines.append((kind, f"{language.kind(kind)}: {counts[kind]}"))
            lines += [("", line) for cells in own for line in _row(cells, widths)]
    return lines


def findings_text(findings: Sequence[_report.Finding], language: str = "en") -> str:
    """The table as one text; "No findings." without any."""
    return "\n".join(line for _kind, line in findings_lines(findings, language))


def told(findings: Sequence[_report.Finding], path: str, language_name: str) -> str:
    """The end of a report in one line: how much of what, and where the rest is read."""
    language = Language(language_name)
    counts = _report.count([_report.normal(row) for row in findings])
    line = language.text("told", errors=counts[req.ERROR], warnings=counts[req.WARNING],
                         accepted=counts[_report.ACCEPTED])  # fmt: skip
    return f"{line} {language.text('told_path', path=path)}" if path else line
