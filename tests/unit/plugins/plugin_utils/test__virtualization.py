"""P06: every layer that can be broken is found, on the node where it is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _virtualization as virtualization

WORKING = yaml.safe_load((Path(__file__).parent / "fixtures/virtualization.yml").read_text())
Objects = list[dict[str, Any]]


def broken(change: Callable[[dict[tuple[str, str], dict[str, Any]]], Any]) -> list[dict[str, Any]]:
    """Findings after one change of the working platform; the change gets the objects by kind and name."""
    objects = copy.deepcopy(WORKING)
    by_name = {(item["kind"], item["metadata"]["name"]): item for item in objects}
    change(by_name)
    return virtualization.findings([item for item in objects if item.get("metadata")])


def test_working_platform() -> None:
    """No finding, no open point."""
    assert virtualization.findings(WORKING) == []
    assert virtualization.open_points(WORKING) == []


def test_empty_cluster() -> None:
    """Nothing there is a finding for each part, never a pass."""
    checked = {item["checked"] for item in virtualization.findings([])}
    for name in virtualization.DEPLOYMENTS:
        assert f"Deployment d8-virtualization/{name}" in checked
    assert "nodes for virtual machines" in checked


def labels(objects: Any, node: str) -> dict[str, str]:
    found: dict[str, str] = objects["Node", node]["metadata"]["labels"]
    return found


@pytest.mark.parametrize(
    ("change", "checked", "node"),
    [
        (lambda o: o["Deployment", "virt-api"]["status"].clear(), "Deployment d8-virtualization/virt-api", ""),
        (lambda o: o["PersistentVolumeClaim", "dvcr"].update(status={"phase": "Pending"}),
         "PersistentVolumeClaim d8-virtualization/dvcr", ""),
        (lambda o: o["InternalVirtualizationKubeVirt", "config"].update(status={"phase": "Deploying"}),
         "InternalVirtualizationKubeVirt config", ""),
        (lambda o: o["DaemonSet", "virt-handler"]["status"].update(numberAvailable=1),
         "DaemonSet d8-virtualization/virt-handler", ""),
        (lambda o: o["DaemonSet", "virt-handler"]["status"].update(desiredNumberScheduled=0),
         "DaemonSet d8-virtualization/virt-handler", ""),
        (lambda o: o["VirtualMachineClass", "generic"]["status"].update(phase="Pending"),
         "VirtualMachineClass generic", ""),
        (lambda o: o["VirtualMachineClass", "generic"]["status"].update(availableNodes=["master-1", "worker-2"]),
         "VirtualMachineClass generic", "worker-1"),
        (lambda o: o["Node", "worker-1"]["status"].update(conditions=[]), "node", "worker-1"),
        (lambda o: o["Node", "worker-1"].update(spec={"unschedulable": True}), "node", "worker-1"),
        (lambda o: labels(o, "worker-1").pop(virtualization.KVM_LABEL), "label kvm-enabled", "worker-1"),
        (lambda o: labels(o, "worker-1").pop(virtualization.SCHEDULABLE_LABEL), "label schedulable", "worker-1"),
        (lambda o: labels(o, "worker-1").pop(virtualization.CPU_MODEL_LABEL + "Nehalem"),
         "CPU model labels", "worker-1"),
        (lambda o: o["Node", "worker-1"]["status"]["allocatable"].clear(),
         f"resource {virtualization.KVM_RESOURCE}", "worker-1"),
        (lambda o: o["Pod", "virt-handler-w1"]["status"].update(conditions=[]), "pod of virt-handler", "worker-1"),
        (lambda o: o["Pod", "vm-route-forge-w1"].update(spec={"nodeName": "elsewhere"}),
         "pod of vm-route-forge", "worker-1"),
    ],
)  # fmt: skip
def test_one_thing_broken(change: Any, checked: str, node: str) -> None:
    """Exactly this finding, with its node and with advice."""
    (found,) = broken(change)
    assert (found["checked"], found["host"], found["severity"]) == (checked, node, "error")
    assert found["fix"]


def test_control_plane_without_kvm_is_no_place_for_machines() -> None:
    """A master is asked for KVM only when it has it."""
    assert broken(lambda o: labels(o, "master-1").pop(virtualization.KVM_LABEL)) == []
    assert broken(lambda o: labels(o, "master-1").pop(virtualization.SCHEDULABLE_LABEL)) != []


@pytest.mark.parametrize(
    ("mode", "url", "severities"),
    [("never", "", []), ("auto", "", ["warning"]), ("always", "", ["error"]), ("always", "http://x", [])],
)
def test_smoke_test_needs_an_image(mode: str, url: str, severities: list[str]) -> None:
    """An error only when the test was asked for."""
    assert [item["severity"] for item in virtualization.smoke_test_findings(mode, url)] == severities
