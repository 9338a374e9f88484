# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where kube-apiserver and etcd come from: $KUBEBUILDER_ASSETS, the cache, or Go, which builds control_plane/."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from lab import shell
from lab.cache import cached, digest, is_cached
from lab.errors import LabError
from lab.paths import SOURCE
from lab.progress import step

KIND = "control-plane"
MODULE = SOURCE / "control_plane"
BINARIES = {"kube-apiserver": "./apiserver", "etcd": "./etcd"}


def binaries() -> Path:
    """The folder that holds both binaries; about six minutes on two cores when they have to be built."""
    return _given() or cached(KIND, _key(), _build)


def check() -> None:
    """LabError when the binaries would have to be built and this machine cannot: asked before anything else is done."""
    if not _given() and not is_cached(KIND, _key()):
        need_go()


def need_go() -> None:
    """LabError, in one line, when there is no Go or an old one."""
    needed, found = release((MODULE / "go.mod").read_text(encoding="utf-8")), _go()
    if release(found) < needed:
        raise LabError(
            f"Go {needed[0]}.{needed[1]} or newer is needed to build kube-apiserver and etcd, found {found or 'none'}: "
            "install it from https://go.dev/dl, or set KUBEBUILDER_ASSETS to a folder that has both programs."
        )


def _go() -> str:
    """The Go that would build the module, as it calls itself (go1.24.0); "" when there is none."""
    if shutil.which("go") is None:
        return ""
    try:  # in the module's folder, for which Go may fetch itself a newer one
        return shell.run(["go", "env", "GOVERSION"], cwd=MODULE).split()[-1]
    except LabError:  # it may not, and refuses the module
        return shell.run(["go", "version"], cwd=Path("/")).split()[2]


def release(text: str) -> tuple[int, int]:
    """The release of Go that a text names (go1.24.0, or go.mod's line "go 1.24.0"); (0, 0) when it names none."""
    found = re.search(r"\bgo ?(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _given() -> Path | None:
    given = os.environ.get("KUBEBUILDER_ASSETS")
    if not given:
        return None
    missing = [name for name in BINARIES if not os.access(Path(given) / name, os.X_OK)]
    if missing:
        raise LabError(f"KUBEBUILDER_ASSETS={given} has no {' and no '.join(missing)}. Unset it, or complete it.")
    return Path(given)


def _key() -> str:
    programs = [MODULE / package / "main.go" for package in BINARIES.values()]
    return digest([MODULE / "go.mod", MODULE / "go.sum", *programs])


def _build(folder: Path) -> None:
    need_go()
    with step("control plane", "building kube-apiserver and etcd with Go (about 6 minutes on 2 cores, once)"):
        for name, package in BINARIES.items():
            shell.run(["go", "build", "-o", folder / name, package], cwd=MODULE, env={"CGO_ENABLED": "0"})
