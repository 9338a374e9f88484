# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments, DaemonSets and Pods without a kubelet: their objects and the status of a healthy or starting one."""

from __future__ import annotations

import datetime

from .api import Object
from .objects import conditions, name


def deployment(space: str, title: str, replicas: int = 1) -> Object:
    """Return a Deployment of one container."""
    labels = {"app": title, "module": "virtualization"}
    return {
        "metadata": {"name": title, "namespace": space, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": title}},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [_container(title)]}},
        },
    }


def daemon_set(space: str, title: str, pod_labels: dict[str, str], node_selector: dict[str, str]) -> Object:
    """Return a DaemonSet of one container."""
    return {
        "metadata": {"name": title, "namespace": space, "labels": {"app": title, "module": "virtualization"}},
        "spec": {
            "selector": {"matchLabels": pod_labels},
            "template": {
                "metadata": {"labels": pod_labels},
                "spec": {"nodeSelector": node_selector, "containers": [_container(title)]},
            },
        },
    }


def pod(space: str, title: str, labels: dict[str, str], node: str, owner: Object) -> Object:
    """Return a Pod on a node, owned by its workload."""
    reference = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "name": name(owner),
        "uid": owner["metadata"]["uid"],
        "controller": True,
    }
    return {
        "metadata": {"name": title, "namespace": space, "labels": labels, "ownerReferences": [reference]},
        "spec": {
            "nodeName": node,
            "containers": [_container(name(owner))],
            "tolerations": [{"operator": "Exists"}],
        },
    }


def deployment_status(body: Object, up: bool, now: datetime.datetime) -> Object:
    """Return the status of a Deployment whose pods all run, or none does."""
    replicas = body["spec"]["replicas"]
    running = replicas if up else 0
    old = (body.get("status") or {}).get("conditions")
    available = ("Available", up, "MinimumReplicasAvailable" if up else "MinimumReplicasUnavailable", "")
    found = conditions(
        old, [available, ("Progressing", True, "NewReplicaSetAvailable" if up else "ReplicaSetUpdated", "")], now
    )
    return {
        "observedGeneration": body["metadata"]["generation"],
        "replicas": replicas,
        "updatedReplicas": replicas,
        "readyReplicas": running,
        "availableReplicas": running,
        "unavailableReplicas": replicas - running,
        "conditions": [{**one, "lastUpdateTime": one["lastTransitionTime"]} for one in found],
    }


def daemon_set_status(body: Object, wanted: int, up: int) -> Object:
    """Return the status of a DaemonSet."""
    return {
        "observedGeneration": body["metadata"]["generation"],
        "currentNumberScheduled": wanted,
        "desiredNumberScheduled": wanted,
        "updatedNumberScheduled": wanted,
        "numberReady": up,
        "numberAvailable": up,
        "numberMisscheduled": 0,
    }


def pod_status(body: Object, up: bool, now: datetime.datetime, phase: str = "") -> Object:
    """Return the status of a Pod that runs or is being started; `phase` overrides (Succeeded)."""
    old = (body.get("status") or {}).get("conditions")
    kinds = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
    wanted = [(kind, up or kind == "PodScheduled", "", "") for kind in kinds]
    return {"phase": phase or ("Running" if up else "Pending"), "conditions": conditions(old, wanted, now)}


def _container(title: str) -> Object:
    return {"name": title, "image": f"platform/{title}"}
