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
from .objects import is_true
from .world import World

_FOLDER = Path(__file__).parent / "crds"


@cache
def load(module: str, vendor: Path | None) -> tuple[Object, ...]:
    """Return the definitions of one module; the vendor's take the place of the lab's where both exist."""
    own = [one for one in yaml.safe_load_all((_FOLDER / f"{module}.yaml").read_text(encoding="utf-8")) if one]
    theirs = vendor_definitions(vendor) if vendor else {}
    return tuple(theirs.get(one["metadata"]["name"], one) for one in own)


@cache
def vendor_definitions(folder: Path, fragments: bool = False) -> dict[str, Object]:
    """Return the definitions found below a folder, by name.

    A fragment is a definition that was published without its status: enough to judge what is written, not enough for
    the controllers.
    """
    found = {}
    for path in sorted(folder.rglob("*.yaml")):
        if "schema-only" in path.name and not fragments:
            continue
        for one in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if one and one.get("kind") == "CustomResourceDefinition":
                found[one["metadata"]["name"]] = _servable(one)
    return found


def install(api: Api, module: str, vendor: Path | None, timeout_s: float = 30) -> None:
    """Create the module's definitions and wait until the server serves them."""
    for body in load(module, vendor):
        create(api, body)
    for body in load(module, vendor):
        wait_served(api, body["metadata"]["name"], timeout_s)


def create(api: Api, body: Object) -> None:
    """Create a definition unless it is there. Words in it that the server does not know are for the vendor's site."""
    if api.get(CRD, body["metadata"]["name"]) is None:
        api.create(CRD, body, strict=False)


def wait_served(api: Api, name: str, timeout_s: float = 30) -> None:
    """Wait until the server serves a definition; raises ApiError when it does not."""
    deadline = time.monotonic() + timeout_s
    while not _served(api, name):
        if time.monotonic() > deadline:
            raise ApiError(0, "Timeout", f"{name} is not served after {timeout_s:.0f} s")
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
    annotations = body["metadata"].get("annotations") or {}
    return {**body, "metadata": {"name": body["metadata"]["name"], "annotations": annotations}, "spec": spec}
