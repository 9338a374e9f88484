"""Readiness predicates, on objects as the platform shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _readiness

CASES = yaml.safe_load((Path(__file__).parent / "fixtures/readiness.yml").read_text())
NODE = {"kind": "Node", "metadata": {"name": "n"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_rules(case: dict[str, Any]) -> None:
    """Ready, failed for good, or neither; and the object's own words."""
    found = _readiness.verdict({"kind": case["object"]["kind"]}, [case["object"]])
    assert found.ready is case.get("ready", False)
    assert bool(found.failed) is case.get("failed", False)
    if "says" in case:
        assert found.open == [case["says"]]


@pytest.mark.parametrize("rule", _readiness.RULES.values(), ids=list(_readiness.RULES))
def test_expressions_are_valid(rule: _readiness.Rule) -> None:
    """No typing error hides behind a null."""
    assert [_readiness.check_expression(expression) for expression in rule] == [None] * 4


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        ({"names": ["n", "m"]}, ["Node/m does not exist"]),
        ({"names": ["n"]}, []),
        ({"min_count": 2}, ["Node: 1 of 2 exist"]),
        ({"min_count": 1}, []),
        ({"absent": True}, ["Node/n still exists"]),
        ({"absent": True, "names": ["m"]}, []),
        ({"ready_when": "metadata.name == 'x'"}, ["Node/n: no status yet"]),
        ({"all_ready_when": "length(@) == `2`", "all_ready_text": "not two"}, ["not two"]),
        ({"all_ready_when": "length(@) == `1`"}, []),
    ],
)
def test_verdict(condition: dict[str, Any], missing: list[str]) -> None:
    """What a group of objects waits for."""
    found = _readiness.verdict({"kind": "Node", **condition}, [NODE])
    assert found.open == missing
    assert found.ready is (missing == [])


def test_own_rule_replaces_the_built_in_failure() -> None:
    """A caller that says when it is ready says when it has failed."""
    rule = _readiness.rule_of({"kind": "Module", "ready_when": "`true`"})
    assert rule.failed == "`false`"


def test_unknown_kind_is_ready_when_it_exists() -> None:
    """A kind without a rule is waited for by its presence."""
    assert _readiness.verdict({"kind": "Thing"}, [{"kind": "Thing", "metadata": {"name": "t"}}]).ready


def test_bad_expression_is_told() -> None:
    """The parser's complaint, not a wait without end."""
    assert _readiness.check_expression("a ==") is not None
