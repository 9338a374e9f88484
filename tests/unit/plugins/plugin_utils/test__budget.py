"""The failure budget: exactly at it the others go on, with one host more nobody does."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.filter import lost_hosts
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _budget as budget

MASTERS = ["m1"]
WORKERS = [f"w{number}" for number in range(20)]
EVERYBODY = [*MASTERS, *WORKERS]


def dead(host: str) -> dict[str, str]:
    """The finding of a host that is unreachable."""
    return finding("H13", "unreachable", "Look.", host=host)


def judge(*rows: dict[str, str], percent: int = 10, asked: Any = EVERYBODY) -> dict[str, Any]:
    """Twenty workers, of which two may fail."""
    return budget.set_aside(rows, asked, MASTERS, WORKERS, percent)


@pytest.mark.parametrize(
    ("workers", "percent", "allowed"),
    [(19, 5, 0), (20, 5, 1), (39, 5, 1), (40, 5, 2), (1000, 5, 50), (3, 0, 0), (3, 100, 3), (0, 5, 0)],
)
def test_allowance(workers: int, percent: int, allowed: int) -> None:
    """Rounded down: a small cluster has none."""
    assert budget.allowance(workers, percent) == allowed


def test_nobody_fails() -> None:
    """Everybody is good."""
    assert judge() == {"hosts": [], "left_out": [], "good": EVERYBODY, "findings": []}


def test_at_the_budget() -> None:
    """Two of twenty: both are set aside with all their reasons, and no error is left."""
    result = judge(dead("w3"), finding("H04", "3", "Buy.", host="w5"), finding("H05", "1 MiB", "Buy.", host="w5"))
    assert [row["host"] for row in result["hosts"]] == ["w3", "w5"]
    assert result["hosts"][1]["reason"].startswith("H04 CPU cores: found 3, needs at least 4; H05 RAM: found 1 MiB")
    assert {row["severity"] for row in result["findings"]} == {req.WARNING}
    assert all(row["checked"].endswith("(set aside)") for row in result["findings"])
    assert set(result["good"]) == set(EVERYBODY) - {"w3", "w5"}


def test_above_the_budget() -> None:
    """Three of twenty: the errors stay, nobody is set aside; the good hosts are told all the same."""
    rows = [dead(f"w{number}") for number in range(3)]
    result = judge(*rows)
    assert (result["hosts"], result["findings"]) == ([], rows)
    assert set(result["good"]) == set(EVERYBODY) - {"w0", "w1", "w2"}


@pytest.mark.parametrize(
    "row", [dead("m1"), finding("H18", "two", "Fix."), finding("M03", "overlap", "Fix.", host="w1")]
)
def test_what_is_no_matter_of_a_worker(row: dict[str, str]) -> None:
    """A master, the cluster, the plan of networks: their errors refuse, whatever the budget is."""
    result = judge(row, percent=100)
    assert (result["hosts"], result["findings"]) == ([], [row])


def test_a_worker_that_is_a_master_is_none() -> None:
    """A host in both groups is a mistake of the inventory; it is not set aside."""
    assert budget.set_aside([dead("m1")], EVERYBODY, MASTERS, ["m1", *WORKERS], 100)["hosts"] == []


def test_milder_findings_set_nobody_aside() -> None:
    """Warnings and what was accepted."""
    rows = [{**dead("w1"), "severity": severity} for severity in (req.WARNING, req.INFO)]
    result = judge(*rows, percent=100)
    assert (result["hosts"], result["findings"]) == ([], rows)
    assert "w1" in result["good"]


def test_left_out() -> None:
    """A limited run: who was not asked takes no part, and costs nothing of the budget."""
    result = judge({**dead("w3"), "severity": req.WARNING}, asked=["m1", "w0", "w1"], percent=0)
    assert (result["hosts"], result["good"]) == ([], ["m1", "w0", "w1"])
    assert result["left_out"] == WORKERS[2:]


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        ([], ""),
        (["w1", "w2"], ""),
        (["w1", "w2", "w3"], "3 of 20 workers failed (w1, w2, w3), more than the 10 %"),
        (["m1"], "m1 failed, and no master may"),
    ],
)
def test_losses(lost: list[str], says: str) -> None:
    """Of a stage: the same budget."""
    refusal = budget.judge_losses(lost, MASTERS, WORKERS, 10)
    assert says in refusal
    assert bool(refusal) == bool(says)


@pytest.mark.parametrize(("limited", "hosts"), [(False, ["b", "c"]), (True, ["b"])])
def test_lost_hosts(limited: bool, hosts: list[str]) -> None:
    """Who has begun and not finished; without a limit also who has not even begun."""
    hostvars = {"a": {"begun": 1, "finished": 1}, "b": {"begun": 1}, "c": {}}
    outcome = lost_hosts.lost_hosts(hostvars, [], ["a", "b", "c"], "begun", "finished", 0, limited)
    assert outcome["hosts"] == hosts
    assert "0 %" in outcome["refusal"]
