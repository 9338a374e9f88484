# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""etcd and kube-apiserver as child processes of the daemon, and the kubeconfig of their administrator."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import pki, state
from .options import Address

ADMIN = "kubernetes-admin"
DAEMON = "system:platform"

# Metadata of every write: enough to count who wrote what, with no secret in the file.
_AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    verbs: [get, list, watch]
  - level: None
    users: ["system:apiserver"]
  - level: Metadata
"""


@dataclass(frozen=True)
class Network:
    """The addresses a cluster's API server is reached at, and the services' network."""

    listen: Address
    master_address: str
    service_cidr: str


class ControlPlane:
    """The two processes of one cluster. `start` is harmless when they run already."""

    def __init__(self, folder: Path, assets: Path, network: Network) -> None:
        self._folder = folder
        self._assets = assets
        self._network = network
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._port = 0

    @property
    def url(self) -> str:
        """Where the daemon itself reaches the API server."""
        return f"https://{self._network.listen.host}:{self._port}"

    @property
    def address(self) -> str:
        """The same as host:port."""
        return f"{self._network.listen.host}:{self._port}"

    @property
    def pki_dir(self) -> Path:
        """Folder of the cluster's certificates."""
        return self._folder / "pki"

    @property
    def audit_log(self) -> Path:
        """One JSON object per write; it lies beside the cluster's folder and outlives the cluster."""
        return self._folder.parent / "audit.log"

    def start(self) -> None:
        """Start what does not run."""
        self._port = self._network.listen.port or self._port or _free_port(self._network.listen.host)
        if not self.alive():
            self.stop()
            self._clear_leftovers()
            etcd_url = self._start_etcd()
            self._start_apiserver(etcd_url)
            state.write_json(self._folder / "pids.json", {n: c.pid for n, c in self._children.items()})

    def alive(self) -> bool:
        """Do both processes run?"""
        return len(self._children) == 2 and all(child.poll() is None for child in self._children.values())

    def stop(self) -> None:
        """End both processes, the API server first."""
        for child in reversed(list(self._children.values())):
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(15)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        self._children = {}

    def kubeconfig(self, server: str = "") -> str:
        """Return the administrator's kubeconfig; `server` defaults to the master's own address."""
        port = self._port if self._network.master_address == self._network.listen.host else 6443
        pair = pki.ensure_client(self.pki_dir, ADMIN, "system:masters")
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "kubernetes",
                    "cluster": {
                        "server": server or f"https://{self._network.master_address}:{port}",
                        "certificate-authority-data": _b64(pki.ensure_authority(self.pki_dir).cert),
                    },
                }
            ],
            "users": [
                {
                    "name": ADMIN,
                    "user": {"client-certificate-data": _b64(pair.cert), "client-key-data": _b64(pair.key)},
                }
            ],
            "contexts": [
                {"name": f"{ADMIN}@kubernetes", "context": {"cluster": "kubernetes", "user": ADMIN}},
            ],
            "current-context": f"{ADMIN}@kubernetes",
        }
        return json.dumps(config, indent=1)

    def _start_etcd(self) -> str:
        url, peer = (f"http://127.0.0.1:{_free_port('127.0.0.1')}" for _ in range(2))
        self._spawn(
            "etcd",
            f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={url}",
            f"--advertise-client-urls={url}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            # The member's address changes with each start; the data is that of the only member.
            *(["--force-new-cluster"] if (self._folder / "etcd" / "member").exists() else []),
            "--log-level=warn",
        )
        return url

    def _start_apiserver(self, etcd_url: str) -> None:
        listen, pki_dir = self._network.listen, self.pki_dir
        hosts = [
            listen.host, self._network.master_address, "127.0.0.1", "localhost",
            "kubernetes", "kubernetes.default", "kubernetes.default.svc",
        ]  # fmt: skip
        pki.ensure_server(pki_dir, "apiserver", hosts)
        pki.ensure_client(pki_dir, "service-account", "")
        policy = self._folder / "audit-policy.yaml"
        state.write(policy, _AUDIT_POLICY)
        self._spawn(
            "kube-apiserver",
            f"--etcd-servers={etcd_url}",
            f"--bind-address={listen.host}",
            f"--advertise-address={listen.host}",
            f"--secure-port={self._port}",
            f"--service-cluster-ip-range={self._network.service_cidr}",
            f"--client-ca-file={pki_dir / 'ca.crt'}",
            f"--tls-cert-file={pki_dir / 'apiserver.crt'}",
            f"--tls-private-key-file={pki_dir / 'apiserver.key'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={pki_dir / 'service-account.key'}",
            f"--service-account-signing-key-file={pki_dir / 'service-account.key'}",
            "--authorization-mode=RBAC",
            # No kube-controller-manager makes service accounts here.
            "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none",
            # Lists go straight to etcd: with the cache each list after a write waits for it to catch up.
            "--watch-cache=false",
            f"--audit-policy-file={policy}",
            f"--audit-log-path={self.audit_log}",
            "--profiling=false",
            "--v=0",
        )

    def _spawn(self, name: str, *args: str) -> None:
        with (self._folder / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(
                [self._assets / name, *args], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self._folder
            )

    def _clear_leftovers(self) -> None:
        """End the processes of a daemon that was killed: they hold the ports and the data folder."""
        for name, pid in state.read_json(self._folder / "pids.json", {}).items():
            cmdline = Path(f"/proc/{pid}/cmdline")
            try:
                ours = str(self._folder).encode() in cmdline.read_bytes()
            except OSError:
                continue
            if ours:
                _end(pid, name)


def _end(pid: int, name: str) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 15
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            raise TimeoutError(f"{name} of an earlier run (pid {pid}) did not end in 15 s and was killed")
        time.sleep(0.1)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
