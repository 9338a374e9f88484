# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a finished platform a second run changes nothing and sends no write to the API."""

from __future__ import annotations

import pytest

from system.machines import Lab
from system.playbook import run


@pytest.mark.parametrize("arguments", [[], ["--check", "--diff"]], ids=["run", "check mode"])
def test_nothing_changes(lab: Lab, arguments: list[str]) -> None:
    hosts, audit = lab.fingerprint(), lab.audit_position()
    result = run("site", inventories=[lab.inventory], arguments=arguments)
    assert result.returncode == 0, result.tail()
    assert result.changed == {}
    assert lab.writes_since(audit) == []
    assert lab.fingerprint() == hosts
