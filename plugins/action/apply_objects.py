# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action side of dvp.baremetal.apply_objects. The decisions are in plugin_utils/_objects.py."""

from __future__ import annotations

import typing as t
from functools import partial

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects
from ansible_collections.dvp.baremetal.plugins.plugin_utils._api_action import ApiAction, ApiError


class ActionModule(ApiAction):
    """Writes what differs, in one call, and nothing when nothing differs."""

    argument_spec = {
        "kubeconfig": {"type": "str", "required": True},  # the type path would expand it here, not on the host
        "objects": {"type": "list", "elements": "dict", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "field_manager": {"type": "str", "default": "dvp.baremetal"},
        "retry_timeout_s": {"type": "int", "default": 600},
    }

    def act(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        desired = [_objects.normalized(obj) for obj in args["objects"]]
        deadline = self.deadline(args["retry_timeout_s"])
        live = self._live(desired, deadline)
        changes = _objects.plan(desired, live, args["state"])
        if changes and not self.is_check_mode:
            self._write(changes, _write_arguments(args), deadline)
        result: dict[str, t.Any] = {
            "changed": bool(changes),
            "changes": [{"action": change.action, "object": change.title} for change in changes],
            "msg": ", ".join(f"{change.action} {change.title}" for change in changes) or "nothing to change",
        }
        if self._task.diff:
            result["diff"] = [_objects.diff(change) for change in changes]
        return result

    def _live(self, desired: list[_objects.Object], deadline: float) -> list[_objects.Object]:
        # Nothing can be read before there is a cluster; then everything is to be created.
        if self.is_check_mode and not self.kubeconfig_exists():
            return []
        reads = _objects.lists_to_read(desired)
        return [obj for read in reads for obj in self.retried(partial(self.read, **read), deadline, "Reading")]

    def _write(self, changes: list[_objects.Change], how: dict[str, t.Any], deadline: float) -> None:
        objects = [change.after or _bare(change.before) for change in changes]
        names = ", ".join(change.title for change in changes)

        def write() -> None:
            result = self.run_module("kubernetes.core.k8s", {"resource_definition": objects, **how})
            if result.get("failed"):
                raise ApiError(_objects.api_message(str(result.get("msg", result))))

        self.retried(write, deadline, f"Writing {names}")


def _write_arguments(args: dict[str, t.Any]) -> dict[str, t.Any]:
    if args["state"] == "absent":
        return {"state": "absent"}
    apply = {"field_manager": args["field_manager"], "force_conflicts": True}
    return {"state": "present", "apply": True, "server_side_apply": apply}


def _bare(obj: _objects.Object | None) -> _objects.Object:
    """Only what names the object: a removal must not carry its content."""
    api_version, kind, namespace, name = _objects.identity(obj or {})
    meta = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta}
