# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with hosts in containers: a script that breaks a host -> what the report has to say about it.

A script runs as the host starts, in the folder that is its root; ``inside`` runs a command in the host itself. What
hardware, a kernel or a clock has to lie about is tested on machines (tests/system).
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One way to be wrong. ``words`` stand in what was found; ``also``: requirements that speak as well."""

    title: str
    requirement: str
    words: str
    script: str = ""
    also: tuple[str, ...] = ()
    # Requirements of the cluster that speak as well.
    cluster: tuple[str, ...] = ()
    master: bool = False
    # The host gives no answer: this is all that is known of it.
    silent: bool = False
    # Nothing of a container is there.
    absent: bool = False
    # Another host has the same fault, and is named too.
    twin: bool = False
    suite: str = "bullseye"
    network: str = "198.18.0"
    variables: dict[str, str] = field(default_factory=dict)


# Exists when anything has taken what a host says of itself for more than text.
OWNED = Path(tempfile.gettempdir()) / f"dvp-owned-{os.getpid()}"
TOUCH = f"touch {OWNED}"
HOSTILE = f"$({TOUCH}) `{TOUCH}`; {TOUCH} {{{{ lookup('pipe', '{TOUCH}') }}}}"
DOCKER = """
mkdir -p tmp/docker/DEBIAN tmp/docker/usr/sbin
touch tmp/docker/usr/sbin/dockerd
printf 'Package: docker.io\\nVersion: 20.10\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' \
  > tmp/docker/DEBIAN/control
