# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PersistentVolumeClaims of the NFS classes: the directory is really made in the export, from a node of the cluster."""

from __future__ import annotations

import shlex

from . import modules, nodes
from .api import Object
from .kinds import NODE, PV, PVC, STORAGE_CLASS
from .objects import annotations_of, deleting, labels, name, namespace
from .storage import PROVISIONER
from .world import World

SELECTED_NODE = "volume.kubernetes.io/selected-node"
_RETRY_S = 5


def reconcile(world: World) -> None:
    """Bind what can be bound, clear what has been deleted."""
    if not modules.running(world, "csi-nfs"):
        return
    for claim in world.list(PVC):
        if deleting(claim):
            _release(world, claim)
        elif (claim.get("status") or {}).get("phase") != "Bound":
            _bind(world, claim)


def volume(claim: Object, storage_class: Object) -> Object:
    """Return the PersistentVolume of a claim: one directory below the share."""
    title = f"pvc-{claim['metadata']['uid']}"
    parameters = storage_class["parameters"]
    attributes = {"server": parameters["server"], "share": parameters["share"], "subdir": title}
    return {
        "metadata": {"name": title, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
        "spec": {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
            "storageClassName": name(storage_class),
            "mountOptions": storage_class.get("mountOptions") or [],
            "persistentVolumeReclaimPolicy": storage_class["reclaimPolicy"],
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": namespace(claim),
                "name": name(claim),
                "uid": claim["metadata"]["uid"],
            },
            "csi": {"driver": PROVISIONER, "volumeHandle": title, "volumeAttributes": attributes},
        },
    }


def share_script(volume_body: Object, client: str, command: str) -> str:
    """Return a script that runs `command` inside the mounted share; "$dir" is the volume's directory.

    `mount -i` asks the kernel itself: like the platform's driver container it needs no NFS tools on the host.
    """
    attributes = volume_body["spec"]["csi"]["volumeAttributes"]
    server, share, subdir = (shlex.quote(attributes[key]) for key in ("server", "share", "subdir"))
    given = [one for one in volume_body["spec"]["mountOptions"] if not one.startswith("nfsvers=")]
    version = next((one.split("=")[1] for one in volume_body["spec"]["mountOptions"] if "nfsvers=" in one), "4.2")
    options = ",".join([f"addr={attributes['server']}", f"vers={version}", f"clientaddr={client}", *given])
    return f"""
set -eu
modprobe nfsv4
point=$(mktemp -d /run/csi-nfs.XXXXXX)
trap 'umount "$point" 2>/dev/null || true; rmdir "$point"' EXIT
timeout 60 mount -i -t nfs4 -o {shlex.quote(options)} {server}:{share} "$point"
dir="$point"/{subdir}
{command}
"""


def select_node(world: World, claim: Object, node: str) -> None:
    """Do what the scheduler does for the first consumer of a claim."""
    world.patch(PVC, claim, {"metadata": {"annotations": {SELECTED_NODE: node}}})


def bound(world: World, title: str, space: str) -> bool:
    """Is the claim bound?"""
    claim = world.find(PVC, title, space)
    return claim is not None and (claim.get("status") or {}).get("phase") == "Bound"


def _bind(world: World, claim: Object) -> None:
    found = world.find(STORAGE_CLASS, claim["spec"].get("storageClassName") or "")
    if not (claim.get("status") or {}).get("phase"):
        claim = world.set_status(PVC, claim, {"phase": "Pending"})
    if found is None or found["provisioner"] != PROVISIONER:
        return
    waits = found.get("volumeBindingMode") == "WaitForFirstConsumer"
    if waits and SELECTED_NODE not in annotations_of(claim):
        return
    if world.fault(f"pvc/{namespace(claim)}/{name(claim)}"):
        return
    wanted = volume(claim, found)
    if world.find(PV, name(wanted)) is None:
        made = _on_a_node(world, f"provision/{name(wanted)}", wanted, 'mkdir -p "$dir" && chmod 0777 "$dir"')
        if not made:
            return
    live = world.ensure(PV, wanted)
    world.set_status(PV, live, {"phase": "Bound"})
    claim = world.patch(
        PVC,
        claim,
        {
            "metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}},
            "spec": {"volumeName": name(wanted)},
        },
    )
    capacity = wanted["spec"]["capacity"]
    status = {"phase": "Bound", "accessModes": wanted["spec"]["accessModes"], "capacity": capacity}
    world.set_status(PVC, claim, status)
    world.after(0.1)


def _release(world: World, claim: Object) -> None:
    held = world.find(PV, claim["spec"].get("volumeName") or "")
    if held and held["spec"]["persistentVolumeReclaimPolicy"] == "Delete" and held["spec"].get("csi"):
        if not _on_a_node(world, f"remove/{name(held)}", held, 'rm -rf "$dir"'):
            return
        world.delete(PV, held)
        world.patch(PV, held, {"metadata": {"finalizers": None}})
        world.forget(PV)
    elif held:
        world.set_status(PV, held, {"phase": "Released"})
    world.patch(PVC, claim, {"metadata": {"finalizers": None}})
    world.forget(PVC)
    world.after(0.1)


def _on_a_node(world: World, job: str, body: Object, command: str) -> bool:
    """Run the command in the share on any Ready node of CAPS; False while that is not done."""
    ready = [
        node for node in world.list(NODE) if nodes.ready(node) and "storage.deckhouse.io/csi-nfs-node" in labels(node)
    ]
    for node in ready:
        target = nodes.target_of_node(world, node)
        if target is None:
            continue
        script = share_script(body, nodes.address_of(node), command)
        future = world.jobs.poll(job, lambda: world.runner.run(target, script))  # noqa: B023
        if future is None:
            return False
        if future.result().rc == 0:
            return True
        world.report(f"{job} on {name(node)}: {future.result().stderr.strip()[-300:]}")
        break
    world.after(_RETRY_S)
    return False
