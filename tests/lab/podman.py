# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's podman: a wrapper script that keeps images and containers inside the lab's folder.

On a machine with hybrid cgroups and without the right to raise limits (a container, a small VM) podman needs two
favours: no default limits, and a view of the machine without the second cgroup hierarchy.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from lab import shell
from lab.errors import LabError
from lab.paths import CONTAINERS_RUN, LabPaths
from lab.progress import say

UNIFIED = Path("/sys/fs/cgroup/unified")
CONFIGURATION = "[containers]\ndefault_ulimits = []\n"


def script(lab: LabPaths, hybrid: bool, filesystem: str) -> str:
    """The wrapper. It runs podman in a mount namespace where cgroups are hybrid.

    filesystem: the one of the lab's folder, as `stat` calls it. There are no layers on one that is made of layers
    itself, as in a container: podman keeps copies there.
    """
    storage = ["--root", str(lab.containers / "root"), "--runroot", str(CONTAINERS_RUN)]
    storage += ["--storage-driver", "vfs"] if filesystem == "overlayfs" else []
    podman = f"podman {shlex.join(storage)}"
    lines = [
        "#!/bin/sh",
        "# podman of the lab: what it keeps, it keeps in the lab's folder.",
        f"export CONTAINERS_CONF={shlex.quote(str(lab.containers / 'containers.conf'))}",
    ]
    if hybrid:
        inner = f'umount {UNIFIED}; exec {podman} "$@"'
        lines.append(f'exec unshare --mount --propagation private sh -c {shlex.quote(inner)} podman "$@"')
    else:
        lines.append(f'exec {podman} "$@"')
    return "\n".join(lines) + "\n"


def ensure(lab: LabPaths) -> None:
    """Write the wrapper and its configuration."""
    lab.containers.mkdir(parents=True, exist_ok=True)
    (lab.containers / "containers.conf").write_text(CONFIGURATION, encoding="utf-8")
    lab.podman.parent.mkdir(parents=True, exist_ok=True)
    filesystem = shell.run(["stat", "--file-system", "--format=%T", lab.containers]).strip()
    lab.podman.write_text(script(lab, UNIFIED.is_mount(), filesystem), encoding="utf-8")
    lab.podman.chmod(0o755)


def remove(lab: LabPaths) -> None:
    """End the lab's containers, as far as podman can; their files go with the lab's folder."""
    if lab.podman.exists():
        # The second unmounts what podman has left mounted where it does not run in a namespace of its own.
        for words in (["rm", "--all", "--force", "--time", "1"], ["umount", "--all", "--force"]):
            try:
                shell.run([lab.podman, *words], timeout_s=60)
            except LabError as problem:
                say("podman", f"goes on without it: {problem}")
