# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is wrong is refused before the first change, in one message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from system.machines import BROKEN, UNREACHABLE, Lab
from system.playbook import Run, run

# Requirement, and what the message must say about it beside the ID.
FINDINGS = [
    ("H01", BROKEN.name),
    ("H03", BROKEN.name),
    ("H04", "found 3"),
    ("H05", "needs at least"),
    ("H10", "worker-1"),
    ("H13", UNREACHABLE),
    ("I04", "login"),
    ("M03", "10.111.7.0/24"),
]


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
        lab.command("machine", "stop", BROKEN.name)


def test_refused(refusal: Run) -> None:
    assert refusal.returncode != 0
    assert refusal.changed == {}, "a refused run reports changes"
    assert "host_prepare" not in refusal.output, "the run went on to the next stage"


@pytest.mark.parametrize(("requirement", "words"), FINDINGS, ids=[item[0] for item in FINDINGS])
def test_finding_is_named(refusal: Run, requirement: str, words: str) -> None:
    lines = [line for line in refusal.output.splitlines() if requirement in line]
    assert any(words in line for line in lines), f"{requirement}: no line with {words!r} in\n" + "\n".join(lines)


def test_password_is_not_shown(refusal: Run) -> None:
    assert "wrong-password" not in refusal.output


def test_healthy_hosts_were_checked_too(refusal: Run) -> None:
    for host in ("master-1", "worker-1", "worker-2"):
        assert refusal.recap[host]["ok"] >= 1
