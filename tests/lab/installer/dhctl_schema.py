# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A validator for the few JSON Schema words that the vendor's configuration schemas use."""

from __future__ import annotations

import re
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def errors(value: Any, schema: dict[str, Any], path: str = "") -> list[str]:
    """Return what is wrong with the value, one text each, the offending path first.

    An object with `properties` takes no other keys unless it says `additionalProperties: true`.
    """
    where = path or "document"
    wanted = schema.get("type")
    if wanted and (
        not isinstance(value, _TYPES[wanted]) or (isinstance(value, bool) and wanted in ("integer", "number"))
    ):
        return [f"{where} must be of type {wanted}: {value!r}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} should be one of {schema['enum']}: {value!r}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{where} should match '{schema['pattern']}': {value!r}")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where} should have at least {schema['minItems']} items")
        for index, item in enumerate(value):
            found += errors(item, schema.get("items", {}), f"{where}[{index}]")
    if isinstance(value, dict):
        found += _object_errors(value, schema, path)
    return found


def _object_errors(value: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
    properties = schema.get("properties", {})
    prefix = f"{path}." if path else ""
    found = [f"{prefix}{key} is required" for key in schema.get("required", []) if key not in value]
    closed = bool(properties) and not schema.get("additionalProperties", False)
    for key, item in value.items():
        if key in properties:
            found += errors(item, properties[key], f"{prefix}{key}")
        elif closed:
            found.append(f"{prefix}{key} is a forbidden property")
    return found
