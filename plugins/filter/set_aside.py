# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter: which workers are set aside, and the findings as they then are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _budget, _cluster


def set_aside(
    findings: Sequence[Mapping[str, str]],
    hostvars: Mapping[str, Mapping[str, Any]],
    masters: Sequence[str],
    workers: Sequence[str],
    budget_percent: int,
) -> dict[str, Any]:
    """Findings of host_check, judged by the failure budget."""
    results = _cluster.host_results(hostvars, [*masters, *workers])
    asked = [host for host, result in results.items() if result is not None]
    return _budget.set_aside(findings, asked, masters, workers, int(budget_percent))


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name -> function."""
        return {"set_aside": set_aside}
