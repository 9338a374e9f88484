# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtualization module: its own components, the nodes' labels, classes (facts/virtualization.md 1.6 and 2)."""

from __future__ import annotations

from lab.installer import dhctl_scripts

from . import claims, images, machines, modules, nodes, virtualization_config, webhooks, workloads
from .api import Object
from .kinds import (
    DAEMON_SET,
    DEPLOYMENT,
    KUBEVIRT,
    MODULE,
    MODULE_CONFIG,
    NAMESPACE,
    NODE,
    POD,
    PVC,
    SECRET,
    SERVICE,
    STORAGE_CLASS,
    STORAGE_PROFILE,
    VM_CLASS,
)
from .objects import age_s, conditions, find, labels, name, selected
from .world import World

SPACE = "d8-virtualization"
KVM = "virtualization.deckhouse.io/kvm-enabled"
SCHEDULABLE = "kubevirt.internal.virtualization.deckhouse.io/schedulable"
_MODEL = "cpu-model.node.virtualization.deckhouse.io/Nehalem"
_HANDLER = {"kubevirt.internal.virtualization.deckhouse.io": "virt-handler"}
_FORGE = {"app": "vm-route-forge"}
_KUBEVIRT_VERSION = "v1.6.2-v12n.92"
_OPERATOR_S = 4
_HANDLER_S = 8

# Which modes a class offers; an unknown provisioner falls back to ReadWriteOnce and Filesystem.
_MODES = {
    "nfs.csi.k8s.io": [("ReadWriteMany", "Filesystem"), ("ReadWriteOnce", "Filesystem")],
    "rbd.csi.ceph.com": [("ReadWriteMany", "Block"), ("ReadWriteOnce", "Block")],
    "replicated.csi.storage.deckhouse.io": [("ReadWriteMany", "Block"), ("ReadWriteOnce", "Block")],
    "local.csi.storage.deckhouse.io": [("ReadWriteOnce", "Block")],
}


def reconcile(world: World) -> None:
    """Keep what the module keeps, as far as its configuration has ever been valid."""
    if not modules.enabled(world, "virtualization"):
        return
    config = world.find(MODULE_CONFIG, "virtualization") or {}
    problems = virtualization_config.problems(
        config, world.list(NODE), world.cluster.pod_cidr, world.cluster.service_cidr
    )
    running = modules.running(world, "virtualization")
    installed = world.find(DEPLOYMENT, "virtualization-controller", SPACE) is not None
    if not installed and (problems or not running):
        return
    since = find((world.find(MODULE, "virtualization") or {})["status"]["conditions"], "IsReady")["lastTransitionTime"]
    age = age_s(since, world.now) if running else float("inf")
    world.ensure(NAMESPACE, {"metadata": {"name": SPACE, "labels": {"heritage": "deckhouse"}}})
    _label_nodes(world)
    dvcr_up = _dvcr(world, (config.get("spec") or {}).get("settings") or {}, age)
    _deployments(world, dvcr_up, world.waited(age, _OPERATOR_S))
    _daemon_sets(world, world.waited(age, _HANDLER_S))
    _kubevirt(world, world.waited(age, _HANDLER_S))
    _classes(world)
    _profiles(world)
    webhooks.ensure_virtualization(world)
    machines.reconcile_addresses(world)
    images.reconcile(world, dvcr_up)
    machines.reconcile(world)


def available_nodes(machine_class: Object, node_list: list[Object], handlers: set[str]) -> list[str]:
    """Return the nodes that can run machines of the class: those with a virt-handler pod, filtered by the class."""
    cpu = machine_class["spec"]["cpu"]
    found = []
    for node in node_list:
        model = cpu.get("model") if cpu["type"] == "Model" else None
        fits = not model or labels(node).get(f"cpu-model.node.virtualization.deckhouse.io/{model}") == "true"
        if name(node) in handlers and fits and selected(machine_class["spec"].get("nodeSelector"), labels(node)):
            found.append(name(node))
    return sorted(found)


