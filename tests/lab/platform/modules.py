# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ModuleConfig -> Module: what is enabled, what is missing for it, how far it has come."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from . import crds, settings, virtualization_config
from .api import Object
from .catalog import BY_NAME, EMBEDDED, MODULES, ModuleSpec
from .kinds import MODULE, MODULE_CONFIG, NODE
from .objects import age_s, conditions, find, is_true, name
from .world import World

_PHASES = ("Downloading", "Installing", "Reconciling")


@dataclass(frozen=True)
class Situation:
    """What decides about one module. `problem`: the module's own complaint, its reason first."""

    config: Object | None
    bundle: str
    edition: str
    enabled_modules: frozenset[str]
    problem: tuple[str, str] | None = None
    deckhouse_ready: bool = True


def wanted(spec: ModuleSpec, situation: Situation) -> tuple[bool, bool, str, str]:
    """Return (asked for, switched on, reason, message) of a module."""
    asked = (situation.config or {}).get("spec", {}).get("enabled")
    by_bundle = spec.bundle and situation.bundle != "Minimal"
    if asked is None:
        asked_for, reason = by_bundle, "Bundle"
    else:
        asked_for, reason = bool(asked), "ModuleConfig"
    if spec.name == "deckhouse":
        asked_for = True
    if not asked_for:
        return False, False, "Disabled", "turned off by " + ("moduleconfig" if asked is False else "bundle")
    if spec.editions and situation.edition not in spec.editions:
        return (
            True,
            False,
            "EnabledScriptExtender",
            f"the module is not available in the {situation.edition.upper()} edition",
        )
    missing = [other for other in spec.requires if other not in situation.enabled_modules]
    if missing:
        text = f"module '{spec.name}' requires module '{missing[0]}' to be enabled"
        return True, False, "ModuleDependencyExtender", text
    return True, True, reason, ""


def phase_after(spec: ModuleSpec, elapsed_s: float, pace: float) -> tuple[str, float]:
    """Return the phase of a healthy module so long after it was switched on, and the seconds left in it."""
    steps = (0 if spec.source == EMBEDDED else spec.download_s, spec.install_s, spec.start_s)
    for phase, step_s in zip(_PHASES, steps, strict=True):
        elapsed_s -= step_s * pace
        if elapsed_s < 0:
            return phase, -elapsed_s
    return "Ready", 0


def status(
    spec: ModuleSpec, situation: Situation, current: Object, now: datetime.datetime, pace: float
) -> tuple[Object, float]:
    """Return the Module's status and in how many seconds it will be another one (0: it will not by itself)."""
    _asked, on, reason, message = wanted(spec, situation)
    old = current.get("conditions")
    switched = find(old, "EnabledByModuleManager")
    elapsed = age_s(switched["lastTransitionTime"], now) if switched.get("status") == "True" else 0
    left = 0.0
    if not on:
        phase, ready_reason = "Available", "Disabled"
        ready_message = message
    elif situation.problem:
        phase, (ready_reason, ready_message) = "Error", situation.problem
    elif not situation.deckhouse_ready:
        # The platform's own controller installs every other module.
        phase, ready_reason, ready_message, left = "Installing", "Installing", "waiting for deckhouse", 1.0
    else:
        phase, left = phase_after(spec, elapsed, pace)
        ready_reason = "" if phase == "Ready" else phase
        ready_message = "" if phase == "Ready" else f"the module is {phase.lower()}"
    found = conditions(
        old,
        [
            ("EnabledByModuleConfig", bool((situation.config or {}).get("spec", {}).get("enabled")), "", ""),
            ("EnabledByModuleManager", on, reason, message),
            ("IsReady", phase == "Ready", ready_reason, ready_message),
        ],
        now,
    )
    return {"phase": phase, "conditions": found}, left


