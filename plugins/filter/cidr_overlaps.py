# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter: which networks share addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cidr


def cidr_overlaps(networks: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Overlapping pairs of {owner: [address/prefix]}; a text that is no network is an error, never "no overlap"."""
    if not isinstance(networks, Mapping):
        raise AnsibleFilterError(f"cidr_overlaps needs a mapping of names to lists of networks, not {networks!r}")
    try:
        return [row._asdict() for row in _cidr.overlaps(networks)]
    except ValueError as exc:
        raise AnsibleFilterError(f"cidr_overlaps: {exc}") from exc


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name -> function."""
        return {"cidr_overlaps": cidr_overlaps}
