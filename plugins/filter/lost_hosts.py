# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter: hosts that a stage has lost, and whether the next one may follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.plugin_utils._budget import judge_losses
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory_values import raw_variables


def lost_hosts(
    hostvars: Mapping[str, Mapping[str, Any]],
    masters: Sequence[str],
    workers: Sequence[str],
    begun: str,
    finished: str,
    budget_percent: int,
    limited: bool = False,
) -> dict[str, Any]:
    """Hosts whose variables do not tell that the stage has finished there.

    begun, finished: names of variables that a host has when the stage has begun and finished there. limited: hosts
    without `begun` were not part of the run, and are not lost.
    """
    lost = []
    for host in dict.fromkeys([*masters, *workers]):
        variables = raw_variables(hostvars, host)
        if finished not in variables and (begun in variables or not limited):
            lost.append(host)
    return {"hosts": lost, "refusal": judge_losses(lost, masters, workers, int(budget_percent))}


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name -> function."""
        return {"lost_hosts": lost_hosts}