inside dpkg-deb --build /tmp/docker /tmp/docker.deb
inside dpkg --install /tmp/docker.deb
"""
# /var/lib on a filesystem of its own, of the size $size; it lives in memory, and only as far as it is written.
VAR_LIB = """
cp -a var/lib tmp/lib
mount -t tmpfs -o size=$size,mode=755 none var/lib
cp -a tmp/lib/. var/lib
"""
LISTEN = """
import socket, sys, time
server = socket.create_server(("", int(sys.argv[1])))
time.sleep(1e6)
"""
# Not measured there.
BY_SHELL = ("H03", "H07", "H11", "H12")
LISTENING = f"inside python3 -c '{LISTEN}' "

FAULTS = (
    # --- H02, H05, H06, H09: what can be said without other hardware
    Fault("32-bit userland", "H02", "i686", "launch='setarch i686'"),
    Fault("unreadable memory", "H05", "nothing readable", "unreadable proc/meminfo"),
    Fault("small filesystem", "H06", "32.21 GB", "size=30g\n" + VAR_LIB),
    Fault("full filesystem", "H06", "0.00 GiB", "size=300m\n" + VAR_LIB + "cat /dev/zero > var/lib/x 2>/dev/null || :"),
    Fault("Debian 13", "H08", "Debian GNU/Linux 13", suite="trixie"),
    Fault(
        "unknown system",
        "H08",
        "Arch Linux",
        "rm etc/os-release\nprintf 'ID=arch\\nPRETTY_NAME=\"Arch Linux\"\\n' > etc/os-release",
        also=("H12", "H15"),
    ),
    Fault(
        "hostile os-release",
        "H08",
        HOSTILE,
        f"rm etc/os-release\ncat > etc/os-release <<'END'\nID=debian\nVERSION_ID=x\nPRETTY_NAME={HOSTILE}\nEND",
    ),
    Fault(
        "old kernel",
        "H09",
        "5.4.0-42-generic",
        'echo 5.4.0-42-generic > "$folder/release"\nmount --bind "$folder/release" proc/sys/kernel/osrelease',
        cluster=("H18",),
    ),
    Fault("no systemd", "H09", "nothing readable", "rm bin/systemctl"),
    # --- H10 names
    Fault("upper case name", "H10", "Host_A", "echo Host_A > proc/sys/kernel/hostname"),
    Fault("hostile name", "H10", "x;touch$(id)", "echo 'x;touch$(id)' > proc/sys/kernel/hostname"),
    Fault("hostname twice", "H10", "same-name, on", "echo same-name > proc/sys/kernel/hostname", twin=True),
    Fault("machine-id twice", "H10", "0" * 31 + "1, on", f"echo {'0' * 31}1 > etc/machine-id", twin=True),
    Fault("no localhost", "H10", "localhost resolves to", "sed -i /localhost/d etc/hosts"),
    # --- H11, H12, H14 what cannot be reached
    Fault(
        "no way to the registry",
        "H11",
        "Network is unreachable",
        "ip rule add pref 10 ipproto tcp dport 5000 type unreachable",
    ),
    Fault(
        "dead repository",
        "H12",
        "connection refused",
        "echo 'deb http://198.18.0.1:9/debian stable main' >> etc/apt/sources.list",
    ),
    Fault("missing repository", "H12", "404", "sed -i s/stable/gone/ etc/apt/sources.list"),
    Fault("no repository", "H12", "no enabled repository", "> etc/apt/sources.list"),
    Fault(
        "filtered port",
        "H14",
        "no answer in time",
        "ip rule add pref 100 lookup local\nip rule delete pref 0\n"
        "ip rule add pref 10 ipproto tcp dport 22322 type blackhole",
        master=True,
    ),
    # --- H13 hosts that cannot be asked
    Fault("nobody there", "H13", "unreachable", absent=True, silent=True),
    Fault("key refused", "H13", "Permission denied", "> root/.ssh/authorized_keys", silent=True),
    Fault("accepts and says nothing", "H13", "unreachable", LISTENING + "22", silent=True),
    Fault(
        "sudo asks",
        "H13",
        "password",
        "inside useradd --create-home --groups sudo --password '*' admin\n"
        "install -D -m 600 -o 1000 -g 1000 root/.ssh/authorized_keys home/admin/.ssh/authorized_keys\n"
        "chown 1000:1000 home/admin/.ssh",
        silent=True,
        variables={"ansible_user": "admin"},
    ),
    # --- H15, H16 what is installed, or should not be
    Fault("no cloud-init", "H15", "not installed", "inside dpkg --purge --force-depends cloud-init"),
    Fault("no cloud-utils", "H15", "not installed", "inside dpkg --purge --force-depends cloud-guest-utils"),
    Fault("dpkg cut off", "H15", "cut off", "touch var/lib/dpkg/updates/0001"),
    Fault("docker", "H16", "package docker.io", DOCKER),
    Fault("containerd by hand", "H16", "/usr/local/bin/containerd", "touch usr/local/bin/containerd"),
    Fault(
        "earlier installation",
        "H16",
        "/var/lib/bashible/bashible.sh",
        "mkdir var/lib/bashible\ntouch var/lib/bashible/bashible.sh",
        also=("H19",),  # a node's clock is the platform's business
    ),
    Fault("user deckhouse", "H16", "the user exists", "inside useradd deckhouse"),
    Fault("kubelet's port", "H16", "10250/TCP", LISTENING + "10250 &"),
    Fault("API server's port", "H16", "6443/TCP", LISTENING + "6443 &", master=True),
    # --- H20 networks
    Fault("pod network", "H20", "10.111.0.0/16", "ip address add 10.111.3.1/24 dev eth0"),
    Fault("route to services", "H20", "10.222.5.0/24", "ip route add 10.222.5.0/24 dev eth0"),
    Fault("nameserver in services", "H20", "10.222.0.10", "echo nameserver 10.222.0.10 > etc/resolv.conf"),
    Fault("no nameserver", "H20", "none", "> etc/resolv.conf"),
    Fault("outside the internal network", "H20", "198.18.1.", "ip route add 198.18.0.1 dev eth0", network="198.18.1"),
    Fault("no ip", "H20", "nothing readable", "rm -f bin/ip sbin/ip", also=("C06",), cluster=("C06",)),
    Fault("unreadable MTU", "C06", "unknown", "unreadable sys/class/net/eth0/mtu"),
    Fault("other MTU", "", "", "ip link set eth0 mtu 1400", cluster=("C06",)),
    # --- H21, H00 what cannot run the check: the shell answers, but for what needs Python to be measured
    Fault("no Python", "H21", "no Python", "rm -f usr/bin/python*", also=BY_SHELL),
    Fault(
        "crashes",
        "H21",
        "does not start",
        "rm usr/bin/python*\nprintf '#!/bin/sh\\nkill -9 $$\\n' > usr/bin/python3\nchmod 755 usr/bin/python3",
        also=BY_SHELL,
    ),
    Fault("hangs", "H00", "Timed out", "rm etc/os-release\nmkfifo etc/os-release", silent=True),
    Fault(
        "full disk",
        "H00",
        "No usable temporary directory",
        'mount -o remount,size=8m "$folder/room"\ncat /dev/zero > x 2>/dev/null || :',
        also=(*BY_SHELL, "H06"),
    ),
)
