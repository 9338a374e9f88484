# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ModuleConfig and Module as the collection sees them."""

from __future__ import annotations

import pytest
from api.cluster import Site, module_config
from lab.platform import kinds
from lab.platform.api import ApiError
from lab.platform.objects import find, is_true


def test_a_module_becomes_ready(shared_site: Site) -> None:
    shared_site.enable("csi-nfs")
    body = shared_site.wait_phase(kinds.MODULE, "csi-nfs", "Ready")
    assert is_true(body["status"]["conditions"], "IsReady")
    assert is_true(body["status"]["conditions"], "EnabledByModuleManager")
    assert shared_site.admin.get(kinds.CRD, "nfsstorageclasses.storage.deckhouse.io")


def test_an_unmet_dependency_keeps_the_module_off(site: Site) -> None:
    site.admin.apply(kinds.MODULE_CONFIG, module_config("snapshot-controller", {"enabled": False}))
    site.enable("csi-nfs")

    def refused() -> bool:
        module = site.admin.get(kinds.MODULE, "csi-nfs") or {}
        found = find((module.get("status") or {}).get("conditions"), "EnabledByModuleManager")
        return found.get("reason") == "ModuleDependencyExtender" and "snapshot-controller" in found["message"]

    site.wait("the dependency's message", refused)
    assert (site.admin.get(kinds.MODULE, "csi-nfs") or {})["status"]["phase"] == "Available"
    site.enable("snapshot-controller")
    site.wait_phase(kinds.MODULE, "csi-nfs", "Ready")


def test_an_ordered_fault_shows_and_can_be_mended(site: Site) -> None:
    site.fault(**{"module/snapshot-controller": "no such image"})
    body = site.wait_phase(kinds.MODULE, "snapshot-controller", "Error")
    assert find(body["status"]["conditions"], "IsReady")["message"] == "no such image"
    site.fault()
    site.wait_phase(kinds.MODULE, "snapshot-controller", "Ready")


@pytest.mark.parametrize(
    ("name", "spec", "message"),
    [
        ("csi-nfs", {"settings": {}}, "spec.version is required"),
        ("csi-nfs", {"version": 1, "settings": {"v3": True}}, "spec.settings.v3 is a forbidden property"),
        ("global", {"version": 3, "settings": {}}, "the latest version is 2"),
        ("deckhouse", {"version": 1, "settings": {"bundle": "Huge"}}, "should be one of"),
    ],
)
def test_wrong_settings_are_refused(shared_site: Site, name: str, spec: dict[str, object], message: str) -> None:
    with pytest.raises(ApiError, match=message):
        shared_site.admin.apply(kinds.MODULE_CONFIG, module_config(name, {"enabled": True, **spec}), dry_run=True)


def test_apply_keeps_the_settings_of_others(shared_site: Site) -> None:
    """The collection owns one key of `global`; the key that somebody else has set stays."""
    change = module_config("global", {"version": 2, "settings": {"defaultClusterStorageClass": "some"}})
    shared_site.admin.apply(kinds.MODULE_CONFIG, change, manager="dvp.baremetal")
    body = shared_site.admin.get(kinds.MODULE_CONFIG, "global") or {}
    assert body["spec"]["settings"] == {
        "modules": {"publicDomainTemplate": "%s.example.com"},
        "defaultClusterStorageClass": "some",
    }


def test_an_unknown_module_is_told_in_the_status(shared_site: Site) -> None:
    shared_site.enable("no-such-module")
    shared_site.wait(
        "the message",
        lambda: (
            "unknown"
            in (shared_site.admin.get(kinds.MODULE_CONFIG, "no-such-module") or {}).get("status", {}).get("message", "")
        ),
    )
