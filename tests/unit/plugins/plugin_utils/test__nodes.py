"""Hosts as objects: order, adoption of masters, and nothing that removes a node."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _nodes

CREDENTIALS = {"name": "c", "user": "root", "port": 22, "private_key_base64": "a2V5"}


def host(name: str, address: str = "192.0.2.1", **labels: str) -> dict[str, Any]:
    return {"name": name, "address": address, "labels": labels}


def group(*hosts: dict[str, Any], adopted: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"hosts": list(hosts), "adopted": list(adopted)}


def test_cluster_hosts() -> None:
    """The cluster's address wins over Ansible's, which wins over the name."""
    hostvars = {
        "a": {"dvp_node_address": "192.0.2.1", "ansible_host": "10.0.0.1", "dvp_node_labels": {"rack": "1"}},
        "b": {"ansible_host": "192.0.2.2"},
        "c": {},
    }
    assert _nodes.cluster_hosts(["a", "b", "c"], hostvars) == [
        host("a", "192.0.2.1", rack="1"),
        host("b", "192.0.2.2"),
        host("c", "c"),
    ]


def test_objects_come_in_the_order_of_their_needs() -> None:
    """Credentials, instances, groups: a group that is counted before its instances would take others."""
    objects = _nodes.node_objects({"master": group(), "worker": group(host("a", rack="1"), host("b"))}, CREDENTIALS)
    assert [(item["kind"], item["metadata"]["name"]) for item in objects] == [
        ("SSHCredentials", "c"),
        ("StaticInstance", "a"),
        ("StaticInstance", "b"),
        ("NodeGroup", "worker"),
    ]
    assert objects[0]["spec"] == {"user": "root", "sshPort": 22, "privateSSHKey": "a2V5"}
    assert objects[1]["metadata"]["labels"] == {"rack": "1", _nodes.GROUP_LABEL: "worker"}
    assert objects[3]["spec"]["staticInstances"] == {
        "count": 2,
        "labelSelector": {"matchLabels": {_nodes.GROUP_LABEL: "worker"}},
    }


def test_first_master_is_adopted() -> None:
    """Else the platform would set it up again."""
    objects = _nodes.node_objects({"master": group(host("m1"), host("m2"), adopted=("m1",))}, CREDENTIALS)
    marks = {item["metadata"]["name"]: item["metadata"].get("annotations") for item in objects}
    assert marks["m1"] == {_nodes.SKIP_BOOTSTRAP: ""}
    assert marks["m2"] is None


def test_nothing_to_join() -> None:
    """No hosts, no credentials in the cluster."""
    assert _nodes.node_objects({"master": group(), "worker": group()}, CREDENTIALS) == []


def live_group(**instances: Any) -> dict[str, Any]:
    return {"kind": "NodeGroup", "metadata": {"name": "worker"}, "spec": {"staticInstances": instances}}


OURS = {"matchLabels": {_nodes.GROUP_LABEL: "worker"}}


@pytest.mark.parametrize(
    ("live", "words"),
    [
        ([], []),
        ([live_group(count=1, labelSelector=OURS)], []),
        ([live_group(count=2, labelSelector=OURS)], []),
        ([live_group(count=3, labelSelector=OURS)], ["Hosts of NodeGroup worker"]),
        ([live_group(count=2, labelSelector={"matchLabels": {"x": "y"}})], ["Label selector of NodeGroup worker"]),
        ([{"kind": "NodeGroup", "metadata": {"name": "worker"}, "spec": {}}], []),
        ([{"kind": "StaticInstance", "metadata": {"name": "a"}, "spec": {"address": "192.0.2.1"}}], []),
        ([{"kind": "StaticInstance", "metadata": {"name": "a"}, "spec": {"address": "192.0.2.9"}}],
         ["Address of the StaticInstance"]),
    ],
)  # fmt: skip
def test_findings(live: list[Any], words: list[str]) -> None:
    """Fewer hosts than nodes, and what cannot be changed, are refused."""
    desired = _nodes.node_objects({"worker": group(host("a"), host("b"))}, CREDENTIALS)
    assert [item["checked"] for item in _nodes.node_findings(desired, live)] == words


def live_instance(name: str, **labels: str) -> dict[str, Any]:
    return {"kind": "StaticInstance", "metadata": {"name": name, "labels": labels}, "spec": {"address": "192.0.2.1"}}


@pytest.mark.parametrize(
    ("live", "hosts"),
    [
        (live_instance("b", **{_nodes.GROUP_LABEL: "worker"}), ["b"]),
        (live_instance("a", **{_nodes.GROUP_LABEL: "worker"}), []),
        (live_instance("b", **{_nodes.GROUP_LABEL: "storage"}), []),
        (live_instance("b"), []),
    ],
)
def test_a_replaced_host_is_refused(live: dict[str, Any], hosts: list[str]) -> None:
    """{a, b} -> {a, c}: b keeps its place in the count, c would be waited for in vain. Foreign ones do not matter."""
    desired = _nodes.node_objects({"worker": group(host("a"), host("c"))}, CREDENTIALS)
    findings = _nodes.node_findings(desired, [live_group(count=2, labelSelector=OURS), live])
    assert [(item["severity"], item["host"]) for item in findings] == [("error", name) for name in hosts]
