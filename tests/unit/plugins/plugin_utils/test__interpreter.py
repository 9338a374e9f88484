"""Which failures are for want of a Python, and the way out for each system and each ansible-core."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ansible.module_utils.basic as ansible_basic
import ansible.release
import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _interpreter
from ansible_collections.dvp.baremetal.plugins.plugin_utils._interpreter import Core, interpreter_finding, needs_shell

NEW, OLD = Core("2.19", "3.8"), Core("2.16", "3.6")
CENTOS_7 = {"id": "centos", "version": "7", "title": "CentOS Linux 7"}
CENTOS_8 = {"id": "centos", "version": "8", "title": "CentOS Linux 8"}
ASTRA = {"id": "astra", "version": "1.7.5.16", "title": "Astra Linux"}
REDOS = {"id": "redos", "version": "7.3", "title": "RED OS"}


def no_answer(stderr: str = "", stdout: str = "", msg: str = "MODULE FAILURE", rc: int = 1) -> dict[str, Any]:
    """What ansible-core makes of a module that did not answer."""
    return {"failed": True, "msg": msg, "module_stdout": stdout, "module_stderr": stderr, "rc": rc}


@pytest.mark.parametrize(
    "result",
    [
        no_answer("/bin/sh: 1: /usr/bin/python: not found", rc=127),
        no_answer(stdout="/bin/sh: /usr/bin/python3: No such file or directory\r\n", rc=127),
        no_answer('  File "<stdin>", line 12\n    f"x"\nSyntaxError: invalid syntax'),
        no_answer("sudo: unable to resolve host worker-1\n/bin/sh: 1: /usr/bin/python3: not found", rc=127),
        no_answer(msg="The module interpreter '/opt/python' was not found."),
        no_answer(rc=137),
        {"failed": True, "msg": "ansible-core requires a minimum of Python version 3.8. Current version: 3.6.8"},
        {"failed": True, "msg": "No python interpreters found for host worker-1 (tried ['python3.12'])"},
        {"failed": True, "msg": "Task failed: Interpreter discovery failed"},
    ],
)
def test_needs_shell(result: dict[str, Any]) -> None:
    assert needs_shell(result)


@pytest.mark.parametrize(
    "result",
    [
        {"changed": False, "facts": {}, "findings": []},
        {"failed": True, "msg": "value of node_role must be one of: master, worker, got: boss"},
        {"unreachable": True, "failed": True, "msg": "No route to host"},
        {"failed": True, "msg": "Timed out after 180 seconds."},
        {"failed": True, "msg": "Missing sudo password"},
        {"failed": True, "msg": "Incorrect su password"},
        no_answer("sudo: a password is required\n"),
        no_answer(stdout="installer is not in the sudoers file.\r\n"),
    ],
)
def test_needs_no_shell(result: dict[str, Any]) -> None:
    """It answered, or nobody can reach it, or nobody becomes root there."""
    assert not needs_shell(result)


def test_running_core() -> None:
    """As this ansible-core says itself."""
    core = _interpreter.running_core()
    assert ansible.release.__version__.startswith(f"{core.release}.")
    stated = ansible_basic._PY_MIN
    assert core.python == (".".join(map(str, stated)) if isinstance(stated, tuple) else str(req.LIMITS["python"]))


@pytest.mark.parametrize(
    ("stated", "python"), [(True, "3.6"), (None, "3.6"), ((2, 7), "3.6"), ((3, 8), "3.8"), ((3, 10), "3.10")]
)
def test_what_a_core_states(monkeypatch: pytest.MonkeyPatch, stated: Any, python: str) -> None:
    """2.16 states no number: it manages all that this collection's own code does."""
    monkeypatch.setattr(ansible.module_utils, "basic", SimpleNamespace(_PY_MIN=stated))
    assert _interpreter.running_core().python == python


