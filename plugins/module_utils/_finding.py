# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of a finding, private to the collection.

Module, rules, roles, report and error text speak in these dicts and in no others. Python 3.6 syntax.
"""

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

ROWS = {row.id: row for row in req.REQUIREMENTS}
NOTHING = "nothing readable"
# Of a host that was asked by its shell: some things only a program can measure.
NEEDS_PYTHON = "needs Python"
UNMEASURED = "not measured: " + NEEDS_PYTHON
FIX_UNMEASURED = "Give the host a Python that Ansible can use (H21), then run again."


def printable(text):
    """A text that a terminal shows and does not obey: what a host says about itself may hold any character."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in str(text))


def finding(requirement_id, found, fix, **fields):
    """One finding in the form that module, report and error text share.

    found: text. fix: what to do, a sentence. fields: checked, needed, severity, host where they differ from the row of
    the requirement. Returns {id, checked, found, needed, severity, fix, docs, host}, all text.
    """
    row = ROWS[requirement_id]
    result = {
        "id": row.id,
        "checked": row.title,
        "found": printable(found),
        "needed": row.needed.format(**req.LIMITS),
        "severity": row.severity,
        "fix": fix,
        "docs": req.DOCS_ANCHOR.format(row.id.lower()),
        "host": "",
    }
    result.update(fields)
    return result


def mended(options, requirement_id, needed_act, by_hand, part="", **fields):
    """A finding of something that prepare can do: a warning when it may, else an error with the act for a person.

    part: which part of prepare does it, where it is not the usual one for the requirement.
    """
    part = part or req.MENDED_BY[requirement_id]
    if not options["prepare_follows"] or part not in options.get("prepare_parts", req.PREPARE_PARTS):
        return finding(requirement_id, fix=by_hand, **fields)
    return announced(finding(requirement_id, fix="", **fields), needed_act)


def announced(row, act):
    """A finding whose cause prepare will take away: never an error."""
    severity = req.WARNING if row["severity"] == req.ERROR else row["severity"]
    return dict(row, severity=severity, fix="Prepare will %s." % act)
