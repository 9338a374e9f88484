# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's documents are judged as the vendor's schemas judge them."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import dhctl_config
import pytest

GOOD: list[dict[str, Any]] = [
    {
        "apiVersion": "deckhouse.io/v1",
        "kind": "ClusterConfiguration",
        "clusterType": "Static",
        "podSubnetCIDR": "10.111.0.0/16",
        "serviceSubnetCIDR": "10.222.0.0/16",
        "kubernetesVersion": "Automatic",
    },
    {"apiVersion": "deckhouse.io/v1", "kind": "StaticClusterConfiguration", "internalNetworkCIDRs": ["192.0.2.0/24"]},
]


def changed(index: int, **keys: Any) -> list[dict[str, Any]]:
    documents = copy.deepcopy(GOOD)
    documents[index].update(keys)
    return documents


def init(**keys: Any) -> list[dict[str, Any]]:
    return [*GOOD, {"apiVersion": "deckhouse.io/v1", "kind": "InitConfiguration", "deckhouse": keys}]


def test_a_good_configuration() -> None:
    assert dhctl_config.errors(GOOD) == []


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        (GOOD[1:], "ClusterConfiguration required"),
        (changed(0, podSubnet="x"), "podSubnet is a forbidden property"),
        (changed(0, kubernetesVersion=1.33), "kubernetesVersion must be of type string"),
        (changed(0, kubernetesVersion="1.12"), "kubernetesVersion should be one of"),
        (changed(0, podSubnetCIDR="10.111.0.0"), "podSubnetCIDR should match"),
        (changed(0, serviceSubnetCIDR="10.111.4.0/24"), "intersect"),
        (changed(1, internalNetworkCIDRs=["10.111.0.0/24"]), "intersect"),
        (changed(0, clusterType="Cloud"), "clusterType should be one of"),
        (init(registryDockerCfg="%%%"), "not base64"),
        (init(devRegistry="x"), "deckhouse.devRegistry is a forbidden property"),
        ([*GOOD, GOOD[0]], "given 2 times"),
    ],
)
def test_errors(documents: list[dict[str, Any]], words: str) -> None:
    assert any(words in one for one in dhctl_config.errors(documents))


def test_the_registry_is_read_from_either_document() -> None:
    auth = base64.b64encode(b"lab:secret").decode()
    text = base64.b64encode(json.dumps({"auths": {"r.example.com:5000": {"auth": auth}}}).encode()).decode()
    found = dhctl_config.registry(init(imagesRepo="r.example.com:5000/ee", registryDockerCfg=text))
    assert (found["host"], found["username"], found["password"]) == ("r.example.com:5000", "lab", "secret")
    settings = {"registry": {"mode": "Unmanaged", "unmanaged": {"imagesRepo": "other/ee", "license": "key"}}}
    module = {"kind": "ModuleConfig", "metadata": {"name": "deckhouse"}, "spec": {"settings": settings}}
    found = dhctl_config.registry([*GOOD, module])
    assert (found["host"], found["username"], found["password"]) == ("other", "license-token", "key")


def test_load_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(ValueError, match=r"config\.yml"):
        dhctl_config.load([path])
