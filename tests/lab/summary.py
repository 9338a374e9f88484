# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's last words: what the Kubernetes API says about the platform that was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.api import Api

Object = Mapping[str, Any]

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
PATHS = {
    "nodes": "/api/v1/nodes",
    "classes": "/apis/storage.k8s.io/v1/storageclasses",
    "module": "/apis/deckhouse.io/v1alpha1/modules/virtualization",
    "machines": "/apis/virtualization.deckhouse.io/v1alpha2/virtualmachines",
}


@dataclass(frozen=True)
class Facts:
    """Objects as the API gave them."""

    nodes: Sequence[Object]
    classes: Sequence[Object]
    module: Object
    machines: Sequence[Object]


def read(kubeconfig: Path) -> Facts:
    """Ask the API, with the kubeconfig that the playbook has left."""
    api = Api(kubeconfig)
    answers = {name: api.get(path) for name, path in PATHS.items()}
    return Facts(
        nodes=answers["nodes"]["items"],
        classes=answers["classes"]["items"],
        module=answers["module"],
        machines=answers["machines"]["items"],
    )


def node_line(node: Object) -> str:
    """A node's name, roles and whether it is Ready."""
    conditions = {item["type"]: item["status"] for item in node.get("status", {}).get("conditions", [])}
    prefix = "node-role.kubernetes.io/"
    labels = node["metadata"].get("labels", {})
    roles = sorted(label.removeprefix(prefix) for label in labels if label.startswith(prefix))
    state = "Ready" if conditions.get("Ready") == "True" else "NOT Ready"
    return f"{node['metadata']['name']} {state}" + (f" ({', '.join(roles)})" if roles else "")


def class_line(storage_class: Object) -> str:
    """A storage class, and whether it is the default."""
    metadata = storage_class["metadata"]
    default = metadata.get("annotations", {}).get(DEFAULT_CLASS) == "true"
    return metadata["name"] + (" (default)" if default else "")


def machine_line(machine: Object | None, exists: bool) -> str:
    """The smoke test's virtual machine."""
    if machine is None:
        return "not started by this run"
    status = machine["status"]
    where = f" on {status['nodeName']}" if status.get("nodeName") else ""
    fate = "left running" if exists else "removed afterwards"
    return f"{machine['metadata']['name']} {status.get('phase', '')}, address {status['ipAddress']}{where} ({fate})"


def text(
    facts: Facts, smoke: Object | None, hosts: Sequence[str], seconds: Mapping[str, float], report: Path | None
) -> str:
    """Everything a person wants to know, one line each."""
    names = {machine["metadata"]["name"] for machine in facts.machines}
    if smoke is None:
        smoke = next((m for m in facts.machines if m.get("status", {}).get("ipAddress")), None)
    phase = facts.module.get("status", {}).get("phase", "unknown")
    rows = [
        ("Hosts checked", ", ".join(hosts)),
        ("Nodes", ", ".join(node_line(node) for node in facts.nodes)),
        ("Storage classes", ", ".join(class_line(item) for item in facts.classes)),
        ("Module/virtualization", phase),
        ("Smoke test VM", machine_line(smoke, smoke is not None and smoke["metadata"]["name"] in names)),
        ("Report", str(report or "none")),
    ]
    width = max(len(title) for title, _value in rows)
    lines = [f"  {title:{width}}  {value}" for title, value in rows]
    lines.append(f"  {'Stages':{width}}  seconds")
    lines += [f"  {'':{width}}  {duration:5.0f}  {stage}" for stage, duration in seconds.items()]
    return "\n".join(lines)
