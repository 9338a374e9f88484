# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the virtualization module says about its ModuleConfig (facts/virtualization.md section 1.3). Pure."""

from __future__ import annotations

import ipaddress
import re

from .api import Object

_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def problems(config: Object, nodes: list[Object], pod_cidr: str, service_cidr: str) -> list[str]:
    """Return the first complaint of the module's own check, as a list; nothing when the configuration is fine."""
    settings = (config.get("spec") or {}).get("settings") or {}
    if not settings:
        return ["spec.settings is required"]
    if "dvcr" not in settings:
        return ["spec.settings.dvcr is required"]
    cidrs = settings.get("virtualMachineCIDRs") or []
    if not cidrs:
        return ["spec.settings.virtualMachineCIDRs is required"]
    return cidr_problems(cidrs, nodes, pod_cidr, service_cidr)


def cidr_problems(cidrs: list[str], nodes: list[Object], pod_cidr: str, service_cidr: str) -> list[str]:
    """Return what is wrong with the virtual machines' networks."""
    parsed = []
    for text in cidrs:
        try:
            parsed.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            return [f"failed to parse CIDR {text}"]
    for index, one in enumerate(parsed):
        others = [other for other in parsed[:index] + parsed[index + 1 :] if one.overlaps(other)]
        if others:
            text = f"subnet {one} is invalid: should not overlap with subnet {others[0]}"
            return [f"no overlaps allowed: {text}"]
    for node in nodes:
        for address in (node.get("status") or {}).get("addresses") or []:
            if address["type"] not in ("InternalIP", "ExternalIP"):
                continue
            for one in parsed:
                if ipaddress.ip_address(address["address"]) in one:
                    text = f"subnet {one} is invalid: should not contain address {address['address']}"
                    return [f"check node {node['metadata']['name']}: {text}"]
    for title, other in (("podSubnetCIDR", pod_cidr), ("serviceSubnetCIDR", service_cidr)):
        for one in parsed:
            if one.overlaps(ipaddress.ip_network(other)):
                text = f"subnet {one} is invalid: should not overlap with subnet {other}"
                return [f"check overlap with global {title}: {text}"]
    return []


def update_problems(
    old: Object, new: Object, nodes: list[Object], pod_cidr: str, service_cidr: str, leases: list[Object], dvcr: bool
) -> list[str]:
    """Return why the admission webhook refuses an update; `dvcr`: its claim exists already."""
    before = (old.get("spec") or {}).get("settings") or {}
    after = (new.get("spec") or {}).get("settings") or {}
    old_cidrs, new_cidrs = before.get("virtualMachineCIDRs") or [], after.get("virtualMachineCIDRs") or []
    if old_cidrs and not new_cidrs:
        return ["virtualMachineCIDRs cannot be removed entirely: it has been configured before"]
    found = cidr_problems(new_cidrs, nodes, pod_cidr, service_cidr)
    if found:
        return found
    kept = {ipaddress.ip_interface(text) for text in new_cidrs}
    for text in old_cidrs:
        if ipaddress.ip_interface(text) in kept:
            continue
        network = ipaddress.ip_network(text, strict=False)
        for lease in leases:
            lease_name = lease["metadata"]["name"]
            if ipaddress.ip_address(lease_name.removeprefix("ip-").replace("-", ".")) in network:
                holder = f"VirtualMachineIPAddressLease/{lease_name} holds IP address from this network"
                return [f'virtualMachineCIDRs item "{text}" can\'t be removed: {holder}']
    return _dvcr_problems(_claim(before), _claim(after)) if dvcr else []


def _dvcr_problems(old: Object, new: Object) -> list[str]:
    if old.get("storageClassName", "") != new.get("storageClassName", ""):
        pair = f"old={old.get('storageClassName', '')}, new={new.get('storageClassName', '')}"
        return [f"changing storageClassName for DVCR is forbidden when PVC already exists: {pair}"]
    if quantity(new.get("size", "0")) < quantity(old.get("size", "0")):
        return ["reducing DVCR size is forbidden when PVC already exists"]
    return []


def _claim(settings: Object) -> Object:
    found: Object = ((settings.get("dvcr") or {}).get("storage") or {}).get("persistentVolumeClaim") or {}
    return found


def quantity(text: str) -> float:
    """Read a Kubernetes quantity of bytes; raises ValueError."""
    match = re.fullmatch(r"([0-9.]+)([kMGT]i?|Ki)?", str(text))
    if not match:
        raise ValueError(f"quantities must match the regular expression: {text!r}")
    return float(match.group(1)) * _UNITS[match.group(2) or ""]
