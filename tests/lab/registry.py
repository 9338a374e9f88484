# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image registry: Debian's docker-registry with TLS by a CA of its own, and a login; and a client that pushes."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import ssl
from pathlib import Path
from typing import Any

from lab import certificates, daemons, packages, shell
from lab.errors import LabError
from lab.machine import HOST_ADDRESS
from lab.paths import LabPaths

PORT = 5000
USER = "lab"
NAME = "registry"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
PATIENCE_S = 30


def configuration(folder: Path) -> dict[str, Any]:
    """docker-registry's config.yml."""
    return {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": False}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {
            "addr": f"{HOST_ADDRESS}:{PORT}",
            "secret": secrets.token_hex(16),
            "tls": {"certificate": str(folder / "server.pem"), "key": str(folder / "server.key")},
        },
        "auth": {"htpasswd": {"realm": "lab", "path": str(folder / "htpasswd")}},
    }


def ensure(lab: LabPaths) -> Client:
    """Start the registry when it does not run, and return a client that has logged in."""
    folder = lab.registry
    if not (folder / "config.json").exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        certificates.write(folder, HOST_ADDRESS)
        password = secrets.token_urlsafe(18)
        (folder / "password").touch(mode=0o600)
        (folder / "password").write_text(password, encoding="utf-8")
        (folder / "htpasswd").write_text(shell.run(["htpasswd", "-niB", USER], stdin=password), encoding="utf-8")
        # Last, because it says that the rest is there. JSON is YAML.
        (folder / "config.json").write_text(json.dumps(configuration(folder), indent=2), encoding="utf-8")
    if daemons.find(lab.directory, NAME) is None:
        command: list[str | Path] = [
            packages.program("docker-registry", "usr/bin/docker-registry"),
            "serve",
            folder / "config.json",
        ]
        daemons.start(lab.directory, NAME, command, lab.logs / "registry.log")
    client = Client(folder)
    for _attempt in range(PATIENCE_S):
        if client.answers():
            return client
        shell.pause(1)
    raise LabError(f"The registry does not answer: see {lab.logs}/registry.log.")


class Client:
    """Speaks the registry's API with the lab's CA and login."""

    def __init__(self, folder: Path) -> None:
        password = (folder / "password").read_text(encoding="utf-8")
        token = base64.b64encode(f"{USER}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}
        self._tls = ssl.create_default_context(cafile=str(folder / "ca.pem"))

    def _request(
        self, method: str, path: str, body: bytes | Path | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        """Status, Location header, body."""
        connection = http.client.HTTPSConnection(str(HOST_ADDRESS), PORT, context=self._tls, timeout=120)
        all_headers = {**self._headers, **(headers or {})}
        try:
            if isinstance(body, Path):
                with body.open("rb") as stream:
                    all_headers["Content-Length"] = str(body.stat().st_size)
                    connection.request(method, path, stream, all_headers)
                    response = connection.getresponse()
            else:
                connection.request(method, path, body, all_headers)
                response = connection.getresponse()
            return response.status, response.headers.get("Location", ""), response.read()
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self._request("GET", "/v2/")[0] == 200
        except OSError:
            return False

    def has(self, repository: str, tag: str) -> bool:
        return self._request("HEAD", f"/v2/{repository}/manifests/{tag}", headers={"Accept": MANIFEST})[0] == 200

    def _push_blob(self, repository: str, content: bytes | Path) -> tuple[str, int]:
        """Upload what the registry does not have; digest and size."""
        if isinstance(content, Path):
            with content.open("rb") as stream:
                digest = f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
            size = content.stat().st_size
        else:
            digest, size = f"sha256:{hashlib.sha256(content).hexdigest()}", len(content)
        if self._request("HEAD", f"/v2/{repository}/blobs/{digest}")[0] != 200:
            _status, location, _body = self._request("POST", f"/v2/{repository}/blobs/uploads/", b"")
            path = location.removeprefix(f"https://{HOST_ADDRESS}:{PORT}")
            headers = {"Content-Type": "application/octet-stream"}
            status, _location, answer = self._request("PUT", f"{path}&digest={digest}", content, headers)
            if status != 201:
                raise LabError(f"The registry refuses a layer: {status} {answer.decode(errors='replace')}")
        return digest, size

    def push(self, repository: str, tags: list[str], config: dict[str, Any], layers: list[Path | bytes]) -> None:
        """Push an image: its configuration and its layers (gzipped tar archives, lowest first)."""

        def described(kind: str, content: bytes | Path) -> dict[str, Any]:
            digest, size = self._push_blob(repository, content)
            return {"mediaType": kind, "digest": digest, "size": size}

        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": described(CONFIG, json.dumps(config).encode()),
            "layers": [described(LAYER, layer) for layer in layers],
        }
        for tag in tags:
            body = json.dumps(manifest).encode()
            status, _location, answer = self._request(
                "PUT", f"/v2/{repository}/manifests/{tag}", body, {"Content-Type": MANIFEST}
            )
            if status != 201:
                raise LabError(f"The registry refuses {repository}:{tag}: {status} {answer.decode(errors='replace')}")
