# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose Python the running ansible-core cannot manage (H21); private to the collection.

Which failures of a module are of that kind, which Pythons the running ansible-core manages, and the way out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import finding

# What ansible-core says of an interpreter, in a module's answer or before there is one.
_OF_AN_INTERPRETER = re.compile(r"interpreter|requires a minimum of Python", re.IGNORECASE)
# There is no way to root: the shell would not find one either.
_NO_ROOT = re.compile(
    r"password is required|Missing \w+ password|Incorrect \w+ password|not in the sudoers", re.IGNORECASE
)

# The lowest Python for the code of this collection.
_LOWEST = str(req.LIMITS["python"])
Version = tuple[int, ...]


class Core(NamedTuple):
    """An ansible-core: its release, and the lowest Python of hosts with which a module of this collection runs."""

    release: str
    python: str


def running_core() -> Core:
    """The ansible-core that runs this."""
    from ansible.module_utils import basic  # only where a host has failed
    from ansible.release import __version__

    # A tuple in releases that manage Python 3 only; the older ones manage whatever this collection's own code does.
    stated = getattr(basic, "_PY_MIN", None)
    lowest = max(stated, version_of(_LOWEST)) if isinstance(stated, tuple) else version_of(_LOWEST)
    return Core(".".join(__version__.split(".")[:2]), ".".join(map(str, lowest)))


def version_of(text: str) -> Version:
    """(major, minor) of "3.8.18", () of what is no version."""
    match = re.match(r"(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else ()


def needs_shell(result: Mapping[str, Any]) -> bool:
    """Whether a failed module may have failed for want of a Python. When unsure, yes: asking the shell hurts nobody.

    result: of the module. An answer in the form of a module was made by a Python that works; the one exception is the
    refusal of ansible-core's own part of a module.
    """
    if not result.get("failed") or result.get("unreachable"):
        return False
    said = " ".join(str(result.get(key) or "") for key in ("msg", "module_stderr", "module_stdout"))
    if _NO_ROOT.search(said):
        return False
    return "module_stdout" in result or "module_stderr" in result or _OF_AN_INTERPRETER.search(said) is not None


def interpreter_finding(
    pythons: Mapping[str, str], tried: str, core: Core, system: Mapping[str, str] | None
) -> dict[str, str] | None:
    """H21 of a host; None when the Python that Ansible has tried is good enough, so that something else is wrong.

    pythons: interpreter -> version, "" for one that does not start. tried: the path that Ansible has used.
    system: fact of the host.
    """
    needed = version_of(core.python)
    good = [path for path, version in pythons.items() if version_of(version) >= needed]
    if tried in good:
        return None
    versions: dict[str, str] = {}
    for path, version in pythons.items():
        versions.setdefault(f"Python {version}" if version else "a Python that does not start", path)
    found = [f"{text} at {path}" for text, path in versions.items()] or ["no Python"]
    if pythons and tried.startswith("/") and tried not in pythons:
        found.insert(0, f"no {tried}")
    return finding(
        "H21",
        ", ".join(found),
        f"Set ansible_python_interpreter: {good[0]} for this host." if good else _advice(pythons, core, system or {}),
        needed=f"Python {core.python} or newer, for ansible-core {core.release}",
    )


def _advice(pythons: Mapping[str, str], core: Core, system: Mapping[str, str]) -> str:
    """The system's own package, an older ansible-core, or either."""
    needed, lowest = version_of(core.python), version_of(_LOWEST)
    packages = [
        row
        for row in req.PYTHON_PACKAGES
        if system.get("id") in row.ids and f"{system.get('version')}.".startswith(tuple(f"{v}." for v in row.versions))
    ]
    fits = [row for row in packages if version_of(row.python) >= needed]
    ways = [f"install the package {row.package} and set ansible_python_interpreter: {row.interpreter}" for row in fits]
    if not packages:
        ways.append(f"install Python {core.python} or newer (the package {req.PYTHON_PACKAGE}, if it is new enough)")
    if needed > lowest:
        older = f"run from a machine with ansible-core {req.OLDEST_CORE}, which manages Python {_LOWEST}"
        if any(version_of(version) >= lowest for version in pythons.values()):
            ways.append(older)
        elif packages and not fits:
            ways.append(f"install the package {packages[0].package} and {older}")
    text = ", or ".join(ways)
    return f"{text[:1].upper()}{text[1:]}."
