# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host without a Python for Ansible, asked by its own shell in one call; private to the collection. Pure.

script() makes the text that the shell runs, of the functions in _shell_host.sh and of every question that the probes
may ask. ShellHost answers the same probes from what the script has printed. What a host prints is data here: it is
taken apart by its line marks, and nothing of it gets into a command, a path or a template.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._disk_speed import Unmeasurable
from ansible_collections.dvp.baremetal.plugins.module_utils._endpoints import UNKNOWN, redacted
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import NEEDS_PYTHON, UNMEASURED
from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import (
    needed_modules,
    package_query,
    packages_of_interest,
)
from ansible_collections.dvp.baremetal.plugins.module_utils._host_upkeep import TIME_QUERY
from ansible_collections.dvp.baremetal.plugins.module_utils._local_host import COMMAND_TIMEOUT_S

Question = tuple[str, ...]

_BEGIN, _END = "dvp-host-check begins", "dvp-host-check ends"
# No text that is asked for comes near it; one that does is as good as unreadable.
_ANSWER_BYTES = 4 * 1024**2
_TIMED_OUT, _NOT_STARTED = 124, (126, 127)
_FILES = (
    "/etc/machine-id",
    "/etc/modules",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/resolv.conf",
    "/proc/cpuinfo",
    "/proc/device-tree/hypervisor/compatible",
    "/proc/meminfo",
    "/proc/modules",
    "/proc/net/tcp",
    "/proc/net/tcp6",
    "/proc/net/udp",
    "/proc/net/udp6",
    "/proc/self/mountinfo",
    "/proc/sys/kernel/hostname",
    "/proc/sys/kernel/osrelease",
    "/proc/xen/capabilities",
    "/sys/class/dmi/id/product_uuid",
    "/sys/fs/selinux/enforce",
    "/sys/hypervisor/type",
)
_COMMANDS = (
    ("uname", "-m"),
    ("systemd-detect-virt",),
    ("systemctl", "--version"),
    ("getent", "ahosts", "localhost"),
    ("ip", "-o", "address", "show"),
    ("ip", "-4", "route", "show", "table", "all"),
    ("ip", "-6", "route", "show", "table", "all"),
    tuple(TIME_QUERY),
)


def _package_queries(backends: Sequence[str]) -> list[Question]:
    """The question of every system, since its name is not known yet; systems that ask the same ask once."""
    queries = []
    for row in req.SUPPORTED_SYSTEMS:
        tool = req.PACKAGE_TOOLS[row.family]
        for system_id in row.ids:
            queries.append(tuple(package_query(tool, packages_of_interest(system_id, row.family, backends))))
    return list(dict.fromkeys(queries))


def _commands(options: Mapping[str, Any]) -> list[Question]:
    """Commands that are the same on every host; the script names their answers by their numbers here."""
    kvm = [module for dummy, module in req.VIRTUALIZATION_FLAGS]
    modules = dict.fromkeys([*needed_modules(options["node_role"], options["backends"]), *kvm])
    return [*_COMMANDS, *(("modprobe", "-n", "-q", name) for name in modules), *_package_queries(options["backends"])]


def _questions(options: Mapping[str, Any], interpreter: str) -> list[Question]:
    """Calls of the functions in _shell_host.sh."""
    modules = [f"/sys/module/{module}" for dummy, module in req.VIRTUALIZATION_FLAGS]
    files = [
        *_FILES,
        req.CLOUD_INIT_FILE,
        *(path for paths in req.BUILD_VERSION_FILES.values() for path in paths),
        *(f"/sys/class/dmi/id/{name}" for name in req.DMI_FIELDS),
        *(f"{module}/{name}" for module in modules for name in ("parameters/nested", "refcnt")),
    ]
    paths = ["/dev/kvm", "/sys/fs/cgroup/cgroup.controllers", *modules, *req.PLATFORM_FILES]
    paths += [f"{folder}/{name}" for folder in req.BINARY_DIRS for name in req.SELINUX_TOOLS]
    return [
        ("run", "date", "date", "+%s"),
        ("user",),
        *(("read_file", path) for path in files),
        *(("exists", path) for path in paths),
        *(("real_folder", path) for path in ("/var/lib", *req.BINARY_DIRS)),
        *(("names_of", folder, *req.FOREIGN_BINARIES) for folder in req.BINARY_DIRS),
        *(("names", path) for path in ("/sys/bus/virtio/devices", req.DPKG_JOURNAL)),
        *(("configuration", path) for path in ("/etc/modprobe.d", "/etc/modules-load.d")),
        *(("run", str(number), *command) for number, command in enumerate(_commands(options))),
        ("of_this_host",),
        ("filesystem", "/var/lib"),
        ("block_devices",),
        ("network_interfaces",),
        # The one of the inventory, unless it is more than a path.
        *([("python", interpreter)] if re.fullmatch(r"/[\w./+-]+", interpreter) else []),
        *(("pythons", folder) for folder in (*req.BINARY_DIRS, *req.PYTHON_DIRS)),
    ]


def script(options: Mapping[str, Any], interpreter: str = "", root: str = "", path: str = "") -> str:
    """The text for /bin/sh -c. options: of the module host_check. interpreter: the Python that Ansible has tried.

    root: a folder to read instead of /. path: where commands are, instead of the folders of the requirements.
    """
    settings = {
        "root": root,
        "limit": str(_ANSWER_BYTES),
        "wait_s": str(COMMAND_TIMEOUT_S),
        "PATH": path or ":".join(req.BINARY_DIRS),
    }
    library = Path(__file__).with_suffix(".sh").read_text(encoding="utf-8").splitlines()
    return "\n".join(
        [
            *(f"{name}={shlex.quote(value)}" for name, value in settings.items()),
            # The command line of a connection is no place for comments.
            *(line.strip() for line in library if line.strip() and not line.lstrip().startswith("#")),
            f'echo "{_BEGIN}"',
            *(shlex.join(question) for question in _questions(options, interpreter)),
            f'echo "{_END}"',
        ]
    )