def reconcile(world: World) -> None:
    """Bring every Module up to its ModuleConfig."""
    configs = {name(one): one for one in world.list(MODULE_CONFIG)}
    deckhouse = configs.get("deckhouse", {}).get("spec", {}).get("settings", {})
    bundle = deckhouse.get("bundle", "Default")
    edition = edition_of(world)
    enabled: set[str] = set()
    for _ in MODULES:  # requirements of requirements: at most as many rounds as modules
        for spec in MODULES:
            if wanted(spec, Situation(configs.get(spec.name), bundle, edition, frozenset(enabled)))[1]:
                enabled.add(spec.name)
    own = world.find(MODULE, "deckhouse")
    deckhouse_ready = own is not None and (own.get("status") or {}).get("phase") == "Ready"
    for spec in MODULES:
        live = world.find(MODULE, spec.name) or world.ensure(MODULE, _module(spec))
        situation = Situation(
            configs.get(spec.name),
            bundle,
            edition,
            frozenset(enabled),
            _problem(world, spec, configs.get(spec.name)),
            deckhouse_ready or spec.name == "deckhouse",
        )
        found, left = status(spec, situation, live.get("status") or {}, world.now, world.options.pace)
        if left:
            world.wake_s = min(world.wake_s, max(left, 0.05))
        if spec.crds and found["phase"] not in ("Available", "Downloading"):
            crds.ensure(world, spec.crds)
        world.set_status(MODULE, live, found)
    for key, config in configs.items():
        version = (config.get("spec") or {}).get("version")
        known = key in BY_NAME or key == "global"
        text = "" if known else "Ignored: unknown module name"
        world.set_status(MODULE_CONFIG, config, {"version": str(int(version)) if version else "", "message": text})


def enabled(world: World, module: str) -> bool:
    """Is the module switched on?"""
    live = world.find(MODULE, module)
    return live is not None and is_true((live.get("status") or {}).get("conditions"), "EnabledByModuleManager")


def running(world: World, module: str) -> bool:
    """Has the module come as far as Ready, or is it broken after having been there?"""
    live = world.find(MODULE, module)
    return live is not None and (live.get("status") or {}).get("phase") == "Ready"


def module_settings(world: World, module: str) -> Object:
    """Return the settings of a module."""
    config = world.find(MODULE_CONFIG, module) or {}
    return (config.get("spec") or {}).get("settings") or {}


def edition_of(world: World) -> str:
    """Return the platform's edition, read off the registry path as the vendor publishes it."""
    registry = module_settings(world, "deckhouse").get("registry") or {}
    repo = next((one["imagesRepo"] for one in registry.values() if isinstance(one, dict)), "")
    init = world.cluster.document("InitConfiguration").get("deckhouse") or {}
    return str(repo or init.get("imagesRepo", "registry.deckhouse.io/deckhouse/ce")).rstrip("/").rsplit("/", 1)[-1]


def _problem(world: World, spec: ModuleSpec, config: Object | None) -> tuple[str, str] | None:
    if world.fault(f"module/{spec.name}"):
        return "ModuleError", world.fault(f"module/{spec.name}")
    found = settings.refusals(config) if config else []
    if spec.name == "virtualization" and config:
        nodes = world.list(NODE)
        found += virtualization_config.problems(config, nodes, world.cluster.pod_cidr, world.cluster.service_cidr)
    return ("HookError", f"ModuleConfig/{spec.name} is invalid: {found[0]}") if found else None


def _module(spec: ModuleSpec) -> Object:
    namespaces = {"cni-cilium": "d8-cni-cilium", "deckhouse": "d8-system", "node-manager": "d8-cloud-instance-manager"}
    return {
        "metadata": {"name": spec.name},
        "properties": {
            "weight": spec.weight,
            "source": spec.source,
            "stage": spec.stage,
            "version": spec.version,
            "namespace": namespaces.get(spec.name, f"d8-{spec.name}"),
            "critical": spec.critical,
            "requirements": {"modules": dict.fromkeys(spec.requires, ">= 0.0.0")},
            "availableSources": [] if spec.source == EMBEDDED else [spec.source],
        },
    }
