"""The answer for a host without a Python: the usual rules, H21 with its cause, and what could not be measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils._interpreter import Core
from ansible_collections.dvp.baremetal.plugins.plugin_utils._shell_check import shell_answer
from unit.hosts import FakeHost, options
from unit.roots import ask_shell, lay_out

CORE = Core("2.19", "3.8")
FAILURE = {"failed": True, "msg": "MODULE FAILURE", "module_stdout": "", "module_stderr": "x", "rc": 137}
TUNNEL = {"name": "master-1", "type": "tunnel", "host": "127.0.0.1"}


def answer(host: FakeHost, folder: Path, tried: str = "", **changes: Any) -> dict[str, Any]:
    """What comes of a host of paper."""
    asked = options(**changes)
    told = shell_answer(FAILURE, ask_shell(lay_out(host, folder), asked), asked, tried, CORE)
    assert told is not None
    return told


def test_unknown_is_never_a_pass(tmp_path: Path) -> None:
    """A good host but for its Python: one error for that, and one finding for each thing that nobody has measured."""
    told = answer(FakeHost(), tmp_path, endpoints=[TUNNEL], controller_time_s=None)
    unmeasured = {
        row["id"]: row["severity"] for row in told["findings"] if "not measured: needs Python" in row["found"]
    }
    assert unmeasured == {"H03": "warning", "H07": "warning", "H11": "error", "H12": "error", "H14": "warning"}
    (cause,) = [row for row in told["findings"] if row["id"] == "H21"]
    assert (cause["found"], cause["severity"]) == ("no Python", "error")
    assert all("H21" in row["fix"] for row in told["findings"] if "not measured" in row["found"])
    assert told["facts"]["kvm"]["usable"] is None
    assert {"facts", "findings", "remedies"} == set(told)


def test_other_rules_are_applied(tmp_path: Path) -> None:
    """As they are for any host; prepare cannot mend what needs a module."""
    host = FakeHost()
    host.files["/proc/cpuinfo"] = host.files["/proc/cpuinfo"].replace("processor\t: 3", "x\t: 3")
    host.files["/etc/machine-id"] = "other\n"
    host.commands["dpkg-query"] = (1, "docker.io\t20\tinstalled\n")
    told = answer(host, tmp_path, prepare_follows=True)
    found = {(row["id"], row["found"]): row["severity"] for row in told["findings"]}
    assert found["H04", "3"] == found["H16", "package docker.io"] == found["H15", "not installed"] == "error"
    assert told["facts"]["machine_id"] == "other"


def test_virtual_machine_in_demo_mode(tmp_path: Path) -> None:
    """Accepted only when virtual machines really run there, which nobody has tried."""
    host = FakeHost()
    host.files["/sys/class/dmi/id/sys_vendor"] = "QEMU\n"
    told = answer(host, tmp_path, demo_mode=True)
    (row,) = [row for row in told["findings"] if row["id"] == "H01"]
    assert row["severity"] == "error"
    assert row["found"].endswith("nested virtualization not measured: needs Python")


@pytest.mark.parametrize("effective", ["0", "1000"])
def test_without_root(tmp_path: Path, effective: str) -> None:
    """Told as it is of any host."""
    asked = options()
    output = ask_shell(lay_out(FakeHost(), tmp_path), asked)
    before, _mark, after = output.partition("=user\n|")
    told = shell_answer(FAILURE, f"{before}=user\n|{effective}\n" + after.partition("\n")[2], asked, "", CORE)
    assert told is not None
    assert ("H13" in {row["id"] for row in told["findings"]}) == (effective != "0")


def test_the_python_is_not_to_blame(tmp_path: Path) -> None:
    """The module was killed: its failure is told, beside what the shell has found."""
    host = FakeHost()
    root = lay_out(host, tmp_path)
    (root / "usr/bin/python3").write_text("#!/bin/sh\necho Python 3.11.2\n")
    (root / "usr/bin/python3").chmod(0o755)
    told = shell_answer(FAILURE, ask_shell(root, options()), options(), "/usr/bin/python3", CORE)
    assert told is not None
    assert [row["found"] for row in told["findings"] if row["id"] == "H00"] == ["MODULE FAILURE x (exit code 137)"]
    assert not [row for row in told["findings"] if row["id"] == "H21"]


def test_the_shell_does_not_answer_either() -> None:
    assert shell_answer(FAILURE, "bash: fork: Cannot allocate memory\n", options(), "", CORE) is None
