# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet that is asked: which hosts there are, what is wrong with them, and what the report says about them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hosts.faults import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
GOOD_WORKERS = 5
TIMEOUT_S = 600
SETTINGS = {"dvp_prepare_enabled": False, "host_check_timeout_s": 45}
# (requirement, what was checked)
Key = tuple[str, str]


@dataclass(frozen=True)
class Host:
    """A host of the fleet, and what is wrong with it."""

    name: str
    address: str
    fault: Fault | None = None
    master: bool = False


@dataclass(frozen=True)
class Answer:
    """The fleet, what the report says about it, and what the run has printed."""

    hosts: dict[str, Host]
    findings: list[dict[str, Any]]
    output: str

    def of(self, fault: Fault) -> list[Host]:
        return [host for host in self.hosts.values() if host.fault is fault]

    def rows(self, host: str) -> list[dict[str, Any]]:
        return [row for row in self.findings if row["host"] == host]

    def keys(self, host: str) -> set[Key]:
        return {(row["id"], row["checked"]) for row in self.rows(host) if row["severity"] != "info"}

    @property
    def good(self) -> list[str]:
        return [host.name for host in self.hosts.values() if host.fault is None]


def fleet(seed: int) -> dict[str, Host]:
    """Each fault on a host that the seed chooses, among good ones."""
    faults: list[Fault | None] = [fault for fault in FAULTS for _twin in range(1 + fault.twin) if not fault.master]
    faults += [None] * GOOD_WORKERS
    random.Random(seed).shuffle(faults)
    masters: list[Fault | None] = [None, *(fault for fault in FAULTS if fault.master)]
    hosts = {}
    for number, fault in enumerate([*masters, *faults], start=10):
        master = number < 10 + len(masters)
        name = f"{'master' if master else 'worker'}-{number}"
        hosts[name] = Host(name, f"{fault.network if fault else '198.18.0'}.{number}", fault, master)
    return hosts


def wanted(host: Host, trees: dict[str, Path]) -> dict[str, str]:
    """What the world has to know of a host."""
    fault = host.fault
    script, suite = (fault.script, fault.suite) if fault else ("", "bullseye")
    return {"address": host.address, "hostname": host.name, "tree": str(trees[suite]), "fault": script}


def inventory(hosts: dict[str, Host]) -> dict[str, Any]:
    def group(master: bool) -> dict[str, Any]:
        members = [host for host in hosts.values() if host.master == master]
        return {
            "hosts": {
                host.name: {"ansible_host": host.address, **(host.fault.variables if host.fault else {})}
                for host in members
            }
        }

    lab = yaml.safe_load((ROOT / "inventories/lab/hosts.yml").read_text(encoding="utf-8"))
    return {"dvp_installer": lab["dvp_installer"], "dvp_masters": group(True), "dvp_workers": group(False)}


def preflight(folder: Path, leader: int) -> str:
    """Run the playbook where the hosts are, with the lab's settings, and return what it prints."""
    line = ["nsenter", "--target", str(leader), "--mount", "--net", "--pid", "--ipc", "--uts"]
    line += [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(folder / "hosts.yml"), "--forks", "40"]
    line += ["-e", json.dumps({**SETTINGS, "lab_dir": str(folder)}), "dvp.baremetal.preflight"]
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_TIMEOUT": "10", "ANSIBLE_SSH_RETRIES": "1"}
    done = subprocess.run(
        line, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    return done.stdout
