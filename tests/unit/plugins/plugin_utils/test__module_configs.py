"""ModuleConfig objects: whose settings win, and which version they carry."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _module_configs as mc


@pytest.mark.parametrize(
    ("module", "settings", "versions", "spec"),
    [
        ({"name": "csi-nfs"}, {}, {}, {"enabled": True}),
        ({"name": "csi-nfs", "settings": {}}, {}, {}, {"enabled": True}),
        ({"name": "csi-nfs", "settings": {"a": 1}}, {}, {}, {"enabled": True, "version": 1, "settings": {"a": 1}}),
        ({"name": "global", "settings": {"a": 1}}, {}, {}, {"version": 2, "settings": {"a": 1}}),
        ({"name": "csi-nfs", "settings": {"a": {"b": 1, "c": 1}}}, {"csi-nfs": {"a": {"b": 2}}}, {},
         {"enabled": True, "version": 1, "settings": {"a": {"b": 2, "c": 1}}}),
        ({"name": "csi-nfs"}, {"csi-nfs": {"a": 1}}, {"csi-nfs": 3},
         {"enabled": True, "version": 3, "settings": {"a": 1}}),
        ({"name": "unheard-of", "settings": {"a": 1}}, {}, {}, {"enabled": True, "version": 1, "settings": {"a": 1}}),
    ],
)  # fmt: skip
def test_module_configs(module: Any, settings: Any, versions: Any, spec: dict[str, Any]) -> None:
    """A version goes with settings only; the user's settings and versions win."""
    (found,) = mc.module_configs([module], settings, versions)
    assert found["metadata"] == {"name": module["name"]}
    assert found["spec"] == spec


def test_settings_alone_switch_nothing_on() -> None:
    """What no stage enables stays as it is, and without settings there is nothing to write."""
    modules = [{"name": "prometheus"}, {"name": "deckhouse"}, {"name": "console"}]
    settings = {"prometheus": {"a": 1}, "deckhouse": {}}
    found = mc.module_configs(modules, settings, {"prometheus": 3}, enabled=False)
    assert [(item["metadata"]["name"], item["spec"]) for item in found] == [
        ("prometheus", {"version": 3, "settings": {"a": 1}})
    ]


@pytest.mark.parametrize(
    ("live", "found"),
    [
        ([], 0),
        ([{"metadata": {"name": "global"}, "spec": {"version": 2, "settings": {"a": 1}}}], 0),
        ([{"metadata": {"name": "global"}, "spec": {"version": 1, "settings": {"a": 1}}}], 1),
        ([{"metadata": {"name": "global"}, "spec": {"version": 1}}], 0),
        ([{"metadata": {"name": "other"}, "spec": {"version": 1, "settings": {"a": 1}}}], 0),
    ],
)
def test_versions_are_not_mixed(live: list[Any], found: int) -> None:
    """Settings of two schema versions are not merged."""
    desired = mc.module_configs([{"name": "global", "settings": {"b": 1}}], {}, {})
    findings = mc.module_config_findings(desired, live)
    assert len(findings) == found
    assert all("global" in item["checked"] and "dvp_module_config_versions" in item["fix"] for item in findings)
