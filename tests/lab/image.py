# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk image of the machines: Debian 12 with the distribution's own kernel, made by mmdebstrap.

A cache folder holds ``vmlinux`` and ``initrd`` (QEMU starts the kernel itself: no boot loader, no time spent in one),
``host.img`` (60 GiB, sparse) and ``storage.img`` (the same with an NFS server). What boots under emulation is slow, so
units that a server in a rack would run for its own upkeep are masked: the machines stay quiet.
"""

from __future__ import annotations

import lzma
import os
from pathlib import Path

from lab import shell
from lab.cache import cached, digest
from lab.paths import SOURCE
from lab.progress import step

MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"
ROOT_LABEL = "dvp-root"
DISK_GIB = 60

# python3-apt is what Ansible's apt module needs; no cloud-guest-utils: `prepare` has something to install.
PACKAGES = [
    "ca-certificates", "cloud-init", "dbus", "initramfs-tools", "iproute2", "iputils-ping", "kmod",
    "linux-image-amd64", "netbase", "openssh-server", "procps", "python3", "python3-apt", "sudo", "systemd-sysv",
    "udev", "zstd",
]  # fmt: skip
MASKED = [
    "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
    "fstrim.timer", "systemd-tmpfiles-clean.timer", "getty@tty1.service", "serial-getty@ttyS0.service",
    "systemd-networkd-wait-online.service", "systemd-pstore.service", "systemd-binfmt.service",
    "proc-sys-fs-binfmt_misc.automount", "systemd-update-utmp.service", "modprobe@configfs.service",
    "modprobe@dm_mod.service", "modprobe@drm.service", "modprobe@fuse.service", "modprobe@loop.service",
    "sys-kernel-config.mount", "sys-fs-fuse-connections.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount",
]  # fmt: skip
MASKED_GENERATORS = [
    "bless-boot", "cryptsetup", "debug", "getty", "gpt-auto", "hibernate-resume", "integritysetup", "rc-local", "run",
    "system-update", "sysv", "veritysetup",
]  # fmt: skip
DPKG_OPTIONS = [
    "force-unsafe-io",
    *(f"path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info")),
]
GUEST = SOURCE / "guest"


def key() -> str:
    """What the image is built from."""
    files = sorted(path for path in GUEST.rglob("*") if path.is_file())
    return digest([Path(__file__), *(part for path in files for part in (str(path.relative_to(GUEST)), path))])


def base() -> Path:
    """The folder with kernel and disk images; about three minutes when it has to be built."""

    def build(folder: Path) -> None:
        with step("image", "building the machines' Debian 12 image (about 3 minutes, once)"):
            _build(folder)

    return cached("image", key(), build)


def decompressed_kernel(bzimage: bytes) -> bytes:
    """The ELF kernel inside Debian's bzImage.

    The kernel unpacks itself when it boots, which takes an emulated CPU longer than everything up to ``init``.
    """
    start = bzimage.index(b"\xfd7zXZ\0")
    return lzma.LZMADecompressor().decompress(bzimage[start:])


def _build(folder: Path) -> None:
    root = folder / "root"
    command: list[str | Path] = [*shell.ISOLATED, "--mount-proc", "mmdebstrap", "--mode=root", "--variant=minbase"]
    command += ["--format=directory", f"--include={','.join(PACKAGES)}", "--aptopt=Apt::Install-Recommends false"]
    command += [f"--dpkgopt={option}" for option in DPKG_OPTIONS]
    # The initial RAM disk is made once, and from what the lab's disks need.
    command += [f'--essential-hook=cp -r "{GUEST}/initramfs" "$1/etc/initramfs-tools"', "--skip=cleanup/apt/lists"]
    command += ["--components=main", SUITE, root, f"deb {MIRROR} {SUITE} main"]
    shell.run(command, log=folder / "mmdebstrap.log")
    shell.run(["cp", "--recursive", "--no-preserve=ownership", f"{GUEST}/root/.", root])
    masks = [f"system/{unit}" for unit in MASKED]
    masks += [f"system-generators/systemd-{name}-generator" for name in MASKED_GENERATORS]
    for mask in masks:
        path = root / "etc/systemd" / mask
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to("/dev/null")
    _chroot(root, "apt-get", "-qq", "check")  # leaves apt's cache of its lists, which takes an emulated CPU long
    _chroot(root, "systemctl", "enable", "systemd-networkd.service", "ssh.service")
    for stale in [*(root / "etc/ssh").glob("ssh_host_*"), root / "etc/hostname", root / "etc/resolv.conf"]:
        stale.unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text("nameserver 10.0.2.3\n", encoding="utf-8")
    (root / "etc/machine-id").write_text("", encoding="utf-8")
    kernel = next((root / "boot").glob("vmlinuz-*"))
    (folder / "vmlinux").write_bytes(decompressed_kernel(kernel.read_bytes()))
    next((root / "boot").glob("initrd.img-*")).rename(folder / "initrd")
    _filesystem(root, folder / "host.img")
    _chroot(root, "apt-get", "-qq", "install", "--no-install-recommends", "--yes", "nfs-kernel-server")
    _filesystem(root, folder / "storage.img")
    shell.run(["rm", "--recursive", "--one-file-system", root])


def _chroot(root: Path, *command: str) -> None:
    """Run in the image as it is being built; nothing that it mounts or starts outlives it."""
    isolated: list[str | Path] = [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        f"--mount-proc={root}/proc",
        "chroot",
        root,
    ]
    shell.run([*isolated, *command], env={"DEBIAN_FRONTEND": "noninteractive"})


def _filesystem(root: Path, image: Path) -> None:
    """An ext4 file system of 60 GiB that takes only what is in it; few inodes, as they are written."""
    with image.open("wb") as disk:
        os.truncate(disk.fileno(), DISK_GIB << 30)
    shell.run(["mke2fs", "-q", "-t", "ext4", "-L", ROOT_LABEL, "-m", "1", "-i", "65536", "-d", root, image])
