# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that exist only in a test: they answer the scripts that the platform sends over SSH."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field

from lab.platform.ssh import Result, Target


@dataclass
class FakeHosts:
    """A Runner. `hosts` maps an address to a host name; an unknown address does not answer.

    Set `refusals[address]` to a (return code, stderr) that every script on that host then gives.
    """

    hosts: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    logins: list[Target] = field(default_factory=list)
    scripts: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, target: Target, script: str, timeout_s: float = 180) -> Result:
        """Answer as a bare host would."""
        with self._lock:
            self.logins.append(target)
            self.scripts.append((target.address, script))
        if target.address not in self.hosts:
            return Result(255, "", f"ssh: connect to host {target.address} port {target.port}: No route to host")
        if target.address in self.refusals:
            code, text = self.refusals[target.address]
            return Result(code, "", text)
        return Result(0, "FACTS " + json.dumps(facts(self.hosts[target.address])) + "\n", "")


def facts(hostname: str) -> dict[str, object]:
    """Return what a healthy host tells about itself."""
    return {
        "hostname": hostname,
        "kernel": "6.1.0-42-amd64",
        "cpus": 4,
        "memory_kib": 8143000,
        "kvm": True,
        "os_image": "Debian GNU/Linux 12 (bookworm)",
        "machine_id": f"{hostname}-machine",
        "system_uuid": f"{hostname}-system",
        "boot_id": f"{hostname}-boot",
    }
