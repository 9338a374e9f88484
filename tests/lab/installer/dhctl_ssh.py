# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's way to the first master: the ssh command, one shared connection."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

_OPTIONS = [
    "BatchMode=yes",
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "IdentitiesOnly=yes",
    "KexAlgorithms=curve25519-sha256",
    "ConnectTimeout=20",
    "ControlMaster=auto",
    "ControlPersist=30",
    "ControlPath=/tmp/dhctl-ssh-%C",
]


class SshError(Exception):
    """The login failed, or a script did."""


@dataclass(frozen=True)
class Host:
    """The first master and how to log in to it."""

    address: str
    user: str
    port: int
    keys: tuple[str, ...]

    def run(self, script: str, root: bool = True, timeout_s: float = 180) -> str:
        """Run a shell script and return its output; raises SshError with the last words."""
        shell = "sudo -n bash -s" if root and self.user != "root" else "bash -s"
        command = ["ssh", "-p", str(self.port), "-l", self.user]
        command += [part for key in self.keys for part in ("-i", key)]
        command += [part for option in _OPTIONS for part in ("-o", option)]
        try:
            done = subprocess.run(
                [*command, self.address, shell], input=script, capture_output=True, text=True, timeout=timeout_s
            )
        except subprocess.TimeoutExpired as error:
            raise SshError(f"{self.address}: no end after {timeout_s:.0f} s") from error
        if done.returncode:
            raise SshError(done.stderr.strip() or f"{self.address}: script ended with {done.returncode}")
        return done.stdout
