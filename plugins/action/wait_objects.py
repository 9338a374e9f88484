# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action side of dvp.baremetal.wait_objects. The decisions are in plugin_utils/_readiness.py."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects, _readiness, _virtualization
from ansible_collections.dvp.baremetal.plugins.plugin_utils._api_action import ApiAction, ApiError

# Proofs that need objects of several kinds at once: objects -> what is still missing, as sentences.
_PROOFS: dict[str, t.Callable[[list[_objects.Object]], list[str]]] = {"virtualization": _virtualization.open_points}
_REPEAT_LINE_S = 60


class ActionModule(ApiAction):
    """Polls until everything is ready, something has failed for good, or time is up. Writes nothing."""

    argument_spec = {
        "kubeconfig": {"type": "str", "required": True},  # the type path would expand it here, not on the host
        "wait_for": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "api_version": {"type": "str", "required": True},
                "kind": {"type": "str", "required": True},
                "namespace": {"type": "str"},
                "names": {"type": "list", "elements": "str", "default": []},
                "label_selectors": {"type": "list", "elements": "str", "default": []},
                "min_count": {"type": "int", "default": 0},
                "ready_when": {"type": "str"},
                "failed_when": {"type": "str"},
                "all_ready_when": {"type": "str"},
                "all_ready_text": {"type": "str"},
                "absent": {"type": "bool", "default": False},
            },
        },
        "proof": {"type": "str", "choices": list(_PROOFS)},
        "what": {"type": "str", "required": True},
        "timeout_s": {"type": "int", "default": 1800},
        "delay_s": {"type": "int", "default": 5},
        "failure_grace_s": {"type": "int", "default": 180},
    }

    def act(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        self._refuse_bad_expressions(args["wait_for"])
        if self.is_check_mode:
            text = f"check mode: not waiting for {args['what']}"
            return {"changed": False, "waited": False, "objects": [], "msg": text}
        started = time.monotonic()
        deadline = self.deadline(args["timeout_s"])
        failing_since: float | None = None
        last_line, last_said, waited = "", started, False
        while True:
            objects, missing, failed, answered = self._look(args)
            now = time.monotonic()
            if not missing:
                return {
                    "changed": False, "waited": waited, "waited_s": int(now - started), "objects": objects,
                    "msg": args["what"],
                }  # fmt: skip
            # An API that is away for a moment says nothing about the objects.
            waited = waited or answered
            failing_since = (failing_since or now) if failed else None
            if failing_since is not None and now - failing_since >= min(args["failure_grace_s"], args["timeout_s"]):
                raise ApiError(f"{args['what']}: failed: {'; '.join(failed)}")
            if now >= deadline:
                raise ApiError(f"{args['what']}: not ready after {args['timeout_s']} s: {'; '.join(missing)}")
            line = f"{args['what']}: {_shortened(missing)}"
            if line != last_line or now - last_said >= _REPEAT_LINE_S:
                self.say(f"{line} [{now - started:.0f} s]")
                last_line, last_said = line, now
            self.sleep(min(args["delay_s"], max(deadline - now, 0.1)))

    def _look(self, args: dict[str, t.Any]) -> tuple[list[_objects.Object], list[str], list[str], bool]:
        """(objects, what is missing, what has failed, whether the API has answered).

        An API that does not answer is something missing, not an end.
        """
        objects: list[_objects.Object] = []
        missing: list[str] = []
        failed: list[str] = []
        try:
            for condition in args["wait_for"]:
                found = self.read(**_query(condition))
                verdict = _readiness.verdict(condition, found)
                objects += found
                missing += verdict.open
                failed += verdict.failed
        except ApiError as error:
            if not _objects.is_transient(str(error)):
                raise
            return [], [f"the API does not answer ({error})"], [], False
        if args["proof"] and not missing:
            missing = _PROOFS[args["proof"]](objects)
        return objects, missing, failed, True

    def _refuse_bad_expressions(self, wait_for: list[dict[str, t.Any]]) -> None:
        for condition in wait_for:
            for option in ("ready_when", "failed_when", "all_ready_when"):
                complaint = _readiness.check_expression(condition[option]) if condition[option] else None
                if complaint:
                    raise ApiError(f"{option} of {condition['kind']} is not JMESPath: {complaint}")


def _query(condition: dict[str, t.Any]) -> dict[str, t.Any]:
    query = {key: condition[key] for key in ("api_version", "kind", "namespace", "label_selectors") if condition[key]}
    if len(condition["names"]) == 1:
        query["name"] = condition["names"][0]
    return query


def _shortened(sentences: list[str], limit: int = 3) -> str:
    rest = len(sentences) - limit
    return "; ".join(sentences[:limit]) + (f"; and {rest} more" if rest > 0 else "")
