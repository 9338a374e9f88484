# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps what it makes: three places, all removed or reused by rule.

* the checkout's ``.lab``: one lab's keys, disks and logs; ``down`` removes it;
* the cache: what is expensive to build and the same for every lab, in folders named by what they were built from;
* the run folder: which checkout's lab is up on this machine, and what needs a short path wherever the checkout lies:
  a socket's has at most 107 bytes, that of podman's run folder at most 50.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dvp-baremetal"
RUN = Path("/run/dvp-lab")
CONTAINERS_RUN = RUN / "containers"
# inventories/lab has it too: Ansible's shared SSH connections listen there.
CONNECTIONS = RUN / "ssh"


@dataclass(frozen=True)
class LabPaths:
    """The folders and files of one lab."""

    directory: Path

    @property
    def key(self) -> Path:
        return self.directory / "ssh" / "id_ed25519"

    @property
    def known_hosts(self) -> Path:
        return self.directory / "ssh" / "known_hosts"

    @property
    def registry(self) -> Path:
        return self.directory / "registry"

    @property
    def podman(self) -> Path:
        return self.directory / "bin" / "podman"

    @property
    def containers(self) -> Path:
        return self.directory / "containers"

    @property
    def platform(self) -> Path:
        return self.directory / "platform"

    @property
    def images(self) -> Path:
        return self.directory / "images"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def state(self) -> Path:
        """The collection's own state directory; the lab only reads it."""
        return self.directory / "state"

    def machine(self, name: str) -> Path:
        return self.directory / "machines" / name


LAB = LabPaths(ROOT / ".lab")
