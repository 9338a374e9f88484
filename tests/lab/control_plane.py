# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where kube-apiserver and etcd come from: $KUBEBUILDER_ASSETS, the cache, or Go, which builds control_plane/."""

from __future__ import annotations

import os
from pathlib import Path

from lab import shell
from lab.cache import cached, digest
from lab.errors import LabError
from lab.paths import SOURCE
from lab.progress import step

MODULE = SOURCE / "control_plane"
BINARIES = {"kube-apiserver": "./apiserver", "etcd": "./etcd"}


def binaries() -> Path:
    """The folder that holds both binaries; about six minutes on two cores when they have to be built."""
    given = os.environ.get("KUBEBUILDER_ASSETS")
    if given:
        missing = [name for name in BINARIES if not os.access(Path(given) / name, os.X_OK)]
        if missing:
            raise LabError(f"KUBEBUILDER_ASSETS={given} has no {' and no '.join(missing)}. Unset it, or complete it.")
        return Path(given)
    sources = [MODULE / "go.mod", MODULE / "go.sum", *(MODULE / package / "main.go" for package in BINARIES.values())]
    return cached("control-plane", digest(sources), _build)


def _build(folder: Path) -> None:
    with step("control plane", "building kube-apiserver and etcd with Go (about 6 minutes on 2 cores, once)"):
        for name, package in BINARIES.items():
            shell.run(["go", "build", "-o", folder / name, package], cwd=MODULE, env={"CGO_ENABLED": "0"})
