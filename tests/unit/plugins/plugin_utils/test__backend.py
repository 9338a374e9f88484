"""Storage backends: options completed or refused, modules of all classes merged, no default changed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _backend

SHARE = {
    "modules": [{"name": "snapshot-controller"}, {"name": "csi-share", "settings": {"old": "version == '3'"}}],
    "resources": [{"template": "class.yml.j2", "ready_when": "`true`"}],
    "refuse": [{"when": "wipe && version == '3'", "because": "wipe needs version 4"}],
    "options": {
        "host": {"type": "str", "required": True, "description": "d"},
        "version": {"type": "str", "choices": ["3", "4"], "default": "4", "description": "d"},
        "wipe": {"type": "bool", "description": "d"},
    },
    "directory": "/backends/share",
}
ARRAY = {
    **SHARE,
    "modules": [{"name": "csi-array"}],
    "options": {"secret": {"type": "str", "no_log": True, "default": "x"}},
    "refuse": [],
}
BACKENDS = {"share": SHARE, "array": ARRAY}


def item(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "backend": "share", "options": options}


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "missing required arguments: host"),
        ({"host": "h", "hots": "x"}, "unknown option hots. Supported parameters include: host, version, wipe."),
        ({"host": "h", "version": "5"}, "value of version must be one of: 3, 4, got: 5"),
        ({"host": "h", "wipe": "perhaps"}, "perhaps"),
        ({"host": "h", "version": "3", "wipe": True}, "wipe needs version 4"),
    ],
)
def test_refused(options: dict[str, Any], complaint: str) -> None:
    """Each complaint names the option."""
    (found,) = _backend.storage_plan([item("a", **options)], BACKENDS)["findings"]
    assert complaint in found["found"]
    assert (found["id"], found["checked"]) == ("C04", "Storage class a")


def test_completed() -> None:
    """Defaults are filled in; what has none stays away."""
    (found,) = _backend.storage_plan([item("a", host="h")], BACKENDS)["classes"]
    assert found["options"] == {"host": "h", "version": "4"}
    assert found["directory"] == "/backends/share"
    assert found["is_secret"] is False
    assert found["resources"] == [{"template": "class.yml.j2", "ready_when": "`true`", "failed_when": "`false`"}]


def test_unknown_backend() -> None:
    """The known ones are told."""
    (found,) = _backend.storage_plan([{"name": "a", "backend": "shore"}], BACKENDS)["findings"]
    assert found["needed"] == "one of array, share"
    assert "share" in found["fix"]


def test_modules_of_all_classes_are_enabled_once() -> None:
    """In the order of their dependencies; a setting that one class needs is not taken back by the next."""
    classes = [item("a", host="h", version="3"), item("b", host="h"), {"name": "c", "backend": "array"}]
    plan = _backend.storage_plan(classes, BACKENDS)
    assert plan["modules"] == [
        {"name": "snapshot-controller", "settings": {}},
        {"name": "csi-share", "settings": {"old": True}},
        {"name": "csi-array", "settings": {}},
    ]
    assert [found["is_secret"] for found in plan["classes"]] == [False, False, True]


def test_default() -> None:
    """The name of the default class, or nothing."""
    assert _backend.storage_plan([item("a", host="h")], BACKENDS)["default"] == ""
    assert _backend.storage_plan([{**item("a", host="h"), "default": True}], BACKENDS)["default"] == "a"


@pytest.mark.parametrize(
    ("wanted", "live", "found"),
    [
        ("a", [], 0),
        ("a", [{"spec": {}}], 0),
        ("a", [{"spec": {"settings": {"defaultClusterStorageClass": "a"}}}], 0),
        ("a", [{"spec": {"settings": {"defaultClusterStorageClass": "b"}}}], 1),
        ("", [{"spec": {"settings": {"defaultClusterStorageClass": "b"}}}], 0),
    ],
)
def test_another_default_is_not_replaced(wanted: str, live: list[Any], found: int) -> None:
    """P03: a change of the default class is the owner's."""
    findings = _backend.default_class_findings(wanted, live)
    assert [(item["id"], item["found"], item["needed"]) for item in findings] == [("P03", "b", "a")] * found
