# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are the settings of a ModuleConfig what the module takes?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lab.installer.dhctl_schema import errors

from .api import Object


@cache
def _schemas() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "settings.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


def refusals(module_config: Object) -> list[str]:
    """Return why the ModuleConfig is refused; a module that the platform does not know has no rules."""
    name, spec = module_config["metadata"]["name"], module_config.get("spec") or {}
    settings, known = spec.get("settings"), _schemas().get(name)
    if settings is None or known is None:
        return []
    if spec.get("version") is None:
        return ["spec.version is required when spec.settings are specified"]
    if spec["version"] > known["version"]:
        return [f"spec.version: {spec['version']} is unknown, the latest version is {known['version']}"]
    found = errors(settings, known["schema"], "spec.settings")
    return [*found, *_registry_errors(settings)] if name == "deckhouse" else found


def _registry_errors(settings: Object) -> list[str]:
    registry = settings.get("registry")
    if not registry:
        return []
    mode = str(registry.get("mode", "")).lower()
    found = [
        f"spec.settings.registry.{section} is forbidden with mode {registry.get('mode')}"
        for section in ("unmanaged", "direct", "proxy")
        if section in registry and section != mode
    ]
    if mode in ("direct", "proxy") and mode not in registry:
        found.append(f"spec.settings.registry.{mode} is required with mode {registry['mode']}")
    account = registry.get(mode) or {}
    if "license" in account and ("username" in account or "password" in account):
        found.append(f"spec.settings.registry.{mode}: license excludes username and password")
    return found
