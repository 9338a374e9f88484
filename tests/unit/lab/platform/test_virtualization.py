# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's judgement of its own configuration, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from lab.platform.images import best_mode
from lab.platform.virtualization_config import cidr_problems, problems, quantity, update_problems

NODES = [
    {"metadata": {"name": "n1"}, "status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.11"}]}},
]
PODS, SERVICES = "10.111.0.0/16", "10.222.0.0/16"


def config(cidrs: list[str], size: str = "50G", storage_class: str = "") -> dict[str, Any]:
    claim = {"size": size, **({"storageClassName": storage_class} if storage_class else {})}
    dvcr = {"storage": {"type": "PersistentVolumeClaim", "persistentVolumeClaim": claim}}
    return {"spec": {"settings": {"dvcr": dvcr, "virtualMachineCIDRs": cidrs}}}


@pytest.mark.parametrize(
    ("cidrs", "words"),
    [
        (["10.66.0.0/24", "10.67.0.0/24"], ""),
        (["nonsense"], "failed to parse CIDR nonsense"),
        (["10.66.0.0/16", "10.66.1.0/24"], "no overlaps allowed"),
        (["192.0.2.0/24"], "check node n1: subnet 192.0.2.0/24 is invalid: should not contain address 192.0.2.11"),
        (["10.111.1.0/24"], "check overlap with global podSubnetCIDR"),
        (["10.222.1.0/24"], "check overlap with global serviceSubnetCIDR"),
        (["192.0.2.128/25"], ""),  # the node's subnet, not its address: the platform does not mind
    ],
)
def test_cidr_problems(cidrs: list[str], words: str) -> None:
    found = cidr_problems(cidrs, NODES, PODS, SERVICES)
    assert (words in found[0]) if words else found == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"spec": {}}, "spec.settings is required"),
        ({"spec": {"settings": {"virtualMachineCIDRs": ["10.66.0.0/24"]}}}, "spec.settings.dvcr is required"),
        (config([]), "virtualMachineCIDRs is required"),
    ],
)
def test_first_configuration(body: dict[str, Any], words: str) -> None:
    assert words in problems(body, NODES, PODS, SERVICES)[0]


@pytest.mark.parametrize(
    ("old", "new", "dvcr", "words"),
    [
        (config(["10.66.0.0/24"]), config(["10.66.0.0/24", "10.67.0.0/24"]), True, ""),
        (config(["10.66.0.0/24"]), config([]), True, "cannot be removed entirely"),
        (
            config(["10.66.0.0/24", "10.67.0.0/24"]),
            config(["10.67.0.0/24"]),
            True,
            'item "10.66.0.0/24" can\'t be removed',
        ),
        (config(["10.66.0.0/24", "10.67.0.0/24"]), config(["10.66.0.0/24"]), True, ""),
        (config(["10.66.0.5/24"]), config(["10.66.0.0/24"]), True, "can't be removed"),  # compared as written
        (config(["10.66.0.0/24"], "50G"), config(["10.66.0.0/24"], "40G"), True, "reducing DVCR size"),
        (config(["10.66.0.0/24"], "50G"), config(["10.66.0.0/24"], "40G"), False, ""),
        (config(["10.66.0.0/24"], "50G"), config(["10.66.0.0/24"], "50Gi"), True, ""),
        (config(["10.66.0.0/24"]), config(["10.66.0.0/24"], storage_class="b"), True, "changing storageClassName"),
    ],
)
def test_update(old: dict[str, Any], new: dict[str, Any], dvcr: bool, words: str) -> None:
    leases = [{"metadata": {"name": "ip-10-66-0-9"}}]
    found = update_problems(old, new, NODES, PODS, SERVICES, leases, dvcr)
    assert (words in found[0]) if words else found == []


def test_quantities() -> None:
    assert quantity("1Gi") > quantity("1G") > quantity("900M")
    with pytest.raises(ValueError, match="quantities"):
        quantity("much")


def test_best_mode() -> None:
    sets = [{"accessModes": ["ReadWriteOnce", "ReadWriteMany"], "volumeMode": "Filesystem"}]
    block = [{"accessModes": ["ReadWriteMany"], "volumeMode": "Block"}]
    assert best_mode({"status": {"claimPropertySets": sets}}) == ("ReadWriteMany", "Filesystem")
    assert best_mode({"status": {"claimPropertySets": sets + block}}) == ("ReadWriteMany", "Block")
    assert best_mode(None) == ("ReadWriteOnce", "Filesystem")
