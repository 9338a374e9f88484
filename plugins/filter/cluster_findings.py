# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter: what all hosts together do not meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cluster, _inventory


def cluster_findings(
    hostvars: Mapping[str, Mapping[str, Any]],
    masters: Sequence[str],
    workers: Sequence[str],
    nodes: Sequence[Mapping[str, Any]] = (),
    members: Sequence[str] = (),
    limited: bool = False,
    installer_machine_id: str = "",
) -> list[dict[str, str]]:
    """Findings of every host and of the cluster, from what host_check left in the variables of the hosts."""
    hosts = [*masters, *workers]
    results = _cluster.host_results(hostvars, hosts)
    addresses = _inventory.node_addresses(hostvars, hosts)
    known = _cluster.known_nodes(nodes)
    return _cluster.cluster_findings(
        results, masters, workers, known, members, addresses, installer_machine_id, limited
    )


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name -> function."""
        return {"cluster_findings": cluster_findings}
