# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The finished platform, asked of the API and of the hosts themselves."""

from __future__ import annotations

import base64
import contextlib
import re
import stat
from collections.abc import Iterator

import pytest

from system.machines import Lab

NODES = ["master-1", "worker-1", "worker-2"]


def condition(item: dict, kind: str) -> str:
    return next((c["status"] for c in item["status"].get("conditions", []) if c["type"] == kind), "absent")


def unwrapped(data: bytes, depth: int = 3) -> Iterator[bytes]:
    """The data, and whatever stands base64-encoded in it, also encoded twice or more: logins are."""
    yield data
    for word in re.findall(rb"[A-Za-z0-9+/]{16,}={0,2}", data) if depth else []:
        with contextlib.suppress(ValueError):
            yield from unwrapped(base64.b64decode(word, validate=True), depth - 1)


def test_nodes_ready(lab: Lab) -> None:
    nodes = lab.api("/api/v1/nodes")["items"]
    assert {n["metadata"]["name"]: condition(n, "Ready") for n in nodes} == dict.fromkeys(NODES, "True")


@pytest.mark.parametrize("module", ["snapshot-controller", "csi-nfs", "virtualization"])
def test_module_ready(lab: Lab, module: str) -> None:
    status = lab.api(f"/apis/deckhouse.io/v1alpha1/modules/{module}")["status"]
    assert status["phase"] == "Ready"


def test_one_default_storage_class(lab: Lab) -> None:
    mark = "storageclass.kubernetes.io/is-default-class"
    classes = lab.api("/apis/storage.k8s.io/v1/storageclasses")["items"]
    default = [c["metadata"]["name"] for c in classes if c["metadata"].get("annotations", {}).get(mark) == "true"]
    assert default == ["nfs-main"]
    config = lab.api("/apis/deckhouse.io/v1alpha1/moduleconfigs/global")
    assert config["spec"]["settings"]["defaultClusterStorageClass"] == "nfs-main"


def test_default_was_set_by_a_merge(lab: Lab) -> None:
    """What the installer wrote into ``global`` is still there."""
    config = lab.api("/apis/deckhouse.io/v1alpha1/moduleconfigs/global")
    assert config["spec"]["settings"]["modules"]["publicDomainTemplate"] == "%s.dvp.example.com"


@pytest.mark.parametrize("node", NODES)
def test_node_can_run_virtual_machines(lab: Lab, node: str) -> None:
    labels = lab.api(f"/api/v1/nodes/{node}")["metadata"]["labels"]
    assert labels["virtualization.deckhouse.io/kvm-enabled"] == "true"
    assert labels["kubevirt.internal.virtualization.deckhouse.io/schedulable"] == "true"


def test_smoke_virtual_machine_ran_and_is_gone(lab: Lab) -> None:
    assert lab.audited("create", "virtualmachines"), "no virtual machine was ever created"
    machines = lab.api("/apis/virtualization.deckhouse.io/v1alpha2/virtualmachines")["items"]
    assert machines == []


@pytest.mark.parametrize("host", NODES)
def test_host_is_prepared(lab: Lab, host: str) -> None:
    lab.ssh(host, "dpkg-query -W -f '${Status}' cloud-init | grep -q 'ok installed'")
    lab.ssh(host, "dpkg-query -W -f '${Status}' cloud-guest-utils | grep -q 'ok installed'")
    lab.ssh(host, "grep -Eqx '1|Y' /sys/module/kvm_*/parameters/nested")
    for module in ("br_netfilter", "overlay"):
        lab.ssh(host, f"grep -q '^{module} ' /proc/modules && grep -rqx {module} /etc/modules-load.d")


def test_secrets_are_put_away(lab: Lab) -> None:
    kubeconfig = lab.state / "kubeconfig"
    assert stat.S_IMODE(kubeconfig.stat().st_mode) == 0o600
    password = lab.registry_password().encode()
    files = [path for path in lab.state.rglob("*") if path.is_file()]
    holders = [path for path in files if any(password in text for text in unwrapped(path.read_bytes()))]
    assert holders == [], f"the registry password stays in {holders}"


def test_report_is_a_page(lab: Lab) -> None:
    pages = list((lab.state / "reports").glob("*.html"))
    assert pages, "no report"
    text = pages[0].read_text(encoding="utf-8")
    for name in [*NODES, "H04", "H09"]:
        assert name in text
