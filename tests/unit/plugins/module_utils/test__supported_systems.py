"""Every system of the guide by its own os-release: recognised, of the right family; what is not listed is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_probe as probe
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_kernel as kernels
from unit.hosts import FakeHost, good_facts, options

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "os_release"
ASTRA = "/etc/astra/build_version"
# Row of the guide -> (file, content of Astra's own version file).
GUIDE = {
    "РЕД ОС": [("redos-7.3", ""), ("redos-8.0", "")],
    "РОСА Сервер": [("rosa-7.9", ""), ("rosa-12.4", ""), ("rosa-12.5.1", "")],
    "ALT Linux": [(f"altlinux-{version}", "") for version in ("p10", "10.0", "10.1", "10.2", "11")],
    "Astra Linux Special Edition": [
        ("astra-1.7", "1.7.2"),
        ("astra-1.7", "1.7.3.7"),
        ("astra-1.7", "1.7.4"),
        ("astra-1.7", "1.7.5.16"),
        ("astra-1.8", "1.8.1.6"),
    ],
    "CentOS": [("centos-7", ""), ("centos-8", ""), ("centos-9", "")],
    "Debian": [("debian-10", ""), ("debian-11", ""), ("debian-12", "")],
    "Ubuntu": [(f"ubuntu-{version}", "") for version in ("18.04", "20.04", "22.04", "24.04")],
}
CASES = [(title, name, build) for title, rows in GUIDE.items() for name, build in rows]


def host_with(name: str, build: str = "") -> FakeHost:
    """A host with that os-release."""
    host = FakeHost()
    host.files["/etc/os-release"] = (FOLDER / name).read_text(encoding="utf-8")
    if build:
        host.files[ASTRA] = f"{build}\n"
    return host


@pytest.mark.parametrize(("title", "name", "build"), CASES)
def test_system_of_the_guide(title: str, name: str, build: str) -> None:
    """Listed, and no finding."""
    system = probe.probe_system(host_with(name, build))
    assert system is not None
    row, known = kernels.match_system(system["id"], system["version"])
    assert row is not None
    assert (row.title, known) == (title, "listed")
    assert kernels.check_system(good_facts(system=system), options()) == []
    assert probe.family_of(system["id"]) in req.PACKAGES


@pytest.mark.parametrize("row", [row for row in req.SUPPORTED_SYSTEMS if row.in_guide], ids=lambda row: row.ids[0])
def test_every_version_has_a_file(row: req.OperatingSystem) -> None:
    """As many files as versions: a version that joins the table joins the fixtures."""
    assert len(GUIDE[row.title]) == len(row.versions)


def test_every_file_is_used() -> None:
    """No fixture lies around."""
    names = {path.name for path in FOLDER.iterdir()} - {"README.md", "debian-13"}
    assert names == {name for dummy, name, build in CASES}


@pytest.mark.parametrize(("allowed", "severity"), [(False, "error"), (True, "warning")])
def test_debian_13(allowed: bool, severity: str) -> None:
    """Not in the table: refused, or a warning by the user's word."""
    system = probe.probe_system(host_with("debian-13"))
    (row,) = kernels.check_system(good_facts(system=system), options(unlisted_systems_allowed=allowed))
    assert (row["id"], row["severity"]) == ("H08", severity)
    assert "Debian GNU/Linux 13" in row["found"]


def test_astra_without_its_file() -> None:
    """Which 1.7 it is stands in that file alone: without it, a warning."""
    system = probe.probe_system(host_with("astra-1.7"))
    (row,) = kernels.check_system(good_facts(system=system), options())
    assert row["severity"] == "warning"
