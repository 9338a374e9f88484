# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P06: does virtualization work, and on which node? The phase of the module alone does not tell. Pure; private.

The layers are those of virtualization.md section 2: parts of the module, the hypervisor's own object, then every node.
"""

from __future__ import annotations

import typing as t

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects

Object = dict[str, t.Any]
Finding = dict[str, t.Any]

NAMESPACE = "d8-virtualization"
DEPLOYMENTS = ("dvcr", "virt-api", "virt-controller", "virtualization-api", "virtualization-controller")
DAEMON_SETS = ("virt-handler", "vm-route-forge")
CLASS_NAME = "generic"
KVM_LABEL = "virtualization.deckhouse.io/kvm-enabled"
SCHEDULABLE_LABEL = "kubevirt.internal.virtualization.deckhouse.io/schedulable"
CPU_MODEL_LABEL = "cpu-model.node.virtualization.deckhouse.io/"
KVM_RESOURCE = "devices.kubevirt.io/kvm"
_CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"


def findings(objects: t.Iterable[Object]) -> list[Finding]:
    """What stands between these live objects and virtual machines on every node, as findings (empty: proven).

    Objects: all Deployments, DaemonSets, Pods and PersistentVolumeClaims of d8-virtualization, its
    InternalVirtualizationKubeVirt, the VirtualMachineClasses and all Nodes. A kind that is absent is a finding.
    """
    kinds: dict[str, list[Object]] = {}
    for obj in objects:
        kinds.setdefault(obj["kind"], []).append(obj)
    classes = {obj["metadata"]["name"]: obj for obj in kinds.get("VirtualMachineClass", [])}
    class_status = _status(classes.get(CLASS_NAME, {}))
    nodes = [node for node in kinds.get("Node", []) if is_expected(node)]
    found = [
        *_deployments(kinds.get("Deployment", [])),
        *_volume(kinds.get("PersistentVolumeClaim", [])),
        *_hypervisor(kinds.get("InternalVirtualizationKubeVirt", [])),
        *_daemon_sets(kinds.get("DaemonSet", [])),
        *_virtual_machine_class(classes.get(CLASS_NAME), class_status),
    ]
    if not nodes:
        found.append(_finding("nodes for virtual machines", "none", "at least one node with KVM", "Add a worker."))
    pods = kinds.get("Pod", [])
    for node in nodes:
        found += _node(node, pods, class_status.get("availableNodes") or [])
    return found


def open_points(objects: t.Iterable[Object]) -> list[str]:
    """The same as sentences, for progress lines."""
    return [
        f"{item['checked']}: {item['found']}" + (f" (node {item['host']})" if item["host"] else "")
        for item in findings(objects)
    ]


def smoke_test_findings(mode: str, image_url: str) -> list[Finding]:
    """G05: a proof by a virtual machine needs an image. C(mode): always | auto | never."""
    if mode == "never" or image_url:
        return []
    severity = "error" if mode == "always" else "warning"
    fix = "Give the URL of a cloud image in dvp_smoke_image_url, or set dvp_smoke_test: never."
    return [
        finding("G05", "no image for it", fix, checked="Smoke test", needed="an image to start from", severity=severity)
    ]


def is_expected(node: Object) -> bool:
    """Whether virtual machines must run here: every node but a control plane, and a control plane that has KVM."""
    labels = node["metadata"].get("labels") or {}
    return _CONTROL_PLANE_LABEL not in labels or labels.get(KVM_LABEL) == "true"


def _deployments(objects: list[Object]) -> t.Iterator[Finding]:
    by_name = {obj["metadata"]["name"]: obj for obj in objects}
    for name in sorted({*DEPLOYMENTS, *by_name}):
        obj = by_name.get(name)
        wanted = (obj or {}).get("spec", {}).get("replicas", 1)
        available = _status(obj or {}).get("availableReplicas") or 0
        if obj is None or available < wanted:
            found = "does not exist" if obj is None else f"{available} of {wanted} available"
            yield _finding(f"Deployment {NAMESPACE}/{name}", found, "all replicas available", _pods_fix(name))


def _volume(objects: list[Object]) -> t.Iterator[Finding]:
    phases = (str(_status(obj).get("phase")) for obj in objects if obj["metadata"]["name"] == "dvcr")
    phase = next(phases, "does not exist")
    if phase != "Bound":
        fix = "Look at the events of the claim; the storage class must exist and provision."
        yield _finding(f"PersistentVolumeClaim {NAMESPACE}/dvcr", phase, "Bound", fix, "M01")


def _hypervisor(objects: list[Object]) -> t.Iterator[Finding]:
    status = next((_status(obj) for obj in objects if obj["metadata"]["name"] == "config"), {})
    if status.get("phase") != "Deployed":
        found = status.get("phase") or "no status"
        yield _finding("InternalVirtualizationKubeVirt config", found, "Deployed", _pods_fix("virt-operator"))


def _daemon_sets(objects: list[Object]) -> t.Iterator[Finding]:
    by_name = {obj["metadata"]["name"]: _status(obj) for obj in objects}
    for name in DAEMON_SETS:
        status = by_name.get(name)
        desired = (status or {}).get("desiredNumberScheduled") or 0
        counts = [(status or {}).get(key) or 0 for key in ("numberAvailable", "updatedNumberScheduled")]
        if desired == 0 or any(count != desired for count in counts):
            found = "does not exist" if status is None else f"{min(counts)} of {desired} available"
            yield _finding(f"DaemonSet {NAMESPACE}/{name}", found, "available on every node", _pods_fix(name))


def _virtual_machine_class(obj: Object | None, status: Object) -> t.Iterator[Finding]:
    if obj is None or status.get("phase") != "Ready" or not status.get("availableNodes"):
        found = (
            "does not exist" if obj is None else f"{status.get('phase')}, nodes {status.get('availableNodes') or []}"
        )
        fix = "Wait for the node labels, or look at the conditions of the class."
        yield _finding(f"VirtualMachineClass {CLASS_NAME}", found, "Ready with nodes", fix)


def _node(node: Object, pods: list[Object], available_nodes: list[str]) -> t.Iterator[Finding]:
    name = node["metadata"]["name"]
    labels = node["metadata"].get("labels") or {}
    status = _status(node)

    def lacking(checked: str, found: str, needed: str, fix: str) -> Finding:
        return _finding(checked, found, needed, fix, host=name)

    if not _is_true(status, "Ready"):
        yield lacking("node", "not Ready", "Ready", "Look at the node's conditions and at journalctl -u kubelet.")
    if node.get("spec", {}).get("unschedulable"):
        yield lacking("node", "unschedulable", "schedulable", f"Run: kubectl uncordon {name}")
    if labels.get(KVM_LABEL) != "true":
        fix = "Load kvm_intel or kvm_amd and enable virtualization in the firmware; see journalctl -u bashible (H03)."
        yield lacking("label kvm-enabled", "absent", "true", fix)
        return  # Without KVM the rest is its consequence.
    for application in DAEMON_SETS:
        if not any(_belongs(pod, application, name) and _is_true(_status(pod), "Ready") for pod in pods):
            yield lacking(f"pod of {application}", "not Ready", "Ready", _pods_fix(application))
    if labels.get(SCHEDULABLE_LABEL) != "true":
        yield lacking("label schedulable", "absent", "true", "virt-handler sends no heartbeat; look at its log.")
    if not any(key.startswith(CPU_MODEL_LABEL) and value == "true" for key, value in labels.items()):
        yield lacking(
            "CPU model labels", "none", "at least one", "The labeller of virt-handler has not run; see its log."
        )
    if not _objects.quantity((status.get("allocatable") or {}).get(KVM_RESOURCE)):
        yield lacking(
            f"resource {KVM_RESOURCE}", "none", "above 0", "The device plugin of virt-handler is not registered."
        )
    if name not in available_nodes:
        fix = "The node's CPU lacks features of the class, or its labels are not there yet."
        yield lacking(f"VirtualMachineClass {CLASS_NAME}", "node not available", "node in availableNodes", fix)


def _belongs(pod: Object, application: str, node: str) -> bool:
    owner = pod["metadata"].get("generateName") or pod["metadata"]["name"]
    return owner.startswith(application) and pod.get("spec", {}).get("nodeName") == node


def _is_true(status: Object, condition: str) -> bool:
    return any(item["type"] == condition and item["status"] == "True" for item in status.get("conditions") or [])


def _status(obj: Object) -> Object:
    return t.cast(Object, obj.get("status") or {})


def _pods_fix(name: str) -> str:
    return f"Look at its pods: kubectl -n {NAMESPACE} get pods, then describe and logs of {name}."


def _finding(checked: str, found: str, needed: str, fix: str, requirement: str = "P06", *, host: str = "") -> Finding:
    return finding(requirement, found, fix, checked=checked, needed=needed, host=host)
