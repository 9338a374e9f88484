# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NodeGroup, SSHCredentials and StaticInstance as the collection sees them."""

from __future__ import annotations

import pytest
from api.cluster import Site, add_workers, static_instance
from lab.platform import kinds
from lab.platform.api import ApiError, Object
from lab.platform.objects import find, is_true, labels


def current(site: Site, name: str) -> str:
    body = site.admin.get(kinds.STATIC_INSTANCE, name) or {}
    return str(((body.get("status") or {}).get("currentStatus") or {}).get("phase", ""))


def ready_nodes(site: Site) -> list[Object]:
    return [
        one for one in site.admin.objects(kinds.NODE) if is_true((one.get("status") or {}).get("conditions"), "Ready")
    ]


def group(name: str, spec: Object) -> Object:
    """A NodeGroup of static hosts."""
    metadata = {"name": name}
    return {
        "apiVersion": "deckhouse.io/v1",
        "kind": "NodeGroup",
        "metadata": metadata,
        "spec": {"nodeType": "Static", **spec},
    }


def add_third(site: Site) -> None:
    site.admin.apply(kinds.STATIC_INSTANCE, static_instance("worker-3", "198.51.100.23"))
    site.admin.patch(kinds.NODE_GROUP, "worker", "", {"spec": {"staticInstances": {"count": 3}}})


def test_static_instances_become_nodes(site: Site) -> None:
    add_workers(site)
    site.wait("three Ready nodes", lambda: len(ready_nodes(site)) == 3)
    for name in ("worker-1", "worker-2"):
        assert current(site, name) == "Running"
    worker = site.admin.get(kinds.NODE, "worker-1") or {}
    assert labels(worker)["node.deckhouse.io/group"] == "worker"
    assert worker["status"]["nodeInfo"]["kernelVersion"] == "6.1.0-42-amd64"
    assert not (worker["spec"].get("taints"))
    login = next(one for one in site.hosts.logins if one.address == "198.51.100.21")
    assert login.user == "root"
    assert "BEGIN OPENSSH PRIVATE KEY" in login.key
    group = site.admin.get(kinds.NODE_GROUP, "worker") or {}
    site.wait("the group's count", lambda: (site.admin.get(kinds.NODE_GROUP, "worker") or {})["status"]["ready"] == 2)
    assert group["spec"]["staticInstances"]["count"] == 2


def test_a_foreign_runtime_is_told_and_mending_helps(site: Site) -> None:
    site.hosts.refusals["198.51.100.22"] = (21, "found /usr/bin/containerd: remove it first")
    add_workers(site)
    site.wait("phase Error", lambda: current(site, "worker-2") == "Error")
    body = site.admin.get(kinds.STATIC_INSTANCE, "worker-2") or {}
    assert "remove it first" in find(body["status"]["conditions"], "Bootstrapped")["message"]
    site.hosts.refusals.clear()
    site.wait("three Ready nodes", lambda: len(ready_nodes(site)) == 3)


def test_an_unreachable_host_stays_in_bootstrapping(site: Site) -> None:
    add_workers(site)
    site.wait("three Ready nodes", lambda: len(ready_nodes(site)) == 3)
    add_third(site)
    site.wait("phase Bootstrapping", lambda: current(site, "worker-3") == "Bootstrapping")

    def told() -> bool:
        body = site.admin.get(kinds.STATIC_INSTANCE, "worker-3") or {}
        return "No route to host" in find((body.get("status") or {}).get("conditions"), "Bootstrapped").get(
            "message", ""
        )

    site.wait("the reason", told)
    assert current(site, "worker-3") == "Bootstrapping"


def test_one_host_name_twice_is_refused(site: Site) -> None:
    add_workers(site)
    site.wait("three Ready nodes", lambda: len(ready_nodes(site)) == 3)
    site.hosts.hosts["198.51.100.23"] = "worker-1"
    add_third(site)
    site.wait("phase Error", lambda: current(site, "worker-3") == "Error")
    body = site.admin.get(kinds.STATIC_INSTANCE, "worker-3") or {}
    assert "host names must be unique" in find(body["status"]["conditions"], "Bootstrapped")["message"]


def test_the_webhook_guards_instances(site: Site) -> None:
    add_workers(site)
    site.wait("three Ready nodes", lambda: len(ready_nodes(site)) == 3)
    with pytest.raises(ApiError, match="immutable"):
        site.admin.apply(kinds.STATIC_INSTANCE, static_instance("worker-1", "198.51.100.77"))
    with pytest.raises(ApiError, match=r"has address 198\.51\.100\.11 already"):
        site.admin.apply(kinds.STATIC_INSTANCE, static_instance("again", "198.51.100.11"))
    with pytest.raises(ApiError, match="phase Running"):
        site.admin.delete(kinds.STATIC_INSTANCE, "worker-1")


@pytest.mark.parametrize(
    ("name", "spec", "message"),
    [
        ("a" * 43, {}, "42"),
        ("front.end", {}, "should match"),
        ("front", {"disruptions": {"approvalMode": "Manual", "automatic": {}}}, "approvalMode Automatic"),
        ("front", {"disruptions": {"automatic": {}}}, "approvalMode"),
        (
            "front",
            {"nodeTemplate": {"labels": {"node.deckhouse.io/group": "a"}}},
            "reserved.*: node.deckhouse.io/group",
        ),
        ("front", {"nodeTemplate": {"taints": [{"key": "deckhouse.io/x", "effect": "NoSchedule"}]}}, "reserved"),
    ],
)
def test_a_group_that_the_platform_would_not_take(shared_site: Site, name: str, spec: Object, message: str) -> None:
    with pytest.raises(ApiError, match=message):
        shared_site.admin.apply(kinds.NODE_GROUP, group(name, spec))


def test_the_documented_keys_are_free(shared_site: Site) -> None:
    taint = {"key": "dedicated.deckhouse.io", "value": "front", "effect": "NoExecute"}
    template = {"labels": {"node-role.deckhouse.io/front": "", "example.com/rack": "1"}, "taints": [taint]}
    spec = {"nodeTemplate": template, "disruptions": {"approvalMode": "Automatic", "automatic": {}}}
    shared_site.admin.apply(kinds.NODE_GROUP, group("a" * 42, spec), dry_run=True)


def test_a_banned_instance_is_cleaned_and_can_be_deleted(site: Site) -> None:
    add_workers(site)
    site.wait("three Ready nodes", lambda: len(ready_nodes(site)) == 3)
    label = {"metadata": {"labels": {"node.deckhouse.io/allow-bootstrap": "false"}}}
    site.admin.patch(kinds.STATIC_INSTANCE, "worker-2", "", label)
    site.wait("phase Pending", lambda: current(site, "worker-2") == "Pending")
    assert site.admin.get(kinds.NODE, "worker-2") is None
    assert any(
        "cleanup_static_node.sh" in script for address, script in site.hosts.scripts if address == "198.51.100.22"
    )
    site.admin.delete(kinds.STATIC_INSTANCE, "worker-2")


def test_credentials_of_the_older_version_work(site: Site) -> None:
    older = {
        "apiVersion": "deckhouse.io/v1alpha1",
        "kind": "SSHCredentials",
        "metadata": {"name": "old"},
        "spec": {"user": "root", "privateSSHKey": "LS0t"},
    }
    site.admin.create(site.admin.resource_of(older), older)
    assert (site.admin.get(kinds.SSH_CREDENTIALS, "old") or {})["spec"]["sshPort"] == 22
