# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's checks, each limit exactly at and one below."""

from __future__ import annotations

import time
from typing import Any

import dhctl_preflight
import pytest

GOOD: dict[str, Any] = {
    "cpus": 4,
    "memory_kib": 7680 * 1024,
    "disk_kib": 43945313,
    "free_kib": 20 << 20,
    "kernel": "5.8.0-1",
    "package_manager": True,
    "systemd": True,
    "modules": {"br_netfilter": True, "overlay": True, "erofs": False},
    "leftovers": ["/opt/deckhouse/bin/containerd"],
    "addresses": [{"addr_info": [{"family": "inet", "local": "192.0.2.11", "prefixlen": 24}]}],
    "routes": [{"dst": "default", "gateway": "192.0.2.1"}],
    "nameservers": ["192.0.2.53"],
    "hostname": "master-1",
    "localhost": True,
    "python_modules": True,
    "deckhouse_user": False,
}
DOCUMENTS = [
    {"kind": "ClusterConfiguration", "podSubnetCIDR": "10.111.0.0/16", "serviceSubnetCIDR": "10.222.0.0/16"},
    {"kind": "StaticClusterConfiguration", "internalNetworkCIDRs": ["192.0.2.0/24"]},
]


def failed(**changes: Any) -> list[str]:
    seen = {"time": time.time(), **GOOD, **changes}
    return [check.name for check in dhctl_preflight.ON_MASTER if check.ask(seen, DOCUMENTS)]


def test_a_good_host_passes() -> None:
    assert failed() == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"cpus": 3}, "node-system-requirements"),
        ({"memory_kib": 7680 * 1024 - 1}, "node-system-requirements"),
        ({"disk_kib": 43945312}, "node-disk-space"),
        ({"free_kib": (20 << 20) - 1}, "static-free-disk-space"),
        ({"kernel": "5.7.19"}, "node-os-supported"),
        ({"systemd": False}, "node-os-supported"),
        ({"modules": {"br_netfilter": True, "overlay": False, "erofs": True}}, "node-kernel-modules"),
        ({"leftovers": ["/usr/bin/containerd"]}, "node-leftovers"),
        ({"addresses": []}, "node-internal-network"),
        ({"nameservers": ["10.222.0.10"]}, "host-network-cidr-intersection"),
        ({"routes": [{"dst": "10.111.8.0/24"}]}, "host-network-cidr-intersection"),
        ({"hostname": "Master_1"}, "node-hostname"),
        ({"localhost": False}, "resolve-localhost"),
        ({"deckhouse_user": True}, "deckhouse-user"),
        ({"time": time.time() - 700}, "time-drift"),
    ],
)
def test_a_bad_host_is_told(changes: dict[str, Any], name: str) -> None:
    assert failed(**changes) == [name]
