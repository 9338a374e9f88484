# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a script on a host over SSH, as the platform's own machinery does."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from . import state

_OPTIONS = [
    "BatchMode=yes",
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "IdentitiesOnly=yes",
    "KexAlgorithms=curve25519-sha256",
    "ConnectTimeout=20",
]


@dataclass(frozen=True)
class Target:
    """A host and how to log in to it; `key` is the text of a private key."""

    address: str
    user: str
    key: str
    port: int = 22
    sudo_password: str = ""


@dataclass(frozen=True)
class Result:
    """What a script has left behind; return code 255 means that the login failed."""

    rc: int
    stdout: str = ""
    stderr: str = ""

    @property
    def unreachable(self) -> bool:
        """Did the login fail, so that nothing ran?"""
        return self.rc == 255


class Runner(Protocol):
    """Runs a shell script as root on a host."""

    def run(self, target: Target, script: str, timeout_s: float = 180) -> Result:
        """Run the script; an unreachable host is a Result, not an exception."""


class OpenSsh:
    """The ssh command. Keys lie as 0600 files in the state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, target: Target, script: str, timeout_s: float = 180) -> Result:
        """Log in and feed the script to a root shell."""
        key = self._folder / hashlib.sha256(target.key.encode()).hexdigest()[:16]
        if not key.exists():
            state.write(key, target.key.rstrip("\n") + "\n")
        shell, stdin = "bash -s", script
        if target.user != "root":
            shell = f"sudo -S -p '' {shell}" if target.sudo_password else f"sudo -n {shell}"
            stdin = f"{target.sudo_password}\n{script}" if target.sudo_password else script
        command = ["ssh", "-i", str(key), "-p", str(target.port), "-l", target.user]
        command += [part for option in _OPTIONS for part in ("-o", option)]
        try:
            done = subprocess.run(
                [*command, target.address, shell], input=stdin, capture_output=True, text=True, timeout=timeout_s
            )
        except subprocess.TimeoutExpired:
            return Result(255, "", f"ssh {target.address}: no end after {timeout_s:.0f} s")
        return Result(done.returncode, done.stdout, done.stderr)