def _label_nodes(world: World) -> None:
    """Look at each node for KVM, as the platform's node configuration step does when the module is enabled."""
    for node in world.list(NODE):
        facts = world.facts(name(node))
        if not facts or not nodes.ready(node):
            continue
        if KVM not in labels(node) and not facts.get("kvm_looked_at"):
            facts = _look(world, node, facts)
        wanted = "true" if facts["kvm"] else None
        changes = {
            KVM: wanted,
            SCHEDULABLE: wanted,
            _MODEL: wanted,
            "virtualization.deckhouse.io/containerd-version": "v1" if facts["kvm"] else None,
        }
        world.patch(NODE, node, {"metadata": {"labels": changes}})


def _look(world: World, node: Object, facts: Object) -> Object:
    target = nodes.target_of_node(world, node)
    if target is None:  # the first master: its facts are as fresh as its installation
        found = facts
    else:
        future = world.jobs.poll(f"detect/{name(node)}", lambda: world.runner.run(target, dhctl_scripts.detect()))
        if future is None or future.result().rc:
            world.after(2)
            return {**facts, "kvm": False}
        found = {**facts, **dhctl_scripts.read_facts(future.result().stdout)}
    found = {**found, "kvm_looked_at": True}
    world.keep_facts(name(node), found)
    return found


def _dvcr(world: World, settings: Object, age: float) -> bool:
    """Keep the image registry's claim; returns whether the registry can run."""
    claim = settings.get("dvcr", {}).get("storage", {}).get("persistentVolumeClaim", {})
    live = world.find(PVC, "dvcr", SPACE)
    class_name = claim.get("storageClassName") or images.default_class(world.list(STORAGE_CLASS))
    if live is None:
        # Without a class the claim waits for one: the API server's admission fills in a default that appears first.
        spec: Object = {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": claim.get("size", "50G")}},
        }
        if class_name:
            spec["storageClassName"] = class_name
        live = world.ensure(PVC, {"metadata": {"name": "dvcr", "namespace": SPACE}, "spec": spec})
    elif "storageClassName" not in live["spec"] and class_name:
        live = world.patch(PVC, live, {"spec": {"storageClassName": class_name}})
    service_port = [{"name": "https", "port": 443}, {"name": "metrics", "port": 8002}]
    if world.find(SERVICE, "dvcr", SPACE) is None:
        world.ensure(
            SERVICE,
            {
                "metadata": {"name": "dvcr", "namespace": SPACE},
                "spec": {"selector": {"app": "dvcr"}, "ports": service_port},
            },
        )
    if world.waited(age, _OPERATOR_S) and world.find(SECRET, "dvcr-tls", SPACE) is None:
        world.ensure(
            SECRET,
            {
                "metadata": {"name": "dvcr-tls", "namespace": SPACE},
                "type": "kubernetes.io/tls",
                "stringData": {"tls.crt": "", "tls.key": ""},
            },
        )
    if claims.bound(world, "dvcr", SPACE):
        return world.find(SECRET, "dvcr-tls", SPACE) is not None
    node = next(
        (one for one in world.list(NODE) if nodes.ready(one) and "node-role.kubernetes.io/master" not in labels(one)),
        None,
    )
    if node:
        claims.select_node(world, live, name(node))
    world.after(1)
    return False


def _deployments(world: World, dvcr_up: bool, operated: bool) -> None:
    for title in (
        "virtualization-controller",
        "virtualization-api",
        "dvcr",
        "virt-operator",
        "virt-api",
        "virt-controller",
    ):
        # The last two are made by the operator, later than the module's own.
        if title in ("virt-api", "virt-controller") and not operated:
            continue
        live = world.ensure(DEPLOYMENT, workloads.deployment(SPACE, title))
        up = dvcr_up if title == "dvcr" else True
        world.set_status(DEPLOYMENT, live, workloads.deployment_status(live, up, world.now))


