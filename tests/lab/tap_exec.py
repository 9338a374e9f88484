# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a tap device inside the lab's network, then become the given command, which inherits it.

``tap_exec.py NAMESPACE BRIDGE TAP FD COMMAND...``. The command itself stays outside, where the way out is. The tap is
gone when the command ends. A script of its own, because changing the network namespace is for life.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000


def enter(path: str) -> None:
    """Join the network namespace that the path names."""
    namespace = os.open(path, os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns", path)
    os.close(namespace)


def main(namespace: str, bridge: str, tap: str, fd: int, command: list[str]) -> None:
    home = f"/proc/self/fd/{os.open('/proc/self/ns/net', os.O_RDONLY)}"
    enter(f"/run/netns/{namespace}")
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", tap.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
    subprocess.run(["ip", "link", "set", tap, "master", bridge, "up"], check=True)
    enter(home)
    os.dup2(device, fd, inheritable=True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5:])
