# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Storage backends are folders of data; this checks and completes what an inventory says about them. Pure; private."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _module_configs, _objects, _readiness
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory_values import nearest

Item = dict[str, t.Any]
_SPEC_KEYS = ("type", "required", "default", "choices", "elements", "options", "no_log")


def backend_options(backend: Item, options: t.Mapping[str, t.Any]) -> tuple[dict[str, t.Any], list[str]]:
    """(options with the defaults filled in, complaints). C(backend): the content of backend.yml."""
    result = ArgumentSpecValidator(_argument_spec(backend["options"])).validate(_objects.plain(options))
    complete = {key: value for key, value in _objects.plain(result.validated_parameters).items() if value is not None}
    # ansible-core begins this one sentence with the bare names.
    complaints = [
        f"unknown option {text}" if ". Supported parameters include" in text else text for text in result.error_messages
    ]
    if not complaints:
        refusals = backend.get("refuse") or []
        complaints = [rule["because"] for rule in refusals if _readiness.search(rule["when"], complete)]
    return complete, complaints


def _argument_spec(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options of backend.yml without what is there for the documentation only."""
    spec: dict[str, t.Any] = {}
    for name, option in options.items():
        spec[name] = {key: option[key] for key in _SPEC_KEYS if key in option}
        if "options" in option:
            spec[name]["options"] = _argument_spec(option["options"])
    return spec


def unknown_backend(name: str, backend: str, backends: t.Iterable[str]) -> Item:
    """C04: the storage class names a folder that is not there. In the words of inventory_check, which finds it, too."""
    names = sorted(backends)
    needed = "one of " + ", ".join(names)
    return finding("C04", backend, nearest(backend, names), checked=f"Backend of {name}", needed=needed)


def storage_plan(items: t.Iterable[t.Mapping[str, t.Any]], backends: t.Mapping[str, Item]) -> dict[str, t.Any]:
    """Everything to be done for dvp_storage_classes.

    Returns C(modules): [{name, settings}] in the order in which they are switched on, each once, settings of all
    classes merged; C(classes): [{name, directory, options, is_secret, resources}]; C(default): name of the default
    class or ""; C(findings): complaints about options, as C04.
    """
    modules: dict[str, dict[str, t.Any]] = {}
    classes, findings, default = [], [], ""
    for item in items:
        backend = backends.get(item["backend"])
        if backend is None:
            findings.append(unknown_backend(item["name"], item["backend"], backends))
            continue
        options, complaints = backend_options(backend, item.get("options") or {})
        findings += [_option_finding(item["name"], complaint) for complaint in complaints]
        if complaints:
            continue
        for module in backend["modules"]:
            wanted = {key: _readiness.search(value, options) for key, value in (module.get("settings") or {}).items()}
            present = {key: value for key, value in wanted.items() if value is not None and value is not False}
            modules[module["name"]] = _module_configs.merged(modules.get(module["name"], {}), present)
        classes.append(
            {
                "name": item["name"], "directory": backend["directory"], "options": options,
                "is_secret": any(option.get("no_log") for option in backend["options"].values()),
                "resources": [{"failed_when": "`false`", **resource} for resource in backend["resources"]],
            }
        )  # fmt: skip
        default = item["name"] if item.get("default") else default
    return {
        "modules": [{"name": name, "settings": settings} for name, settings in modules.items()],
        "classes": classes,
        "default": default,
        "findings": findings,
    }


def default_class_findings(wanted: str, live_global: t.Iterable[Item]) -> list[Item]:
    """P03: the default class of a cluster is not changed behind its owner's back; volumes would be made anew."""
    settings = next((obj["spec"].get("settings") or {} for obj in live_global), {})
    have = settings.get("defaultClusterStorageClass")
    if not have or not wanted or have == wanted:
        return []
    fix = (
        f"Mark {have} as the default in dvp_storage_classes, or change ModuleConfig global by hand: the platform may "
        "make the volumes of its own modules anew."
    )
    return [finding("P03", have, fix, needed=wanted)]


def _option_finding(name: str, complaint: str) -> Item:
    fix = "See the backend's page in docs/storage."
    return finding("C04", complaint, fix, checked=f"Storage class {name}", needed="valid options of its backend")
