# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``--check --diff`` on an untouched lab tells what would happen, and changes nothing."""

from __future__ import annotations

from system.machines import Lab
from system.playbook import run


def test_untouched(lab: Lab) -> None:
    before, files = lab.fingerprint(), lab.state_files()
    result = run("site", inventories=[lab.inventory], arguments=["--check", "--diff"])
    assert result.returncode == 0, result.tail()
    assert lab.fingerprint() == before
    assert lab.state_files() == files, "check mode has written to the installer's state directory"
    assert not lab.has_cluster(), "check mode has made a cluster"
    for expected in ("cloud-guest-utils", "kind: ModuleConfig", "kind: NFSStorageClass"):
        assert expected in result.output, f"the plan does not show {expected}"
