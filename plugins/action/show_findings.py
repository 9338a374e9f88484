# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action side of dvp.baremetal.show_findings. What it prints is made by plugin_utils/_report_text.py."""

from __future__ import annotations

import typing as t

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report, _report_text, _report_words

display = Display()

_COLOURS = {req.ERROR: constants.COLOR_ERROR, req.WARNING: constants.COLOR_WARN, _report.ACCEPTED: constants.COLOR_SKIP}


class ActionModule(ActionBase):
    """Prints the table of findings as it is, which no callback would; fails when one of them is an error."""

    _requires_connection = False
    argument_spec: t.ClassVar[dict[str, dict[str, t.Any]]] = {
        "findings": {"type": "list", "elements": "dict", "required": True},
        "language": {"type": "str", "choices": list(_report_words.LANGUAGES), "default": "en"},
        "report": {"type": "str", "default": ""},
    }

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result = super().run(tmp, task_vars)
        args = self.validate_argument_spec(argument_spec=self.argument_spec)[1]
        findings, language = [_report.normal(row) for row in args["findings"]], args["language"]
        for kind, line in _report_text.findings_lines(findings, language):
            self.say(line, _COLOURS.get(kind))
        counts = _report.count(findings)
        told = _report_text.told(findings, args["report"], language)
        result.update(changed=False, failed=counts[req.ERROR] > 0, msg=told, counts=counts)
        return result

    def say(self, line: str, colour: str | None) -> None:
        """One line of the table."""
        display.display(line, color=colour)
