# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's last words say what is, also when it is not well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.summary import Facts, text

MARK = "storageclass.kubernetes.io/is-default-class"
SMOKE = {
    "metadata": {"name": "smoke"},
    "status": {"phase": "Running", "ipAddress": "10.66.10.1", "nodeName": "worker-1"},
}


def node(name: str, ready: str) -> dict[str, Any]:
    labels = {"node-role.kubernetes.io/worker": ""}
    return {
        "metadata": {"name": name, "labels": labels},
        "status": {"conditions": [{"type": "Ready", "status": ready}]},
    }


FACTS = Facts(
    nodes=[node("worker-1", "True"), node("worker-2", "Unknown")],
    classes=[{"metadata": {"name": "nfs-main", "annotations": {MARK: "true"}}}, {"metadata": {"name": "other"}}],
    module={"status": {"phase": "Ready"}},
    machines=[],
)


def test_everything_is_said() -> None:
    said = text(FACTS, SMOKE, ["master-1"], {"Prepare": 41.6}, Path("/r.html"))
    for words in (
        "worker-1 Ready (worker)", "worker-2 NOT Ready", "nfs-main (default), other", "Module/virtualization  Ready",
        "smoke Running, address 10.66.10.1 on worker-1 (removed afterwards)", "42  Prepare", "/r.html",
    ):  # fmt: skip
        assert words in said


def test_a_run_without_a_smoke_machine() -> None:
    assert "not started by this run" in text(FACTS, None, [], {}, None)


def test_a_machine_that_stays() -> None:
    facts = Facts(FACTS.nodes, FACTS.classes, FACTS.module, [SMOKE])
    assert "left running" in text(facts, None, [], {}, None)
