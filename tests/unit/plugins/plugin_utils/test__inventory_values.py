"""Values of an inventory against an argument spec, strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _inventory_values as values

TEXT, NUMBER, SWITCH, MAPPING = ({"type": name} for name in ("str", "int", "bool", "dict"))
TEXTS = {"type": "list", "elements": "str"}
CHOICE = {"type": "str", "choices": ["auto", "always", "never"]}
CLASSES = {
    "type": "list",
    "elements": "dict",
    "options": {"name": {"type": "str", "required": True}, "default": {"type": "bool"}},
}


@pytest.mark.parametrize(
    ("value", "option"),
    [
        ("1.33", TEXT),
        ("", TEXT),
        (3, NUMBER),
        (0, NUMBER),
        (True, SWITCH),
        ({}, MAPPING),
        ([], TEXTS),
        (["a"], TEXTS),
        ("auto", CHOICE),
        ([{"name": "a", "default": True}], CLASSES),
    ],
)
def test_good_value(value: Any, option: Mapping[str, Any]) -> None:
    """Nothing to say."""
    assert values.value_findings("dvp_x", value, option) == []


@pytest.mark.parametrize(
    ("value", "option", "checked", "found", "needed"),
    [
        (1.3, TEXT, "dvp_x", "1.3 (a fraction)", "text"),
        (None, TEXT, "dvp_x", "None (NoneType)", "text"),
        (True, TEXT, "dvp_x", "True (true or false)", "text"),
        ("3", NUMBER, "dvp_x", "'3' (text)", "a number"),
        (True, NUMBER, "dvp_x", "True (true or false)", "a number"),
        ("true", SWITCH, "dvp_x", "'true' (text)", "true or false"),
        (1, SWITCH, "dvp_x", "1 (a number)", "true or false"),
        ("10.0.0.0/8", TEXTS, "dvp_x", "'10.0.0.0/8' (text)", "a list"),
        (["a", 1], TEXTS, "dvp_x[1]", "1 (a number)", "text"),
        ([], MAPPING, "dvp_x", "[] (a list)", "a mapping"),
        ("sometimes", CHOICE, "dvp_x", "'sometimes' (text)", "one of auto, always, never"),
        ([{"name": 1}], CLASSES, "dvp_x[0].name", "1 (a number)", "text"),
        ([{"default": True}], CLASSES, "dvp_x[0].name", "missing", "text"),
        (["a"], CLASSES, "dvp_x[0]", "'a' (text)", "a mapping"),
    ],
)
def test_bad_value(value: Any, option: Mapping[str, Any], checked: str, found: str, needed: str) -> None:
    """What was found, of which type, and what is needed."""
    (row,) = values.value_findings("dvp_x", value, option)
    assert (row["id"], row["checked"], row["found"], row["needed"]) == ("INV03", checked, found, needed)
    assert row["fix"]


def test_unknown_key() -> None:
    """A key of a structure that nobody knows is told with its neighbour."""
    (row,) = values.value_findings("dvp_x", [{"name": "a", "defalt": True}], CLASSES)
    assert (row["id"], row["found"], row["fix"]) == ("INV02", "dvp_x[0].defalt", "Did you mean default?")


@pytest.mark.parametrize("name", ["dvp_registry_password", "dvp_some_token", "dvp_x_secret"])
def test_secret_is_not_shown(name: str) -> None:
    """Only its type."""
    (row,) = values.value_findings(name, [1234567], TEXT)
    assert row["found"] == "a list"


def test_undefined_template() -> None:
    """ansible-core 2.16 hands out a template that cannot be evaluated as it was written."""
    (row,) = values.value_findings("dvp_x", "{{ nowhere }}", TEXT)
    assert row["id"] == "INV03" and "nowhere" in row["found"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dvp_pod_cider", "Did you mean dvp_pod_cidr?"),
        ("Early Access", "Did you mean EarlyAccess?"),
        ("zzz", "Known: dvp_pod_cidr, EarlyAccess."),
    ],
)
def test_nearest(name: str, expected: str) -> None:
    """The nearest known name, in any case; all of them when none is near."""
    assert values.nearest(name, ["dvp_pod_cidr", "EarlyAccess"]) == expected


class FromVault(Sequence[str]):
    """What a vaulted value is before ansible-core 2.19: no text, but it becomes one."""

    __ENCRYPTED__ = True

    def __len__(self) -> int:
        return len(str(self))

    def __getitem__(self, index: Any) -> str:
        return str(self)[index]

    def __str__(self) -> str:
        return "opened"


def test_vaulted_value() -> None:
    """It is the text it holds, also inside of a list of mappings."""
    hostvars = {"ctl": {"dvp_registry_password": FromVault(), "dvp_classes": [{"name": FromVault()}]}}
    spec = {"dvp_registry_password": TEXT, "dvp_classes": CLASSES}
    settings, found = values.read_settings(hostvars, "ctl", spec)
    assert not found
    assert settings == {"dvp_registry_password": "opened", "dvp_classes": [{"name": "opened"}]}


class Lazy(Mapping[str, Any]):
    """Variables of a host, one of which cannot be evaluated, like Ansible's own."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables

    def __getitem__(self, name: str) -> Any:
        if self.variables[name] is Ellipsis:
            raise RuntimeError("could not locate file\nin lookup")
        return self.variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)


def test_read_settings() -> None:
    """Good values are kept, unusable ones replaced by their defaults, templates as defaults left out."""
    spec: dict[str, dict[str, Any]] = {
        "dvp_a": {"type": "int", "default": 1},
        "dvp_b": {"type": "int", "default": 2},
        "dvp_c": {"type": "str", "default": "{{ dvp_a }}"},
        "dvp_d": {"type": "str", "default": "d"},
        "dvp_e": {"type": "str", "default": "e"},
    }
    hostvars = {"ctl": Lazy({"dvp_a": 7, "dvp_b": "many", "dvp_d": ..., "other": 1})}
    settings, findings = values.read_settings(hostvars, "ctl", spec)
    assert settings == {"dvp_a": 7, "dvp_b": 2, "dvp_d": "d", "dvp_e": "e"}
    assert [(row["id"], row["checked"]) for row in findings] == [("INV03", "dvp_b"), ("INV03", "dvp_d")]
    assert "could not locate file in lookup" in findings[1]["found"]


def test_raw_variables_of_ansible() -> None:
    """Ansible's hostvars hands out the variables without evaluating each of them."""

    class HostVars(dict[str, Any]):
        def raw_get(self, host: str) -> dict[str, str]:
            return {"dvp_a": f"{{{{ {host} }}}}"}

    assert values.raw_variables(HostVars(), "ctl") == {"dvp_a": "{{ ctl }}"}
    assert values.raw_variables({}, "ctl") == {}
