# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop: a pass over every controller whenever something has changed, else nothing but one cheap look.

Whether something has changed is read off the revision of the store, which every list answer carries: a settled
cluster costs one small request per second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from . import claims, cluster_objects, modules, namespaces, nodes, storage, virtualization, webhooks
from .api import Api, ApiError
from .kinds import NAMESPACE
from .world import World

_LOG = logging.getLogger("platform")
_LOOK_S = 1.0
_CONTROLLERS: tuple[Callable[[World], None], ...] = (
    webhooks.ensure_core,
    cluster_objects.reconcile,
    modules.reconcile,
    nodes.reconcile,
    storage.reconcile,
    claims.reconcile,
    virtualization.reconcile,
    namespaces.reconcile,
)


class Loop:
    """Runs the controllers in a thread of its own until stopped. `make` makes the world of one pass."""

    def __init__(self, api: Api, make: Callable[[], World], faults: Callable[[], dict[str, str]], pace: float) -> None:
        self._api, self._make, self._faults = api, make, faults
        self._look_s = max(0.05, _LOOK_S * pace)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="controllers", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the current pass."""
        self._stopped.set()
        self._thread.join(60)

    def _run(self) -> None:
        seen, due = "", 0.0
        while not self._stopped.is_set():
            try:
                found = f"{self._revision()} {self._faults()}"
                if found != seen or time.monotonic() >= due:
                    world = self._make()
                    run(world)
                    seen = found
                    # Work in other threads leaves no trace in the store when it is done.
                    wait = min(world.wake_s, self._look_s) if world.jobs.busy() else world.wake_s
                    due = time.monotonic() + wait
            except ApiError as error:
                _LOG.warning("pass ended: %s", error)
                seen = ""
            except Exception:  # a bug in one pass must not end the platform; it is tried again and stays in the log
                _LOG.exception("pass failed")
                seen = ""
            self._stopped.wait(min(self._look_s, max(0.05, due - time.monotonic())))

    def _revision(self) -> str:
        found = self._api.request("GET", NAMESPACE.path() + "?limit=1")
        return str(found["metadata"]["resourceVersion"])


def run(world: World) -> None:
    """Run every controller once. One that fails does not keep the others from their work."""
    for controller in _CONTROLLERS:
        try:
            controller(world)
        except ApiError as error:
            if error.status == 0:
                raise
            # Somebody has written between our list and our write, or a definition is being served only now.
            _LOG.warning("%s: %s", controller.__module__, error)
            world.after(0.5)
