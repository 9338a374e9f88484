# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of the installer, as the vendor's registry would hold it: a small Debian with ``dhctl`` in it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path

from lab import shell
from lab.cache import cached, digest
from lab.machine import HOST_ADDRESS, SUITE
from lab.paths import SOURCE
from lab.progress import say, step
from lab.registry import Client
from lab.roots import DPKG_OPTIONS, MIRROR

REPOSITORY = "deckhouse/ee/install"
TAG = "early-access"
PLATFORM_URL = f"http://{HOST_ADDRESS}:7070"
PACKAGES = ["ca-certificates", "openssh-client", "python3", "python3-yaml"]
PROGRAMS = SOURCE / "installer"


def ensure(registry: Client) -> None:
    """Push the image when the registry does not hold this very one."""
    base = _base()
    programs = sorted(path for path in PROGRAMS.iterdir() if path.is_file())
    files = {f"usr/local/bin/{path.name}": path.read_bytes() for path in programs}
    files["etc/dhctl/platform.json"] = json.dumps({"url": PLATFORM_URL}).encode()
    key = digest([base.name, *(part for name in sorted(files) for part in (name, files[name]))])
    if registry.has(REPOSITORY, key) and registry.has(REPOSITORY, TAG):
        return
    top = archive(files)
    diff_ids = [(base / "diff_id").read_text(encoding="utf-8"), f"sha256:{hashlib.sha256(top).hexdigest()}"]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "Cmd": ["/bin/bash"],
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [],
    }
    registry.push(REPOSITORY, [key, TAG], config, [base / "layer.tar.gz", gzip.compress(top, mtime=0)])
    say("registry", f"pushed {REPOSITORY}:{TAG} ({', '.join(path.name for path in programs)})")


def archive(files: dict[str, bytes]) -> bytes:
    """A tar archive of these files (path -> content), the same for the same files; all may be executed."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in sorted(files):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(files[name]), 0o755
            tar.addfile(info, io.BytesIO(files[name]))
    return out.getvalue()


def _base() -> Path:
    """The folder with the lower layer (layer.tar.gz) and the digest of its contents (diff_id)."""

    def build(folder: Path) -> None:
        with step("registry", "building the installer's base layer (about a minute, once)"):
            plain = folder / "layer.tar"
            command: list[str | Path] = [*shell.ISOLATED, "--mount-proc", "mmdebstrap", "--mode=root"]
            command += [
                "--variant=minbase",
                f"--include={','.join(PACKAGES)}",
                "--aptopt=Apt::Install-Recommends false",
            ]
            command += [f"--dpkgopt={option}" for option in DPKG_OPTIONS]
            command += ["--components=main", SUITE, plain, f"deb {MIRROR} {SUITE} main"]
            shell.run(command, log=folder / "mmdebstrap.log")
            with plain.open("rb") as stream:
                (folder / "diff_id").write_text(f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}")
            with plain.open("rb") as source, gzip.open(folder / "layer.tar.gz", "wb", compresslevel=1) as target:
                shutil.copyfileobj(source, target, 1 << 20)
            plain.unlink()

    return cached("installer", digest([Path(__file__)]), build)
