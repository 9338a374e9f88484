# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small client of the Kubernetes API: JSON in, JSON out, one connection pool, safe to use from several threads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

Object = dict[str, Any]

FIELD_MANAGER = "platform"
_MERGE = "application/merge-patch+json"
_APPLY = "application/apply-patch+yaml"


class ApiError(Exception):
    """The server's refusal: HTTP status, Kubernetes reason, message."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status, self.reason, self.message = status, reason, message


@dataclass(frozen=True)
class Resource:
    """A kind as the API names it: "apps/v1" or "v1", Kind, plural."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool = False

    def path(self, name: str = "", namespace: str = "", sub: str = "") -> str:
        """Return the URL path of the collection, of one object or of its subresource."""
        root = "/api/" if "/" not in self.api_version else "/apis/"
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        tail = "".join(f"/{part}" for part in (name, sub) if part)
        return f"{root}{self.api_version}{scope}/{self.plural}{tail}"


class Api:
    """One user's session with one API server."""

    def __init__(self, url: str, ca: Path, cert: Path, key: Path) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(
            ca_certs=str(ca), cert_file=str(cert), key_file=str(key), maxsize=8, retries=False, timeout=30
        )
        self._discovered: dict[tuple[str, str], Resource] = {}

    def request(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Object:
        """Send one request; raises ApiError (status 0 when the server does not answer)."""
        data = None if body is None else json.dumps(body).encode()
        try:
            answer = self._pool.request(method, self._url + path, body=data, headers={"Content-Type": content_type})
        except urllib3.exceptions.HTTPError as error:
            raise ApiError(0, "Unreachable", str(error)) from error
        try:
            result = json.loads(answer.data)
        except json.JSONDecodeError:
            result = {"message": answer.data.decode(errors="replace")}
        if answer.status >= 400:
            raise ApiError(answer.status, result.get("reason", ""), result.get("message", ""))
        return result  # type: ignore[no-any-return]

    def ready(self) -> bool:
        """Does the server say that it is ready?"""
        try:
            self.request("GET", "/readyz")
        except ApiError:
            return False
        return True

    def objects(self, resource: Resource, namespace: str = "") -> list[Object]:
        """Return the objects with apiVersion and kind filled in; an unknown kind has none."""
        try:
            found = self.request("GET", resource.path(namespace=namespace))
        except ApiError as error:
            if error.status == 404:
                return []
            raise
        return [{"apiVersion": resource.api_version, "kind": resource.kind, **item} for item in found["items"]]

    def get(self, resource: Resource, name: str, namespace: str = "") -> Object | None:
        """Return one object, None when it or its kind does not exist."""
        try:
            return self.request("GET", resource.path(name, namespace))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def create(self, resource: Resource, body: Object, strict: bool = True) -> Object:
        """Create an object; `strict` refuses fields that the server does not know, otherwise they are dropped."""
        namespace = body["metadata"].get("namespace", "")
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict" if strict else "Ignore"}
        return self.request("POST", resource.path(namespace=namespace) + "?" + urlencode(query), body)

    def apply(self, resource: Resource, body: Object, manager: str = FIELD_MANAGER, dry_run: bool = False) -> Object:
        """Server-side apply with force; `dry_run` runs admission and validation only."""
        meta = body["metadata"]
        query = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"}
        query |= {"dryRun": "All"} if dry_run else {}
        path = resource.path(meta["name"], meta.get("namespace", ""))
        return self.request("PATCH", path + "?" + urlencode(query), body, _APPLY)

    def patch(self, resource: Resource, name: str, namespace: str, body: Object, sub: str = "") -> Object:
        """Merge-patch an object or its subresource."""
        return self.request("PATCH", resource.path(name, namespace, sub), body, _MERGE)

    def delete(self, resource: Resource, name: str, namespace: str = "") -> None:
        """Delete an object; one that is gone already is fine."""
        try:
            self.request("DELETE", resource.path(name, namespace))
        except ApiError as error:
            if error.status != 404:
                raise

    def resource_of(self, body: Object) -> Resource:
        """Find the resource of a manifest by discovery; raises LookupError for an unknown kind."""
        key = (body["apiVersion"], body["kind"])
        if key not in self._discovered:
            for found in self.resources(body["apiVersion"]):
                self._discovered[(found.api_version, found.kind)] = found
        if key not in self._discovered:
            raise LookupError(f'no matches for kind "{key[1]}" in version "{key[0]}"')
        return self._discovered[key]

    def resources(self, api_version: str) -> list[Resource]:
        """Return the resources of one API version; an unknown version has none."""
        root = "/api/" if "/" not in api_version else "/apis/"
        try:
            found = self.request("GET", root + api_version)
        except ApiError as error:
            if error.status == 404:
                return []
            raise
        return [
            Resource(api_version, item["kind"], item["name"], item["namespaced"])
            for item in found["resources"]
            if "/" not in item["name"]
        ]

    def api_versions(self) -> list[str]:
        """Return every group version: a kind need not be served in the one its group prefers."""
        groups = self.request("GET", "/apis")["groups"]
        return ["v1", *(version["groupVersion"] for group in groups for version in group["versions"])]
