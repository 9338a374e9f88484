# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine of the lab is: data, and how the inventory names it. Pure."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from lab.errors import LabError

NETWORK = IPv4Network("198.18.0.0/24")
HOST_ADDRESS = IPv4Address("198.18.0.1")
SUITE = "bookworm"
DISK_GIB = 60
GROUPS = ("dvp_masters", "dvp_workers", "lab_storage")


@dataclass(frozen=True)
class Machine:
    """One machine. Memory in MiB, disks in GiB (0: none), disk speed in I/O operations a second (0: unlimited)."""

    name: str
    address: str
    hostname: str
    smp: int = 4
    memory_mib: int = 8192
    data_disk_gib: int = 0
    svm: bool = True
    hypervisor: bool = False
    iops: int = 0
    nfs_server: bool = False
    cloud_init_kept: bool = True
    suite: str = SUITE
    disk_gib: int = DISK_GIB
    # By how much its clock is ahead.
    clock_ahead_s: int = 0

    def __post_init__(self) -> None:
        if IPv4Address(self.address) not in NETWORK or IPv4Address(self.address) == HOST_ADDRESS:
            raise LabError(f"Machine {self.name}: {self.address} is not a machine's address in {NETWORK}.")

    @property
    def number(self) -> int:
        """The last byte of the address: unique, so what must differ between machines is made of it."""
        return IPv4Address(self.address).packed[3]

    @property
    def uuid(self) -> str:
        """The same at every start, as a server's is."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.name}.{self.address}"))

    def mac(self, nic: int) -> str:
        """Address of the first (0) or second (1) network card."""
        return f"52:54:00:{nic:02x}:00:{self.number:02x}"

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Machine:
        return cls(**json.loads(text))


def machines_of(inventory: Mapping[str, Any]) -> list[Machine]:
    """The machines that an inventory (the parsed hosts.yml) asks for.

    Workers get an extra disk. The last worker is a server without cloud-init, so that `prepare` has to install it.
    """
    hosts = {group: inventory.get(group, {}).get("hosts", {}) for group in GROUPS}
    workers = list(hosts["dvp_workers"])
    machines = []
    for group, members in hosts.items():
        for name, variables in members.items():
            machine = Machine(name, variables["ansible_host"], name)
            if group == "lab_storage":
                machine = dataclasses.replace(machine, smp=1, memory_mib=768, svm=False, nfs_server=True)
            if group == "dvp_workers":
                machine = dataclasses.replace(machine, data_disk_gib=20, cloud_init_kept=name != workers[-1])
            machines.append(machine)
    return machines