class _Answer(NamedTuple):
    code: int
    text: str


def _lines(output: str) -> list[str] | None:
    """What stands between the first and the last line of the script; None when it did not come to its end."""
    # A terminal in between ends each line with one carriage return of its own.
    match = re.search(rf"(?:^|\n){_BEGIN}(\r?)\n", output)
    if not match:
        return None
    lines = output[match.end() :].split("\n")
    if match[1]:
        lines = [line.removesuffix("\r") for line in lines]
    return lines[: lines.index(_END)] if _END in lines else None


def parse(output: str) -> tuple[dict[str, _Answer], set[str]] | None:
    """Answers by verb and key, and paths that exist, of what the script has printed; None when it was cut off.

    A line without a mark, say of somebody who writes to every terminal, is left out.
    """
    lines = _lines(output)
    if lines is None:
        return None
    answers: dict[str, _Answer] = {}
    paths: set[str] = set()
    key = ""
    text: list[str] = []
    ends = False
    for line in lines:
        mark, rest = line[:1], line[1:]
        if mark == "=":
            key, text, ends = rest, [], False
        elif mark == "|":
            text.append(rest)
        elif mark == "":
            ends = True
        elif mark == "." and key and rest.isascii() and rest.isdigit():
            answers[key] = _Answer(int(rest), "\n".join([*text, *([""] if ends and text else [])]))
            key = ""
        elif mark == "+":
            paths.add(rest)
    for key in answers:
        verb, _dummy, path = key.partition(" ")
        if verb in ("read", "names", "real"):
            paths.add(path)
    return answers, paths


class ShellHost:
    """The methods of LocalHost, answered from what the script has printed; None for what could not be read."""

    def __init__(self, answers: Mapping[str, _Answer], paths: Iterable[str], options: Mapping[str, Any]) -> None:
        self._answers, self._paths = answers, frozenset(paths)
        self._commands = {command: str(number) for number, command in enumerate(_commands(options))}

    def _answer(self, key: str) -> _Answer | None:
        answer = self._answers.get(key)
        return None if answer is None or len(answer.text.encode()) >= _ANSWER_BYTES else answer

    def _text(self, key: str) -> str | None:
        answer = self._answer(key)
        return answer.text if answer and answer.code == 0 else None

    def read(self, path: str) -> str | None:
        """Text of a file."""
        return self._text(f"read {path}")

    def names(self, path: str) -> list[str] | None:
        """Sorted names in a directory; of a directory with programs, those of interest."""
        text = self._text(f"names {path}")
        return None if text is None else sorted(filter(None, text.split("\n")))

    def exists(self, path: str) -> bool:
        """True when the path exists, links followed."""
        return path in self._paths

    def real_path(self, path: str) -> str:
        """The path without links; the path itself when it does not exist."""
        return (self._text(f"real {path}") or "").removesuffix("\n") or path

    def run(self, arguments: Sequence[str]) -> tuple[int, str] | None:
        """(exit code, output) of a command; None when it is not installed or takes too long."""
        label = self._commands.get(tuple(arguments), "")
        if arguments[:2] == ["getent", "ahosts"] and not label:
            label = "own_name"
        elif arguments[:1] == ["xfs_info"]:
            label = "xfs"
        answer = self._answer(f"run {label}")
        return None if answer is None or answer.code in (_TIMED_OUT, *_NOT_STARTED) else (answer.code, answer.text)

    def filesystem(self, path: str) -> tuple[int, int] | None:
        """(size, free for root's services) of the filesystem in bytes."""
        match = re.search(r"\n.*?\s(\d+)\s+\d+\s+(\d+)\s+[\d-]+%?\s+/", self._text(f"df {path}") or "")
        return (int(match[1]) * 1024, int(match[2]) * 1024) if match else None

    def _number(self, key: str) -> int | None:
        text = (self._text(key) or "").strip()
        return int(text) if text.isascii() and text.isdigit() else None

    def user_id(self) -> int | None:
        """Effective user ID of the shell."""
        return self._number("user")

    def python(self) -> None:
        """There is none that could have run the check."""
        return

    def pythons(self) -> dict[str, str]:
        """Interpreter -> version, "" for one that does not tell it."""
        found = {}
        for key, answer in self._answers.items():
            verb, _dummy, path = key.partition(" ")
            if verb == "python":
                version = re.match(r"Python (\d+\.\d+[\w.+]*)", answer.text)
                found[path] = version[1] if version and answer.code == 0 else ""
        return found

    def time_s(self) -> float | None:
        """Seconds since the epoch, whole ones."""
        return self._number("run date")

    def try_kvm(self) -> None:
        """A virtual machine takes a program."""
        return

    def measure_disk(self, directory: str, seconds: float) -> dict[str, Any]:
        """So does this."""
        raise Unmeasurable(NEEDS_PYTHON)

    def ask(self, endpoints: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """And so do these."""
        return [
            {
                "name": redacted(row["name"]),
                "type": row["type"],
                "state": UNKNOWN,
                "reason": UNMEASURED,
                "seconds": 0,
            }
            for row in endpoints
        ]


def shell_host(output: str, options: Mapping[str, Any]) -> ShellHost | None:
    """The host that has printed this; None when the script did not come to its end."""
    # As the host's own Python would have read its bytes.
    parsed = parse(output.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return ShellHost(*parsed, options) if parsed else None
