"""Operating system and kernel: each version at its limit, the advice in the words of the system."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_rules as rules
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_kernel as kernels
from unit.hosts import good_facts, options

LOADED = {"loaded": True, "available": True, "persistent": True}
ABSENT = {"loaded": False, "available": False, "persistent": False}
LOADABLE = {"loaded": False, "available": True, "persistent": False}


def told(facts: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    """(ID, severity) of every finding."""
    return [(row["id"], row["severity"]) for row in rules.findings(facts, options(**changes))]


@pytest.mark.parametrize(
    ("kernel", "severity", "needs"),
    [
        ("5.6.19-1", "error", "5.7"),
        ("5.7.0", "warning", "5.8"),
        ("5.8.0", None, ""),
        ("5.10.0-8-amd64", None, ""),
        ("6.12.38+deb13", "warning", "containerd v2"),
        ("6.13.1", None, ""),
        ("6.14.0", "warning", "containerd v2"),
        ("3.10.0-1160.el7", "error", "5.7"),
        ("strange", "error", "5.7"),
    ],
)
def test_kernel(kernel: str, severity: str | None, needs: str) -> None:
    """The guide's limit, the installer's limit, and branches that containerd v2 cannot use: three answers."""
    rows = kernels.check_kernel(good_facts(kernel=kernel), options())
    assert [row["severity"] for row in rows] == ([severity] if severity else [])
    assert all(needs in row["needed"] for row in rows)


@pytest.mark.parametrize("system", req.SUPPORTED_SYSTEMS, ids=lambda row: row.ids[0])
def test_old_kernel_is_told_in_the_words_of_the_system(system: req.OperatingSystem) -> None:
    """The advice names the system's own way to a newer kernel."""
    facts = good_facts(kernel="4.18.0", system={"id": system.ids[0], "version": system.versions[0], "title": ""})
    assert kernels.check_kernel(facts, options())[0]["fix"] == system.newer_kernel


GUIDE = [
    (identifier, version)
    for row in req.SUPPORTED_SYSTEMS
    if row.in_guide
    for identifier in row.ids
    for version in row.versions
]


@pytest.mark.parametrize(("identifier", "version"), GUIDE)
def test_system_of_the_guide(identifier: str, version: str) -> None:
    """Every system and version of the guide passes, also with a further number behind."""
    for text in (version, f"{version}.1"):
        facts = good_facts(system={"id": identifier, "version": text, "title": "x"})
        assert kernels.check_system(facts, options()) == []


@pytest.mark.parametrize(
    ("identifier", "version", "severity"),
    [
        ("debian", "13", "error"),
        ("debian", "9", "error"),
        ("debian", "", "error"),
        ("ubuntu", "16.04", "error"),
        ("ubuntu", "22.10", "warning"),
        ("redos", "7.2", "warning"),
        ("redos", "9.0", "error"),
        ("altlinux", "10.4", "warning"),
        ("altlinux", "p9", "error"),
        ("astra", "1.7", "warning"),
        ("astra", "1.7.6.11", "warning"),
        ("astra", "2.12", "error"),
        ("rosa", "12.6", "warning"),
        ("rocky", "9.4", "warning"),
        ("rhel", "10.0", "error"),
        ("gentoo", "", "error"),
        ("centos", "8", None),
        ("centos", "80", "error"),
    ],
)
def test_system(identifier: str, version: str, severity: str | None) -> None:
    """An unknown minor version of a known system is a warning, an unknown major version an error."""
    rows = kernels.check_system(good_facts(system={"id": identifier, "version": version, "title": "x"}), options())
    assert [row["severity"] for row in rows] == ([severity] if severity else [])


def test_system_of_the_table_lists_the_guide() -> None:
    """The advice names the systems of the guide, and no others."""
    (row,) = kernels.check_system(good_facts(system={"id": "gentoo", "version": "", "title": "Gentoo"}), options())
    assert "Debian" in row["fix"] and "РЕД ОС" in row["fix"] and "Rocky" not in row["fix"]


def test_unlisted_system() -> None:
    """Debian 13 is refused; the user's word makes it a warning, and of a system that nobody knows, too."""
    for identifier, version in (("debian", "13"), ("gentoo", "")):
        facts = good_facts(system={"id": identifier, "version": version, "title": "x"})
        (row,) = kernels.check_system(facts, options())
        assert row["severity"] == "error" and "dvp_unlisted_systems_allowed" in row["fix"]
        (row,) = kernels.check_system(facts, options(unlisted_systems_allowed=True))
        assert row["severity"] == "warning" and "dvp_unlisted" not in row["fix"]


@pytest.mark.parametrize(
    ("name", "state", "severity", "mended"),
    [
        ("overlay", ABSENT, "error", "error"),
        ("erofs", ABSENT, "warning", "warning"),
        ("nfs", ABSENT, "error", "error"),
        ("overlay", LOADABLE, "warning", "warning"),
        ("overlay", {**LOADED, "persistent": False}, "warning", "warning"),
        ("overlay", LOADED, None, None),
    ],
)
def test_kernel_modules(name: str, state: dict[str, bool], severity: str | None, mended: str | None) -> None:
    """A module that cannot be loaded is for a person, another one for prepare."""
    facts = good_facts()
    facts["modules"][name] = state
    assert told(facts) == ([("H09", severity)] if severity else [])
    assert told(facts, prepare_follows=True) == ([("H09", mended)] if mended else [])
    loadable = state["available"] and state != LOADED
    assert rules.remedies(facts)["kernel_modules"] == ([name] if loadable else [])


@pytest.mark.parametrize(
    ("systemd", "cgroup_v2", "expected"),
    [
        (244, True, []),
        (243, True, ["systemd 243"]),
        (252, False, ["cgroup v1"]),
        (219, False, ["systemd 219, cgroup v1"]),
    ],
)
def test_containerd_v2(systemd: int, cgroup_v2: bool, expected: list[str]) -> None:
    """One warning that names everything containerd v2 lacks."""
    rows = kernels.check_containerd_v2(good_facts(systemd=systemd, cgroup_v2=cgroup_v2), options())
    assert [row["found"] for row in rows] == expected
    assert all(row["severity"] == "warning" for row in rows)
