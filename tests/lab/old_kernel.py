# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A kernel older than the platform needs: Ubuntu 20.04 came with it. Debian's mirrors keep none.

It is the one for virtual machines: what their disks need is built in, and it starts without an initial RAM disk.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from pathlib import Path

from lab import shell
from lab.cache import cached, digest
from lab.errors import LabError
from lab.progress import step

RELEASE = "5.4.0-1009-kvm"
URL = f"http://archive.ubuntu.com/ubuntu/pool/main/l/linux-kvm/linux-image-{RELEASE}_5.4.0-1009.9_amd64.deb"
SHA256 = "f667c524877e0316d1d5b8185e63c346d209e25a53aa85868ad4d0999c58f0c2"
PATIENCE_S = 60


def path() -> Path:
    """The kernel's file; fetched once. LabError when it cannot be had."""

    def build(folder: Path) -> None:
        with step("image", f"fetching the kernel {RELEASE} (5 MB, once)"):
            try:
                with urllib.request.urlopen(URL, timeout=PATIENCE_S) as answer:
                    package = answer.read()
            except (OSError, http.client.HTTPException) as problem:
                raise LabError(f"The old kernel cannot be had: {URL}: {problem}") from None
            if hashlib.sha256(package).hexdigest() != SHA256:
                raise LabError(f"The old kernel is another one than it was: {URL}")
            archive = folder / "kernel.deb"
            archive.write_bytes(package)
            shell.run(["dpkg-deb", "--extract", archive, folder])
            archive.unlink()

    return cached("old-kernel", digest([SHA256]), build) / "boot" / f"vmlinuz-{RELEASE}"
