# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's network: a namespace with a bridge, and this machine in it as 198.18.0.1.

Machines' taps come and go with the machines (tap_exec.py). Nothing is routed: what a machine wants from outside goes
through QEMU's user networking.
"""

from __future__ import annotations

import os
from pathlib import Path

from lab import shell
from lab.errors import LabError
from lab.machine import HOST_ADDRESS, NETWORK

NAMESPACE = "dvp-lab"
BRIDGE = "br0"
HOST_LINK = "dvp-lab0"
UPLINK = "up0"
# A mount of the kernel's; a plain file once the machine was switched off, where /run is a folder of the disk.
MOUNT = Path("/run/netns", NAMESPACE)


def exists() -> bool:
    return os.path.ismount(MOUNT)  # Path.is_mount knows folders only


def ensure() -> None:
    """Make what is missing of the network."""
    inside = ["ip", "-netns", NAMESPACE]
    if not exists():
        MOUNT.unlink(missing_ok=True)
        shell.run(["ip", "netns", "add", NAMESPACE])
    if not shell.succeeds([*inside, "link", "show", BRIDGE]):
        shell.run([*inside, "link", "add", BRIDGE, "type", "bridge", "stp_state", "0", "forward_delay", "0"])
    if not shell.succeeds([*inside, "link", "show", UPLINK]):
        _remove_host_link()  # it leads into a namespace that has lost its name
        shell.run(["ip", "link", "add", HOST_LINK, "type", "veth", "peer", "name", UPLINK, "netns", NAMESPACE])
    shell.run([*inside, "link", "set", UPLINK, "master", BRIDGE, "up"])
    shell.run([*inside, "link", "set", BRIDGE, "up"])
    shell.run(["ip", "address", "replace", f"{HOST_ADDRESS}/{NETWORK.prefixlen}", "dev", HOST_LINK])
    shell.run(["ip", "link", "set", HOST_LINK, "up"])


def remove() -> None:
    """Remove the namespace and, with it, everything in it."""
    if exists():
        shell.run(["ip", "netns", "delete", NAMESPACE])
    MOUNT.unlink(missing_ok=True)
    _remove_host_link()


def _remove_host_link() -> None:
    """The kernel removes it, too, some time after the namespace of its other end."""
    show = ["ip", "link", "show", HOST_LINK]
    if shell.succeeds(show):
        try:
            shell.run(["ip", "link", "delete", HOST_LINK])
        except LabError:
            if shell.succeeds(show):
                raise
