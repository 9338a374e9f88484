# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ModuleConfig -> Module, without a server."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from lab.platform.catalog import BY_NAME
from lab.platform.modules import Situation, phase_after, status, wanted
from lab.platform.objects import find, timestamp

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
ON = {"spec": {"enabled": True}}
OFF = {"spec": {"enabled": False}}
BARE = Situation(None, "Default", "ee", frozenset())


@pytest.mark.parametrize(
    ("module", "situation", "expected"),
    [
        ("snapshot-controller", BARE, (True, True, "Bundle")),
        ("snapshot-controller", replace(BARE, config=OFF), (False, False, "Disabled")),
        ("snapshot-controller", replace(BARE, bundle="Minimal"), (False, False, "Disabled")),
        ("deckhouse", replace(BARE, config=OFF), (True, True, "ModuleConfig")),
        ("csi-nfs", BARE, (False, False, "Disabled")),
        ("csi-nfs", replace(BARE, config=ON), (True, False, "ModuleDependencyExtender")),
        (
            "csi-nfs",
            replace(BARE, config=ON, enabled_modules=frozenset({"snapshot-controller"})),
            (True, True, "ModuleConfig"),
        ),
        ("console", replace(BARE, config=ON, edition="ce"), (True, False, "EnabledScriptExtender")),
    ],
)
def test_wanted(module: str, situation: Situation, expected: tuple[bool, bool, str]) -> None:
    assert wanted(BY_NAME[module], situation)[:3] == expected


def test_phases_follow_each_other() -> None:
    spec = BY_NAME["csi-nfs"]
    seen = [phase_after(spec, float(second), 1)[0] for second in range(12)]
    assert list(dict.fromkeys(seen)) == ["Downloading", "Installing", "Reconciling", "Ready"]
    assert phase_after(BY_NAME["deckhouse"], 0, 1)[0] == "Installing"
    assert phase_after(spec, 0, 1)[1] == spec.download_s


def test_a_problem_is_an_error_with_its_own_words() -> None:
    situation = replace(BARE, problem=("HookError", "the network overlaps"))
    found, left = status(BY_NAME["snapshot-controller"], situation, {}, NOW, 1)
    ready = find(found["conditions"], "IsReady")
    assert (found["phase"], ready["reason"], ready["message"]) == ("Error", "HookError", "the network overlaps")
    assert left == 0


def test_the_time_of_a_condition_is_that_of_its_change() -> None:
    spec = BY_NAME["snapshot-controller"]
    first, _ = status(spec, BARE, {}, NOW, 1)
    later = NOW + datetime.timedelta(seconds=60)
    second, left = status(spec, BARE, first, later, 1)
    assert second["phase"] == "Ready"
    assert left == 0
    assert find(second["conditions"], "EnabledByModuleManager")["lastTransitionTime"] == timestamp(NOW)
    assert find(second["conditions"], "IsReady")["lastTransitionTime"] == timestamp(later)
