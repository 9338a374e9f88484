# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ModuleConfig objects: the platform's switches and settings. Pure; private to this collection."""

from __future__ import annotations

import typing as t

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects

Object = dict[str, t.Any]

# Versions of the settings schemas that this collection writes (core.md 1.4, storage.md 1.1, virtualization.md 1.1).
SETTINGS_VERSIONS = {
    "cni-cilium": 1, "csi-ceph": 1, "csi-nfs": 1, "deckhouse": 1, "global": 2, "node-manager": 1, "prometheus": 2,
    "sds-local-volume": 2, "sds-node-configurator": 1, "sds-replicated-volume": 2, "snapshot-controller": 1,
    "user-authn": 2, "virtualization": 1,
}  # fmt: skip


def merged(base: t.Any, override: t.Any) -> t.Any:
    """Dictionaries merged key by key; anything else is replaced."""
    if isinstance(base, dict) and isinstance(override, dict):
        keys = [*base, *(key for key in override if key not in base)]
        return {key: merged(base[key], override[key]) if key in base and key in override
                else override.get(key, base.get(key)) for key in keys}  # fmt: skip
    return override


def module_configs(
    modules: t.Iterable[t.Mapping[str, t.Any]],
    settings: t.Mapping[str, t.Any],
    versions: t.Mapping[str, int],
    enabled: bool = True,
) -> list[Object]:
    """ModuleConfig objects for entries C({name, settings?}), with the user's settings and versions on top.

    C(spec.version) goes with settings only. C(global) is no module and is never switched on. Without C(enabled) no
    module is: the switch stays as it is, and an entry without settings gives nothing.
    """
    objects = []
    for module in modules:
        name = module["name"]
        spec: Object = {"enabled": True} if enabled and name != "global" else {}
        wanted = merged(_objects.plain(module.get("settings") or {}), _objects.plain(settings.get(name) or {}))
        if wanted:
            version = versions.get(name, SETTINGS_VERSIONS.get(name, 1))
            spec = {**spec, "version": int(version), "settings": wanted}
        elif not enabled:
            continue
        objects.append(
            {"apiVersion": "deckhouse.io/v1alpha1", "kind": "ModuleConfig", "metadata": {"name": name}, "spec": spec}
        )
    return objects


def module_config_findings(desired: t.Iterable[Object], live: t.Iterable[Object]) -> list[Object]:
    """Settings that stand in the cluster under another schema version: merging the two would mix two languages."""
    found = {obj["metadata"]["name"]: obj["spec"] for obj in live}
    findings = []
    for obj in desired:
        name, wanted = obj["metadata"]["name"], obj["spec"]
        have = found.get(name) or {}
        if wanted.get("version") and have.get("settings") and have.get("version") not in (None, wanted["version"]):
            fix = (
                f"Give dvp_module_settings.{name} in version {have['version']} and set dvp_module_config_versions: "
                f"{{{name}: {have['version']}}}, or convert the live settings."
            )
            findings.append(
                finding(
                    "P01", str(have["version"]), fix, needed=str(wanted["version"]),
                    checked=f"Settings version of ModuleConfig {name}",
                )
            )  # fmt: skip
    return findings
