# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact, installed where nothing of this checkout is, goes through the whole chain with each ansible-core."""

from __future__ import annotations

from integration.environment import Site

from system.machines import Lab
from system.playbook import Run


def test_nothing_changes(lab: Lab, site: Site) -> None:
    audit = lab.audit_position()
    process = site.run("ansible-playbook", ["dvp.baremetal.site", "-i", str(lab.inventory)])
    result = Run(process.returncode, process.stdout + process.stderr)
    assert result.returncode == 0, result.tail()
    assert result.changed == {}
    assert lab.writes_since(audit) == []
