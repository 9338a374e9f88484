# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines are what the inventory says."""

from __future__ import annotations

import pytest
from lab.errors import LabError
from lab.machine import Machine, machines_of

INVENTORY = {
    "dvp_installer": {"hosts": {"localhost": {}}},
    "dvp_masters": {"hosts": {"m": {"ansible_host": "198.18.0.11"}}},
    "dvp_workers": {"hosts": {"w1": {"ansible_host": "198.18.0.21"}, "w2": {"ansible_host": "198.18.0.22"}}},
    "lab_storage": {"hosts": {"s": {"ansible_host": "198.18.0.50"}}},
}


def test_machines_of_an_inventory() -> None:
    machines = {machine.name: machine for machine in machines_of(INVENTORY)}
    assert list(machines) == ["m", "w1", "w2", "s"]
    assert {name for name, machine in machines.items() if machine.data_disk_gib} == {"w1", "w2"}
    assert {name for name, machine in machines.items() if machine.nfs_server} == {"s"}
    assert {name for name, machine in machines.items() if not machine.cloud_init_kept} == {"w2"}


def test_what_must_differ_differs() -> None:
    machines = machines_of(INVENTORY)
    for values in ({m.uuid for m in machines}, {m.mac(n) for m in machines for n in (0, 1)}):
        assert len(values) in (len(machines), 2 * len(machines))


def test_a_machine_survives_its_file() -> None:
    machine = Machine("a", "198.18.0.31", "b", smp=3, svm=False)
    assert Machine.from_json(machine.to_json()) == machine


@pytest.mark.parametrize("address", ["198.18.0.1", "192.0.2.1", "198.18.1.11"])
def test_refuses_an_address_that_is_not_a_machines(address: str) -> None:
    with pytest.raises(LabError, match="not a machine's address"):
        Machine("a", address, "a")
