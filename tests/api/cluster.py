# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster under test: the lab's platform on 127.0.0.1 with hosts that exist only in the test."""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from api.fakes import FakeHosts, facts
from lab.platform import kinds
from lab.platform.api import Api, Object, Resource
from lab.platform.daemon import Platform
from lab.platform.options import Address, Options

POD_CIDR, SERVICE_CIDR, MASTER = "10.111.0.0/16", "10.222.0.0/16", "198.51.100.11"


@dataclass
class Site:
    """One cluster under test: the daemon, an administrator's client, the fake hosts."""

    platform: Platform
    admin: Api
    hosts: FakeHosts
    options: Options

    def wait(self, what: str, predicate: Callable[[], Any], timeout_s: float = 120) -> Any:
        """Return the predicate's first true value; fails with `what` when there is none in time."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = predicate()
            if found:
                return found
            if time.monotonic() > deadline:
                pytest.fail(f"not within {timeout_s:.0f} s: {what}")
            time.sleep(0.05)

    def wait_phase(self, resource: Resource, name: str, phase: str, namespace: str = "") -> Object:
        """Wait until status.phase is `phase`."""

        def reached() -> Object | None:
            body = self.admin.get(resource, name, namespace)
            return body if body and (body.get("status") or {}).get("phase") == phase else None

        found: Object = self.wait(f"{resource.kind} {name} {phase}", reached)
        return found

    def enable(self, module: str, version: int | None = None, settings: Object | None = None) -> Object:
        """Write the module's ModuleConfig as the collection does."""
        spec: Object = {"enabled": True}
        if settings is not None:
            spec.update(version=version, settings=settings)
        return self.admin.apply(kinds.MODULE_CONFIG, module_config(module, spec), manager="dvp.baremetal")

    def fault(self, **faults: str) -> None:
        """Order faults; none clears them."""
        (self.options.state_dir / "faults.json").write_text(json.dumps(faults), encoding="utf-8")

    def audit(self) -> list[Object]:
        """Return the audit log's entries."""
        lines = self.platform.control_plane.audit_log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def module_config(name: str, spec: Object) -> Object:
    """Return a ModuleConfig."""
    return {"apiVersion": "deckhouse.io/v1alpha1", "kind": "ModuleConfig", "metadata": {"name": name}, "spec": spec}


def documents() -> list[Object]:
    """Return what the installer is given."""
    registry = {
        "mode": "Unmanaged",
        "unmanaged": {"imagesRepo": "registry.example.com/deckhouse/ee", "scheme": "HTTPS"},
    }
    return [
        {
            "apiVersion": "deckhouse.io/v1",
            "kind": "ClusterConfiguration",
            "clusterType": "Static",
            "podSubnetCIDR": POD_CIDR,
            "serviceSubnetCIDR": SERVICE_CIDR,
            "kubernetesVersion": "Automatic",
            "clusterDomain": "cluster.local",
        },
        module_config(
            "deckhouse", {"enabled": True, "version": 1, "settings": {"bundle": "Default", "registry": registry}}
        ),
        module_config("global", {"version": 2, "settings": {"modules": {"publicDomainTemplate": "%s.example.com"}}}),
        module_config("cni-cilium", {"enabled": True, "version": 1, "settings": {"tunnelMode": "VXLAN"}}),
    ]


@contextlib.contextmanager
def make_site(folder: Path, assets_dir: Path, crds_dir: Path | None = None, pace: float = 0.05) -> Iterator[Site]:
    """Bootstrap a cluster as the installer does and wait for its master; its servers end with the context."""
    local = Address("127.0.0.1", 0)
    options = Options(folder, local, assets_dir, local, crds_dir=crds_dir, pace=pace)
    hosts = FakeHosts({"198.51.100.21": "worker-1", "198.51.100.22": "worker-2"})
    platform = Platform(options, hosts)
    try:
        platform.start()
        platform.bootstrap("uuid-1", {**facts("master-1"), "address": MASTER}, documents())
        platform.install("uuid-1")
        site = Site(platform, admin_of(platform, folder), hosts, options)
        site.wait("the master and deckhouse", lambda: all(platform.status()[key] for key in ("master", "deckhouse")))
        yield site
    finally:
        platform.stop()


def admin_of(platform: Platform, folder: Path) -> Api:
    """Return a client with the administrator's kubeconfig."""
    config = json.loads(platform.control_plane.kubeconfig(platform.control_plane.url))
    user, cluster = config["users"][0]["user"], config["clusters"][0]["cluster"]
    paths = {}
    for title, data in (
        ("ca", cluster["certificate-authority-data"]),
        ("crt", user["client-certificate-data"]),
        ("key", user["client-key-data"]),
    ):
        paths[title] = folder / f"admin.{title}"
        paths[title].write_bytes(base64.b64decode(data))
    return Api(cluster["server"], paths["ca"], paths["crt"], paths["key"])


def add_workers(site: Site) -> None:
    """Add both workers the way the collection does."""
    key = base64.b64encode(b"-----BEGIN OPENSSH PRIVATE KEY-----\nfake\n-----END OPENSSH PRIVATE KEY-----\n").decode()
    credentials = {
        "apiVersion": "deckhouse.io/v1alpha2",
        "kind": "SSHCredentials",
        "metadata": {"name": "dvp"},
        "spec": {"user": "root", "privateSSHKey": key},
    }
    site.admin.apply(kinds.SSH_CREDENTIALS, credentials)
    for address, name in site.hosts.hosts.items():
        site.admin.apply(kinds.STATIC_INSTANCE, static_instance(name, address))
    group = {
        "apiVersion": "deckhouse.io/v1",
        "kind": "NodeGroup",
        "metadata": {"name": "worker"},
        "spec": {
            "nodeType": "Static",
            "staticInstances": {"count": 2, "labelSelector": {"matchLabels": {"dvp": "worker"}}},
        },
    }
    site.admin.apply(kinds.NODE_GROUP, group)


def static_instance(name: str, address: str) -> Object:
    """Return a StaticInstance of the workers' group."""
    reference = {"apiVersion": "deckhouse.io/v1alpha2", "kind": "SSHCredentials", "name": "dvp"}
    return {
        "apiVersion": "deckhouse.io/v1alpha2",
        "kind": "StaticInstance",
        "metadata": {"name": name, "labels": {"dvp": "worker"}},
        "spec": {"address": address, "credentialsRef": reference},
    }
