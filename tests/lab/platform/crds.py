# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definitions of the platform's kinds: they appear with the module that owns them."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import yaml

from .api import Api, ApiError, Object
from .kinds import CRD
from .objects import contains, is_true
from .world import World

_FOLDER = Path(__file__).parent / "crds"


@cache
def load(module: str, vendor: Path | None) -> tuple[Object, ...]:
    """Return the definitions of one module; the vendor's take the place of the lab's where both exist."""
    own = [one for one in yaml.safe_load_all((_FOLDER / f"{module}.yaml").read_text(encoding="utf-8")) if one]
    theirs = vendor_definitions(vendor) if vendor else {}
    return tuple(theirs.get(one["metadata"]["name"], one) for one in own)


@cache
def vendor_definitions(folder: Path) -> dict[str, Object]:
    """Return the complete definitions found below a folder, by name."""
    found = {}
    for path in sorted(folder.rglob("*.yaml")):
        # Published without a status, or as a fragment: not usable as a definition of its own.
        if "schema-only" in path.name:
            continue
        for one in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if one and one.get("kind") == "CustomResourceDefinition":
                found[one["metadata"]["name"]] = _servable(one)
    return found


def install(api: Api, module: str, vendor: Path | None, timeout_s: float = 30) -> None:
    """Create the module's definitions and wait until the server serves them."""
    for body in load(module, vendor):
        live = api.get(CRD, body["metadata"]["name"])
        if live is None or not contains(live["spec"], {"group": body["spec"]["group"]}):
            api.apply(CRD, body)
    deadline = time.monotonic() + timeout_s
    for body in load(module, vendor):
        while not _served(api, body["metadata"]["name"]):
            if time.monotonic() > deadline:
                raise ApiError(0, "Timeout", f"{body['metadata']['name']} is not served after {timeout_s:.0f} s")
            time.sleep(0.1)


def ensure(world: World, module: str) -> None:
    """Install the module's definitions unless the server has them."""
    known = {one["metadata"]["name"] for one in world.list(CRD)}
    if not {one["metadata"]["name"] for one in load(module, world.options.crds_dir)} <= known:
        install(world.api, module, world.options.crds_dir)
        world.forget(CRD)


def _served(api: Api, name: str) -> bool:
    live = api.get(CRD, name)
    return live is not None and is_true((live.get("status") or {}).get("conditions"), "Established")


def _servable(body: Object) -> Object:
    """Drop what only a running module can serve: conversion by its webhook."""
    spec = {key: value for key, value in body["spec"].items() if key != "conversion"}
    return {**body, "metadata": {"name": body["metadata"]["name"]}, "spec": spec}
