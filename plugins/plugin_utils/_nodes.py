# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of the inventory as objects of the platform, which then joins them over SSH. Pure; private."""

from __future__ import annotations

import typing as t

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects

Object = dict[str, t.Any]
GROUP_LABEL = "dvp.baremetal/node-group"
SKIP_BOOTSTRAP = "static.node.deckhouse.io/skip-bootstrap-phase"


def cluster_hosts(names: t.Iterable[str], hostvars: t.Mapping[str, t.Any]) -> list[Object]:
    """C({name, address, labels}) per inventory host; the address is dvp_node_address, ansible_host or the name."""
    hosts = []
    for name in names:
        variables = hostvars[name]
        address = variables.get("dvp_node_address") or variables.get("ansible_host") or name
        labels = variables.get("dvp_node_labels") or {}
        hosts.append(_objects.plain({"name": name, "address": address, "labels": labels}))
    return hosts


def node_objects(groups: t.Mapping[str, t.Any], credentials: t.Mapping[str, t.Any]) -> list[Object]:
    """SSHCredentials, StaticInstances and NodeGroups, in the order in which they must be written (core.md 4.2, 4.3).

    C(groups): {group: {hosts: [{name, address, labels}], adopted: [names that are nodes already]}}; an empty group
    gives nothing. C(credentials): {name, user, port, private_key_base64}.
    """
    filled = {group: content for group, content in groups.items() if content["hosts"]}
    if not filled:
        return []
    reference = {"apiVersion": "deckhouse.io/v1alpha2", "kind": "SSHCredentials", "name": credentials["name"]}
    secret = {"user": credentials["user"], "sshPort": int(credentials["port"])}
    objects: list[Object] = [
        _object(
            "deckhouse.io/v1alpha2", "SSHCredentials", {"name": credentials["name"]},
            {**secret, "privateSSHKey": credentials["private_key_base64"]},
        )
    ]  # fmt: skip
    for group, content in filled.items():
        for host in content["hosts"]:
            meta: Object = {"name": host["name"], "labels": {**host["labels"], GROUP_LABEL: group}}
            if host["name"] in content["adopted"]:
                meta["annotations"] = {SKIP_BOOTSTRAP: ""}
            spec = {"address": host["address"], "credentialsRef": reference}
            objects.append(_object("deckhouse.io/v1alpha2", "StaticInstance", meta, spec))
    for group, content in filled.items():
        instances = {"count": len(content["hosts"]), "labelSelector": {"matchLabels": {GROUP_LABEL: group}}}
        spec = {"nodeType": "Static", "staticInstances": instances}
        objects.append(_object("deckhouse.io/v1", "NodeGroup", {"name": group}, spec))
    return objects


def node_findings(desired: t.Iterable[Object], live: t.Iterable[Object]) -> list[Object]:
    """What the platform would refuse, would never do, or what would remove nodes.

    Fewer hosts than nodes, other immutable fields, and instances of our groups that the inventory does not name: they
    keep their places in the group's count, so that as many hosts of the inventory would never be joined.
    """
    desired, live = list(desired), list(live)
    found = {(obj["kind"], obj["metadata"]["name"]): obj for obj in live}
    findings: list[Object] = []
    for obj in desired:
        key = obj["kind"], obj["metadata"]["name"]
        have = found.get(key)
        if have and obj["kind"] == "NodeGroup":
            findings += _group_findings(
                key[1], obj["spec"]["staticInstances"], have["spec"].get("staticInstances") or {}
            )
        elif have and obj["kind"] == "StaticInstance" and have["spec"]["address"] != obj["spec"]["address"]:
            fix = "Remove the node (its address cannot be changed), or give the host its old address."
            addresses = {"found": have["spec"]["address"], "needed": obj["spec"]["address"]}
            findings.append(finding("P01", fix=fix, host=key[1], checked="Address of the StaticInstance", **addresses))
    wanted = {(obj["kind"], obj["metadata"]["name"]) for obj in desired}
    return findings + [
        _stray_instance(obj["metadata"]["name"], group)
        for obj in live
        if obj["kind"] == "StaticInstance" and ("StaticInstance", obj["metadata"]["name"]) not in wanted
        for group in [(obj["metadata"].get("labels") or {}).get(GROUP_LABEL, "")]
        if ("NodeGroup", group) in wanted
    ]


def _stray_instance(name: str, group: str) -> Object:
    fix = (
        "Put the host back into the inventory, or remove the node by hand: label the StaticInstance "
        "node.deckhouse.io/allow-bootstrap=false, which wipes the host; when its phase is Pending, delete it."
    )
    checked, needed = f"Instances of NodeGroup {group}", "a host of the inventory for each"
    return finding("P01", "not in the inventory", fix, checked=checked, needed=needed, host=name)


def _group_findings(name: str, wanted: Object, have: Object) -> t.Iterator[Object]:
    if (have.get("count") or 0) > wanted["count"]:
        fix = "Put the missing hosts back into the inventory. Nodes are not removed by leaving them out."
        needed = f"the {have['count']} nodes it has"
        yield finding("P01", str(wanted["count"]), fix, checked=f"Hosts of NodeGroup {name}", needed=needed)
    selector = have.get("labelSelector")
    if selector and selector != wanted["labelSelector"]:
        fix = f"The selector cannot be changed: label the instances of group {name} as it wants, or use another group."
        needed = str(wanted["labelSelector"])
        yield finding("P01", str(selector), fix, checked=f"Label selector of NodeGroup {name}", needed=needed)


def _object(api_version: str, kind: str, metadata: Object, spec: Object) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
