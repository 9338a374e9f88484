# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab as the system tests see it: its command, its machines over SSH, its API and the API's audit log."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from lab.api import Api

from system.playbook import ROOT

UNREACHABLE = "worker-9"
ADMIN = "kubernetes-admin"
WRITES = {"create", "update", "patch", "delete", "deletecollection"}


@dataclass(frozen=True)
class Machine:
    """One more machine for a test: its name, how it differs from a good one, and the errors that this makes."""

    name: str
    address: str
    options: str
    errors: frozenset[str]

    @property
    def arguments(self) -> list[str]:
        """What ``machine start`` needs to know."""
        return [self.name, "--address", self.address, *self.options.split()]


BROKEN = Machine(
    "broken-1",
    "198.18.0.31",
    "--hostname worker-1 --smp 3 --memory 6144 --no-svm --hypervisor",
    frozenset({"H01", "H03", "H04", "H05", "H10"}),
)
# Debian 11, in the table, on a disk that is too small; how slow it is, is seen when it is measured.
DEBIAN_11 = Machine("debian-11", "198.18.0.32", "--suite bullseye --disk 50 --iops 300", frozenset({"H06"}))
# Debian 13 is not in the table.
DEBIAN_13 = Machine(
    "debian-13", "198.18.0.33", "--suite trixie --clock-ahead 1200 --iops 300", frozenset({"H08", "H19"})
)
MACHINES = (BROKEN, DEBIAN_11, DEBIAN_13)


class Lab:
    """The lab of this checkout."""

    directory = ROOT / ".lab"
    inventory = ROOT / "inventories" / "lab"
    state = directory / "state"

    def command(self, *arguments: str) -> None:
        """Run ``python -m lab ...``; its progress goes to the test's output, its complaint fails the test."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        done = subprocess.run(
            [sys.executable, "-m", "lab", *arguments], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        if done.returncode:
            pytest.fail(f"lab {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}", pytrace=False)

    def is_up(self) -> bool:
        return self.directory.exists()

    def addresses(self) -> dict[str, str]:
        """Host name to address, of the platform's hosts."""
        groups = yaml.safe_load((self.inventory / "hosts.yml").read_text(encoding="utf-8"))
        hosts = {**groups["dvp_masters"]["hosts"], **groups["dvp_workers"]["hosts"]}
        return {name: variables["ansible_host"] for name, variables in hosts.items()}

    def start(self, machines: Sequence[Machine]) -> None:
        """Start machines beside the inventory's. They boot at the same time."""
        for machine in machines:
            self.command("machine", "start", *machine.arguments, "--no-wait")
        for machine in machines:
            self.command("machine", "start", *machine.arguments)

    def stop(self, machines: Sequence[Machine]) -> None:
        for machine in machines:
            self.command("machine", "stop", machine.name)

    def broken_inventory(self) -> Path:
        """An inventory beside the lab's that adds the broken machines and one that does not exist."""
        addresses = {machine.name: machine.address for machine in MACHINES} | {UNREACHABLE: "198.18.0.99"}
        return self._inventory({"dvp_workers": addresses})

    def inventory_of(self, masters: Sequence[Machine], workers: Sequence[Machine]) -> Path:
        """An inventory of these machines only, with the settings of the lab's."""
        members = {"dvp_masters": masters, "dvp_workers": workers}
        groups = {group: {machine.name: machine.address for machine in members[group]} for group in members}
        path = self._inventory(groups)
        shutil.copytree(self.inventory / "group_vars", path.parent / "group_vars")
        return path

    def _inventory(self, groups: Mapping[str, Mapping[str, str]]) -> Path:
        """Write hosts.yml: group -> host -> address."""
        path = Path(tempfile.mkdtemp(prefix="dvp-broken-")) / "hosts.yml"
        installer = yaml.safe_load((self.inventory / "hosts.yml").read_text(encoding="utf-8"))["dvp_installer"]
        installer["hosts"]["localhost"]["lab_dir"] = str(self.directory)
        content = {
            group: {
                "hosts": {
                    name: {"ansible_host": address, "lab_dir": str(self.directory)} for name, address in hosts.items()
                }
            }
            for group, hosts in groups.items()
        }
        path.write_text(yaml.safe_dump({"dvp_installer": installer, **content}), encoding="utf-8")
        return path

    def findings(self) -> dict[tuple[str, str], set[str]]:
        """IDs by (host, severity), of the last report."""
        report = json.loads((self.state / "reports/report.json").read_text(encoding="utf-8"))
        found: dict[tuple[str, str], set[str]] = {}
        for row in report["findings"]:
            found.setdefault((row["host"], row["severity"]), set()).add(row["id"])
        return found

    def ssh(self, host: str, command: str) -> str:
        """Run a command on a host; fails when the command does."""
        keys = self.directory / "ssh"
        options = ["-i", str(keys / "id_ed25519"), "-o", f'UserKnownHostsFile="{keys / "known_hosts"}"']
        options += ["-o", "StrictHostKeyChecking=accept-new", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes"]
        line = ["ssh", *options, f"root@{self.addresses()[host]}", command]
        result = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
        assert result.returncode == 0, f"{host}: {command}: {result.stdout}{result.stderr}"
        return result.stdout

    def fingerprint(self) -> dict[str, str]:
        """What a run could change on a host: its packages, configuration files and loaded modules."""
        command = (
            "dpkg-query -W | sha256sum; "
            "find /etc -xdev -type f -not -name ld.so.cache -print0 | sort -z | xargs -0 sha256sum | sha256sum; "
            "cut -d' ' -f1 /proc/modules | sort | sha256sum"
        )
        return {host: self.ssh(host, command) for host in self.addresses()}

    def state_files(self) -> list[Path]:
        """What runs have left on the installer machine."""
        return sorted(self.state.rglob("*"))

    def containers(self) -> list[str]:
        """Names of the containers that exist on the installer machine."""
        line = [str(self.directory / "bin" / "podman"), "ps", "--all", "--format", "{{.Names}}"]
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()

    def registry_password(self) -> str:
        return (self.directory / "registry" / "password").read_text(encoding="utf-8").strip()

    def api(self, path: str) -> dict:
        """What the API has at a path, asked with the kubeconfig that the run has left."""
        return Api(self.state / "kubeconfig").get(path)

    def has_cluster(self) -> bool:
        """Whether anything answers on the port of the first master's API."""
        with socket.socket() as probe:
            return probe.connect_ex((next(iter(self.addresses().values())), 6443)) == 0

    def audit_position(self) -> int:
        return len(self._audit())

    def writes_since(self, position: int) -> list[str]:
        """Writes that the collection's user has sent since then, as ``verb path``."""
        events = (event for event in self._audit()[position:] if event["user"]["username"] == ADMIN)
        return [f"{event['verb']} {event['requestURI']}" for event in events if event["verb"] in WRITES]

    def audited(self, verb: str, resource: str) -> bool:
        """Whether the collection's user has done this to this kind of object."""
        verbs = {"patch", verb} if verb == "create" else {verb}  # server-side apply creates by a patch
        return any(
            event["verb"] in verbs and event.get("objectRef", {}).get("resource") == resource
            for event in self._audit()
            if event["user"]["username"] == ADMIN
        )

    def _audit(self) -> list[dict]:
        text = (self.directory / "platform" / "audit.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]
