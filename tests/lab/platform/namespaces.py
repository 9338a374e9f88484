# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces end as they do with a controller manager: first what is in them, then the namespace itself."""

from __future__ import annotations

from .api import ApiError, Object
from .kinds import NAMESPACE
from .objects import deleting, name
from .world import World


def reconcile(world: World) -> None:
    """Empty and finalize every namespace that somebody has deleted."""
    for body in world.list(NAMESPACE):
        if deleting(body) and (body["spec"].get("finalizers") or []):
            world.after(0.5)
            if _emptied(world, name(body)):
                _finalize(world, body)


def _emptied(world: World, namespace: str) -> bool:
    left = 0
    for version in world.api.api_versions():
        for resource in world.api.resources(version):
            if not resource.namespaced or resource.plural in ("bindings", "localsubjectaccessreviews"):
                continue
            for one in _list(world, resource, namespace):
                left += 1
                if not deleting(one):
                    world.api.delete(resource, name(one), namespace)
    return left == 0


def _list(world: World, resource: object, namespace: str) -> list[Object]:
    try:
        return world.api.objects(resource, namespace)  # type: ignore[arg-type]
    except ApiError as error:
        if error.status == 405:  # write-only kinds such as reviews
            return []
        raise


def _finalize(world: World, body: Object) -> None:
    try:
        world.api.request("PUT", NAMESPACE.path(name(body), sub="finalize"), {**body, "spec": {"finalizers": []}})
    except ApiError as error:
        if error.status not in (404, 409):
            raise
    world.forget(NAMESPACE)
