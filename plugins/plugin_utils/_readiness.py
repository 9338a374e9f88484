# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When is an object ready, when has it failed, and what does it say about itself? Pure; private to this collection.

Every answer is JMESPath over the object, so that a storage backend can bring its own as data.
"""

from __future__ import annotations

import typing as t

try:
    import jmespath
    import jmespath.exceptions

    JMESPATH_MISSING = ""
except ImportError as error:  # reported by the first function that needs it: importing must not fail
    JMESPATH_MISSING = f"The Python library jmespath is needed on the control machine: {error}"

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects

Object = dict[str, t.Any]


class Rule(t.NamedTuple):
    """JMESPath expressions over one object. C(failed) counts only when it lasts: the platform repeats its hooks."""

    ready: str
    failed: str = "`false`"
    state: str = "status.phase"
    message: str = "status.message"


def _condition(kind: str, field: str = "status") -> str:
    return f"status.conditions[?type=='{kind}'].{field} | [0]"


_DISABLED_BY = (
    "DeckhouseVersionExtender", "KubernetesVersionExtender", "ModuleDependencyExtender", "ExperimentalExtender",
    "EnabledScriptExtender",
)  # fmt: skip

RULES: dict[str, Rule] = {
    # core.md 5.2: the phase alone is not enough, and Error may pass. Conflict and a refused dependency do not.
    "Module": Rule(
        ready=f"status.phase == 'Ready' && ({_condition('IsReady')}) == 'True'"
        f" && ({_condition('EnabledByModuleManager')}) == 'True'",
        failed="contains(['Error', 'DownloadingError', 'Conflict'], status.phase || '') || ("
        f"({_condition('EnabledByModuleManager')}) == 'False' && contains(["
        + ", ".join(f"'{reason}'" for reason in _DISABLED_BY)
        + f"], ({_condition('EnabledByModuleManager', 'reason')}) || ''))",
        message="join('; ', status.conditions[?status != 'True' && message].message || `[]`)",
    ),
    "Node": Rule(
        ready=f"({_condition('Ready')}) == 'True'",
        state=_condition("Ready", "reason"),
        message=_condition("Ready", "message"),
    ),
    # Not Error alone: since 2026 the platform keeps trying in Bootstrapping, older ones flap through Pending.
    "StaticInstance": Rule(
        ready="status.currentStatus.phase == 'Running' && status.nodeRef.name != null",
        failed="status.currentStatus.phase == 'Error'",
        state="status.currentStatus.phase",
        message="join('; ', status.conditions[?status == 'False' && message].message || `[]`)",
    ),
    "ClusterVirtualImage": Rule(
        "status.phase == 'Ready'", "contains(['Failed', 'ImageLost', 'PVCLost'], status.phase)"
    ),
    "VirtualDisk": Rule("status.phase == 'Ready'", "contains(['Failed', 'PVCLost'], status.phase)"),
    "VirtualMachine": Rule(
        ready="status.phase == 'Running' && (status.ipAddress || '') != ''",
        failed="status.phase == 'Degraded'",
        message="join('; ', status.conditions[?status == 'False' && message].message || `[]`)",
    ),
    "StorageClass": Rule("provisioner != null"),
    "Deployment": Rule(
        ready="status.availableReplicas == spec.replicas",
        failed="`false`",
        state="join('/', [to_string(status.availableReplicas || `0`), to_string(spec.replicas)])",
        message=_condition("Available", "message"),
    ),
}  # fmt: skip


class Verdict(t.NamedTuple):
    """What a group of objects waits for. C(open) and C(failed) are sentences, one per object."""

    ready: bool
    open: list[str]
    failed: list[str]


def check_expression(expression: str) -> str | None:
    """None for valid JMESPath, else the parser's complaint."""
    if JMESPATH_MISSING:
        return JMESPATH_MISSING
    try:
        jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        return str(error)
    return None


def search(expression: str, data: t.Any) -> t.Any:
    """The value, or None where the object has not grown the field yet (JMESPath functions dislike null)."""
    if JMESPATH_MISSING:
        raise ValueError(JMESPATH_MISSING)
    try:
        return jmespath.search(expression, data)
    except jmespath.exceptions.JMESPathError:
        return None


def rule_of(condition: t.Mapping[str, t.Any]) -> Rule:
    """The rule of a C(wait_for) entry: its own expressions over the built-in ones of its kind."""
    known = RULES.get(condition["kind"])
    ready = condition.get("ready_when") or (known.ready if known else "@ != null")
    failed = condition.get("failed_when") or (known.failed if known and not condition.get("ready_when") else "`false`")
    base = known or Rule("")
    return base._replace(ready=ready, failed=failed)


def verdict(condition: t.Mapping[str, t.Any], objects: t.Iterable[Object]) -> Verdict:
    """Judge one C(wait_for) entry by the live objects of its kind.

    C(names) must all exist; without names every object found must be ready, and at least C(min_count) of them.
    C(absent) turns it around; C(all_ready_when) is one more expression, over the list of them all.
    """
    kind, names = condition["kind"], condition.get("names") or []
    found = {obj["metadata"]["name"]: obj for obj in objects}
    if names:
        found = {name: found[name] for name in names if name in found}
    if condition.get("absent"):
        still = [f"{_objects.title(obj)} still exists" for obj in found.values()]
        return Verdict(not still, still, [])
    rule = rule_of(condition)
    pending = [f"{kind}/{name} does not exist" for name in names if name not in found]
    missing = condition.get("min_count", 0) - len(found)
    if not names and missing > 0:
        pending.append(f"{kind}: {len(found)} of {condition['min_count']} exist")
    failed = []
    for obj in found.values():
        if search(rule.ready, obj) is True:
            continue
        pending.append(sentence(rule, obj))
        if search(rule.failed, obj) is True:
            failed.append(pending[-1])
    expression = condition.get("all_ready_when")
    if not pending and expression and search(expression, list(found.values())) is not True:
        pending.append(condition.get("all_ready_text") or f"{kind}: not yet as wanted ({expression})")
    return Verdict(not pending, pending, failed)


def sentence(rule: Rule, obj: Object) -> str:
    """C(Kind/name: state (message)), with the object's own words."""
    state = search(rule.state, obj) or "no status yet"
    message = search(rule.message, obj) or ""
    return f"{_objects.title(obj)}: {state}" + (f" ({message})" if message else "")
