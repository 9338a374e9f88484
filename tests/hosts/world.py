# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of its own with a registry, a package repository and hosts in containers, for as long as it is wanted.

``python -m hosts.world <folder>`` runs inside namespaces that the test has made for it (see conftest.py): it lays what
``<folder>/hosts.json`` asks for, says ``ready``, and waits for the end of its input. Everything ends with it.
"""

from __future__ import annotations

import functools
import http.server
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from lab import hosts, packages, podman, registry, shell
from lab.machine import HOST_ADDRESS
from lab.paths import LabPaths

BRIDGE = "br0"
# The second network is none of the cluster's.
ADDRESSES = (f"{HOST_ADDRESS}/24", "198.18.1.1/24")
REPOSITORY_PORT = 8080
PATIENCE_S = 60
SCRIPT = Path(__file__).with_name("container.sh")


def network() -> None:
    """A bridge, and this side of it."""
    shell.run(["mount", "-t", "tmpfs", "none", "/run"])
    shell.run(["ip", "link", "set", "lo", "up"])
    shell.run(["ip", "link", "add", BRIDGE, "type", "bridge", "stp_state", "0", "forward_delay", "0"])
    for address in ADDRESSES:
        shell.run(["ip", "address", "add", address, "dev", BRIDGE])
    shell.run(["ip", "link", "set", BRIDGE, "up"])


def repository(folder: Path) -> None:
    """A package repository, as far as its metadata is asked for."""
    release = folder / "debian/dists/stable/InRelease"
    release.parent.mkdir(parents=True)
    release.write_text("Suite: stable\n", encoding="utf-8")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer((str(HOST_ADDRESS), REPOSITORY_PORT), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def container(lab: LabPaths, number: int, name: str, host: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a host; its fault is a shell script that container.sh reads."""
    folder = lab.machine(name)
    (folder / "room").mkdir(parents=True)
    hosts.new_key(folder / "host_key", name)
    (folder / "authorized_keys").write_bytes(lab.key.with_suffix(".pub").read_bytes())
    (folder / "fault.sh").write_text(host["fault"], encoding="utf-8")
    inside = ["ip", "-netns", name]
    shell.run(["ip", "netns", "add", name])
    shell.run(["ip", "link", "add", f"to{number}", "type", "veth", "peer", "name", "eth0", "netns", name])
    shell.run(["ip", "link", "set", f"to{number}", "master", BRIDGE, "up"])
    shell.run([*inside, "link", "set", "lo", "up"])
    shell.run([*inside, "address", "add", f"{host['address']}/24", "dev", "eth0"])
    shell.run([*inside, "link", "set", "eth0", "up"])
    command: list[str | Path] = ["ip", "netns", "exec", name, "unshare", "--uts", "--ipc", *shell.ISOLATED]
    command += ["sh", SCRIPT, folder, host["tree"], host["hostname"]]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def wait(lab: LabPaths, addresses: dict[str, str]) -> None:
    """Wait until something listens on the SSH port of each host."""
    until = time.monotonic() + PATIENCE_S
    for name, address in addresses.items():
        while True:
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex((address, 22)) == 0:
                    break
            if time.monotonic() > until:
                log = (lab.machine(name) / "log").read_text(encoding="utf-8", errors="replace")
                sys.exit(f"{name} does not come up:\n{log}")
            time.sleep(0.2)


def main(folder: Path) -> None:
    lab = LabPaths(folder)
    network()
    packages.ensure()
    hosts.new_key(lab.key, "lab")
    podman.ensure(lab)
    repository(folder / "www")
    registry.ensure(lab)
    wanted = json.loads((folder / "hosts.json").read_text(encoding="utf-8"))
    for number, (name, host) in enumerate(wanted.items()):
        container(lab, number, name, host)
    wait(lab, {name: host["address"] for name, host in wanted.items()})
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
