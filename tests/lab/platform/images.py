# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VirtualImage, ClusterVirtualImage and VirtualDisk: sources are really fetched over HTTP."""

from __future__ import annotations

import hashlib
import struct
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from . import claims, nodes
from .api import Object
from .kinds import CLUSTER_IMAGE, DISK, IMAGE, NODE, PVC, STORAGE_CLASS, STORAGE_PROFILE, VM
from .objects import age_s, annotations_of, conditions, labels, name, namespace
from .storage import DEFAULT
from .world import World

_IMPORT_S = 3
_RETRY_S = 10
_CHUNK = 1 << 20
_UNPACKED = "virtualization.deckhouse.io/unpacked-size"


@dataclass(frozen=True)
class Fetched:
    """A downloaded image: its format and its sizes in bytes."""

    format: str
    stored: int
    unpacked: int


def reconcile(world: World, dvcr_up: bool) -> None:
    """One step for every image and disk."""
    for resource in (CLUSTER_IMAGE, IMAGE):
        for body in world.list(resource):
            if _phase(body) != "Ready":
                _reconcile_image(world, resource, body, dvcr_up)
    for body in world.list(DISK):
        _reconcile_disk(world, body, dvcr_up)


def fetch(url: str, checksums: dict[str, str]) -> Fetched:
    """Download the image and look at its head; raises ValueError or OSError with the reason."""
    sums = {kind: hashlib.new(kind) for kind in checksums if kind in hashlib.algorithms_available}
    head, size = b"", 0
    with urllib.request.urlopen(url, timeout=30) as answer:
        while chunk := answer.read(_CHUNK):
            head = head or chunk[:512]
            size += len(chunk)
            for one in sums.values():
                one.update(chunk)
    for kind, one in sums.items():
        if one.hexdigest() != checksums[kind].lower():
            raise ValueError(f"checksum mismatch: {kind} of {url} is {one.hexdigest()}, expected {checksums[kind]}")
    if size == 0:
        raise ValueError(f"{url} is empty")
    if head[:4] == b"QFI\xfb":
        return Fetched("qcow2", size, struct.unpack(">Q", head[24:32])[0])
    return Fetched("raw", size, size)


def default_class(classes: list[Object]) -> str:
    """Return the name of the default class, "" when there is none."""
    marked = [one for one in classes if annotations_of(one).get(DEFAULT) == "true"]
    return name(max(marked, key=lambda one: one["metadata"]["creationTimestamp"])) if marked else ""


def best_mode(profile: Object | None) -> tuple[str, str]:
    """Return the (access, volume) mode the platform picks for a disk: RWX before RWO, then Block before Filesystem."""
    sets = ((profile or {}).get("status") or {}).get("claimPropertySets") or []
    pairs = [(access, one["volumeMode"]) for one in sets for access in one["accessModes"]]
    order = {"ReadWriteMany": 2, "ReadWriteOnce": 1, "Block": 1, "Filesystem": 0}
    return max(pairs, key=lambda pair: (order.get(pair[0], 0), order[pair[1]]), default=("ReadWriteOnce", "Filesystem"))


def _reconcile_image(world: World, resource: Any, body: Object, dvcr_up: bool) -> None:
    problem = world.fault(f"image/{name(body)}")
    source = body["spec"]["dataSource"]
    if problem:
        return _set(world, resource, body, "Failed", "ProvisioningFailed", problem)
    if not dvcr_up:
        return _set(world, resource, body, "Pending", "DVCRNotReady", "the image registry is not available")
    if source["type"] == "Upload":
        return _set(world, resource, body, "WaitForUserUpload", "WaitForUserUpload", "upload the image")
    if source["type"] == "ObjectRef":
        found, waiting = _source_image(
            world, source["objectRef"], source["objectRef"].get("namespace") or namespace(body)
        )
        if found is None:
            return _set(world, resource, body, "Pending", "DataSourceNotReady", waiting)
        return _ready_image(world, resource, body, found)
    if source["type"] != "HTTP":
        return _set(world, resource, body, "Failed", "ProvisioningFailed", "container images are not served here")
    fetched = _download(world, resource, body)
    return _ready_image(world, resource, body, fetched) if fetched else None


def _ready_image(world: World, resource: Any, body: Object, fetched: Fetched) -> None:
    extra = {
        "format": fetched.format,
        "cdrom": False,
        "progress": "100%",
        "size": {"stored": str(fetched.stored), "storedBytes": str(fetched.stored),
                 "unpacked": str(fetched.unpacked), "unpackedBytes": str(fetched.unpacked)},
        "target": {"registryURL": f"dvcr.d8-virtualization.svc/{resource.plural}/{name(body)}"},
    }  # fmt: skip
    _set(world, resource, body, "Ready", "Ready", "", extra)


def _download(world: World, resource: Any, body: Object) -> Fetched | None:
    """Fetch the HTTP source; the object's phase tells how it goes. None until it is done."""
    ready = next((one for one in (body.get("status") or {}).get("conditions") or [] if one["type"] == "Ready"), None)
    if _phase(body) == "Failed" and ready and not world.waited(age_s(ready["lastTransitionTime"], world.now), _RETRY_S):
        return None
    source = body["spec"]["dataSource"]["http"]
    _set(world, resource, body, "Provisioning", "Provisioning", "importing", {"progress": "0%"})
    job = f"fetch/{resource.plural}/{namespace(body)}/{name(body)}"
    future = world.jobs.poll(job, lambda: fetch(source["url"], source.get("checksum") or {}))
    if future is None:
        return None
    try:
        return future.result()  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        text = f"{source['url']}: {error}"
        _set(world, resource, body, "Failed", "ProvisioningFailed", text)
        return None


