# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VirtualMachine: address, disks, a node, Running. No guest runs: the phases and their reasons are the platform's."""

from __future__ import annotations

import secrets

from . import images, ipam, modules
from .api import Object
from .kinds import CLUSTER_IMAGE, DISK, IMAGE, IP, LEASE, NODE, PVC, SECRET, VM, VM_CLASS
from .objects import age_s, conditions, find, is_true, labels, name, namespace, timestamp
from .world import World

_START_S = 4
_RETENTION_S = 600
_COPYING_EDITIONS = ("ee", "se-plus")
_BLOCK_KINDS = {"ClusterVirtualImage": CLUSTER_IMAGE, "VirtualImage": IMAGE, "VirtualDisk": DISK}
_SECRET_TYPES = {
    "userDataRef": "provisioning.virtualization.deckhouse.io/cloud-init",
    "sysprepRef": "provisioning.virtualization.deckhouse.io/sysprep",
}


def reconcile(world: World) -> None:
    """One step for every machine."""
    for body in world.list(VM):
        _reconcile(world, body)


def reconcile_addresses(world: World) -> None:
    """Give and take back addresses and their leases."""
    cidrs = modules.module_settings(world, "virtualization").get("virtualMachineCIDRs") or []
    machines = {(namespace(one), name(one)): one for one in world.list(VM)}
    for body in world.list(IP):
        holder = next((o for o in body["metadata"].get("ownerReferences") or [] if o["kind"] == "VirtualMachine"), None)
        if holder and (namespace(body), holder["name"]) not in machines:
            world.delete(IP, body)
            continue
        _reconcile_ip(world, body, cidrs, holder["name"] if holder else _user_of(world, body))
    held = {(namespace(one), name(one)) for one in world.list(IP)}
    for lease in world.list(LEASE):
        reference = lease["spec"].get("virtualMachineIPAddressRef") or {}
        _reconcile_lease(world, lease, (reference.get("namespace"), reference.get("name")) in held)


def _reconcile_ip(world: World, body: Object, cidrs: list[str], machine: str) -> None:
    address = (body.get("status") or {}).get("address")
    if not address:
        taken = {ipam.address_of(name(one)) for one in world.list(LEASE)}
        address = body["spec"].get("staticIP") if body["spec"]["type"] == "Static" else ipam.allocate(cidrs, taken)
        if address is None:
            return _pending_ip(world, body, "VirtualMachineIPAddressLeaseNotFound", "no remaining ips")
        if not ipam.usable(address, cidrs):
            return _pending_ip(world, body, "VirtualMachineIPAddressIsOutOfTheValidRange", f"{address} is out of range")
        if address in taken and not _released(world, address, namespace(body)):
            return _pending_ip(world, body, "VirtualMachineIPAddressLeaseAlreadyExists", f"{address} is taken")
    reference = {"namespace": namespace(body), "name": name(body)}
    lease = world.ensure(
        LEASE,
        {
            "metadata": {
                "name": ipam.lease_name(address),
                "labels": {"virtualization.deckhouse.io/virtual-machine-ip-address-uid": body["metadata"]["uid"]},
            },
            "spec": {"virtualMachineIPAddressRef": reference},
        },
    )
    _set_lease(world, lease, "Bound")
    attached = bool(machine)
    old = (body.get("status") or {}).get("conditions")
    found = conditions(
        old,
        [
            ("Bound", True, "Bound", ""),
            ("Attached", attached, "Attached" if attached else "VirtualMachineNotFound", ""),
        ],
        world.now,
    )
    status = {
        "address": address,
        "phase": "Attached" if attached else "Bound",
        "virtualMachineName": machine or None,
        "conditions": found,
    }
    world.set_status(IP, body, status)
    return None


def _pending_ip(world: World, body: Object, reason: str, message: str) -> None:
    old = (body.get("status") or {}).get("conditions")
    found = conditions(old, [("Bound", False, reason, message)], world.now)
    world.set_status(IP, body, {"phase": "Pending", "conditions": found})


def _released(world: World, address: str, space: str) -> bool:
    lease = world.find(LEASE, ipam.lease_name(address)) or {}
    holder = (lease.get("spec") or {}).get("virtualMachineIPAddressRef") or {}
    return (lease.get("status") or {}).get("phase") == "Released" and holder.get("namespace") == space


