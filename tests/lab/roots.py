# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of small Debian systems without a kernel: what hosts in containers run, and what further images are made of."""

from __future__ import annotations

from pathlib import Path

from lab import shell
from lab.cache import cached, digest
from lab.progress import step

MIRROR = "http://deb.debian.org/debian"
TITLES = {"bullseye": "Debian 11", "bookworm": "Debian 12", "trixie": "Debian 13"}
# Everything that the requirements ask for, so that a host without a fault has none; cloud-init never starts.
PACKAGES = [
    "ca-certificates", "cloud-guest-utils", "cloud-init", "dbus", "iproute2", "kmod", "netbase", "openssh-server",
    "procps", "python3", "sudo", "systemd-sysv", "udev",
]  # fmt: skip
DPKG_OPTIONS = [
    "force-unsafe-io",
    *(f"path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info")),
]


def bootstrap(suite: str, root: Path, packages: list[str], *options: str) -> None:
    """Make the tree of a system; what mmdebstrap says is kept beside it."""
    command: list[str | Path] = [*shell.ISOLATED, "--mount-proc", "mmdebstrap", "--mode=root", "--variant=minbase"]
    command += ["--format=directory", f"--include={','.join(packages)}", "--aptopt=Apt::Install-Recommends false"]
    command += [f"--dpkgopt={option}" for option in DPKG_OPTIONS]
    command += [*options, "--skip=cleanup/apt/lists", "--components=main", suite, root, f"deb {MIRROR} {suite} main"]
    shell.run(command, log=root.parent / "mmdebstrap.log")


def chroot(root: Path, *command: str) -> None:
    """Run in a tree; nothing that it mounts or starts outlives it."""
    isolated: list[str | Path] = [*shell.ISOLATED, f"--mount-proc={root}/proc", "chroot", root]
    shell.run([*isolated, *command], env={"DEBIAN_FRONTEND": "noninteractive"})


def tree(suite: str) -> Path:
    """The tree of a suite, to be read only; about a minute when it has to be built."""

    def build(folder: Path) -> None:
        root = folder / "root"
        with step("image", f"building a {TITLES[suite]} system (about a minute, once)"):
            bootstrap(suite, root, PACKAGES)
            (root / "etc/cloud/cloud-init.disabled").touch()
            for stale in [*(root / "etc/ssh").glob("ssh_host_*"), root / "etc/hostname", root / "etc/resolv.conf"]:
                stale.unlink(missing_ok=True)
            (root / "etc/machine-id").write_text("", encoding="utf-8")

    return cached(f"root-{suite}", digest([Path(__file__)]), build) / "root"
