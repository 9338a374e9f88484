"""Accepted findings: shown, not refused; what cannot be accepted is a finding itself."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._acceptance import accept, check_accepted

SLOW = finding("H07", "300", "Use a faster disk.", host="worker-3")
KERNELS = finding("H18", "two", "Install one.")
HOSTS = ["master-1", "worker-3"]


@pytest.mark.parametrize(
    ("names", "severities"),
    [
        ([], ["error", "error"]),
        (["H07@worker-3"], ["info", "error"]),
        (["H07"], ["info", "error"]),
        (["H07@worker-1", "H04", "H18@worker-3"], ["error", "error"]),
        (["H18", "H07@worker-3"], ["info", "info"]),
        (["H18@"], ["error", "info"]),
    ],
)
def test_accept(names: list[str], severities: list[str]) -> None:
    """By ID everywhere, by ID and host there only."""
    rows = accept([SLOW, KERNELS], names)
    assert [row["severity"] for row in rows] == severities
    assert [set(row) for row in rows] == [set(SLOW), set(KERNELS)], "the form of a finding stays"


def test_each_once() -> None:
    """What two roles have found is said once, where it was said first; a host more is another finding."""
    elsewhere = {**SLOW, "host": "worker-1"}
    assert accept([SLOW, KERNELS, dict(SLOW), elsewhere], []) == [SLOW, KERNELS, elsewhere]


def test_accepted_says_so() -> None:
    """A person sees that it was accepted, by what, and what it would be."""
    (row,) = accept([SLOW], ["H07@worker-3"])
    assert row["checked"] == "Disk speed (accepted)"
    assert row["fix"] == "Accepted by dvp_accepted_findings; otherwise: error. Use a faster disk."
    assert SLOW["severity"] == "error", "what came in is as it was"


@pytest.mark.parametrize("severity", [req.INFO, req.WARNING])
def test_milder_findings(severity: str) -> None:
    """A warning can be accepted, too; information is none to accept."""
    (row,) = accept([{**SLOW, "severity": severity}], ["H07"])
    assert row["checked"].endswith("(accepted)") == (severity == req.WARNING)


@pytest.mark.parametrize("requirement_id", ["H00", "H13", "H21", "INV01"])
def test_silence_cannot_be_accepted(requirement_id: str) -> None:
    """Nothing is known about a host that has not answered."""
    row = finding(requirement_id, "x", "y", host="worker-3")
    assert accept([row], [requirement_id, f"{requirement_id}@worker-3"]) == [row]
    assert [found["id"] for found in check_accepted([requirement_id], HOSTS)] == ["INV08"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("H07@worker-3", ""),
        ("H18", ""),
        ("C05", ""),
        ("H77", "Did you mean"),
        ("h07", "Did you mean H07?"),
        ("", "Known:"),
        ("H07@worker-4", "Did you mean worker-3?"),
        ("H07@", "Known:"),
        ("{{ x }}@worker-3", "Known:"),
    ],
)
def test_entries(name: str, says: str) -> None:
    """An entry that can accept nothing is a mistake."""
    rows = check_accepted([name], HOSTS)
    assert [(row["id"], row["found"], row["severity"]) for row in rows] == ([("INV08", name, "error")] if says else [])
    assert all(says in row["fix"] for row in rows)
