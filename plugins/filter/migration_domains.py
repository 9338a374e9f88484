# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter: between which workers virtual machines can migrate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cluster, _migration


def migration_domains(hostvars: Mapping[str, Mapping[str, Any]], workers: Sequence[str]) -> dict[str, Any]:
    """Sets of workers in which live migration works, from what host_check left in the variables of the hosts."""
    return _migration.migration_domains(_cluster.answered(_cluster.host_results(hostvars, workers), workers), workers)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name -> function."""
        return {"migration_domains": migration_domains}
