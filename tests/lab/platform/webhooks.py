# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's admission webhooks: a real HTTPS server that the API server asks before it writes."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from . import settings, storage, virtualization_config
from .api import Api, Object
from .control_plane import DAEMON
from .kinds import LEASE, NODE, PVC, STATIC_INSTANCE, WEBHOOKS
from .objects import annotations_of, name
from .world import Cluster, World

Decide = Callable[[Api, Cluster, Object], str]


def ensure_core(world: World) -> None:
    """Register what the platform's own controller refuses."""
    _ensure(
        world,
        "deckhouse-validation",
        [
            _hook(world, "module-configs.deckhouse-webhook.deckhouse.io", "deckhouse.io", "moduleconfigs"),
            _hook(world, "node-groups.deckhouse-webhook.deckhouse.io", "deckhouse.io", "nodegroups"),
            _hook(
                world, "static-instances.deckhouse-webhook.deckhouse.io", "deckhouse.io", "staticinstances", delete=True
            ),
            _hook(world, "storage-classes.deckhouse-webhook.deckhouse.io", "storage.k8s.io", "storageclasses"),
        ],
    )


def ensure_virtualization(world: World) -> None:
    """Register what the virtualization module refuses: it exists only while the module's controller does."""
    hook = _hook(
        world, "moduleconfig.virtualization-controller.validate.d8-virtualization", "deckhouse.io", "moduleconfigs"
    )
    hook["rules"][0]["operations"] = ["UPDATE"]
    hook["matchConditions"] = [{"name": "virtualization", "expression": 'request.name == "virtualization"'}]
    hook["clientConfig"]["url"] += "-virtualization"
    _ensure(world, "virtualization-controller-admission-webhook", [hook])


def decide_module_config(api: Api, cluster: Cluster, request: Object) -> str:
    """Refuse settings that the module's schema does not know."""
    found = settings.refusals(request["object"])
    return "; ".join(found)


def decide_virtualization(api: Api, cluster: Cluster, request: Object) -> str:
    """Refuse what would break running machines (facts/virtualization.md 1.3 B)."""
    old, new = request["oldObject"], request["object"]
    if old["metadata"].get("generation") == new["metadata"].get("generation"):
        return ""
    found = virtualization_config.update_problems(
        old,
        new,
        api.objects(NODE),
        cluster.pod_cidr,
        cluster.service_cidr,
        api.objects(LEASE),
        api.get(PVC, "dvcr", "d8-virtualization") is not None,
    )
    return found[0] if found else ""


def decide_node_group(api: Api, cluster: Cluster, request: Object) -> str:
    """Refuse keys of the platform's own domain in the template, but for those that it documents (facts/core.md 4.1)."""
    template = request["object"]["spec"].get("nodeTemplate") or {}
    keys = [*(template.get("labels") or {}), *(template.get("annotations") or {})]
    keys += [taint.get("key", "") for taint in template.get("taints") or []]
    found = sorted({key for key in keys if _reserved(key)})
    return f"nodeTemplate has keys that are reserved for the platform: {', '.join(found)}" if found else ""


def _reserved(key: str) -> bool:
    domain = key.partition("/")[0]
    free = domain in ("node-role.deckhouse.io", "dedicated.deckhouse.io")
    return not free and f".{domain}".endswith(".deckhouse.io")


def decide_static_instance(api: Api, cluster: Cluster, request: Object) -> str:
    """Refuse a changed address, an address that a node has, and the deletion of a busy instance."""
    operation = request["operation"]
    old, new = request.get("oldObject") or {}, request.get("object") or {}
    if operation == "DELETE":
        phase = ((old.get("status") or {}).get("currentStatus") or {}).get("phase", "Pending")
        if phase not in ("Pending", "Error", ""):
            return f"if you need to delete a StaticInstance in phase {phase}, move it to Pending first"
        return ""
    if operation == "UPDATE":
        same = old["spec"]["address"] == new["spec"]["address"]
        return "" if same else "spec.address is immutable"
    if "static.node.deckhouse.io/skip-bootstrap-phase" in annotations_of(new):
        return ""
    for node in api.objects(NODE):
        for one in (node.get("status") or {}).get("addresses") or []:
            if one["address"] == new["spec"]["address"]:
                return f"node {name(node)} has address {one['address']} already"
    for other in api.objects(STATIC_INSTANCE):
        if other["spec"]["address"] == new["spec"]["address"]:
            return f"StaticInstance {name(other)} has address {new['spec']['address']} already"
    return ""


def decide_storage_class(api: Api, cluster: Cluster, request: Object) -> str:
    """Refuse what only the platform may do to classes: its own provisioners' classes and the default mark."""
    if request["userInfo"]["username"] == DAEMON:
        return ""
    old, new = request.get("oldObject") or {"metadata": {}}, request["object"]
    if annotations_of(old).get(storage.DEFAULT) != annotations_of(new).get(storage.DEFAULT):
        return (
            "Manual setting of the default StorageClass is prohibited, "
            "use ModuleConfig global defaultClusterStorageClass"
        )
    if new.get("provisioner") != storage.PROVISIONER:
        return ""
    if request["operation"] == "UPDATE" and _without_annotations(old) == _without_annotations(new):
        return ""
    return "Direct modifications to the StorageClass (other than annotations) are not allowed: use NFSStorageClass"


DECISIONS: dict[str, Decide] = {
    "/moduleconfigs": decide_module_config,
    "/moduleconfigs-virtualization": decide_virtualization,
    "/nodegroups": decide_node_group,
    "/staticinstances": decide_static_instance,
    "/storageclasses": decide_storage_class,
}


class Server:
    """The HTTPS side. `context` returns the current client and cluster, None while there is no cluster."""

    def __init__(self, host: str, cert: Path, key: Path, context: Callable[[], tuple[Api, Cluster] | None]) -> None:
        handler = type("Handler", (_Handler,), {"context": staticmethod(context)})
        self._server = ThreadingHTTPServer((host, 0), handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
        # The handshake belongs to the connection's own thread, not to the accepting one.
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._server.daemon_threads = True
        self.url = f"https://{host}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, name="webhooks", daemon=True).start()

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    context: Callable[[], tuple[Api, Cluster] | None]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        found = self.context()
        decide = DECISIONS.get(self.path.split("?")[0])
        problem = "the webhook is starting" if found is None or decide is None else decide(*found, request)
        response: Object = {"uid": request["uid"], "allowed": not problem}
        if problem:
            response["status"] = {"message": problem, "code": 403}
        body = json.dumps(
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the audit log has it."""


def _ensure(world: World, title: str, hooks: list[Object]) -> None:
    world.ensure(WEBHOOKS, {"metadata": {"name": title, "labels": {"heritage": "deckhouse"}}, "webhooks": hooks})


def _hook(world: World, title: str, group: str, plural: str, delete: bool = False) -> Object:
    operations = ["CREATE", "UPDATE", *(["DELETE"] if delete else [])]
    return {
        "name": title,
        "clientConfig": {
            "url": f"{world.webhook_url}/{plural}",
            "caBundle": base64.b64encode(world.webhook_ca.encode()).decode(),
        },
        "rules": [
            {"apiGroups": [group], "apiVersions": ["*"], "operations": operations, "resources": [plural], "scope": "*"}
        ],
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "failurePolicy": "Fail",
        "timeoutSeconds": 10,
    }


def _without_annotations(body: Object) -> Object:
    ignored = ("annotations", "managedFields", "resourceVersion", "generation")
    meta = {key: value for key, value in body["metadata"].items() if key not in ignored}
    return {**body, "metadata": meta}