def _reconcile_lease(world: World, lease: Object, held: bool) -> None:
    if held:
        return
    if (lease.get("status") or {}).get("phase") != "Released":
        _set_lease(world, lease, "Released")
        return
    since = lease["status"]["conditions"][0]["lastTransitionTime"]
    if world.waited(age_s(since, world.now), _RETENTION_S):
        world.delete(LEASE, lease)


def _set_lease(world: World, lease: Object, phase: str) -> None:
    old = (lease.get("status") or {}).get("conditions")
    world.set_status(
        LEASE,
        lease,
        {"phase": phase, "conditions": conditions(old, [("Bound", phase == "Bound", phase, "")], world.now)},
    )


def _user_of(world: World, body: Object) -> str:
    for machine in world.list(VM):
        if namespace(machine) == namespace(body) and machine["spec"].get("virtualMachineIPAddressName") == name(body):
            return name(machine)
    return ""


def _address(world: World, machine: Object) -> Object | None:
    """Return the machine's VirtualMachineIPAddress, made for it unless it names one."""
    wanted = machine["spec"].get("virtualMachineIPAddressName")
    if wanted:
        return world.find(IP, wanted, namespace(machine))
    for body in world.list(IP):
        owners = body["metadata"].get("ownerReferences") or []
        if any(one["uid"] == machine["metadata"]["uid"] for one in owners):
            return body
    world.after(0.1)
    return world.ensure(
        IP,
        {
            "metadata": {
                "name": f"{name(machine)}-{secrets.token_hex(3)[:5]}",
                "namespace": namespace(machine),
                "labels": {"virtualization.deckhouse.io/virtual-machine-uid": machine["metadata"]["uid"]},
                "ownerReferences": [images.owner(machine)],
            },
            "spec": {"type": "Auto"},
        },
    )


def _reconcile(world: World, machine: Object) -> None:
    status = machine.get("status") or {}
    waits = _waits_for(world, machine)
    address = _address(world, machine)
    leased = ((address or {}).get("status") or {}).get("address", "")
    node = status.get("nodeName", "")
    problem = next((one for one in waits if one[2]), None)
    if machine["spec"].get("runPolicy") == "AlwaysOff":
        phase, node, running = "Stopped", "", (False, "NotRunning", "the machine is switched off by its run policy")
    elif world.fault(f"vm/{namespace(machine)}/{name(machine)}"):
        message = world.fault(f"vm/{namespace(machine)}/{name(machine)}")
        phase, running = "Degraded", (False, "InternalVirtualMachineError", message)
    elif problem or not leased:
        phase, running = "Pending", (False, "NotRunning", problem[2] if problem else "waiting for an address")
    else:
        node = node or _pick_node(world, machine)
        started = find(status.get("conditions"), "VirtualMachineIPAddressReady")
        since = started.get("lastTransitionTime", "") if started.get("status") == "True" else ""
        if not node:
            phase, running = "Starting", (False, "PodNotStarted", "0 nodes match the machine's class and node selector")
        elif (
            status.get("phase") in ("Starting", "Running") and since and world.waited(age_s(since, world.now), _START_S)
        ):
            phase, running = "Running", (True, "Running", "")
        else:
            phase, running = "Starting", (False, "PodNotStarted", "the machine's pod is being started")
            world.after(1)
    up = phase == "Running"
    wanted = [("Running", *running)]
    wanted += [(kind, not message, "Ready" if not message else reason, message) for kind, reason, message in waits]
    wanted.append(
        ("VirtualMachineIPAddressReady", bool(leased), "Ready" if leased else "VirtualMachineIPAddressNotAssigned", "")
    )
    wanted.append(("AgentReady", up, "AgentReady" if up else "AgentNotReady", ""))
    wanted.append(("Migratable", *migratable(_disk_modes(world, machine), modules.edition_of(world))))
    wanted.append(("ConfigurationApplied", True, "ConfigurationApplied", ""))
    references = [
        {**{key: one[key] for key in ("kind", "name")}, "size": _size(world, machine, one), "attached": up}
        for one in machine["spec"]["blockDeviceRefs"]
    ]
    fresh = {
        "phase": phase,
        "nodeName": node or None,
        "ipAddress": leased or None,
        "virtualMachineIPAddressName": name(address) if address else None,
        "blockDeviceRefs": references,
        "observedGeneration": machine["metadata"]["generation"],
        "conditions": conditions(status.get("conditions"), wanted, world.now),
        "virtualMachinePods": [{"name": f"d8v-vm-{name(machine)}", "active": True}] if up else None,
        "versions": {"qemu": "9.2.0", "libvirt": "10.9.0"} if up else None,
    }
    if up and status.get("phase") != "Running":
        fresh["stats"] = {"lastStartTime": timestamp(world.now)}
    world.set_status(VM, machine, fresh)


