# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of real hosts in containers with more than thirty kinds of fault: all are found, and nothing else is."""

from __future__ import annotations

import json

import pytest

from hosts.faults import FAULTS, OWNED, Fault
from hosts.fleet import Answer

# What a container cannot have of itself: the hardware, the disk and the kernel are those of whoever runs the test, and
# there is no systemd that could keep the time.
OF_THE_MACHINE = {"H01", "H03", "H04", "H05", "H06", "H09", "H19"}


def test_enough_kinds() -> None:
    assert len({fault.title for fault in FAULTS}) == len(FAULTS) >= 30


def test_good_hosts(answer: Answer) -> None:
    """They say nothing but what is true of the machine that carries them, and all the same."""
    said = [answer.keys(host) for host in answer.good]
    assert all(keys == said[0] for keys in said)
    assert {requirement for requirement, _checked in said[0]} <= OF_THE_MACHINE


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_fault(answer: Answer, fault: Fault) -> None:
    """The fault is found on its host, and nothing else that a good host does not have."""
    carried = set() if fault.silent else answer.keys(answer.good[-1])
    planted = {fault.requirement, *fault.also}
    for host in answer.of(fault):
        rows = answer.rows(host.name)
        told = [row["found"] for row in rows if row["id"] == fault.requirement]
        assert not fault.requirement or any(fault.words in text for text in told), json.dumps(rows)
        # An unreadable fact may take the place of what a good host is told.
        assert {requirement for requirement, _checked in answer.keys(host.name) ^ carried} <= planted, json.dumps(rows)


def test_cluster(answer: Answer) -> None:
    """What compares hosts names what was planted for it; the machine that runs the test says nothing."""
    planted = {requirement for fault in FAULTS for requirement in fault.cluster}
    assert {row["id"] for row in answer.rows("") if row["severity"] != "info"} == planted, json.dumps(answer.rows(""))


def test_nothing_was_evaluated(answer: Answer) -> None:
    """Not here, with the rights of who runs Ansible; on the host it would be the text that differs."""
    assert answer.findings
    assert not OWNED.exists()
