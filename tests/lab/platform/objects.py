# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure helpers over API objects: subset comparison, conditions, times."""

from __future__ import annotations

import datetime
from typing import Any

from .api import Object


def contains(live: Any, wanted: Any) -> bool:
    """Is every field of `wanted` in `live` with the same value? Lists are compared whole."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(contains(live.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(live, list)
            and len(live) == len(wanted)
            and all(contains(one, other) for one, other in zip(live, wanted, strict=True))
        )
    return bool(live == wanted)


def timestamp(moment: datetime.datetime) -> str:
    """Write a moment as the API does."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def age_s(since: str, now: datetime.datetime) -> float:
    """Return the seconds from an API timestamp to `now`."""
    return (now - datetime.datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)).total_seconds()


def find(conditions: list[Object] | None, kind: str) -> Object:
    """Return the condition of this type, or an empty one."""
    return next((one for one in conditions or [] if one["type"] == kind), {})


def conditions(
    old: list[Object] | None, wanted: list[tuple[str, bool, str, str]], now: datetime.datetime, **extra: Any
) -> list[Object]:
    """Return conditions of (type, status, reason, message); the time changes only when the status does."""
    result = []
    for kind, status, reason, message in wanted:
        before = find(old, kind)
        text = "True" if status else "False"
        since = before.get("lastTransitionTime") if before.get("status") == text else None
        result.append(
            {
                "type": kind,
                "status": text,
                "reason": reason,
                "message": message,
                "lastTransitionTime": since or timestamp(now),
                **extra,
            }
        )
    return result


def is_true(conditions_list: list[Object] | None, kind: str) -> bool:
    """Is the condition of this type True?"""
    return bool(find(conditions_list, kind).get("status") == "True")


def name(body: Object) -> str:
    """Return the object's name."""
    return str(body["metadata"]["name"])


def namespace(body: Object) -> str:
    """Return the object's namespace, "" for a cluster-scoped one."""
    return str(body["metadata"].get("namespace", ""))


def deleting(body: Object) -> bool:
    """Has somebody asked to delete the object?"""
    return "deletionTimestamp" in body["metadata"]


def labels(body: Object) -> dict[str, str]:
    """Return the object's labels."""
    return body["metadata"].get("labels") or {}


def annotations_of(body: Object) -> dict[str, str]:
    """Return the object's annotations."""
    return body["metadata"].get("annotations") or {}


def selected(selector: Object | None, found: dict[str, str]) -> bool:
    """Does a label selector match? An empty one matches everything."""
    selector = selector or {}
    if any(found.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    for rule in selector.get("matchExpressions") or []:
        value, values = found.get(rule["key"]), rule.get("values") or []
        matches = {
            "In": value in values,
            "NotIn": value not in values,
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }
        if not matches[rule["operator"]]:
            return False
    return True