def test_oldest_core_is_the_one_of_the_collection() -> None:
    """meta/runtime.yml says the same."""
    text = (Path(__file__).parents[4] / "meta/runtime.yml").read_text()
    assert f">={req.OLDEST_CORE}" in text


@pytest.mark.parametrize(
    ("pythons", "tried", "core", "system", "found", "fix"),
    [
        ({}, "/usr/bin/python3", NEW, REDOS, "no Python", "Install Python 3.8 or newer (the package python3"),
        ({}, "", NEW, CENTOS_8, "no Python", "Install the package python39 and set ansible_python_interpreter"),
        ({}, "", NEW, None, "no Python", "Install Python 3.8 or newer"),
        (
            {"/usr/bin/python": "2.7.5"},
            "/usr/bin/python",
            NEW,
            CENTOS_7,
            "Python 2.7.5 at /usr/bin/python",
            "Install the package python3 and run from a machine with ansible-core 2.16, which manages Python 3.6.",
        ),
        (
            {"/usr/bin/python": "2.7.5"},
            "/usr/bin/python",
            OLD,
            CENTOS_7,
            "Python 2.7.5 at /usr/bin/python",
            "Install the package python3 and set ansible_python_interpreter: /usr/bin/python3.",
        ),
        (
            {"/usr/bin/python3": "3.7.3", "/usr/bin/python3.7": "3.7.3", "/usr/bin/python": "2.7.16"},
            "/usr/bin/python3",
            NEW,
            ASTRA,
            "Python 3.7.3 at /usr/bin/python3, Python 2.7.16 at /usr/bin/python",
            "Run from a machine with ansible-core 2.16, which manages Python 3.6.",
        ),
        (
            {"/usr/libexec/platform-python": "3.6.8"},
            "/usr/libexec/platform-python",
            NEW,
            CENTOS_8,
            "Python 3.6.8 at /usr/libexec/platform-python",
            "set ansible_python_interpreter: /usr/bin/python3.9, or run from a machine with ansible-core 2.16",
        ),
        (
            {"/usr/bin/python3": "3.11.2"},
            "/opt/python",
            NEW,
            REDOS,
            "no /opt/python, Python 3.11.2 at /usr/bin/python3",
            "Set ansible_python_interpreter: /usr/bin/python3 for this host.",
        ),
        (
            {"/opt/python": "", "/usr/bin/python3": "3.11.2"},
            "/opt/python",
            NEW,
            REDOS,
            "a Python that does not start at /opt/python, Python 3.11.2 at /usr/bin/python3",
            "Set ansible_python_interpreter: /usr/bin/python3 for this host.",
        ),
    ],
)
def test_the_way_out(
    pythons: dict[str, str], tried: str, core: Core, system: dict[str, str] | None, found: str, fix: str
) -> None:
    row = interpreter_finding(pythons, tried, core, system)
    assert row is not None
    assert (row["id"], row["severity"], row["found"]) == ("H21", "error", found)
    assert row["needed"] == f"Python {core.python} or newer, for ansible-core {core.release}"
    assert fix in row["fix"] and row["fix"].endswith(".")


def test_the_python_is_not_to_blame() -> None:
    """It is new enough, and the module has failed all the same."""
    assert interpreter_finding({"/usr/bin/python3": "3.11.2"}, "/usr/bin/python3", NEW, CENTOS_8) is None


@pytest.mark.parametrize("row", req.PYTHON_PACKAGES, ids=lambda row: f"{row.ids[0]}-{row.versions[0]}")
def test_packages_are_of_supported_systems(row: req.PythonPackage) -> None:
    """Each row is of a version in the table of systems, and good for the oldest ansible-core."""
    systems = [system for system in req.SUPPORTED_SYSTEMS if set(system.ids) & set(row.ids)]
    assert {name for system in systems for name in system.ids} == set(row.ids)
    assert any(listed.startswith(row.versions) for system in systems for listed in system.versions)
    assert _interpreter.version_of(row.python) >= _interpreter.version_of(OLD.python)
