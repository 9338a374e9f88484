# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's configuration: several YAML documents, validated as the vendor's schemas do."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
from pathlib import Path
from typing import Any

import dhctl_schema
import yaml

Document = dict[str, Any]

_CIDR = r"^([0-9]{1,3}\.){3}[0-9]{1,3}/(3[0-2]|[12]?[0-9])$"
_API = {"type": "string", "enum": ["deckhouse.io/v1", "deckhouse.io/v1alpha1"]}
_PROXY = {"type": "string", "pattern": r"^https?://.+$"}
SCHEMAS: dict[str, dict[str, Any]] = {
    "ClusterConfiguration": {
        "type": "object",
        "required": ["apiVersion", "kind", "clusterType"],
        "properties": {
            "apiVersion": _API,
            "kind": {},
            "clusterType": {"type": "string", "enum": ["Static"]},
            "podSubnetCIDR": {"type": "string", "pattern": _CIDR},
            "podSubnetNodeCIDRPrefix": {"type": "string"},
            "serviceSubnetCIDR": {"type": "string", "pattern": _CIDR},
            "clusterDomain": {"type": "string"},
            "kubernetesVersion": {"type": "string", "enum": ["1.32", "1.33", "1.34", "1.35", "1.36", "Automatic"]},
            "defaultCRI": {"type": "string", "enum": ["Containerd", "ContainerdV2", "NotManaged"]},
            "encryptionAlgorithm": {"type": "string", "enum": ["RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256"]},
            "proxy": {
                "type": "object",
                "properties": {
                    "httpProxy": _PROXY,
                    "httpsProxy": _PROXY,
                    "noProxy": {"type": "array", "items": {"type": "string", "pattern": r"^[a-z0-9\-\./]+$"}},
                },
            },
        },
    },
    "InitConfiguration": {
        "type": "object",
        "required": ["apiVersion", "kind", "deckhouse"],
        "properties": {
            "apiVersion": _API,
            "kind": {},
            "deckhouse": {
                "type": "object",
                "properties": {
                    "imagesRepo": {"type": "string", "pattern": r"^[0-9a-zA-Z.-]+(:[0-9]{1,5})?(/[0-9a-zA-Z._/-]+)?$"},
                    "registryDockerCfg": {"type": "string", "pattern": "^.+$"},
                    "registryCA": {"type": "string"},
                    "registryScheme": {"type": "string", "enum": ["HTTP", "HTTPS"]},
                    "releaseChannel": {
                        "type": "string",
                        "enum": ["Alpha", "Beta", "EarlyAccess", "Stable", "RockSolid"],
                    },
                    "bundle": {"type": "string", "enum": ["Minimal", "Managed", "Default"]},
                    "logLevel": {"type": "string", "enum": ["Debug", "Info", "Error"]},
                    "configOverrides": {"type": "object"},
                    "devBranch": {"type": "string"},
                },
            },
        },
    },
    "StaticClusterConfiguration": {
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": _API,
            "kind": {},
            "internalNetworkCIDRs": {"type": "array", "items": {"type": "string", "pattern": _CIDR}},
        },
    },
}


def load(paths: list[Path]) -> list[Document]:
    """Read the documents of all files; raises ValueError for what is not YAML or not an object."""
    documents = []
    for path in paths:
        try:
            found = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError) as error:
            raise ValueError(f"{path}: {error}") from error
        for one in found:
            if one is None:
                continue
            if not isinstance(one, dict) or "kind" not in one or "apiVersion" not in one:
                raise ValueError(f"{path}: every document needs apiVersion and kind")
            documents.append(one)
    return documents


def of_kind(documents: list[Document], kind: str) -> Document:
    """Return the document of a kind, empty when there is none."""
    return next((one for one in documents if one["kind"] == kind), {})


def errors(documents: list[Document]) -> list[str]:
    """Return what is wrong with the documents themselves; ModuleConfigs are the platform's to judge."""
    kinds = [one["kind"] for one in documents]
    found = [f"{kind}: given {kinds.count(kind)} times" for kind in SCHEMAS if kinds.count(kind) > 1]
    if "ClusterConfiguration" not in kinds:
        found.append("ClusterConfiguration required")
    for one in documents:
        if one["kind"] in SCHEMAS:
            found += [f"{one['kind']}: {text}" for text in dhctl_schema.errors(one, SCHEMAS[one["kind"]])]
    return found or [*_network_errors(documents), *_registry_errors(documents)]


def _network_errors(documents: list[Document]) -> list[str]:
    cluster, static = of_kind(documents, "ClusterConfiguration"), of_kind(documents, "StaticClusterConfiguration")
    named = [("podSubnetCIDR", cluster.get("podSubnetCIDR")), ("serviceSubnetCIDR", cluster.get("serviceSubnetCIDR"))]
    named += [("internalNetworkCIDRs", one) for one in static.get("internalNetworkCIDRs", [])]
    networks = [(title, ipaddress.ip_network(text, strict=False)) for title, text in named if text]
    found = [
        f"{title} {one} and {other_title} {other} intersect"
        for index, (title, one) in enumerate(networks)
        for other_title, other in networks[index + 1 :]
        if one.overlaps(other) and title != other_title
    ]
    settings = next(
        (
            one
            for one in documents
            if one["kind"] == "ModuleConfig" and one["metadata"]["name"] == "control-plane-manager"
        ),
        {},
    )
    doubled = set(((settings.get("spec") or {}).get("settings") or {}).get("network") or {}) & set(cluster)
    found += [f"{key} is declared both in ClusterConfiguration and in control-plane-manager" for key in sorted(doubled)]
    return found


def _registry_errors(documents: list[Document]) -> list[str]:
    text = (of_kind(documents, "InitConfiguration").get("deckhouse") or {}).get("registryDockerCfg")
    if not text:
        return []
    try:
        json.loads(base64.b64decode(text, validate=True))["auths"]
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        return [f"InitConfiguration: deckhouse.registryDockerCfg is not base64 of a docker config: {error}"]
    return []


def registry(documents: list[Document]) -> Document:
    """Return {host, scheme, ca, username, password} of the registry that the platform will use."""
    init = of_kind(documents, "InitConfiguration").get("deckhouse") or {}
    module = next(
        (one for one in documents if one["kind"] == "ModuleConfig" and one["metadata"]["name"] == "deckhouse"), {}
    )
    section = (((module.get("spec") or {}).get("settings") or {}).get("registry")) or {}
    account = section.get(str(section.get("mode", "")).lower()) or {}
    host = (account.get("imagesRepo") or init.get("imagesRepo") or "registry.deckhouse.io/deckhouse/ce").split("/")[0]
    result = {
        "host": host,
        "scheme": (account.get("scheme") or init.get("registryScheme") or "HTTPS").lower(),
        "ca": account.get("ca") or init.get("registryCA") or "",
        "username": account.get("username") or ("license-token" if account.get("license") else ""),
        "password": account.get("password") or account.get("license") or "",
    }
    if not account and init.get("registryDockerCfg"):
        entry = json.loads(base64.b64decode(init["registryDockerCfg"]))["auths"].get(host) or {}
        user, _, password = base64.b64decode(entry.get("auth", "")).decode().partition(":")
        result.update(username=entry.get("username", user), password=entry.get("password", password))
    return result


def split(documents: list[Document]) -> tuple[list[Document], list[Document]]:
    """Return (configuration and ModuleConfigs, other Kubernetes objects)."""
    own = [one for one in documents if one["kind"] in SCHEMAS or one["kind"] == "ModuleConfig"]
    return own, [one for one in documents if one not in own]
