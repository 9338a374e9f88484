# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cloud-init is told on a machine's first boot: three documents on a NoCloud disk. Pure but for `write`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab import shell
from lab.machine import NETWORK, Machine

EXPORT = "/exports/dvp"
SECTOR = 512
# Removes cloud-init when it has done its work, outside of it: it cannot wait for its own end.
REMOVE_CLOUD_INIT = "cloud-init status --wait >/dev/null; dpkg --purge cloud-init"


def network(machine: Machine) -> dict[str, Any]:
    """First card: the way out (packages). Second card: the cluster's network, with a fixed address."""
    return {
        "version": 2,
        "ethernets": {
            "eth0": {"match": {"macaddress": machine.mac(0)}, "set-name": "eth0", "dhcp4": True},
            "eth1": {
                "match": {"macaddress": machine.mac(1)},
                "set-name": "eth1",
                "addresses": [f"{machine.address}/{NETWORK.prefixlen}"],
            },
        },
    }


def user_data(machine: Machine, authorized_key: str, host_key: tuple[str, str]) -> dict[str, Any]:
    """Root's key, the machine's own SSH key (private, public), and what this machine is besides a server."""
    private, public = host_key
    commands: list[str | list[str]] = []
    files = []
    if machine.nfs_server:
        options = "rw,sync,no_subtree_check,no_root_squash"
        files.append({"path": "/etc/exports", "content": f"{EXPORT} {NETWORK}({options})\n"})
        commands += [f"mkdir -p {EXPORT}", "systemctl enable --now nfs-server.service"]
    if not machine.cloud_init_kept:
        commands.append(["systemd-run", "--no-block", "--service-type=oneshot", "sh", "-c", REMOVE_CLOUD_INIT])
    # cloud-init complains of empty lists.
    extras = {key: value for key, value in (("write_files", files), ("runcmd", commands)) if value}
    return {
        "users": [{"name": "root", "ssh_authorized_keys": [authorized_key]}],
        "manage_etc_hosts": "localhost",  # the machine knows its own name, as an installed server does
        "ssh_keys": {"ed25519_private": private, "ed25519_public": public},
        **extras,
    }


def documents(machine: Machine, authorized_key: str, host_key: tuple[str, str]) -> dict[str, str]:
    """File name -> content. JSON is YAML."""
    meta = {"instance-id": machine.uuid, "local-hostname": machine.hostname}
    return {
        "meta-data": json.dumps(meta),
        "network-config": json.dumps(network(machine)),
        "user-data": "#cloud-config\n" + json.dumps(user_data(machine, authorized_key, host_key), indent=1),
    }


def script(machine: Machine, authorized_key: str, host_key: tuple[str, str]) -> str:
    """The same for a machine without cloud-init: a shell script, which is read off the raw disk."""
    hosts = f"127.0.0.1 localhost\n127.0.1.1 {machine.hostname}\n"
    files = {
        "/etc/hostname": f"{machine.hostname}\n",
        "/etc/hosts": hosts,
        "/root/.ssh/authorized_keys": f"{authorized_key}\n",
        "/etc/ssh/ssh_host_ed25519_key": host_key[0],
        "/etc/systemd/network/eth0.network": f"[Match]\nMACAddress={machine.mac(0)}\n[Network]\nDHCP=ipv4\n",
        "/etc/systemd/network/eth1.network": (
            f"[Match]\nMACAddress={machine.mac(1)}\n[Network]\nAddress={machine.address}/{NETWORK.prefixlen}\n"
        ),
    }
    lines = ["umask 077", "mkdir -p /root/.ssh"]
    lines += [f"cat > {path} << 'END'\n{text.rstrip()}\nEND" for path, text in files.items()]
    lines += ["chmod 644 /etc/hostname /etc/hosts /etc/systemd/network/*", "hostname -F /etc/hostname", "exit 0", ""]
    # A disk has whole sectors, and QEMU would warn of one that has not.
    text = "\n".join(lines)
    return text + "\n" * (-len(text.encode()) % SECTOR)


def write(files: dict[str, str], image: Path) -> None:
    """Write the documents as a CD image, as a server's remote console would present it."""
    folder = image.with_suffix(".d")
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    shell.run(["genisoimage", "-quiet", "-output", image, "-volid", "cidata", "-joliet", "-rock", folder])
    shell.run(["rm", "--recursive", folder])
