# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NFS classes, claims, the virtualization module and its machines, as the collection sees them."""

from __future__ import annotations

import functools
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import vendor
from api.cluster import POD_CIDR, SERVICE_CIDR, Site, add_workers, make_site
from lab.platform import kinds
from lab.platform.api import ApiError, Object
from lab.platform.objects import annotations_of, find, is_true, labels
from lab.platform.storage import DEFAULT

SPACE = "dvp-smoke"
VIRTUALIZATION = {
    "dvcr": {"storage": {"type": "PersistentVolumeClaim", "persistentVolumeClaim": {"size": "10Gi"}}},
    "virtualMachineCIDRs": ["10.66.10.0/30", "10.66.20.0/24"],
}


@pytest.fixture(scope="module", params=["lab", "vendor"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, assets: Path) -> Iterator[Site]:
    """A cluster with workers, an NFS default class and virtualization, once with each set of definitions."""
    crds_dir = vendor.needed(vendor.CRDS) if request.param == "vendor" else None
    with make_site(tmp_path_factory.mktemp("platform"), assets, crds_dir) as site:
        enable_virtualization(site)
        yield site


def enable_virtualization(site: Site) -> None:
    """Workers, storage, virtualization, as the collection makes them."""
    add_workers(site)
    site.wait("three Ready nodes", lambda: sum(map(is_ready, site.admin.objects(kinds.NODE))) == 3)
    add_nfs(site, "nfs-main")
    settings = {"defaultClusterStorageClass": "nfs-main"}
    site.admin.apply(
        kinds.MODULE_CONFIG,
        {
            "apiVersion": "deckhouse.io/v1alpha1",
            "kind": "ModuleConfig",
            "metadata": {"name": "global"},
            "spec": {"version": 2, "settings": settings},
        },
        manager="dvp.baremetal",
    )
    site.enable("virtualization", 1, VIRTUALIZATION)
    site.wait_phase(kinds.MODULE, "virtualization", "Ready")


@pytest.fixture(scope="module")
def image_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web server with a small qcow2 head of a 64 MiB image."""
    folder = tmp_path_factory.mktemp("images")
    head = b"QFI\xfb" + (3).to_bytes(4, "big") + bytes(16) + (64 << 20).to_bytes(8, "big")
    (folder / "guest.qcow2").write_bytes(head + bytes(4096))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def is_ready(node: Object) -> bool:
    return is_true((node.get("status") or {}).get("conditions"), "Ready")


def add_nfs(site: Site, name: str) -> None:
    site.enable("csi-nfs")
    site.wait_phase(kinds.MODULE, "csi-nfs", "Ready")
    body = {
        "apiVersion": "storage.deckhouse.io/v1alpha1",
        "kind": "NFSStorageClass",
        "metadata": {"name": name},
        "spec": {
            "connection": {"host": "198.51.100.50", "share": "/exports/dvp", "nfsVersion": "4.2"},
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer",
        },
    }
    site.admin.apply(kinds.NFS_STORAGE_CLASS, body)
    site.wait_phase(kinds.NFS_STORAGE_CLASS, name, "Created")


def machine_objects(url: str, name: str) -> list[tuple[object, Object]]:
    virt = "virtualization.deckhouse.io/v1alpha2"
    return [
        (kinds.NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}),
        (
            kinds.CLUSTER_IMAGE,
            {
                "apiVersion": virt,
                "kind": "ClusterVirtualImage",
                "metadata": {"name": "guest"},
                "spec": {"dataSource": {"type": "HTTP", "http": {"url": f"{url}/guest.qcow2"}}},
            },
        ),
        (
            kinds.DISK,
            {
                "apiVersion": virt,
                "kind": "VirtualDisk",
                "metadata": {"name": f"{name}-root", "namespace": SPACE},
                "spec": {
                    "persistentVolumeClaim": {"size": "1Gi"},
                    "dataSource": {"type": "ObjectRef", "objectRef": {"kind": "ClusterVirtualImage", "name": "guest"}},
                },
            },
        ),
        (
            kinds.SECRET,
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "cloud-init", "namespace": SPACE},
                "type": "provisioning.virtualization.deckhouse.io/cloud-init",
                "stringData": {"userData": "#cloud-config\n"},
            },
        ),
        (
            kinds.VM,
            {
                "apiVersion": virt,
                "kind": "VirtualMachine",
                "metadata": {"name": name, "namespace": SPACE},
                "spec": {
                    "virtualMachineClassName": "generic",
                    "cpu": {"cores": 1, "coreFraction": "20%"},
                    "memory": {"size": "1Gi"},
                    "provisioning": {"type": "UserDataRef", "userDataRef": {"kind": "Secret", "name": "cloud-init"}},
                    "blockDeviceRefs": [{"kind": "VirtualDisk", "name": f"{name}-root"}],
                },
            },
        ),
    ]


def test_the_class_is_the_only_default(whole: Site) -> None:
    def marked() -> list[str]:
        classes = whole.admin.objects(kinds.STORAGE_CLASS)
        return [one["metadata"]["name"] for one in classes if annotations_of(one).get(DEFAULT) == "true"]

    whole.wait("the default", lambda: marked() == ["nfs-main"])
    body = whole.admin.get(kinds.STORAGE_CLASS, "nfs-main") or {}
    assert body["provisioner"] == "nfs.csi.k8s.io"
    assert whole.admin.get(kinds.SNAPSHOT_CLASS, "nfs-main")


def test_classes_of_the_module_are_not_written_by_hand(whole: Site) -> None:
    with pytest.raises(ApiError, match="Direct modifications"):
        whole.admin.patch(kinds.STORAGE_CLASS, "nfs-main", "", {"metadata": {"labels": {"a": "b"}}})
    with pytest.raises(ApiError, match="prohibited"):
        whole.admin.patch(kinds.STORAGE_CLASS, "nfs-main", "", {"metadata": {"annotations": {DEFAULT: None}}})


def test_virtualization_is_proven_per_node(whole: Site) -> None:
    space = "d8-virtualization"

    def deployed() -> bool:
        body = whole.admin.get(kinds.KUBEVIRT, "config", space) or {}
        return (body.get("status") or {}).get("phase") == "Deployed"

    whole.wait("KubeVirt deployed", deployed)
    whole.wait(
        "dvcr bound",
        lambda: ((whole.admin.get(kinds.PVC, "dvcr", space) or {}).get("status") or {}).get("phase") == "Bound",
    )

    def all_available() -> bool:
        found = whole.admin.objects(kinds.DEPLOYMENT, space)
        return len(found) == 6 and all((one.get("status") or {}).get("availableReplicas") == 1 for one in found)

    whole.wait("deployments available", all_available)
    whole.wait_phase(kinds.VM_CLASS, "generic", "Ready")
    whole.wait(
        "nodes of the class",
        lambda: (
            (whole.admin.get(kinds.VM_CLASS, "generic") or {})["status"]["availableNodes"]
            == ["master-1", "worker-1", "worker-2"]
        ),
    )
    for node in whole.admin.objects(kinds.NODE):
        assert labels(node)["virtualization.deckhouse.io/kvm-enabled"] == "true"
        assert labels(node)["kubevirt.internal.virtualization.deckhouse.io/schedulable"] == "true"
        assert node["status"]["allocatable"]["devices.kubevirt.io/kvm"] == "1k"
    sets = {one["metadata"]["name"]: one["status"] for one in whole.admin.objects(kinds.DAEMON_SET, space)}
    assert sets["virt-handler"]["desiredNumberScheduled"] == 3
    profile = whole.admin.get(kinds.STORAGE_PROFILE, "nfs-main") or {}
    assert profile["status"]["claimPropertySets"][0] == {"accessModes": ["ReadWriteMany"], "volumeMode": "Filesystem"}


def test_a_machine_runs_and_its_address_comes_first_in_the_list(whole: Site, image_url: str) -> None:
    for resource, body in machine_objects(image_url, "smoke"):
        whole.admin.apply(resource, body)  # type: ignore[arg-type]
    body = whole.wait_phase(kinds.VM, "smoke", "Running", SPACE)
    assert body["status"]["nodeName"] in ("worker-1", "worker-2")
    assert body["status"]["ipAddress"] == "10.66.10.1"
    assert is_true(body["status"]["conditions"], "AgentReady")
    assert find(body["status"]["conditions"], "Migratable")["reason"] == "VirtualMachineMigratable"
    assert (whole.admin.get(kinds.CLUSTER_IMAGE, "guest") or {})["status"]["format"] == "qcow2"
    assert any("mount -i -t nfs4" in script for _, script in whole.hosts.scripts)
    assert whole.admin.get(kinds.LEASE, "ip-10-66-10-1")

    with pytest.raises(ApiError, match=r'"10\.66\.10\.0/30" can\'t be removed: .*/ip-10-66-10-1'):
        whole.enable("virtualization", 1, {**VIRTUALIZATION, "virtualMachineCIDRs": ["10.66.20.0/24"]})

    whole.admin.delete(kinds.NAMESPACE, SPACE)
    whole.wait("the namespace is gone", lambda: whole.admin.get(kinds.NAMESPACE, SPACE) is None)
    lease = whole.admin.get(kinds.LEASE, "ip-10-66-10-1") or {}
    whole.wait(
        "the lease is released",
        lambda: (whole.admin.get(kinds.LEASE, "ip-10-66-10-1") or {})["status"]["phase"] == "Released",
    )
    assert lease["spec"]["virtualMachineIPAddressRef"]["namespace"] == SPACE
    gone = [one for one in whole.admin.objects(kinds.PV) if "smoke" in one["spec"]["claimRef"]["namespace"]]
    assert gone == []


@pytest.mark.parametrize(
    ("cidrs", "message"),
    [
        ([POD_CIDR, *VIRTUALIZATION["virtualMachineCIDRs"]], "check overlap with global podSubnetCIDR"),
        ([SERVICE_CIDR, *VIRTUALIZATION["virtualMachineCIDRs"]], "check overlap with global serviceSubnetCIDR"),
        (["198.51.100.0/24", *VIRTUALIZATION["virtualMachineCIDRs"]], "should not contain address 198.51.100"),
        (["10.66.0.0/16", *VIRTUALIZATION["virtualMachineCIDRs"]], "no overlaps allowed"),
        (["nonsense", *VIRTUALIZATION["virtualMachineCIDRs"]], "failed to parse CIDR nonsense"),
    ],
)
def test_the_webhook_refuses_wrong_networks(whole: Site, cidrs: list[str], message: str) -> None:
    with pytest.raises(ApiError, match=message):
        whole.enable("virtualization", 1, {**VIRTUALIZATION, "virtualMachineCIDRs": cidrs})


def test_the_webhook_guards_the_image_registry(whole: Site) -> None:
    smaller = {"storage": {"type": "PersistentVolumeClaim", "persistentVolumeClaim": {"size": "5Gi"}}}
    with pytest.raises(ApiError, match="reducing DVCR size"):
        whole.enable("virtualization", 1, {**VIRTUALIZATION, "dvcr": smaller})


def test_a_missing_image_is_told(whole: Site, image_url: str) -> None:
    body = {
        "apiVersion": "virtualization.deckhouse.io/v1alpha2",
        "kind": "ClusterVirtualImage",
        "metadata": {"name": "missing"},
        "spec": {"dataSource": {"type": "HTTP", "http": {"url": f"{image_url}/missing.qcow2"}}},
    }
    whole.admin.apply(kinds.CLUSTER_IMAGE, body)
    found = whole.wait_phase(kinds.CLUSTER_IMAGE, "missing", "Failed")
    assert "404" in find(found["status"]["conditions"], "Ready")["message"]
    whole.admin.delete(kinds.CLUSTER_IMAGE, "missing")


def test_a_settled_cluster_is_not_written_to(whole: Site) -> None:
    """The audit log counts the collection's writes: the platform itself must be silent when nothing happens."""
    deadline = time.monotonic() + 60
    while True:
        before = len(whole.audit())
        time.sleep(3)
        writes = [f"{one['verb']} {one['requestURI']}" for one in whole.audit()[before:]]
        if not writes:
            return
        assert time.monotonic() < deadline, f"still writing: {writes}"


def test_a_wrong_first_configuration_is_the_modules_own_error(site: Site) -> None:
    site.enable("virtualization", 1, {**VIRTUALIZATION, "virtualMachineCIDRs": ["10.111.4.0/24"]})
    body = site.wait_phase(kinds.MODULE, "virtualization", "Error")
    assert "check overlap with global podSubnetCIDR" in find(body["status"]["conditions"], "IsReady")["message"]
    assert site.admin.get(kinds.DEPLOYMENT, "virtualization-controller", "d8-virtualization") is None
    site.enable("virtualization", 1, VIRTUALIZATION)
    site.wait_phase(kinds.MODULE, "virtualization", "Ready")
