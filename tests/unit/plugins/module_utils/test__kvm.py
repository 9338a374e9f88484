"""A virtual machine of one instruction: where this machine has KVM it runs, and one that never ends is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _kvm

ROOT = Path(__file__).resolve().parents[4]
# In a process of its own: the virtual CPU spins until its process ends.
ENDLESS = """
from ansible_collections.dvp.baremetal.plugins.module_utils import _kvm
_kvm._HALT, _kvm._TIMEOUT_S = bytes.fromhex("ebfe"), 0.3
print(_kvm.try_kvm())
"""


def opened() -> bool:
    """Whether this machine offers KVM to this user."""
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR))
    except OSError:
        return False
    return True


def virtual_machines() -> int:
    """How many descriptors of this process belong to virtual machines; others come and go with the garbage."""
    links = Path("/proc/self/fd").iterdir()
    return sum("kvm" in os.readlink(link) for link in links if link.is_symlink())


def test_answer_is_a_text() -> None:
    """Whatever this machine has: "" or a reason, and every descriptor closed again."""
    before = virtual_machines()
    reason = _kvm.try_kvm()
    assert isinstance(reason, str)
    assert reason or opened()
    assert virtual_machines() == before


def test_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own word."""

    def refusing(path: str, flags: int) -> int:
        raise OSError(2, "No such file or directory")

    monkeypatch.setattr(os, "open", refusing)
    assert _kvm.try_kvm() == "ENOENT: No such file or directory"


@pytest.mark.parametrize(("exit_reason", "expected"), [(5, ""), (17, "a virtual machine ends with exit reason 17")])
def test_exit_reason(monkeypatch: pytest.MonkeyPatch, exit_reason: int, expected: str) -> None:
    """Only the instruction itself ends it well; an emulation that fails does not."""
    monkeypatch.setattr(_kvm, "_run", lambda handles: exit_reason)
    assert _kvm.try_kvm() == expected


def test_machine_that_never_ends() -> None:
    """A hypervisor that does not come back holds neither the answer nor the process."""
    if not opened() or _kvm.try_kvm():
        pytest.skip("no working KVM on this machine")
    path = os.pathsep.join([str(ROOT / ".collections"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-B", "-c", ENDLESS],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.stdout == "a virtual machine does not come back from its first instruction\n", done.stderr
