# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists in every cluster of the platform from its first minute: its own namespaces, secrets and Deployment."""

from __future__ import annotations

import base64

import yaml

from . import modules
from .api import Object
from .kinds import DEPLOYMENT, NAMESPACE, SECRET
from .workloads import deployment_status
from .world import World

VERSION = "v1.74.3"


def reconcile(world: World) -> None:
    """Keep the platform's own objects."""
    for namespace in ("d8-system", "d8-cloud-instance-manager", "d8-cni-cilium"):
        world.ensure(NAMESPACE, {"metadata": {"name": namespace, "labels": {"heritage": "deckhouse"}}})
    _secret(world, "kube-system", "d8-cluster-uuid", {"cluster-uuid": world.cluster.uuid})
    for kind, secret in (
        ("ClusterConfiguration", "cluster-configuration"),
        ("StaticClusterConfiguration", "static-cluster-configuration"),
    ):
        document = world.cluster.document(kind)
        if document:
            text = yaml.safe_dump(document, sort_keys=True)
            _secret(world, "kube-system", f"d8-{secret}", {f"{secret}.yaml": text})
    edition = modules.edition_of(world)
    _secret(world, "d8-system", "deckhouse-registry", _registry(world))
    labels = {"app": "deckhouse", "heritage": "deckhouse"}
    deckhouse = world.ensure(
        DEPLOYMENT,
        {
            "metadata": {
                "name": "deckhouse",
                "namespace": "d8-system",
                "labels": labels,
                "annotations": {
                    "core.deckhouse.io/edition": edition.upper(),
                    "core.deckhouse.io/version": VERSION,
                },
            },
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": {"app": "deckhouse"}},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "deckhouse", "image": "deckhouse:" + VERSION}]},
                },
            },
        },
    )
    world.set_status(
        DEPLOYMENT, deckhouse, deployment_status(deckhouse, modules.running(world, "deckhouse"), world.now)
    )


def _registry(world: World) -> dict[str, str]:
    settings = modules.module_settings(world, "deckhouse").get("registry") or {}
    account: Object = next((one for one in settings.values() if isinstance(one, dict)), {})
    init = world.cluster.document("InitConfiguration").get("deckhouse") or {}
    repo = account.get("imagesRepo") or init.get("imagesRepo", "registry.deckhouse.io/deckhouse/ce")
    return {"imagesRegistry": repo, "scheme": (account.get("scheme") or init.get("registryScheme", "HTTPS")).lower()}


def _secret(world: World, namespace: str, name: str, data: dict[str, str]) -> None:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    world.ensure(SECRET, {"metadata": {"name": name, "namespace": namespace}, "type": "Opaque", "data": encoded})
