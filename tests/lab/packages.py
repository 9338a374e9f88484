# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab needs of Debian on this machine, installed when it is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lab import shell
from lab.cache import cached, digest
from lab.errors import LabError
from lab.progress import step

# Package -> a program of it; asked of the machine, so that what comes from elsewhere counts too.
PROGRAMS = {
    "apache2-utils": "htpasswd",
    "crun": "crun",
    "e2fsprogs": "mke2fs",
    "genisoimage": "genisoimage",
    "iproute2": "ip",
    "mmdebstrap": "mmdebstrap",
    "openssh-client": "ssh",
    "podman": "podman",
    "qemu-system-x86": "qemu-system-x86_64",
    "qemu-utils": "qemu-img",
}
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def missing() -> list[str]:
    """Packages whose program is not there."""
    path = os.pathsep.join([os.environ.get("PATH", ""), SYSTEM_PATH])
    return [package for package, program in PROGRAMS.items() if shutil.which(program, path=path) is None]


def ensure() -> None:
    """Install what is missing."""
    wanted = missing()
    if not wanted:
        return
    if shutil.which("apt-get") is None:
        raise LabError(f"The lab needs {', '.join(wanted)}, and this is no Debian: install them, then run this again.")
    with step("packages", f"installing {' '.join(wanted)}"):
        shell.run(["apt-get", "-qq", "update"])
        install = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends"]
        shell.run([*install, *wanted], env={"DEBIAN_FRONTEND": "noninteractive"})
    still = missing()
    if still:
        raise LabError(f"Installed, but their programs are not found: {', '.join(still)}.")


def program(package: str, path: str) -> Path:
    """A program of a package that is unpacked, not installed: installing it would start a service on every address."""

    def unpack(folder: Path) -> None:
        with step("packages", f"unpacking {package}"):
            if not shell.succeeds(["apt-cache", "show", package]):
                shell.run(["apt-get", "-qq", "update"])
            # apt's own sandbox user may not write here, and it would say so.
            shell.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], cwd=folder)
            for archive in folder.glob("*.deb"):
                shell.run(["dpkg-deb", "--extract", archive, folder])
                archive.unlink()

    return cached(package, digest([package]), unpack) / path
