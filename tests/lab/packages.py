# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab needs of Debian on this machine, installed when it is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lab import shell
from lab.errors import LabError
from lab.progress import step

# Package -> a program of it; asked of the machine, so that what comes from elsewhere counts too.
PROGRAMS = {
    "apache2-utils": "htpasswd",
    "crun": "crun",
    "docker-registry": "docker-registry",
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
POLICY = Path("/usr/sbin/policy-rc.d")


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
        environment = {"DEBIAN_FRONTEND": "noninteractive"}
        shell.run(["apt-get", "-qq", "update"])
        # A service that a package would start (docker-registry on all addresses) is none of the lab's: RUNLEVEL=1 means
        # to invoke-rc.d that the machine is in maintenance.
        shell.run(
            ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *wanted],
            env={**environment, "RUNLEVEL": "1"},
        )
    still = missing()
    if still:
        raise LabError(f"Installed, but their programs are not found: {', '.join(still)}.")
