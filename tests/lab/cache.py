# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that are expensive to build, kept under the hash of what they are built from.

A folder appears whole or not at all: it is built under another name and renamed. A newer one replaces the older ones of
its kind, so the cache does not grow.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from lab.paths import CACHE


def digest(parts: Iterable[str | bytes | Path]) -> str:
    """A short hash of texts and of the contents of files, in this order."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        total.update(len(content).to_bytes(8, "big") + content)
    return total.hexdigest()[:16]


def cached(kind: str, key: str, build: Callable[[Path], None], cache: Path = CACHE) -> Path:
    """The folder ``<cache>/<kind>/<key>``; ``build`` fills it when it is not there."""
    home = cache / kind
    target = home / key
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return target
        for old in home.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
        partial = home / f"{key}.partial"
        partial.mkdir()
        build(partial)
        partial.rename(target)
    return target
