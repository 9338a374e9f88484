# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform's webhooks refuse."""

from __future__ import annotations

from typing import Any, cast

import pytest
from lab.platform import webhooks

FREE: dict[str, Any] = {
    "labels": {"node-role.deckhouse.io/front": "", "example.com/rack": "1", "mydeckhouse.io/a": "", "plain": ""},
    "taints": [{"key": "dedicated.deckhouse.io", "value": "front", "effect": "NoExecute"}],
}


def decide(template: dict[str, Any]) -> str:
    """Ask about a NodeGroup with this template; neither the API nor the cluster matters."""
    request = {"object": {"spec": {"nodeType": "Static", "nodeTemplate": template}}}
    return webhooks.decide_node_group(cast(Any, None), cast(Any, None), request)


def test_a_groups_own_and_the_documented_keys_are_free() -> None:
    assert decide(FREE) == decide({}) == ""


@pytest.mark.parametrize(
    "template",
    [
        {"labels": {"node.deckhouse.io/group": "a"}},
        {"annotations": {"deckhouse.io/x": ""}},
        {"taints": [{"key": "x.y.deckhouse.io", "effect": "NoSchedule"}]},
    ],
)
def test_the_platforms_own_keys_are_reserved(template: dict[str, Any]) -> None:
    assert "reserved" in decide({**FREE, **template})
