"""Different kernels and equal names stop a run, unless prepare will put that right on all hosts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cluster as cluster

OLD, NEW, OTHER = "5.10.0-30-amd64", "6.1.0-40-amd64", "6.1.0-41-amd64"


def result(kernel: str, follows: bool = True, release: str = NEW, package: str = "linux-image") -> dict[str, Any]:
    """What a worker answered."""
    wanted = {"package": package} if package else None
    return {
        "facts": {"kernel": kernel, "kernel_wanted": wanted},
        "remedies": {"kernel": {"follows": follows, "release": release}},
        "findings": [],
    }


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        (result(OLD), result(NEW), "warning"),
        # Not installed yet, so nobody knows what it brings.
        (result(OLD, release=""), result(NEW), "warning"),
        (result(OLD, follows=False), result(NEW), "error"),
        (result(OLD, follows=False, package=""), result(NEW, follows=False, package=""), "error"),
        (result(OLD, package="linux-image-other"), result(NEW), "error"),
        (result(OLD, release=OTHER), result(NEW), "error"),
    ],
)
def test_different_kernels(first: dict[str, Any], second: dict[str, Any], severity: str) -> None:
    """H18 is an error among workers unless all of them will run the kernel of one package."""
    found = cluster.cluster_findings({"m1": None, "w1": first, "w2": second}, ["m1"], ["w1", "w2"])
    assert [row["severity"] for row in found if row["id"] == "H18"] == [severity]


def test_one_kernel_is_no_finding() -> None:
    """There is nothing to soften."""
    found = cluster.cluster_findings({"w1": result(NEW), "w2": result(NEW)}, [], ["w1", "w2"])
    assert "H18" not in [row["id"] for row in found]


def test_answer_without_remedies() -> None:
    """A host that failed to answer does not end the comparison of the others."""
    answers: dict[str, Any] = {"w1": result(OLD), "w2": result(NEW), "w3": {"unreachable": True, "msg": "no route"}}
    found = cluster.cluster_findings(answers, [], ["w1", "w2", "w3"])
    assert [row["severity"] for row in found if row["id"] == "H18"] == ["warning"]


def named(name: str, follows: bool, machine_id: str) -> dict[str, Any]:
    """What a worker of that hostname answered; follows: prepare will give it its name in the inventory."""
    facts = {"hostname": name, "machine_id": machine_id, "addresses": [], "kernel": NEW}
    return {"facts": facts, "remedies": {"kernel": {}, "hostname_follows": follows}, "findings": []}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (named("localhost", True, "1"), named("localhost", True, "2"), ["warning", "warning"]),
        # One of them gives the name back, so it is the other's alone.
        (named("w1", False, "1"), named("w1", True, "2"), ["warning", "warning"]),
        (named("localhost", False, "1"), named("localhost", False, "2"), ["error", "error"]),
        # The name that the second one is to have belongs to the first, which keeps it.
        (named("w2", False, "1"), named("localhost", True, "2"), ["error", "error"]),
        # What prepare does not mend stays an error.
        (named("w1", False, "1"), named("w2", False, "1"), ["error", "error"]),
    ],
)
def test_equal_names(first: dict[str, Any], second: dict[str, Any], expected: list[str]) -> None:
    """H10 looks at the names that the hosts will have."""
    found = cluster.cluster_findings({"w1": first, "w2": second}, [], ["w1", "w2"])
    assert [row["severity"] for row in found if row["id"] == "H10"] == expected
