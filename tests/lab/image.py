# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk images of the machines: Debian with the distribution's own kernel, made by mmdebstrap.

A cache folder holds ``vmlinux`` and ``initrd`` (QEMU starts the kernel itself: no boot loader, no time spent in one),
``host.img`` (sparse) and, of Debian 12, ``storage.img`` (the same with an NFS server). What boots under emulation is
slow, so units that a server in a rack would run for its own upkeep are masked: the machines stay quiet.

Debian 12 is set up by cloud-init. The other suites have no part in an installation, and are set up by a script that is
much quicker (guest/seeded): they are there to be looked at.
"""

from __future__ import annotations

import lzma
import os
import struct
from pathlib import Path

from lab import roots, shell
from lab.cache import cached, digest
from lab.machine import DISK_GIB, SUITE
from lab.paths import SOURCE
from lab.progress import step

ROOT_LABEL = "dvp-root"
# Larger than the platform's installer asks for; the disk of a machine may then be smaller than the guide asks for.
SMALL_GIB = 48

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
GUEST = SOURCE / "guest"
XZ = b"\xfd7zXZ\0"
INSTALL = ("apt-get", "-qq", "install", "--no-install-recommends", "--yes")


def key() -> str:
    """What the images are built from."""
    files = sorted(path for path in GUEST.rglob("*") if path.is_file())
    parts = [part for path in files for part in (str(path.relative_to(GUEST)), path)]
    return digest([Path(__file__), Path(roots.__file__), *parts])


def base(suite: str = SUITE) -> Path:
    """The folder with kernel and disk images; some minutes when it has to be built."""

    def build(folder: Path) -> None:
        with step("image", f"building the machines' {roots.TITLES[suite]} image (about 3 minutes, once)"):
            _build(folder)

    def build_seeded(folder: Path) -> None:
        tree = roots.tree(suite)
        with step("image", f"building the machines' {roots.TITLES[suite]} image (about 2 minutes, once)"):
            _build_seeded(folder, tree)

    return cached("image", key(), build) if suite == SUITE else cached(f"image-{suite}", key(), build_seeded)


def packed_kernel(bzimage: bytes) -> bytes:
    """The compressed ELF kernel inside a bzImage, as its header tells; the last four bytes are a size."""
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    start = (bzimage[0x1F1] + 1) * 512 + offset
    return bzimage[start : start + length - 4]


def _build(folder: Path) -> None:
    root = folder / "root"
    # The initial RAM disk is made once, and from what the lab's disks need.
    hook = f'--essential-hook=cp -r "{GUEST}/initramfs" "$1/etc/initramfs-tools"'
    roots.bootstrap(SUITE, root, PACKAGES, hook)
    shell.run(["cp", "--recursive", "--no-preserve=ownership", f"{GUEST}/root/.", root])
    _settle(root)
    roots.chroot(root, "apt-get", "-qq", "check")  # leaves apt's cache of its lists, which takes an emulated CPU long
    _take_kernel(root, folder)
    _filesystem(root, folder / "host.img", DISK_GIB)
    roots.chroot(root, *INSTALL, "nfs-kernel-server")
    _filesystem(root, folder / "storage.img", DISK_GIB)
    shell.run(["rm", "--recursive", "--one-file-system", root])


def _build_seeded(folder: Path, tree: Path) -> None:
    root = folder / "root"
    shell.run(["cp", "--archive", tree, root])
    shell.run(["cp", "--recursive", f"{GUEST}/initramfs", root / "etc/initramfs-tools"])
    shell.run(["cp", "--dereference", "/etc/resolv.conf", root / "etc/resolv.conf"])
    roots.chroot(root, *INSTALL, "linux-image-amd64", "initramfs-tools", "zstd")
    for part in ("root", "seeded"):
        shell.run(["cp", "--recursive", "--no-preserve=ownership", f"{GUEST}/{part}/.", root])
    _settle(root)
    roots.chroot(root, "systemctl", "enable", "lab-seed.service")
    _take_kernel(root, folder)
    _filesystem(root, folder / "host.img", SMALL_GIB)
    shell.run(["rm", "--recursive", "--one-file-system", root])


def _settle(root: Path) -> None:
    """What machines of an image have in common; what each has of its own comes when it starts."""
    masks = [f"system/{unit}" for unit in MASKED]
    masks += [f"system-generators/systemd-{name}-generator" for name in MASKED_GENERATORS]
    for mask in masks:
        path = root / "etc/systemd" / mask
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to("/dev/null")
    roots.chroot(root, "systemctl", "enable", "systemd-networkd.service", "ssh.service")
    for stale in [*(root / "etc/ssh").glob("ssh_host_*"), root / "etc/hostname", root / "etc/resolv.conf"]:
        stale.unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text("nameserver 10.0.2.3\n", encoding="utf-8")
    (root / "etc/machine-id").write_text("", encoding="utf-8")


def _take_kernel(root: Path, folder: Path) -> None:
    """Unpack the kernel: at each start that would take an emulated CPU longer than everything up to ``init``."""
    packed = packed_kernel(next((root / "boot").glob("vmlinuz-*")).read_bytes())
    if packed.startswith(XZ):
        (folder / "vmlinux").write_bytes(lzma.decompress(packed))
    else:
        (root / "vmlinux.zst").write_bytes(packed)
        roots.chroot(root, "zstd", "--decompress", "--quiet", "--rm", "/vmlinux.zst")
        (root / "vmlinux").rename(folder / "vmlinux")
    next((root / "boot").glob("initrd.img-*")).rename(folder / "initrd")


def _filesystem(root: Path, image: Path, gib: int) -> None:
    """An ext4 file system that takes only what is in it; few inodes, as they are written."""
    with image.open("wb") as disk:
        os.truncate(disk.fileno(), gib << 30)
    shell.run(["mke2fs", "-q", "-t", "ext4", "-L", ROOT_LABEL, "-m", "1", "-i", "65536", "-d", root, image])
