"""What the hardware lacks: virtual machines, filesystems, disk speed."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_hardware as hardware
from unit.hosts import changed, good_facts, options


@pytest.mark.parametrize("kind", ["lxc", "container-other"])
@pytest.mark.parametrize("demo_mode", [False, True])
def test_container(demo_mode: bool, kind: str) -> None:
    """There is no machine to install, in no mode."""
    facts = good_facts()
    facts["virtualization"] = {"kind": kind, "evidence": [f"systemd-detect-virt says {kind}"]}
    (row,) = hardware.check_virtual_machine(facts, options(demo_mode=demo_mode))
    assert row["severity"] == "error" and row["found"].startswith("a container")


def test_virtual_machine_says_why() -> None:
    """Every witness stands in the finding."""
    facts = good_facts(virtualization={"kind": "kvm", "evidence": ["sys_vendor is QEMU", "it has virtio devices"]})
    (row,) = hardware.check_virtual_machine(facts, options())
    assert row["found"] == "a virtual machine (sys_vendor is QEMU; it has virtio devices)"


@pytest.mark.parametrize(
    ("filesystem", "ftype", "found"),
    [("ext4", None, None), ("xfs", 1, None), ("xfs", 0, "ftype=0"), ("xfs", None, "nothing readable")],
)
def test_xfs(filesystem: str, ftype: int | None, found: str | None) -> None:
    """XFS without file types, and one that cannot be asked, are errors; other filesystems have them."""
    facts = good_facts()
    facts["var_lib"].update(filesystem=filesystem, ftype=ftype)
    assert [row["found"] for row in hardware.check_disk_space(facts, options())] == ([found] if found else [])


@pytest.mark.parametrize(
    ("verdict", "severity"),
    [("ok", None), ("warning", "warning"), ("error", "error"), ("unknown", "warning"), ("off", "info")],
)
def test_disk_speed(verdict: str, severity: str | None) -> None:
    """Only a measured, good speed is no finding."""
    facts = changed("disk_speed.verdict", verdict)
    rows = hardware.check_disk_speed(facts, options())
    assert [row["severity"] for row in rows] == ([severity] if severity else [])
    if severity == "error":
        assert "read 5000 IOPS, p50 1.0 ms, p99 3.0 ms" in rows[0]["found"]
