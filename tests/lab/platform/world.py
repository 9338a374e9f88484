# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one pass of the controllers sees and how it writes.

Objects are listed once per pass and kind. Writes happen only where the live object differs, so a settled cluster
costs no write at all.
"""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import state
from .api import Api, ApiError, Object, Resource
from .jobs import Jobs
from .objects import contains, name, namespace
from .options import Options
from .ssh import Runner


@dataclass(frozen=True)
class Cluster:
    """What the installer handed over: the cluster's identity, its first master and its configuration documents."""

    uuid: str
    master: Object
    documents: list[Object]

    def document(self, kind: str) -> Object:
        """Return the configuration document of this kind, empty when there is none."""
        return next((one for one in self.documents if one["kind"] == kind), {})

    @property
    def pod_cidr(self) -> str:
        """The pods' network."""
        return str(self.document("ClusterConfiguration").get("podSubnetCIDR", "10.111.0.0/16"))

    @property
    def service_cidr(self) -> str:
        """The services' network."""
        return str(self.document("ClusterConfiguration").get("serviceSubnetCIDR", "10.222.0.0/16"))


@dataclass
class World:
    """One pass."""

    api: Api
    cluster: Cluster
    options: Options
    jobs: Jobs
    runner: Runner
    faults: dict[str, str]
    folder: Path
    webhook_url: str
    webhook_ca: str
    now: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    wake_s: float = 3600
    _lists: dict[Resource, list[Object]] = field(default_factory=dict)

    def list(self, resource: Resource) -> list[Object]:
        """Return all objects of a kind, as they were when first asked for in this pass."""
        if resource not in self._lists:
            self._lists[resource] = self.api.objects(resource)
        return self._lists[resource]

    def find(self, resource: Resource, wanted: str, wanted_namespace: str = "") -> Object | None:
        """Return one object by name."""
        for one in self.list(resource):
            if name(one) == wanted and namespace(one) == wanted_namespace:
                return one
        return None

    def ensure(self, resource: Resource, body: Object) -> Object:
        """Make the live object contain `body`; returns the live object."""
        live = self.find(resource, name(body), namespace(body))
        if live is not None and contains(live, body):
            return live
        # A spec-less kind cannot be applied with the server's own version of the type left out.
        fresh = self.api.apply(resource, {"apiVersion": resource.api_version, "kind": resource.kind, **body})
        self._replace(resource, fresh)
        return fresh

    def patch(self, resource: Resource, body: Object, change: Object, sub: str = "") -> Object:
        """Merge `change` into the object unless it holds it already; None removes a key. Returns the live object."""
        if _merged_already(body, change):
            return body
        try:
            fresh = self.api.patch(resource, name(body), namespace(body), change, sub)
        except ApiError as error:
            if error.status == 404:
                return body
            raise
        self._replace(resource, fresh)
        return fresh

    def set_status(self, resource: Resource, body: Object, status: Object) -> Object:
        """Merge `status` into the object's status."""
        return self.patch(resource, body, {"status": status}, "status")

    def delete(self, resource: Resource, body: Object) -> None:
        """Delete the object."""
        self.api.delete(resource, name(body), namespace(body))
        self._lists.pop(resource, None)

    def forget(self, resource: Resource) -> None:
        """List the kind anew when it is asked for next: its definition has just appeared."""
        self._lists.pop(resource, None)

    def fault(self, key: str) -> str:
        """Return the message of an ordered fault, "" when there is none."""
        return self.faults.get(key, "")

    def after(self, seconds: float) -> None:
        """Ask for another pass at the latest in so many seconds (before the pace is applied)."""
        self.wake_s = min(self.wake_s, max(0.05, seconds * self.options.pace))

    def waited(self, age: float, seconds: float) -> bool:
        """Are `seconds` (before the pace is applied) over? If not, a pass is asked for when they are."""
        left = seconds * self.options.pace - age
        if left <= 0:
            return True
        self.wake_s = min(self.wake_s, max(0.05, left))
        return False

    def report(self, text: str) -> None:
        """Write a line to the daemon's log."""
        logging.getLogger("platform").warning(text)

    def facts(self, node: str) -> Object:
        """Return what the node's bootstrap has found out about its machine."""
        return state.read_json(self.folder / "nodes" / f"{node}.json", {})  # type: ignore[no-any-return]

    def keep_facts(self, node: str, facts: Object) -> None:
        """Remember what is known about a node's machine."""
        state.write_json(self.folder / "nodes" / f"{node}.json", facts)

    def _replace(self, resource: Resource, fresh: Object) -> None:
        others = [one for one in self.list(resource) if (name(one), namespace(one)) != (name(fresh), namespace(fresh))]
        self._lists[resource] = [*others, {"apiVersion": resource.api_version, "kind": resource.kind, **fresh}]


def _merged_already(live: Any, change: Any) -> bool:
    if isinstance(change, dict):
        return isinstance(live, dict) and all(
            (value is None and key not in live) or (value is not None and _merged_already(live.get(key), value))
            for key, value in change.items()
        )
    if isinstance(change, list):
        return contains(live, change)
    return bool(live == change)
