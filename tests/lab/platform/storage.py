# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NFSStorageClass -> StorageClass, and the cluster's default class (facts/storage.md sections 1 and 7)."""

from __future__ import annotations

from . import modules
from .api import Object
from .kinds import MODULE_CONFIG, NFS_STORAGE_CLASS, NODE, SNAPSHOT_CLASS, STORAGE_CLASS
from .objects import age_s, annotations_of, labels, name, selected
from .world import World

PROVISIONER = "nfs.csi.k8s.io"
DEFAULT = "storageclass.kubernetes.io/is-default-class"
_MANAGED = {"storage.deckhouse.io/managed-by": "csi-nfs-controller"}
_NODE_LABEL = "storage.deckhouse.io/csi-nfs-node"
_CLASS_S = 2


def reconcile(world: World) -> None:
    """Keep the classes, the nodes' labels and the default."""
    if modules.running(world, "csi-nfs"):
        for body in world.list(NFS_STORAGE_CLASS):
            _reconcile_class(world, body)
        wanted = {name(body) for body in world.list(NFS_STORAGE_CLASS)}
        for body in world.list(STORAGE_CLASS):
            if labels(body).items() >= _MANAGED.items() and name(body) not in wanted:
                world.delete(STORAGE_CLASS, body)
        _label_nodes(world)
    _set_default(world)


def storage_class(body: Object) -> Object:
    """Return the StorageClass of an NFSStorageClass."""
    spec = body["spec"]
    connection, options = spec["connection"], spec.get("mountOptions") or {}
    mount = [f"nfsvers={connection['nfsVersion']}"]
    if "mountMode" in options:
        mount.append(options["mountMode"])
    if "timeout" in options:
        mount.append(f"timeo={options['timeout']}")
    if "retransmissions" in options:
        mount.append(f"retrans={options['retransmissions']}")
    if options.get("readOnly"):
        mount.append("ro")
    return {
        "metadata": {"name": name(body), "labels": _MANAGED},
        "provisioner": PROVISIONER,
        "parameters": {"server": connection["host"], "share": connection["share"]},
        "mountOptions": mount,
        "reclaimPolicy": spec["reclaimPolicy"],
        "volumeBindingMode": spec["volumeBindingMode"],
        "allowVolumeExpansion": True,
    }


def refusal(body: Object, settings: Object, edition: str) -> str:
    """Return why the module does not take this class, "" when it does."""
    connection, tls = body["spec"]["connection"], settings.get("tlsParameters") or {}
    if connection["nfsVersion"] == "3" and not settings.get("v3support"):
        return "nfsVersion 3 needs v3support: true in ModuleConfig csi-nfs"
    if connection.get("tls") and edition == "ce":
        return "TLS is not available in the CE edition"
    if connection.get("tls") and not tls.get("ca"):
        return "tls needs tlsParameters.ca in ModuleConfig csi-nfs"
    if connection.get("mtls") and not tls.get("mtls"):
        return "mtls needs tlsParameters.mtls in ModuleConfig csi-nfs"
    return ""


def default_changes(classes: list[Object], wanted: str) -> dict[str, str | None]:
    """Return {class: annotation} to change so that exactly the wanted class is the default; None removes it."""
    if wanted not in {name(one) for one in classes}:
        return {}
    changes: dict[str, str | None] = {}
    for one in classes:
        marked = annotations_of(one).get(DEFAULT) == "true"
        if marked != (name(one) == wanted):
            changes[name(one)] = "true" if name(one) == wanted else None
    return changes


def _reconcile_class(world: World, body: Object) -> None:
    problem = world.fault(f"nfsstorageclass/{name(body)}") or refusal(
        body, modules.module_settings(world, "csi-nfs"), modules.edition_of(world)
    )
    if problem:
        world.set_status(NFS_STORAGE_CLASS, body, {"phase": "Failed", "reason": problem})
        return
    if not world.waited(age_s(body["metadata"]["creationTimestamp"], world.now), _CLASS_S):
        return
    world.ensure(STORAGE_CLASS, storage_class(body))
    snapshots = {"metadata": {"name": name(body)}, "driver": PROVISIONER, "deletionPolicy": "Delete"}
    world.ensure(SNAPSHOT_CLASS, snapshots)
    world.set_status(NFS_STORAGE_CLASS, body, {"phase": "Created", "reason": None})


def _label_nodes(world: World) -> None:
    selectors = [
        (one["spec"].get("workloadNodes") or {}).get("nodeSelector") or {} for one in world.list(NFS_STORAGE_CLASS)
    ]
    for node in world.list(NODE):
        wanted = any(selected(selector, labels(node)) for selector in selectors)
        if wanted != (_NODE_LABEL in labels(node)):
            world.patch(NODE, node, {"metadata": {"labels": {_NODE_LABEL: "" if wanted else None}}})


def _set_default(world: World) -> None:
    config = world.find(MODULE_CONFIG, "global") or {"spec": {}}
    wanted = (config["spec"].get("settings") or {}).get("defaultClusterStorageClass")
    if wanted:
        for title, value in default_changes(world.list(STORAGE_CLASS), wanted).items():
            body = world.find(STORAGE_CLASS, title)
            if body:
                world.patch(STORAGE_CLASS, body, {"metadata": {"annotations": {DEFAULT: value}}})
