# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop machines, and tell how they are."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import yaml

from lab import daemons, network, qemu, seed, shell
from lab.errors import LabError
from lab.machine import SUITE, Machine, machines_of
from lab.paths import ROOT, SOURCE, LabPaths

INVENTORY = ROOT / "inventories" / "lab" / "hosts.yml"
BOOT_PATIENCE_S = 600
LOGIN_PATIENCE_S = 120


def inventory_machines() -> list[Machine]:
    """The machines of inventories/lab."""
    return machines_of(yaml.safe_load(INVENTORY.read_text(encoding="utf-8")))


def started_machines(lab: LabPaths) -> list[Machine]:
    """Every machine that has been started in this lab and not been removed."""
    specs = sorted((lab.directory / "machines").glob("*/machine.json"))
    return [Machine.from_json(spec.read_text(encoding="utf-8")) for spec in specs]


def daemon_name(name: str) -> str:
    return f"machine {name}"


def is_running(lab: LabPaths, name: str) -> bool:
    return daemons.find(lab.directory, daemon_name(name)) is not None


def new_key(path: Path, comment: str) -> None:
    """Make an ed25519 key pair when there is none."""
    if not path.with_suffix(".pub").exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        shell.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path])


def start(lab: LabPaths, machine: Machine, base: Path, kvm: bool) -> None:
    """Start a machine; its disks are made when it has none, and kept when it has been stopped."""
    folder = lab.machine(machine.name)
    if not (folder / "machine.json").exists():
        _make(lab, machine, folder, base)
    line: list[str | Path] = [sys.executable, SOURCE / "tap_exec.py", network.NAMESPACE, network.BRIDGE]
    line += [f"tap{machine.number}", str(qemu.TAP_FD), *qemu.command(machine, folder, base, kvm)]
    pid = daemons.start(lab.directory, daemon_name(machine.name), line, folder / "qemu.log")
    (folder / "pid").write_text(f"{pid}\n", encoding="utf-8")


def _make(lab: LabPaths, machine: Machine, folder: Path, base: Path) -> None:
    """Disks, seed and keys; machine.json comes last and says that all of it is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    image = base / ("storage.img" if machine.nfs_server else "host.img")
    shell.run(
        [
            "qemu-img",
            "create",
            "-q",
            "-f",
            "qcow2",
            "-F",
            "raw",
            "-b",
            image,
            folder / "root.qcow2",
            f"{machine.disk_gib}G",
        ]
    )
    if machine.data_disk_gib:
        shell.run(["qemu-img", "create", "-q", "-f", "qcow2", folder / "data.qcow2", f"{machine.data_disk_gib}G"])
    new_key(folder / "host_key", machine.name)
    private, public = (path.read_text(encoding="utf-8") for path in (folder / "host_key", folder / "host_key.pub"))
    authorized = lab.key.with_suffix(".pub").read_text(encoding="utf-8").strip()
    host_key = (private, public.strip())
    if machine.suite == SUITE:
        seed.write(seed.documents(machine, authorized, host_key), folder / "seed.iso")
    else:
        (folder / "seed.iso").write_text(seed.script(machine, authorized, host_key), encoding="utf-8")
    _remember_host_key(lab, machine.address, " ".join(public.split()[:2]))
    (folder / "machine.json").write_text(machine.to_json(), encoding="utf-8")


def _remember_host_key(lab: LabPaths, address: str, public: str | None) -> None:
    """Replace the address's line in known_hosts; None removes it."""
    lines = lab.known_hosts.read_text(encoding="utf-8").splitlines() if lab.known_hosts.exists() else []
    lines = [line for line in lines if line.split()[0] != address] + ([f"{address} {public}"] if public else [])
    lab.known_hosts.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def ssh(lab: LabPaths, address: str, *command: str) -> list[str | Path]:
    """The command line that runs a command on a machine."""
    options = ["BatchMode=yes", "ConnectTimeout=10", "StrictHostKeyChecking=yes", "LogLevel=ERROR"]
    options += [f'UserKnownHostsFile="{lab.known_hosts}"', "KexAlgorithms=curve25519-sha256"]
    return ["ssh", "-i", lab.key, *(word for option in options for word in ("-o", option)), f"root@{address}", *command]


def is_ready(lab: LabPaths, machine: Machine, timeout_s: float) -> bool:
    """Whether the machine answers SSH and has finished its first boot."""
    finished = "systemctl is-system-running --wait | grep -qv starting"
    return shell.succeeds(ssh(lab, machine.address, finished), timeout_s)


def wait_ready(lab: LabPaths, machine: Machine) -> None:
    """Wait until the machine is ready; LabError when its process ends or it takes too long."""
    folder = lab.machine(machine.name)
    until = time.monotonic() + BOOT_PATIENCE_S
    while (left := until - time.monotonic()) > 0:
        if is_ready(lab, machine, timeout_s=min(left, LOGIN_PATIENCE_S)):
            return
        if not is_running(lab, machine.name):
            raise LabError(f"Machine {machine.name} has ended: see {folder}/qemu.log and console.log.")
        shell.pause(2)
    raise LabError(f"Machine {machine.name} is not ready after {BOOT_PATIENCE_S} s: see {folder}/console.log.")


def remove(lab: LabPaths, name: str) -> None:
    """Stop a machine and remove its disks."""
    folder = lab.machine(name)
    daemons.stop(d for d in daemons.running() if (d.lab, d.name) == (lab.directory, daemon_name(name)))
    for machine in started_machines(lab):
        if machine.name == name:
            _remember_host_key(lab, machine.address, None)
    shutil.rmtree(folder, ignore_errors=True)
