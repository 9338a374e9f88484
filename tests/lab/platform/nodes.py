# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NodeGroup, SSHCredentials, StaticInstance -> Node: the platform's CAPS, with real logins."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from lab.installer import dhctl_scripts

from . import modules
from .api import Object
from .kinds import NODE, NODE_GROUP, SSH_CREDENTIALS, STATIC_INSTANCE
from .objects import (
    age_s,
    annotations_of,
    conditions,
    find,
    is_true,
    labels,
    name,
    selected,
    timestamp,
)
from .ssh import Target
from .world import World

SKIP_BOOTSTRAP = "static.node.deckhouse.io/skip-bootstrap-phase"
_KUBELET_START_S = 5
_ERROR_PAUSE_S = 10
_CONNECT_PAUSE_S = 10
_GROUP = "node.deckhouse.io/group"


def reconcile(world: World) -> None:
    """One step for every node group, instance and node."""
    _ensure_master(world)
    if modules.running(world, "node-manager"):
        for group in world.list(NODE_GROUP):
            _reconcile_group(world, group)
    for node in world.list(NODE):
        _reconcile_node(world, node)
    for group in world.list(NODE_GROUP):
        _set_group_status(world, group)


def phase(instance: Object) -> str:
    """Return the instance's phase; one that nobody has looked at is Pending."""
    return str(((instance.get("status") or {}).get("currentStatus") or {}).get("phase") or "Pending")


def chosen(group: Object, instances: list[Object]) -> tuple[list[Object], list[Object]]:
    """Return (instances to bootstrap, instances to clean) so that `count` of the group's instances run."""
    section = group["spec"].get("staticInstances")
    if not section:
        return [], []
    matching = [one for one in instances if selected(section.get("labelSelector"), labels(one))]
    taken = [one for one in matching if phase(one) in ("Running", "Bootstrapping", "Error")]
    banned = [one for one in matching if labels(one).get("node.deckhouse.io/allow-bootstrap") == "false"]
    running = [one for one in taken if phase(one) == "Running"]
    clean = [one for one in running if one in banned]
    keep = [one for one in taken if one not in clean]
    surplus = len(keep) - section.get("count", 0)
    if surplus > 0:
        removable = [one for one in reversed(running) if one in keep]
        return [], clean + removable[:surplus]
    free = [one for one in matching if phase(one) == "Pending" and one not in banned]
    free.sort(key=lambda one: (SKIP_BOOTSTRAP not in annotations_of(one), name(one)))
    return free[:-surplus] if surplus else [], clean


def _reconcile_group(world: World, group: Object) -> None:
    begin, clean = chosen(group, world.list(STATIC_INSTANCE))
    for instance in begin:
        _set_phase(world, instance, "Bootstrapping")
    for instance in clean:
        _set_phase(world, instance, "Cleaning")
    selector = (group["spec"].get("staticInstances") or {}).get("labelSelector")
    if "staticInstances" not in group["spec"]:
        return
    for instance in world.list(STATIC_INSTANCE):
        if not selected(selector, labels(instance)):
            continue
        if phase(instance) == "Bootstrapping":
            _bootstrap(world, group, instance)
        elif phase(instance) == "Cleaning":
            _clean(world, instance)
        elif phase(instance) == "Error":
            since = instance["status"]["currentStatus"]["lastUpdateTime"]
            if world.waited(age_s(since, world.now), _ERROR_PAUSE_S):
                _set_phase(world, instance, "Pending")
                world.after(0.1)
        elif not instance.get("status"):
            _set_phase(world, instance, "Pending")


