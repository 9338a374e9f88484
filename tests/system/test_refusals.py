# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is wrong is refused before the first change, in one message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from system.machines import BROKEN, MACHINES, UNREACHABLE, Lab, Machine
from system.playbook import Run, run

# Requirement, and what the message must say about it beside the ID.
FINDINGS = [
    ("H01", BROKEN.name),
    ("H03", BROKEN.name),
    ("H04", "found 3"),
    ("H05", "needs at least"),
    ("H06", "53.68 GB"),
    ("H08", "Debian GNU/Linux 13"),
    ("H10", "worker-1"),
    ("H13", UNREACHABLE),
    ("H18", "debian-11"),
    ("H19", " s"),
    ("I04", "login"),
    ("M03", "10.111.7.0/24"),
]
# The registry refuses every host its wrong password.
EVERYWHERE = {"H11"}


@pytest.fixture(scope="module")
def refusal(lab: Lab) -> Iterator[Run]:
    """One run of site.yml on an inventory in which everything of FINDINGS is wrong at once."""
    before = lab.fingerprint()
    try:
        yield run(
            "site",
            inventories=[lab.inventory, lab.broken_inventory()],
            extra_vars={"dvp_registry_password": "wrong-password", "dvp_vm_cidrs": ["10.111.7.0/24"]},
        )
        assert lab.fingerprint() == before, "a refused run has changed a host"
    finally:
        lab.stop([BROKEN])


def test_refused(refusal: Run) -> None:
    assert refusal.returncode != 0
    assert refusal.changed == {}, "a refused run reports changes"
    assert "host_prepare" not in refusal.output, "the run went on to the next stage"


@pytest.mark.parametrize(("requirement", "words"), FINDINGS, ids=[item[0] for item in FINDINGS])
def test_finding_is_named(refusal: Run, requirement: str, words: str) -> None:
    lines = [line for line in refusal.output.splitlines() if requirement in line]
    assert any(words in line for line in lines), f"{requirement}: no line with {words!r} in\n" + "\n".join(lines)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_nothing_else_is_wrong(refusal: Run, lab: Lab, machine: Machine) -> None:
    """Each machine has the errors that were made, and no others."""
    assert refusal.returncode
    assert lab.findings()[machine.name, "error"] == machine.errors | EVERYWHERE


def test_good_hosts_have_no_errors(refusal: Run, lab: Lab) -> None:
    """But for the one whose name another machine bears."""
    assert refusal.returncode
    errors = {host: lab.findings()[host, "error"] - EVERYWHERE for host in lab.addresses()}
    assert errors == {"master-1": set(), "worker-1": {"H10"}, "worker-2": set()}


def test_password_is_not_shown(refusal: Run) -> None:
    assert "wrong-password" not in refusal.output


def test_healthy_hosts_were_checked_too(refusal: Run) -> None:
    for host in ("master-1", "worker-1", "worker-2"):
        assert refusal.recap[host]["ok"] >= 1
