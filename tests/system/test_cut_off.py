# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A first run that is cut off anywhere can be run again."""

from __future__ import annotations

import pytest

from system.machines import Lab
from system.playbook import kill_when, run

# Stage, and the output that shows that the run is in the middle of it.
MOMENTS = {
    "prepare": r"TASK \[dvp\.baremetal\.host_prepare : .*[Pp]ackage",
    "installer container": r"InstallKubernetes",
    "waiting for the module": r"Module/virtualization.*(Installing|Reconciling|not ready|waiting)",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed(lab: Lab, moment: str) -> None:
    output, seen = kill_when(MOMENTS[moment], "site", inventories=[lab.inventory])
    assert seen, f"the run ended before {moment}:\n{output[-3000:]}"


def test_next_run_finishes(lab: Lab) -> None:
    result = run("site", inventories=[lab.inventory])
    assert result.returncode == 0, result.tail()
    assert lab.containers() == [], "an installer container was left behind"
