# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helpers over API objects."""

from __future__ import annotations

from typing import Any

import pytest
from lab.platform.objects import contains, selected
from lab.platform.settings import refusals


@pytest.mark.parametrize(
    ("live", "wanted", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": [{"x": 1, "y": 2}]}, {"a": [{"x": 1}]}, True),
        ({}, {"a": None}, True),
        (None, {"a": 1}, False),
    ],
)
def test_contains(live: Any, wanted: Any, expected: bool) -> None:
    assert contains(live, wanted) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"key": "a", "operator": "In", "values": ["1", "2"]}, True),
        ({"key": "a", "operator": "NotIn", "values": ["1"]}, False),
        ({"key": "b", "operator": "DoesNotExist"}, True),
        ({"key": "b", "operator": "Exists"}, False),
    ],
)
def test_selected(rule: dict[str, Any], expected: bool) -> None:
    assert selected({"matchExpressions": [rule]}, {"a": "1"}) is expected


@pytest.mark.parametrize(
    ("registry", "words"),
    [
        ({"mode": "Unmanaged", "unmanaged": {"imagesRepo": "r/x"}}, ""),
        ({"mode": "Direct", "unmanaged": {"imagesRepo": "r/x"}}, "unmanaged is forbidden with mode Direct"),
        ({"mode": "Direct"}, "direct is required with mode Direct"),
        (
            {"mode": "Unmanaged", "unmanaged": {"imagesRepo": "r/x", "license": "k", "username": "u"}},
            "license excludes",
        ),
    ],
)
def test_registry_settings(registry: dict[str, Any], words: str) -> None:
    body = {"metadata": {"name": "deckhouse"}, "spec": {"version": 1, "settings": {"registry": registry}}}
    found = refusals(body)
    assert any(words in one for one in found) if words else found == []
