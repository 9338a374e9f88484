# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DATA ONLY: the modules the platform offers, and how long each takes to become ready (seconds, before the pace)."""

from __future__ import annotations

from typing import NamedTuple

EMBEDDED = "Embedded"
EXTERNAL = "deckhouse"


class ModuleSpec(NamedTuple):
    """One module. `requires`: modules that must be enabled; `crds`: a file in crds/."""

    name: str
    weight: int
    source: str = EXTERNAL
    bundle: bool = False
    requires: tuple[str, ...] = ()
    version: str = "v1.0.0"
    stage: str = "General Availability"
    download_s: float = 2
    install_s: float = 3
    start_s: float = 3
    crds: str = ""
    editions: tuple[str, ...] = ()
    critical: bool = False


MODULES: tuple[ModuleSpec, ...] = (
    ModuleSpec("deckhouse", 2, EMBEDDED, True, critical=True, start_s=2),
    ModuleSpec("cni-cilium", 21, EMBEDDED),
    ModuleSpec("node-manager", 40, EMBEDDED, True),
    ModuleSpec("control-plane-manager", 40, EMBEDDED, True),
    ModuleSpec("cert-manager", 101, EMBEDDED, True),
    ModuleSpec("user-authn", 150, EMBEDDED, True),
    ModuleSpec("prometheus", 300, EMBEDDED, True),
    ModuleSpec("vertical-pod-autoscaler", 302, EMBEDDED, True),
    ModuleSpec("ingress-nginx", 402, EMBEDDED, True),
    ModuleSpec("snapshot-controller", 10, bundle=True, version="v0.1.20", crds="snapshot-controller"),
    ModuleSpec("csi-nfs", 910, requires=("snapshot-controller",), version="v0.4.1", crds="csi-nfs", start_s=5),
    ModuleSpec("console", 340, requires=("user-authn",), version="v1.43.2", editions=("ee",)),
    ModuleSpec(
        "virtualization",
        900,
        requires=("cni-cilium",),
        version="v1.10.2",
        crds="virtualization",
        download_s=3,
        install_s=5,
        start_s=10,
    ),
)
BY_NAME = {module.name: module for module in MODULES}