def migratable(disks: dict[str, list[str]], edition: str) -> tuple[bool, str, str]:
    """Return (can migrate, reason, message) by the disks' access modes (facts/virtualization.md 4.1 and 7).

    A disk that one node only can use has to be copied, and only some editions do that.
    """
    local = [disk for disk, modes in disks.items() if "ReadWriteMany" not in modes]
    if not local:
        return True, "VirtualMachineMigratable", ""
    if edition in _COPYING_EDITIONS:
        return True, "VirtualMachineDisksShouldBeMigrating", ""
    return False, "VirtualMachineDisksNotMigratable", f"disks on one node only: {', '.join(local)}"


def _disk_modes(world: World, machine: Object) -> dict[str, list[str]]:
    """Return the access modes of the machine's disks that have a claim."""
    found = {}
    for one in machine["spec"]["blockDeviceRefs"]:
        disk = world.find(DISK, one["name"], namespace(machine)) if one["kind"] == "VirtualDisk" else None
        target = ((disk or {}).get("status") or {}).get("target") or {}
        claim = world.find(PVC, target.get("persistentVolumeClaimName", ""), namespace(machine))
        if claim:
            found[one["name"]] = claim["spec"]["accessModes"]
    return found


def _waits_for(world: World, machine: Object) -> list[tuple[str, str, str]]:
    """Return (condition, reason when false, message or "") of everything that a machine needs before it starts."""
    spec = machine["spec"]
    machine_class = world.find(VM_CLASS, spec["virtualMachineClassName"])
    class_ready = machine_class is not None and (machine_class.get("status") or {}).get("phase") == "Ready"
    class_text = "" if class_ready else f"class {spec['virtualMachineClassName']!r} is not ready"
    waiting = []
    for one in spec["blockDeviceRefs"]:
        resource = _BLOCK_KINDS[one["kind"]]
        body = world.find(resource, one["name"], "" if resource is CLUSTER_IMAGE else namespace(machine))
        if body is None or (body.get("status") or {}).get("phase") != "Ready":
            waiting.append(f"{one['kind']} {one['name']!r} is not ready")
    return [
        ("VirtualMachineClassReady", "VirtualMachineClassNotReady", class_text),
        ("BlockDevicesReady", "BlockDevicesNotReady", "; ".join(waiting)),
        ("ProvisioningReady", "ProvisioningNotReady", _provisioning_problem(world, machine)),
    ]


def _provisioning_problem(world: World, machine: Object) -> str:
    provisioning = machine["spec"].get("provisioning") or {}
    for key, wanted in _SECRET_TYPES.items():
        if key not in provisioning:
            continue
        secret = world.api.get(SECRET, provisioning[key]["name"], namespace(machine))
        if secret is None:
            return f"secret {provisioning[key]['name']!r} not found"
        if secret["type"] != wanted:
            return f"unexpected secret type {secret['type']!r}, expected {wanted!r}"
        data = secret.get("data") or {}
        if key == "userDataRef" and not {"userData", "userdata"} & set(data):
            return f"secret {provisioning[key]['name']!r} has no key userData"
    return ""


def _pick_node(world: World, machine: Object) -> str:
    """Return the class's node that the selector allows and that runs the fewest machines."""
    machine_class = world.find(VM_CLASS, machine["spec"]["virtualMachineClassName"]) or {}
    available = (machine_class.get("status") or {}).get("availableNodes") or []
    wish = machine["spec"].get("nodeSelector") or {}
    load = [((one.get("status") or {}).get("nodeName")) for one in world.list(VM)]
    fitting = []
    for node in world.list(NODE):
        up = is_true((node.get("status") or {}).get("conditions"), "Ready")
        masters = any(t["effect"] in ("NoSchedule", "NoExecute") for t in node.get("spec", {}).get("taints") or [])
        if name(node) in available and up and not masters and wish.items() <= labels(node).items():
            fitting.append(name(node))
    return min(fitting, key=lambda one: (load.count(one), one), default="")


def _size(world: World, machine: Object, reference: Object) -> str:
    resource = _BLOCK_KINDS[reference["kind"]]
    body = world.find(resource, reference["name"], "" if resource is CLUSTER_IMAGE else namespace(machine)) or {}
    status = body.get("status") or {}
    return str(status.get("capacity") or (status.get("size") or {}).get("unpacked", ""))
