# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of an inventory against an argument spec, taken strictly; private to the collection. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._objects import plain

Finding = dict[str, str]
Spec = Mapping[str, Mapping[str, Any]]
HostVars = Mapping[str, Mapping[str, Any]]

_TYPES: dict[str, Any] = {
    "str": (str,),
    "path": (str,),
    "int": (int,),
    "bool": (bool,),
    "list": (list, tuple),
    "dict": (Mapping,),
}
_TYPE_FIX = {
    "str": "Write it in quotes.",
    "path": "Write a path in quotes.",
    "int": "Write a number without quotes.",
    "bool": "Write true or false without quotes; on the command line as JSON: -e '{\"name\": true}'.",
    "list": "Write a list: [first, second].",
    "dict": "Write a mapping: {key: value}.",
}
SECRET = re.compile(r"password|secret|token")


def raw_variables(hostvars: HostVars, host: str) -> Mapping[str, Any]:
    """Variables of a host, templates left as they are where Ansible's own hostvars allow it: much faster."""
    raw_get = getattr(hostvars, "raw_get", None)
    variables: Mapping[str, Any] = raw_get(host) if raw_get else hostvars.get(host, {})
    return variables if isinstance(variables, Mapping) else {}


def read_settings(hostvars: HostVars, host: str, spec: Spec) -> tuple[dict[str, Any], list[Finding]]:
    """Values of the collection-wide variables as the installer machine sees them, and findings of those unusable.

    A value that is missing, unusable or of a wrong type is replaced by its default, so that the checks that follow find
    what they can. A default that is a template is left out: it cannot be wrong.
    """
    defaults = {name: option.get("default") for name, option in spec.items()}
    values = {name: value for name, value in defaults.items() if "{{" not in str(value)}
    found = []
    for name in sorted(set(raw_variables(hostvars, host)) & set(spec)):
        try:
            value = read_value(hostvars, host, name)
        except Exception as exc:  # whatever a template or a lookup of the user raises
            found.append(unusable(name, exc))
            continue
        problems = value_findings(name, value, spec[name])
        found += problems
        if not problems:
            values[name] = value
    return values, found


def read_value(hostvars: HostVars, host: str, name: str) -> Any:
    """A value as the roles see it, decrypted. Raises whatever a template, a lookup or the vault raises."""
    return plain(hostvars[host][name])


def unusable(name: str, error: object) -> Finding:
    """INV03: a template or a lookup in the inventory failed."""
    text = " ".join(str(error).split())[:200]
    return finding("INV03", f"cannot be evaluated: {text}", "Correct the template or the file it reads.", checked=name)


def value_findings(name: str, value: Any, option: Mapping[str, Any]) -> list[Finding]:
    """INV03: type, choices and inner structure of one value against its entry in an argument spec.

    Types are taken strictly. What Ansible's own validation would turn into another type reaches the roles as it was
    written: a version 1.30 without quotes is the number 1.3, and "false" in quotes is true.
    """
    wanted = option.get("type", "str")
    is_bool = isinstance(value, bool)
    if isinstance(value, str) and "{{" in value:
        return [unusable(name, f"{value!r} refers to something undefined")]
    if not isinstance(value, _TYPES[wanted]) or (is_bool and wanted != "bool"):
        return [finding("INV03", _shown(name, value), _TYPE_FIX[wanted], checked=name, needed=_type_name(wanted))]
    choices = option.get("choices")
    if choices and value not in choices:
        needed = "one of " + ", ".join(map(str, choices))
        return [finding("INV03", _shown(name, value), nearest(str(value), choices), checked=name, needed=needed)]
    found: list[Finding] = []
    if wanted == "list" and option.get("elements"):
        element = {"type": option["elements"], "options": option.get("options")}
        for index, item in enumerate(value):
            found += value_findings(f"{name}[{index}]", item, element)
    if wanted == "dict" and option.get("options"):
        found += _mapping_findings(name, value, option["options"])
    return found


def _mapping_findings(name: str, value: Mapping[str, Any], options: Spec) -> list[Finding]:
    found = []
    for key in value:
        if key not in options:
            found.append(finding("INV02", f"{name}.{key}", nearest(str(key), options)))
        else:
            found += value_findings(f"{name}.{key}", value[key], options[key])
    missing = [key for key, option in options.items() if option.get("required") and key not in value]
    return found + [
        finding("INV03", "missing", "Add it.", checked=f"{name}.{key}", needed=_type_name(options[key]["type"]))
        for key in missing
    ]


def _shown(name: str, value: Any) -> str:
    """A value for a person, with its type; a secret is not shown."""
    matching = (kind for kind, kinds in _TYPES.items() if isinstance(value, kinds))
    wanted = "bool" if isinstance(value, bool) else next(matching, "")
    kind = _type_name(wanted) if wanted else "a fraction" if isinstance(value, float) else type(value).__name__
    if SECRET.search(name):
        return kind
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return f"{text[:60]} ({kind})"


def _type_name(name: str) -> str:
    return {"str": "text", "path": "a path", "int": "a number", "bool": "true or false", "dict": "a mapping"}.get(
        name, f"a {name}"
    )


def nearest(name: str, names: Iterable[Any]) -> str:
    """Advice for a name that is not known."""
    known = [str(item) for item in names]
    near = difflib.get_close_matches(name, known, 1, 0.5) or difflib.get_close_matches(
        name.lower(), [item.lower() for item in known], 1, 0.5
    )
    match = next((item for item in known if near and item.lower() == near[0].lower()), "")
    return f"Did you mean {match}?" if match else f"Known: {', '.join(known[:10])}."
