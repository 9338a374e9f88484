# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubernetes objects as data: what differs, what may be shown, what the API said. Pure; private to this collection."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from decimal import Decimal

import yaml

Object = dict[str, t.Any]
MASK = "<hidden>"

# Modules of the platform invent names (bearerToken, caClientKey), so parts of names count. A reference is no secret.
_SENSITIVE_KEY = re.compile(
    r"^(string)?data$|(password|passphrase|license|token|secret|dockercfg|dockerconfig|credentials|"
    r"(private|client|user|access|api|ssh|tls)_?-?key)(?!.*(name|namespace|ref)$)",
    re.IGNORECASE,
)
_SUFFIXES: dict[str, Decimal] = {
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate(("k", "M", "G", "T", "P", "E"), 1)},
    **{suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)},
    "m": Decimal("0.001"),
    "": Decimal(1),
}
_QUANTITY = re.compile(r"^([0-9]+(?:\.[0-9]+)?)(m|k|[KMGTPE]i|[MGTPE])?$")
# The API is away for a moment: a restart, a webhook whose pod is not up yet, an election of etcd.
_TRANSIENT = re.compile(
    r"failed calling webhook|connection refused|connection reset|connection aborted|max retries exceeded|"
    r"timed? ?out|etcdserver:|service unavailable|too many requests|no endpoints available|remote end closed|"
    r"unexpected eof|apiserver not ready|storage is \(re\)initializing|network is unreachable|no route to host",
    re.IGNORECASE,
)


class Change(t.NamedTuple):
    """One planned write. C(before) is the live object or None; C(after) the desired one, None for a removal."""

    action: str  # create | update | delete
    before: Object | None
    after: Object | None

    @property
    def title(self) -> str:
        return title(self.after or self.before or {})


def plain(value: t.Any) -> t.Any:
    """A copy made of built-in types only, so that it can be compared and dumped; what a vault holds is decrypted."""
    if getattr(value, "__ENCRYPTED__", False):  # ansible-core before 2.19: an object of its own, and no text
        return str(value)
    if isinstance(value, t.Mapping):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)  # what is unsafe before ansible-core 2.19 gives itself for str(value)
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind(value)
    return value


def normalized(obj: t.Mapping[str, t.Any]) -> Object:
    """The object as the API stores it: text of a Secret becomes base64, to be compared with the live one."""
    result: Object = plain(obj)
    if result.get("kind") == "Secret" and "stringData" in result:
        text = result.pop("stringData") or {}
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in text.items()}
        result["data"] = {**(result.get("data") or {}), **encoded}
    return result


def identity(obj: t.Mapping[str, t.Any]) -> tuple[str, str, str, str]:
    """(apiVersion, kind, namespace or "", name). Raises KeyError for something that is not an object."""
    meta = obj["metadata"]
    return obj["apiVersion"], obj["kind"], meta.get("namespace") or "", meta["name"]


def title(obj: t.Mapping[str, t.Any]) -> str:
    """C(Kind/name) or C(Kind/namespace/name), for people."""
    meta = obj.get("metadata") or {}
    return "/".join(filter(None, (obj.get("kind", "object"), meta.get("namespace"), meta.get("name"))))


def lists_to_read(objects: t.Iterable[Object]) -> list[dict[str, str]]:
    """Arguments of kubernetes.core.k8s_info, one per apiVersion, kind and namespace; by name for one object."""
    names: dict[tuple[str, str, str], set[str]] = {}
    for obj in objects:
        api_version, kind, namespace, name = identity(obj)
        names.setdefault((api_version, kind, namespace), set()).add(name)
    reads = []
    for (api_version, kind, namespace), wanted in names.items():
        read = {"api_version": api_version, "kind": kind}
        if namespace:
            read["namespace"] = namespace
        if len(wanted) == 1:
            read["name"] = next(iter(wanted))
        reads.append(read)
    return reads


