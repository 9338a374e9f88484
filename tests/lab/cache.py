# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that are expensive to build, kept under the hash of what they are built from.

A folder appears whole or not at all: it is built under another name and renamed. The older ones of its kind are removed
by `prune`, when no lab is up that could use them: machines' disks are layers over the image that they were made from.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from lab.paths import CACHE


def digest(parts: Iterable[str | bytes | Path]) -> str:
    """A short hash of texts and of the contents of files, in this order."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        total.update(len(content).to_bytes(8, "big") + content)
    return total.hexdigest()[:16]


def is_cached(kind: str, key: str, cache: Path = CACHE) -> bool:
    """Whether the folder is there already."""
    return (cache / kind / key).is_dir()


def cached(kind: str, key: str, build: Callable[[Path], None], cache: Path = CACHE) -> Path:
    """The folder ``<cache>/<kind>/<key>``; ``build`` fills it when it is not there."""
    home = cache / kind
    target = home / key
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            for interrupted in home.glob("*.partial"):
                shutil.rmtree(interrupted)
            partial = home / f"{key}.partial"
            partial.mkdir()
            build(partial)
            partial.rename(target)
        # `prune` keeps what was used last; the kernel's own clock for files is too coarse to tell.
        now = time.time_ns()
        os.utime(target, ns=(now, now))
    return target


def prune(cache: Path = CACHE) -> None:
    """Keep, of each kind, only the folder that was used last, and what is being built. For when no lab is up."""
    for lock_file in cache.glob("*/lock"):
        with lock_file.open("w") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            folders = [path for path in lock_file.parent.iterdir() if path.is_dir()]
            for old in sorted(folders, key=lambda folder: (folder.suffix == "", folder.stat().st_mtime_ns))[:-1]:
                shutil.rmtree(old)
