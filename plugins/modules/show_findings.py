# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: show_findings
short_description: Show findings as a table, and fail when one of them is an error
version_added: 0.1.0
author: dvp.baremetal contributors (@dvp-baremetal)
description:
  - Prints one table, 120 columns wide, with a row for each cause, the most pressing ones first. Hosts that have a cause
    in common stand in its row.
  - Fails when a finding is an error that nobody has accepted.
  - Runs on the control machine and connects to nothing.
attributes:
  check_mode:
    description: Does the same.
    support: full
  diff_mode:
    description: Writes nothing.
    support: none
  action:
    description: Has an action plugin.
    support: full
options:
  findings:
    description: Findings of any check of this collection.
    type: list
    elements: dict
    required: true
  language:
    description: Language of the table. What a rule found on a host, and its advice, are in English in any case.
    type: str
    choices: [en, ru]
    default: en
  report:
    description: Path of the page of the same findings, named at the end; empty for none.
    type: str
    default: ""
seealso:
  - plugin: dvp.baremetal.findings_text
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Refuse with everything at once
  dvp.baremetal.show_findings:
    findings: "{{ host_check_findings }}"
"""

RETURN = r"""
counts:
  description: How many findings are of which kind.
  returned: always
  type: dict
  sample: {error: 2, warning: 1, info: 0, accepted: 1}
"""
