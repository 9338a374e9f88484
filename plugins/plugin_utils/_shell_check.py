# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of the module host_check for a host that was asked by its shell; private to the collection. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils._host_prepare import findings, remedies
from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import probe
from ansible_collections.dvp.baremetal.plugins.plugin_utils._cluster import host_findings
from ansible_collections.dvp.baremetal.plugins.plugin_utils._interpreter import Core, interpreter_finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._shell_host import shell_host


def shell_answer(
    failure: Mapping[str, Any], output: str, options: Mapping[str, Any], tried: str, core: Core
) -> dict[str, Any] | None:
    """{facts, findings, remedies} as the module answers; None when the shell did not come to an end either.

    failure: result of the module. output: what the script of _shell_host has printed. options: of the module.
    tried: the interpreter that Ansible has used. core: the running ansible-core.
    """
    # Nothing can be mended where no module runs.
    options = {**options, "prepare_follows": False}
    host = shell_host(output, options)
    if host is None:
        return None
    # Which kernel a package would bring, matters to who installs it: nothing is installed here.
    facts = {**probe(host, options), "kernel_wanted": None}
    # The rule only sees that no Python has run the check; why, is known here.
    cause = interpreter_finding(host.pythons(), tried, core, facts["system"]) or host_findings("", failure)[0]
    rows = [cause if row["id"] == "H21" else row for row in findings(facts, options)]
    return {"facts": facts, "findings": rows, "remedies": remedies(facts, options)}