def _bootstrap(world: World, group: Object, instance: Object) -> None:
    fault = world.fault(f"staticinstance/{name(instance)}")
    if fault:
        return _fail(world, instance, "BootstrapFailed", fault)
    target, problem = target_of(world, instance)
    if target is None:
        return _fail(world, instance, "StaticInstanceCredentialsUnavailable", problem)
    retry = (find((instance.get("status") or {}).get("conditions"), "Bootstrapped") or {}).get("lastTransitionTime")
    if retry and not world.waited(age_s(retry, world.now), _CONNECT_PAUSE_S):
        return None
    adopt = SKIP_BOOTSTRAP in annotations_of(instance)
    script = dhctl_scripts.detect() if adopt else dhctl_scripts.bootstrap(world.cluster.uuid)
    future = world.jobs.poll(f"bootstrap/{name(instance)}", lambda: world.runner.run(target, script))
    if future is None:
        return None
    result = future.result()
    if result.unreachable:
        # A failed login keeps the instance in Bootstrapping and is tried again.
        text = result.stderr.strip() or "no answer"
        _condition(world, instance, "Bootstrapped", False, "SSHCheckFailed", f"{text} ({timestamp(world.now)})")
        return None
    if result.rc:
        return _fail(world, instance, "BootstrapFailed", result.stderr.strip()[-400:])
    facts = {**dhctl_scripts.read_facts(result.stdout), "address": instance["spec"]["address"]}
    other = world.find(NODE, facts["hostname"])
    if other and not adopt and address_of(other) != facts["address"]:
        text = f"node {facts['hostname']} exists already with address {address_of(other)}: host names must be unique"
        return _fail(world, instance, "BootstrapFailed", text)
    node = create_node(world, facts, name(group), group["spec"].get("nodeTemplate") or {})
    status = {
        "currentStatus": {"phase": "Running", "lastUpdateTime": timestamp(world.now)},
        "nodeRef": {"apiVersion": "v1", "kind": "Node", "name": name(node), "uid": node["metadata"]["uid"]},
        "conditions": conditions([], [("Bootstrapped", True, "Bootstrapped", "")], world.now),
    }
    world.set_status(STATIC_INSTANCE, instance, status)
    return None


def _clean(world: World, instance: Object) -> None:
    target, problem = target_of(world, instance)
    if target is None:
        return _fail(world, instance, "StaticInstanceCredentialsUnavailable", problem)
    future = world.jobs.poll(f"clean/{name(instance)}", lambda: world.runner.run(target, dhctl_scripts.clean()))
    if future is None:
        return None
    if future.result().rc:
        return world.after(5)
    node = world.find(NODE, ((instance.get("status") or {}).get("nodeRef") or {}).get("name", ""))
    if node:
        world.delete(NODE, node)
    world.set_status(STATIC_INSTANCE, instance, {"nodeRef": None})
    _set_phase(world, instance, "Pending")
    return None


