# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of a machine: an honest server, and one that lies on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.machine import Machine
from lab.qemu import command, cpu, smbios

SERVER = Machine("worker-1", "198.18.0.21", "worker-1", data_disk_gib=20)
BROKEN = Machine("broken-1", "198.18.0.31", "worker-1", smp=3, memory_mib=6144, svm=False, hypervisor=True, iops=200)


def line(machine: Machine, kvm: bool = False) -> str:
    return " ".join(command(machine, Path("/lab/m"), Path("/base"), kvm))


@pytest.mark.parametrize(
    ("machine", "kvm", "has", "lacks"),
    [
        (SERVER, False, ["EPYC", "+svm", "-hypervisor"], ["-svm"]),
        (SERVER, True, ["host", "-hypervisor"], ["-svm", "+svm"]),
        (BROKEN, False, ["-svm", "+hypervisor"], ["+svm"]),
        (BROKEN, True, ["host", "-svm", "-vmx", "+hypervisor"], ["+svm"]),
    ],
)
def test_cpu(machine: Machine, kvm: bool, has: list[str], lacks: list[str]) -> None:
    features = cpu(machine, kvm).split(",")
    assert set(has) <= set(features)
    assert not set(lacks) & set(features)


def test_server_hides_its_hypervisor_in_smbios() -> None:
    tables = " ".join(smbios(SERVER))
    assert "Example Servers" in tables and "type=0" not in tables


def test_the_other_shows_it() -> None:
    assert "manufacturer" not in " ".join(smbios(BROKEN))


def test_sizes_and_limits() -> None:
    assert "-smp 3," in line(BROKEN) and "-m 6144M" in line(BROKEN) and "throttling.iops-total=200" in line(BROKEN)
    assert "throttling" not in line(SERVER)


def test_disks_have_serials() -> None:
    assert "serial=ROOT0021" in line(SERVER) and "serial=DATA0021" in line(SERVER)
    assert "data.qcow2" not in line(BROKEN)


def test_no_socket_lies_in_the_checkout() -> None:
    """Its path could be longer than the 107 bytes that a socket's may have."""
    assert "unix:" not in line(SERVER)


@pytest.mark.parametrize(("kvm", "accelerator"), [(True, "-accel kvm"), (False, "-accel tcg,thread=single")])
def test_accelerator(kvm: bool, accelerator: str) -> None:
    assert accelerator in line(SERVER, kvm)


def test_another_time() -> None:
    assert "-rtc base=2" in line(Machine("early", "198.18.0.34", "early", clock_ahead_s=1200))
    assert "-rtc" not in line(SERVER)
