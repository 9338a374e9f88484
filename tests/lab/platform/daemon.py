# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One platform: at most one cluster, made by the installer's request and resumed after a restart."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import crds, faults, pki, settings, state
from .api import Api, ApiError, Object
from .control_plane import DAEMON, ControlPlane, Network
from .controllers import Loop
from .jobs import Jobs
from .kinds import MODULE, MODULE_CONFIG, NODE
from .nodes import ready
from .options import Options
from .ssh import OpenSsh, Runner
from .webhooks import Server
from .world import Cluster, World

_LOG = logging.getLogger("platform")
_READY_S = 120


class Refused(Exception):
    """A request that cannot be served; the text goes to the installer."""


class Platform:
    """The daemon without its command line. `runner` logs in to hosts; tests give another one."""

    def __init__(self, options: Options, runner: Runner | None = None) -> None:
        self._options = options
        self._folder = options.state_dir / "cluster"
        self._runner = runner or OpenSsh(options.state_dir / "keys")
        self._lock = threading.RLock()
        self._control_plane: ControlPlane | None = None
        self._loop: Loop | None = None
        self._jobs = Jobs()
        self._api: Api | None = None
        self._cluster: Cluster | None = None
        options.state_dir.mkdir(parents=True, exist_ok=True)
        self._webhook_pki = options.state_dir / "webhooks"
        pki.ensure_server(self._webhook_pki, "server", [options.listen.host])
        self._webhooks = Server(
            options.listen.host, self._webhook_pki / "server.crt", self._webhook_pki / "server.key", self._context
        )
        self._servers: list[ThreadingHTTPServer] = []

    # --- life -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen, and resume the cluster of an earlier run."""
        handler = type("Handler", (_Handler,), {"platform": self})
        self._serve(ThreadingHTTPServer((self._options.listen.host, self._options.listen.port), handler), "installer")
        if self._options.images_listen and self._options.images_dir:
            files = partial(_Files, directory=str(self._options.images_dir))
            address = (self._options.images_listen.host, self._options.images_listen.port)
            self._serve(ThreadingHTTPServer(address, files), "images")
        with self._lock:
            if (self._folder / "cluster.json").exists():
                self._start_cluster()

    def stop(self) -> None:
        """Stop everything; the state stays."""
        with self._lock:
            for server in self._servers:
                server.shutdown()
                server.server_close()
            self._stop_cluster()
            self._webhooks.stop()
            self._jobs.stop()

    @property
    def url(self) -> str:
        """The installer's way in."""
        host, port = self._servers[0].server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def control_plane(self) -> ControlPlane:
        """The running control plane; raises Refused when there is no cluster."""
        if self._control_plane is None:
            raise Refused("there is no cluster")
        return self._control_plane

    @property
    def api(self) -> Api:
        """The daemon's own client; raises Refused when there is no cluster."""
        if self._api is None:
            raise Refused("there is no cluster")
        return self._api

    # --- what the installer asks for ----------------------------------------------------------------------------

    def validate(self, documents: list[Object]) -> list[str]:
        """Return what is wrong with the ModuleConfigs among the documents."""
        return [
            f'ModuleConfig "{one["metadata"]["name"]}": {problem}'
            for one in documents
            if one.get("kind") == "ModuleConfig"
            for problem in settings.refusals(one)
        ]

    def bootstrap(self, uuid: str, master: Object, documents: list[Object]) -> Object:
        """Make the control plane of the cluster, or find it running; returns its kubeconfig.

        Another UUID means that the master was wiped and is installed anew: its old cluster went with its disk.
        """
        with self._lock:
            known = state.read_json(self._folder / "cluster.json")
            if known and known["uuid"] != uuid:
                self._stop_cluster()
                shutil.rmtree(self._folder)
                known = None
            if not known:
                record = {"uuid": uuid, "master": master, "documents": documents, "deckhouse": False}
                state.write_json(self._folder / "cluster.json", record)
            self._start_cluster()
            return {"kubeconfig": self.control_plane.kubeconfig(), "upstream": self.control_plane.address}

    def install(self, uuid: str) -> Object:
        """Install the platform itself: its kinds, the ModuleConfigs of the installation, then the controllers."""
        with self._lock:
            record = state.read_json(self._folder / "cluster.json")
            if not record or record["uuid"] != uuid:
                raise Refused("Cluster UUIDs are not equal")
            crds.install(self.api, "deckhouse", self._options.crds_dir)
            for one in record["documents"]:
                if one["kind"] == "ModuleConfig" and self.api.get(MODULE_CONFIG, one["metadata"]["name"]) is None:
                    self.api.create(MODULE_CONFIG, one)
            state.write_json(self._folder / "cluster.json", {**record, "deckhouse": True})
            self._start_loop()
        return {}

    def status(self) -> Object:
        """Tell how far the installation is."""
        with self._lock:
            if self._api is None or self._cluster is None:
                return {"uuid": "", "deckhouse": False, "master": False}
            api, cluster = self._api, self._cluster
        module = api.get(MODULE, "deckhouse") or {}
        node = api.get(NODE, cluster.master["hostname"])
        return {
            "uuid": cluster.uuid,
            "deckhouse": (module.get("status") or {}).get("phase") == "Ready",
            "master": node is not None and ready(node),
        }

    def create_resources(self, documents: list[Object]) -> Object:
        """Create the Kubernetes objects among the installer's documents."""
        for one in documents:
            resource = self.api.resource_of(one)
            meta = one["metadata"]
            if self.api.get(resource, meta["name"], meta.get("namespace", "")) is None:
                self.api.create(resource, one)
        return {}

    # --- the cluster --------------------------------------------------------------------------------------------

    def _start_cluster(self) -> None:
        record = state.read_json(self._folder / "cluster.json")
        self._cluster = Cluster(record["uuid"], record["master"], record["documents"])
        if self._control_plane is None:
            network = Network(self._options.api_listen, record["master"]["address"], self._cluster.service_cidr)
            self._control_plane = ControlPlane(self._folder, self._options.assets_dir, network)
        pki.ensure_client(self._control_plane.pki_dir, DAEMON, "system:masters")
        self._control_plane.start()
        folder, user = self._control_plane.pki_dir, DAEMON.replace(":", "-")
        url = self._control_plane.url
        self._api = Api(url, folder / "ca.crt", folder / f"{user}.crt", folder / f"{user}.key")
        deadline = time.monotonic() + _READY_S
        while not self._api.ready():
            if time.monotonic() > deadline or not self._control_plane.alive():
                raise Refused(f"kube-apiserver is not ready, see {self._folder}/kube-apiserver.log")
            time.sleep(0.2)
        if record["deckhouse"]:
            self._start_loop()

    def _start_loop(self) -> None:
        if self._loop is None:
            read = partial(faults.read, self._options.state_dir)
            self._loop = Loop(self.api, self._world, read, self._options.pace)
            self._loop.start()

    def _stop_cluster(self) -> None:
        if self._loop:
            self._loop.stop()
        if self._control_plane:
            self._control_plane.stop()
        self._loop = self._control_plane = self._api = self._cluster = None

    def _world(self) -> World:
        if self._cluster is None:
            raise Refused("there is no cluster")
        return World(
            api=self.api,
            cluster=self._cluster,
            options=self._options,
            jobs=self._jobs,
            runner=self._runner,
            faults=faults.read(self._options.state_dir),
            folder=self._folder,
            webhook_url=self._webhooks.url,
            webhook_ca=pki.ensure_authority(self._webhook_pki).cert,
        )

    def _context(self) -> tuple[Api, Cluster] | None:
        return (self._api, self._cluster) if self._api and self._cluster else None

    def _serve(self, server: ThreadingHTTPServer, title: str) -> None:
        server.daemon_threads = True
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, name=title, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    platform: Platform

    def do_GET(self) -> None:
        self._answer(self.platform.status if self.path == "/status" else None)

    def do_POST(self) -> None:
        body: Any = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        routes = {
            "/validate": lambda: {"errors": self.platform.validate(body["documents"])},
            "/bootstrap": lambda: self.platform.bootstrap(body["uuid"], body["master"], body["documents"]),
            "/deckhouse": lambda: self.platform.install(body["uuid"]),
            "/resources": lambda: self.platform.create_resources(body["documents"]),
            "/fault": lambda: {"message": self._fault(body["key"])},
        }
        self._answer(routes.get(self.path))

    def _fault(self, key: str) -> str:
        return faults.read(self.platform._options.state_dir).get(key, "")

    def _answer(self, work: Any) -> None:
        code, body = 200, {}
        try:
            if work is None:
                code, body = 404, {"message": f"no such path: {self.path}"}
            else:
                body = work()
        except (Refused, ApiError, LookupError) as error:
            code, body = 409, {"message": str(error)}
        except Exception as error:  # the installer is told; the log has the rest
            _LOG.exception("%s failed", self.path)
            code, body = 500, {"message": str(error)}
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        _LOG.info("installer: " + format, *args)


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        _LOG.info("images: " + format, *args)