def _source_image(world: World, reference: Object, space: str) -> tuple[Fetched | None, str]:
    resource = CLUSTER_IMAGE if reference["kind"] == "ClusterVirtualImage" else IMAGE
    body = world.find(resource, reference["name"], "" if resource is CLUSTER_IMAGE else space)
    if body is None or _phase(body) != "Ready":
        return None, f"{reference['kind']} {reference['name']!r} is not ready"
    size = body["status"]["size"]
    return Fetched(body["status"]["format"], int(size["storedBytes"]), int(size["unpackedBytes"])), ""


def _reconcile_disk(world: World, body: Object, dvcr_up: bool) -> None:
    if _phase(body) == "Ready":
        _attachments(world, body)
        return None
    problem = world.fault(f"image/{name(body)}")
    if problem:
        return _set(world, DISK, body, "Failed", "ProvisioningFailed", problem)
    wanted = (body["spec"].get("persistentVolumeClaim") or {}).get("storageClassName")
    class_name = wanted or default_class(world.list(STORAGE_CLASS))
    storage_class = world.find(STORAGE_CLASS, class_name)
    if storage_class is None:
        text = f"storage class {class_name!r} not found" if class_name else "no default storage class"
        return _set(world, DISK, body, "Pending", "StorageClassNotReady", text)
    size, waiting = _disk_size(world, body, dvcr_up)
    if size is None:
        if waiting:
            _set(world, DISK, body, "Pending", "DataSourceNotReady", waiting)
        return None
    claim = world.find(PVC, _claim_name(body), namespace(body)) or _make_claim(world, body, class_name, size)
    target = {"storageClassName": class_name, "target": {"persistentVolumeClaimName": name(claim)}}
    if (claim.get("status") or {}).get("phase") == "Bound":
        _set(world, DISK, body, "Ready", "Ready", "", {**target, "capacity": size, "progress": "100%"})
        world.after(0.1)
        return None
    if storage_class.get("volumeBindingMode") == "WaitForFirstConsumer":
        machine = _consumer(world, body)
        if machine is None and "dataSource" not in body["spec"]:
            return _set(world, DISK, body, "WaitForFirstConsumer", "WaitingForFirstConsumer", "", target)
        node = machine_node(world, machine)
        if node:
            claims.select_node(world, claim, node)
    return _set(world, DISK, body, "Provisioning", "Provisioning", "", target)


def machine_node(world: World, machine: Object | None) -> str:
    """Return the node that a disk's importer runs on: the machine's own wish, else any node that can run machines."""
    wish = ((machine or {}).get("spec") or {}).get("nodeSelector") or {}
    for node in world.list(NODE):
        able = labels(node).get("kubevirt.internal.virtualization.deckhouse.io/schedulable") == "true"
        if able and nodes.ready(node) and wish.items() <= labels(node).items():
            return name(node)
    return ""


def _disk_size(world: World, body: Object, dvcr_up: bool) -> tuple[str | None, str]:
    given = (body["spec"].get("persistentVolumeClaim") or {}).get("size")
    source = body["spec"].get("dataSource")
    if not source:
        return (str(given), "") if given else (None, "spec.persistentVolumeClaim.size is required without a source")
    if not dvcr_up:
        return None, "the image registry is not available"
    if source["type"] == "ObjectRef":
        found, waiting = _source_image(world, source["objectRef"], namespace(body))
        if found is None:
            return None, waiting
        return str(given or found.unpacked), ""
    if source["type"] == "HTTP":
        known = annotations_of(body).get(_UNPACKED)
        if not known:
            fetched = _download(world, DISK, body)
            if fetched is None:
                return None, ""
            known = str(fetched.unpacked)
            world.patch(DISK, body, {"metadata": {"annotations": {_UNPACKED: known}}})
        return str(given or known), ""
    return None, f"sources of type {source['type']} are not served here"


def _claim_name(body: Object) -> str:
    return f"d8v-vd-{name(body)}-{body['metadata']['uid'][:8]}"


def _make_claim(world: World, body: Object, class_name: str, size: str) -> Object:
    access, mode = best_mode(world.find(STORAGE_PROFILE, class_name))
    return world.ensure(
        PVC,
        {
            "metadata": {"name": _claim_name(body), "namespace": namespace(body), "ownerReferences": [owner(body)]},
            "spec": {
                "accessModes": [access],
                "volumeMode": mode,
                "storageClassName": class_name,
                "resources": {"requests": {"storage": size}},
            },
        },
    )


def owner(body: Object) -> Object:
    """Return an owner reference to the object."""
    return {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        "name": name(body),
        "uid": body["metadata"]["uid"],
        "controller": True,
    }


def _consumer(world: World, disk: Object) -> Object | None:
    for machine in world.list(VM):
        references = machine["spec"].get("blockDeviceRefs") or []
        if namespace(machine) == namespace(disk) and {"kind": "VirtualDisk", "name": name(disk)} in references:
            return machine
    return None


def _attachments(world: World, disk: Object) -> None:
    machine = _consumer(world, disk)
    found = [{"name": name(machine), "mounted": True}] if machine else []
    if ((disk.get("status") or {}).get("attachedToVirtualMachines") or []) != found:
        world.set_status(DISK, disk, {"attachedToVirtualMachines": found})


def _phase(body: Object) -> str:
    return str((body.get("status") or {}).get("phase", ""))


def _set(
    world: World, resource: Any, body: Object, phase: str, reason: str, message: str, extra: Object | None = None
) -> None:
    old = (body.get("status") or {}).get("conditions")
    found = conditions(old, [("Ready", phase == "Ready", reason, message)], world.now, observedGeneration=1)
    world.set_status(resource, body, {"phase": phase, "conditions": found, **(extra or {})})
    if phase in ("Pending", "Provisioning", "Failed"):
        world.after(_IMPORT_S)