def _daemon_sets(world: World, started: bool) -> None:
    ready = [node for node in world.list(NODE) if nodes.ready(node)]
    for title, pod_labels, selector in (
        ("virt-handler", _HANDLER, {"kubernetes.io/os": "linux", KVM: "true"}),
        ("vm-route-forge", _FORGE, {"kubernetes.io/os": "linux"}),
    ):
        live = world.ensure(DAEMON_SET, workloads.daemon_set(SPACE, title, pod_labels, selector))
        wanted = [node for node in ready if selector.items() <= labels(node).items()]
        for node in wanted:
            pod_name = f"{title}-{name(node)}"
            body = world.find(POD, pod_name, SPACE) or world.ensure(
                POD, workloads.pod(SPACE, pod_name, pod_labels, name(node), live)
            )
            world.set_status(POD, body, workloads.pod_status(body, started, world.now))
        known = {name(node) for node in world.list(NODE)}
        for body in world.list(POD):
            if labels(body).items() >= pod_labels.items() and body["spec"].get("nodeName") not in known:
                world.delete(POD, body)
        count = len(wanted)
        world.set_status(DAEMON_SET, live, workloads.daemon_set_status(live, count, count if started else 0))


def handlers(world: World) -> set[str]:
    """Return the nodes that have a virt-handler pod."""
    return {
        body["spec"]["nodeName"]
        for body in world.list(POD)
        if labels(body).items() >= _HANDLER.items() and body["metadata"]["namespace"] == SPACE
    }


def _kubevirt(world: World, deployed: bool) -> None:
    live = world.find(KUBEVIRT, "config", SPACE) or world.ensure(
        KUBEVIRT, {"metadata": {"name": "config", "namespace": SPACE}, "spec": {}}
    )
    old = (live.get("status") or {}).get("conditions")
    world.set_status(
        KUBEVIRT,
        live,
        {
            "phase": "Deployed" if deployed else "Deploying",
            "observedKubeVirtVersion": _KUBEVIRT_VERSION if deployed else "",
            "targetKubeVirtVersion": _KUBEVIRT_VERSION,
            "outdatedVirtualMachineInstanceWorkloads": 0,
            "conditions": conditions(
                old,
                [
                    ("Available", deployed, "AllComponentsReady" if deployed else "DeploymentInProgress", ""),
                    ("Progressing", not deployed, "DeploymentInProgress", ""),
                    ("Degraded", False, "AllComponentsReady", ""),
                ],
                world.now,
            ),
        },
    )


def _classes(world: World) -> None:
    if world.find(VM_CLASS, "generic") is None:
        cpu = {"type": "Model", "model": "Nehalem"}
        policy = {"cores": {"min": 1, "max": 1024}, "coreFractions": ["5%", "10%", "20%", "50%", "100%"]}
        world.ensure(VM_CLASS, {"metadata": {"name": "generic"}, "spec": {"cpu": cpu, "sizingPolicies": [policy]}})
    for body in world.list(VM_CLASS):
        available = available_nodes(body, world.list(NODE), handlers(world))
        host = body["spec"]["cpu"]["type"] in ("Host", "HostPassthrough")
        ready = bool(available) or host
        old = (body.get("status") or {}).get("conditions")
        found = conditions(
            old, [("Ready", ready, "SuitableNodesFound" if ready else "NoSuitableNodesFound", "")], world.now
        )
        status = {"phase": "Ready" if ready else "Pending", "availableNodes": available, "conditions": found}
        world.set_status(VM_CLASS, body, status)


def _profiles(world: World) -> None:
    for body in world.list(STORAGE_CLASS):
        modes = _MODES.get(body["provisioner"], [("ReadWriteOnce", "Filesystem")])
        live = world.find(STORAGE_PROFILE, name(body)) or world.ensure(
            STORAGE_PROFILE, {"metadata": {"name": name(body)}, "spec": {}}
        )
        sets = [{"accessModes": [access], "volumeMode": mode} for access, mode in modes]
        status = {"storageClass": name(body), "provisioner": body["provisioner"], "claimPropertySets": sets}
        # This kind has no status subresource.
        world.patch(STORAGE_PROFILE, live, {"status": status})
