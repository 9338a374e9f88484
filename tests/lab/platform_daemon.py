# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the platform's stand-in (lab.platform), and the image that a smoke test's virtual machine starts from."""

from __future__ import annotations

import http.client
import sys
from pathlib import Path

from lab import daemons, shell
from lab.cache import digest
from lab.errors import LabError
from lab.machine import HOST_ADDRESS
from lab.paths import SOURCE, LabPaths

NAME = "platform"
PORT = 7070
IMAGES_PORT = 8080
PATIENCE_S = 30
GUEST_MIB = 64


def answers() -> bool:
    """Whether the daemon listens and speaks HTTP."""
    connection = http.client.HTTPConnection(str(HOST_ADDRESS), PORT, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def guest_image(lab: LabPaths) -> Path:
    """The folder with guest.qcow2: a real disk image with a file system, small, because nothing starts it here."""
    image = lab.images / "guest.qcow2"
    if not image.exists():
        lab.images.mkdir(parents=True, exist_ok=True)
        raw, partial = lab.images / "guest.img", lab.images / "guest.partial"
        shell.run(["truncate", f"--size={GUEST_MIB}M", raw])
        shell.run(["mke2fs", "-q", "-F", "-t", "ext4", "-L", "guest", raw])
        shell.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, partial])
        raw.unlink()
        partial.rename(image)
    return lab.images


def _stop_older(lab: LabPaths) -> None:
    """End a daemon that runs older code than this checkout's; it keeps its state and goes on from it."""
    sources = SOURCE / "platform"
    version = digest(sorted(path for path in sources.rglob("*") if path.suffix in (".py", ".yaml")))
    known = lab.directory / "platform.version"
    if known.exists() and known.read_text(encoding="utf-8") != version:
        daemons.stop(d for d in daemons.running() if (d.lab, d.name) == (lab.directory, NAME))
    known.write_text(version, encoding="utf-8")


def ensure(lab: LabPaths, binaries: Path) -> None:
    """Start the daemon when it does not run, and wait until it answers."""
    images = guest_image(lab)
    _stop_older(lab)
    if daemons.find(lab.directory, NAME) is None:
        command: list[str | Path] = [sys.executable, "-m", "lab.platform", "--state-dir", lab.platform]
        command += ["--listen", f"{HOST_ADDRESS}:{PORT}", "--images-listen", f"{HOST_ADDRESS}:{IMAGES_PORT}"]
        command += ["--assets-dir", binaries, "--images-dir", images]
        environment = {"PYTHONPATH": str(SOURCE.parent), "PYTHONUNBUFFERED": "1"}
        daemons.start(lab.directory, NAME, command, lab.logs / "platform.log", environment)
    for _attempt in range(PATIENCE_S):
        if answers():
            return
        if daemons.find(lab.directory, NAME) is None:
            break
        shell.pause(1)
    raise LabError(f"The platform's daemon does not answer: see {lab.logs}/platform.log.")
