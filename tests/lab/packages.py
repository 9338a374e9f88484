# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests need of Debian on this machine, installed when it is missing: by default, what the lab needs."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
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
# Another apt may be at work, as a fresh machine's own upgrade is.
LOCK_PATIENCE_S = 300
APT_GET = ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={LOCK_PATIENCE_S}"]
UNATTENDED = {"DEBIAN_FRONTEND": "noninteractive"}
JOURNAL = Path("/var/lib/dpkg/updates")
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def missing(programs: Mapping[str, str]) -> list[str]:
    """Packages whose program is not there."""
    path = os.pathsep.join([os.environ.get("PATH", ""), SYSTEM_PATH])
    return [package for package, program in programs.items() if shutil.which(program, path=path) is None]


def interrupted(journal: Path) -> bool:
    """Whether dpkg was cut off at its work: its journal is not empty, or a package is unpacked and no more."""
    return journal.is_dir() and (any(journal.iterdir()) or bool(shell.run(["dpkg", "--audit"]).strip()))


def ensure(programs: Mapping[str, str] = PROGRAMS) -> None:
    """Install what is missing, after what an interrupted command has left half way."""
    if interrupted(JOURNAL):
        with step("packages", "letting dpkg finish what it was cut off from"):
            _finish()
    wanted = missing(programs)
    if not wanted:
        return
    if shutil.which("apt-get") is None:
        raise LabError(f"Needed: {', '.join(wanted)}; and this is no Debian: install them, then run this again.")
    with step("packages", f"installing {' '.join(wanted)}"):
        shell.run([*APT_GET, "update"])
        shell.run([*APT_GET, "install", "--yes", "--no-install-recommends", *wanted], env=UNATTENDED)
    still = missing(programs)
    if still:
        raise LabError(f"Installed, but their programs are not found: {', '.join(still)}.")


def _finish() -> None:
    """Configure what is unpacked; dpkg itself does not wait for whoever holds its lock."""
    until = time.monotonic() + LOCK_PATIENCE_S
    while interrupted(JOURNAL):
        try:
            shell.run(["dpkg", "--configure", "-a", "--force-confold"], env=UNATTENDED)
        except LabError as problem:
            if "locked by another process" not in str(problem) or time.monotonic() > until:
                raise
            shell.pause(2)
        else:
            return


def program(package: str, path: str) -> Path:
    """A program of a package that is unpacked, not installed: installing it would start a service on every address."""

    def unpack(folder: Path) -> None:
        with step("packages", f"unpacking {package}"):
            if not shell.succeeds(["apt-cache", "show", package]):
                shell.run([*APT_GET, "update"])
            # apt's own sandbox user may not write here, and it would say so.
            shell.run([*APT_GET, "-o", "APT::Sandbox::User=root", "download", package], cwd=folder)
            for archive in folder.glob("*.deb"):
                shell.run(["dpkg-deb", "--extract", archive, folder])
                archive.unlink()

    return cached(package, digest([package]), unpack) / path
