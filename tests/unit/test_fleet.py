"""A thousand hosts with faults of more than thirty kinds: all are found, nothing else is, in one pass."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils._cluster import cluster_findings
from unit.fleet import FAULTS, Fault, Fleet, build


def found(fleet: Fleet) -> set[tuple[str, str]]:
    """What one pass over the fleet finds."""
    rows = cluster_findings(fleet.results, fleet.masters, fleet.workers, addresses=fleet.addresses)
    return {(row["id"], row["host"]) for row in rows}


def test_enough_kinds() -> None:
    """Thirty at least, no two of one name."""
    assert len({fault.title for fault in FAULTS}) == len(FAULTS) >= 30


def test_good_fleet() -> None:
    """Nothing to say about a thousand good hosts."""
    assert found(build(1000, 0, faults=())) == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_each_fault_alone(fault: Fault) -> None:
    """Each kind is found on its host and nowhere else."""
    fleet = build(20, 1, faults=(fault,))
    assert found(fleet) == fleet.expected


@pytest.mark.parametrize("seed", [1, 20261123])
def test_all_faults_at_once(seed: int) -> None:
    """Everything that was planted, and no false alarm."""
    fleet = build(1000, seed)
    seen = found(fleet)
    assert fleet.expected - seen == set(), "not found"
    assert seen - fleet.expected == set(), "false alarms"