def target_of(world: World, instance: Object) -> tuple[Target | None, str]:
    """Return how to log in to an instance, or why nobody can."""
    wanted = (instance["spec"].get("credentialsRef") or {}).get("name", "")
    credentials = world.find(SSH_CREDENTIALS, wanted)
    if credentials is None:
        return None, f"SSHCredentials {wanted!r} not found"
    spec = credentials["spec"]
    try:
        key = decode_key(spec.get("privateSSHKey", ""))
        sudo = base64.b64decode(spec.get("sudoPasswordEncoded", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        return None, f"SSHCredentials {wanted!r}: not base64: {error}"
    return Target(instance["spec"]["address"], spec["user"], key, spec.get("sshPort", 22), sudo), ""


def decode_key(text: str) -> str:
    """Read a private key given as base64 of PEM, the documented form, or as PEM; raises binascii.Error."""
    if text.startswith("-----BEGIN"):
        return text
    return base64.b64decode("".join(text.split()), validate=True).decode()


def target_of_node(world: World, node: Object) -> Target | None:
    """Return how to log in to a node that CAPS has added."""
    for instance in world.list(STATIC_INSTANCE):
        if ((instance.get("status") or {}).get("nodeRef") or {}).get("name") == name(node):
            return target_of(world, instance)[0]
    return None


def create_node(world: World, facts: Object, group: str, template: Object) -> Object:
    """Make the Node object of a bootstrapped machine."""
    world.keep_facts(facts["hostname"], facts)
    meta_labels = {
        "kubernetes.io/hostname": facts["hostname"],
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        _GROUP: group,
        "node.deckhouse.io/type": "Static",
        f"node-role.kubernetes.io/{group}": "",
        **(template.get("labels") or {}),
    }
    spec: Object = {}
    taints = list(template.get("taints") or [])
    if group == "master":
        meta_labels["node-role.kubernetes.io/control-plane"] = ""
        taints.append({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"})
    if taints:
        spec["taints"] = taints
    body = {
        "metadata": {
            "name": facts["hostname"],
            "labels": meta_labels,
            "annotations": template.get("annotations") or {},
        },
        "spec": spec,
    }
    return world.ensure(NODE, body)


def address_of(node: Object) -> str:
    """Return the node's internal address."""
    found = (node.get("status") or {}).get("addresses") or []
    return next((one["address"] for one in found if one["type"] == "InternalIP"), "")


def ready(node: Object) -> bool:
    """Is the node Ready?"""
    return is_true((node.get("status") or {}).get("conditions"), "Ready")


def _ensure_master(world: World) -> None:
    facts = world.cluster.master
    world.ensure(
        NODE_GROUP,
        {
            "metadata": {"name": "master"},
            "spec": {"nodeType": "Static", "disruptions": {"approvalMode": "Manual"}},
        },
    )
    if world.find(NODE, facts["hostname"]) is None:
        create_node(world, facts, "master", {})


def _reconcile_node(world: World, node: Object) -> None:
    facts = world.facts(name(node))
    if not facts:
        return
    fault = world.fault(f"node/{name(node)}")
    age = age_s(node["metadata"]["creationTimestamp"], world.now)
    up = world.waited(age, _KUBELET_START_S) and not fault
    kvm = bool(facts["kvm"] and modules.running(world, "virtualization") and up)
    memory = f"{facts['memory_kib']}Ki"
    capacity: dict[str, Any] = {"cpu": str(facts["cpus"]), "memory": memory, "pods": "110"}
    if kvm:
        capacity["devices.kubevirt.io/kvm"] = "1k"
    # The API server fills in an empty nodeInfo by itself.
    told = ((node.get("status") or {}).get("nodeInfo") or {}).get("kernelVersion")
    version = "" if told else world.api.request("GET", "/version")["gitVersion"]
    status: Object = {
        "addresses": [
            {"type": "InternalIP", "address": facts["address"]},
            {"type": "Hostname", "address": facts["hostname"]},
        ],
        "capacity": capacity,
        "allocatable": capacity,
        "conditions": conditions(
            (node.get("status") or {}).get("conditions"),
            [
                ("MemoryPressure", False, "KubeletHasSufficientMemory", ""),
                ("DiskPressure", False, "KubeletHasNoDiskPressure", ""),
                ("PIDPressure", False, "KubeletHasSufficientPID", ""),
                (
                    "Ready",
                    up,
                    "KubeletReady" if up else "KubeletNotReady",
                    "kubelet is posting ready status" if up else fault or "container runtime network not ready",
                ),
            ],
            world.now,
        ),
    }
    if version:
        status["nodeInfo"] = {
            "machineID": facts["machine_id"],
            "systemUUID": facts["system_uuid"],
            "bootID": facts["boot_id"],
            "kernelVersion": facts["kernel"],
            "osImage": facts["os_image"],
            "containerRuntimeVersion": "containerd://1.7.27",
            "kubeletVersion": version,
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
        }
    node = world.set_status(NODE, node, status)
    taints = (node.get("spec") or {}).get("taints") or []
    kept = [one for one in taints if one["key"] != "node.kubernetes.io/not-ready"]
    if up and kept != taints:
        world.patch(NODE, node, {"spec": {"taints": kept or None}})


def _set_group_status(world: World, group: Object) -> None:
    members = [node for node in world.list(NODE) if labels(node).get(_GROUP) == name(group)]
    healthy = [node for node in members if ready(node)]
    complete = bool(members) and len(healthy) == len(members)
    old = (group.get("status") or {}).get("conditions")
    world.set_status(
        NODE_GROUP,
        group,
        {
            "nodes": len(members),
            "ready": len(healthy),
            "upToDate": len(healthy),
            "conditions": conditions(old, [("Ready", complete, "", ""), ("Error", False, "", "")], world.now),
            "conditionSummary": {"ready": "True" if complete else "False", "statusMessage": ""},
        },
    )


def _set_phase(world: World, instance: Object, wanted: str) -> None:
    if phase(instance) != wanted or not instance.get("status"):
        world.after(0.1)
        current = {"phase": wanted, "lastUpdateTime": timestamp(world.now)}
        world.set_status(STATIC_INSTANCE, instance, {"currentStatus": current})


def _condition(world: World, instance: Object, kind: str, status: bool, reason: str, message: str) -> None:
    found = conditions([], [(kind, status, reason, message)], world.now, severity="" if status else "Error")
    world.set_status(STATIC_INSTANCE, instance, {"conditions": found})


def _fail(world: World, instance: Object, reason: str, message: str) -> None:
    found = conditions([], [("Bootstrapped", False, reason, message)], world.now, severity="Error")
    current = {"phase": "Error", "lastUpdateTime": timestamp(world.now)}
    world.set_status(STATIC_INSTANCE, instance, {"currentStatus": current, "conditions": found})
    world.after(_ERROR_PAUSE_S)
