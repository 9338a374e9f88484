# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the collection writes is accepted by a real API server with the vendor's own definitions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vendor
import yaml
from api.cluster import Site
from api.written import render
from lab.installer import dhctl_schema
from lab.platform import crds, kinds, pki
from lab.platform.api import Api, Object
from lab.platform.control_plane import DAEMON, ControlPlane, Network
from lab.platform.options import Address

Written = tuple[list[Object], dict[str, list[Object]]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """What the roles render to."""
    return render(tmp_path_factory.mktemp("rendered"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, assets: Path) -> Iterator[Api]:
    """An API server without controllers."""
    folder = tmp_path_factory.mktemp("server") / "cluster"
    folder.mkdir()
    plane = ControlPlane(folder, assets, Network(Address("127.0.0.1", 0), "127.0.0.1", "10.222.0.0/16"))
    pki.ensure_client(plane.pki_dir, DAEMON, "system:masters")
    deadline = time.monotonic() + 120
    try:
        plane.start()
        user = DAEMON.replace(":", "-")
        api = Api(plane.url, plane.pki_dir / "ca.crt", plane.pki_dir / f"{user}.crt", plane.pki_dir / f"{user}.key")
        while not api.ready():
            assert plane.alive(), (folder / "kube-apiserver.log").read_text(encoding="utf-8")[-2000:]
            assert time.monotonic() < deadline, "kube-apiserver is not ready after 120 s"
            time.sleep(0.1)
        yield api
    finally:
        plane.stop()


def install(api: Api, definitions: list[Object], wanted: set[str]) -> None:
    """Create the definitions of the wanted kinds and wait until each is served."""
    for body in definitions:
        if body["spec"]["names"]["kind"] in wanted:
            crds.create(api, body)
            crds.wait_served(api, body["metadata"]["name"])


def refusals(api: Api, objects: list[Object]) -> list[str]:
    """Return what the server says against applying the objects; unknown fields are errors."""
    found = []
    for body in objects:
        title = f"{body['kind']}/{body['metadata']['name']}"
        if "namespace" in body["metadata"] and api.get(kinds.NAMESPACE, body["metadata"]["namespace"]) is None:
            name = body["metadata"]["namespace"]
            api.create(kinds.NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        if body["kind"] == "Namespace":
            continue
        try:
            api.apply(api.resource_of(body), body, dry_run=True)
        except Exception as error:  # every refusal belongs into the one list that the test shows
            found.append(f"{title}: {error}")
    return found


def test_the_lab_accepts_what_the_collection_writes(written: Written, shared_site: Site) -> None:
    """With the lab's definitions and webhooks: what stands guard where the vendor's are not at hand."""
    for module in ("csi-nfs", "virtualization"):
        crds.install(shared_site.admin, module, None)
    assert refusals(shared_site.admin, written[0]) == []


def test_the_vendor_accepts_what_the_collection_writes(written: Written, server: Api) -> None:
    objects, installations = written
    objects = objects + [one for one in installations["ModuleConfig"] if one["kind"] == "ModuleConfig"]
    definitions = crds.vendor_definitions(vendor.needed(vendor.CRDS), fragments=True)
    install(server, list(definitions.values()), {one["kind"] for one in objects})
    assert refusals(server, objects) == []
    assert {"SSHCredentials", "StaticInstance", "NodeGroup", "ModuleConfig", "NFSStorageClass", "VirtualMachine"} <= {
        one["kind"] for one in objects
    }


def test_the_vendor_knows_every_setting_that_is_written(written: Written) -> None:
    objects, installations = written
    schemas = vendor.needed(vendor.SCHEMAS)
    configs = [one for one in [*objects, *installations["ModuleConfig"]] if one["kind"] == "ModuleConfig"]
    found = []
    for one in configs:
        name = one["metadata"]["name"]
        names = (f"{name}.config-values.yaml", f"{name}_config-values.yaml")
        path = next((schemas / each for each in names if (schemas / each).exists()), None)
        if path and "settings" in one["spec"]:
            schema = yaml.safe_load(path.read_text(encoding="utf-8"))
            found += [f"{name}: {text}" for text in dhctl_schema.errors(one["spec"]["settings"], schema, "settings")]
    assert found == []


@pytest.mark.parametrize("registry", ["InitConfiguration", "ModuleConfig"])
def test_the_vendor_knows_every_key_of_the_installation(written: Written, registry: str) -> None:
    files = {
        "ClusterConfiguration": "cluster_configuration.yaml",
        "InitConfiguration": "init_configuration.yaml",
        "StaticClusterConfiguration": "static_cluster_configuration.yaml",
    }
    schemas, found = vendor.needed(vendor.SCHEMAS), []
    for one in written[1][registry]:
        if one["kind"] in files:
            versions: Any = yaml.safe_load((schemas / files[one["kind"]]).read_text(encoding="utf-8"))
            schema = versions["apiVersions"][0]["openAPISpec"]
            found += [f"{one['kind']}: {text}" for text in dhctl_schema.errors(one, schema)]
    assert found == []
