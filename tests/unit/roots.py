"""Hosts of paper, laid out as folders: what a host's own Python reads there, its shell reads, too."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import probe
from ansible_collections.dvp.baremetal.plugins.module_utils._local_host import LocalHost
from ansible_collections.dvp.baremetal.plugins.plugin_utils._shell_host import ShellHost, script, shell_host
from unit.hosts import MEASURED, FakeHost, reached

# What a shell takes for granted; everything else that a host of paper has, is written here.
TOOLS = ("cat", "date", "df", "head", "readlink", "sed", "sleep", "timeout", "true")
# What takes a program, and what moves.
UNMEASURED = {"clock_drift_s", "disk_speed", "endpoints", "kvm", "python", "registry", "repositories"}


class RootHost(LocalHost):
    """A folder, as LocalHost sees a machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> str | None:
        return super().read(f"{self.root}{path}") if (self.root / path[1:]).is_file() else None

    def names(self, path: str) -> list[str] | None:
        return super().names(f"{self.root}{path}")

    def exists(self, path: str) -> bool:
        return super().exists(f"{self.root}{path}")

    def real_path(self, path: str) -> str:
        return super().real_path(f"{self.root}{path}").removeprefix(str(self.root))

    def filesystem(self, path: str) -> tuple[int, int] | None:
        return super().filesystem(f"{self.root}{path}")

    def run(self, arguments: list[str]) -> tuple[int, str] | None:
        environment = {"PATH": commands_of(self.root), "LC_ALL": "C"}
        program = shutil.which(arguments[0], path=commands_of(self.root))
        if program is None:
            return None
        done = subprocess.run([program, *arguments[1:]], env=environment, capture_output=True, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def ask(self, endpoints: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [reached(endpoint["name"], endpoint["type"]) for endpoint in endpoints]

    def measure_disk(self, directory: str, seconds: float) -> dict[str, Any]:
        return MEASURED

    def try_kvm(self) -> str:
        return ""


def commands_of(root: Path) -> str:
    """PATH of a folder's host."""
    return f"{root.parent}/commands"


def write_command(root: Path, name: str, body: str) -> None:
    """A program of the host."""
    path = Path(commands_of(root)) / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def lay_out(host: FakeHost, folder: Path, tools: tuple[str, ...] = TOOLS) -> Path:
    """Write a host of paper into a folder and return its root; its commands lie beside it."""
    root = folder.resolve() / "root"
    commands = Path(commands_of(root))
    for place in (commands, root / "var/lib", root / "usr/bin", root / "usr/sbin"):
        place.mkdir(parents=True, exist_ok=True)
    for tool in tools:
        (commands / tool).symlink_to(str(shutil.which(tool)))
    for name, content in host.files.items():
        path = root / name[1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    # The whole disk has a number, too.
    for name, target in {**host.links, "/sys/dev/block/8:0": "/sys/block/sda"}.items():
        path = root / name[1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(os.path.relpath(root / target[1:], path.parent))
    answers: dict[str, list[str]] = {}
    for line, (code, output) in host.commands.items():
        name, _blank, rest = line.partition(" ")
        answers.setdefault(name, []).append(
            f"{shlex.quote(rest)}*) printf %s {shlex.quote(output)}; exit {code};;" if rest or line else ""
        )
    for name, cases in answers.items():
        write_command(root, name, "\n".join(['case "$*" in', *cases, "esac", "exit 1"]))
    return root


def ask_shell(root: Path, options: Mapping[str, Any], shell: tuple[str, ...] = ("sh",), **settings: str) -> str:
    """What a shell prints about a folder."""
    text = script(options, root=str(root), **{"path": commands_of(root), **settings})
    command = [str(shutil.which(shell[0])), *shell[1:], "-c", text]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    return done.stdout.decode("utf-8", "surrogateescape")


def heard(output: str, options: Mapping[str, Any]) -> ShellHost:
    """The host behind what a shell has printed."""
    host = shell_host(output, options)
    assert host is not None, output
    return host


def measurable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that Python and the shell both know."""
    kept = {name: value for name, value in facts.items() if name not in UNMEASURED}
    disk = kept["var_lib"]  # of the machine that runs the test, where others write, too
    kept["var_lib"] = {**disk, "free_bytes": (disk["free_bytes"] or 0) >> 28}
    kept["kvm"] = {name: value for name, value in facts["kvm"].items() if name not in ("usable", "reason")}
    return kept


def both(root: Path, options: Mapping[str, Any], shell: tuple[str, ...] = ("sh",)) -> list[dict[str, Any]]:
    """Facts of a folder, as the host's Python reads them and as its shell does."""
    by_shell = heard(ask_shell(root, options, shell), options)
    return [measurable(probe(host, options)) for host in (RootHost(root), by_shell)]