def is_contained(desired: t.Any, live: t.Any) -> bool:
    """Whether the live value already holds everything that is desired; what others added does not matter.

    Lists must have the same length and order; C(None) is the same as absent; C(1024Mi) equals C(1Gi).
    """
    if isinstance(desired, dict):
        if not isinstance(live, dict):
            return desired == {} and live is None
        return all(is_contained(value, live.get(key)) for key, value in desired.items())
    if isinstance(desired, list):
        if not isinstance(live, list):
            return desired == [] and live is None
        return len(desired) == len(live) and all(map(is_contained, desired, live))
    if isinstance(desired, bool) or isinstance(live, bool):
        return desired is live
    return bool(desired == live) or _same_quantity(desired, live)


def _same_quantity(left: t.Any, right: t.Any) -> bool:
    # Two numbers without a unit stay text: "4.1" and "4.10" are different versions.
    has_unit = any(isinstance(value, str) and not value[-1:].isdigit() for value in (left, right))
    return has_unit and quantity(left) is not None and quantity(left) == quantity(right)


def quantity(value: t.Any) -> Decimal | None:
    """The number behind a Kubernetes quantity such as 1k, 500m, 10Gi or 3; None for anything else."""
    match = _QUANTITY.match(str(value))
    return Decimal(match.group(1)) * _SUFFIXES[match.group(2) or ""] if match else None


def plan(desired: t.Iterable[Object], live: t.Iterable[Object], state: str = "present") -> list[Change]:
    """The writes that lead from the live objects to the desired ones; empty when nothing is to be done."""
    found = {identity(obj): obj for obj in live}
    changes = []
    for obj in map(normalized, desired):
        before = found.get(identity(obj))
        if state == "absent":
            if before is not None:
                changes.append(Change("delete", before, None))
        elif before is None:
            changes.append(Change("create", None, obj))
        elif not is_contained(obj, before):
            changes.append(Change("update", before, obj))
    # What was made first is removed last.
    return changes[::-1] if state == "absent" else changes


def projection(desired: t.Any, live: t.Any) -> t.Any:
    """The part of the live value that the desired one speaks about."""
    if isinstance(desired, dict) and isinstance(live, dict):
        return {key: projection(value, live[key]) for key, value in desired.items() if key in live}
    if isinstance(desired, list) and isinstance(live, list) and len(desired) == len(live):
        return [projection(*pair) for pair in zip(desired, live, strict=True)]
    return live


def masked(value: t.Any) -> t.Any:
    """The same value with every secret replaced. Keys named C(data) hide their content, as in Secrets."""
    if isinstance(value, dict):
        return {key: _hidden(item) if _SENSITIVE_KEY.search(key) else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def _hidden(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    return value if value in (None, "") else MASK


def diff(change: Change) -> dict[str, t.Any]:
    """The change as Ansible's C(--diff) shows it, without secrets and without what the desired object does not mention.

    A secret that differs is told by its mark only: before and after would both be hidden and look the same.
    """
    if change.after is None:
        before, after = projection({"apiVersion": "", "kind": "", "metadata": {"name": ""}}, change.before), {}
    else:
        before, after = projection(change.after, change.before or {}), change.after
    shown_before, shown_after = masked(before), masked(after)
    if change.action == "update" and shown_before == shown_after:
        shown_after = {**shown_after, "(hidden values)": "changed"}
    return {
        "before_header": f"{change.title} (live)",
        "after_header": f"{change.title} ({change.action})",
        "before": _yaml(shown_before),
        "after": _yaml(shown_after),
    }


def _yaml(value: t.Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True) if value else ""


def api_message(text: str) -> str:
    """The API server's own sentence, taken out of the wrapping that the client library puts around it."""
    match = re.search(r"\{.*\}", text, re.DOTALL)
    if match:
        for candidate in (match.group(), match.group().replace("\\\\", "\\").replace("\\'", "'")):
            try:
                message = json.loads(candidate).get("message")
            except (ValueError, AttributeError):
                continue
            if message:
                return str(message)
    return text.strip()


def is_transient(text: str) -> bool:
    """Whether trying again may help: nobody answered, as opposed to a refusal (storage.md 1.1 asks for patience)."""
    return "denied the request" not in text and bool(_TRANSIENT.search(text))
