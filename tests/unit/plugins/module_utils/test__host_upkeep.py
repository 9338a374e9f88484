"""Facts of time services, cloud-init and the wanted kernel, from what the tools of each family answer."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_upkeep as upkeep
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from unit.hosts import FakeHost

# Form of `systemctl show` over several units; an alias answers under the name of its unit.
UNITS = """Id=chrony.service
LoadState=loaded
ActiveState=inactive

Id=chrony.service
LoadState=loaded
ActiveState=inactive

Id=systemd-timesyncd.service
LoadState=masked
ActiveState=inactive

Id=ntp.service
LoadState=not-found
ActiveState=inactive
"""
UBUNTU = {"id": "ubuntu", "version": "22.04"}
DEBIAN = {"id": "debian", "version": "12"}


def test_units() -> None:
    """Each unit once, masked told apart, missing ones left out."""
    assert upkeep.parse_units(UNITS) == {"chrony.service": "inactive", "systemd-timesyncd.service": "masked"}
    host = FakeHost()
    host.commands["systemctl show"] = (1, "")
    assert upkeep.probe_time_services(host) is None


def test_cloud_init() -> None:
    """Tamed is who has exactly what prepare writes."""
    host = FakeHost()
    assert upkeep.probe_cloud_init(host, {"cloud-init": "1"}) == {"installed": True, "tamed": True}
    host.files[req.CLOUD_INIT_FILE] += "preserve_hostname: false\n"
    assert upkeep.probe_cloud_init(host, None) == {"installed": False, "tamed": False}


@pytest.mark.parametrize(
    ("system", "package", "expected"),
    [
        (DEBIAN, "linux-image-6.1.0-40-amd64=6.1.153-1", ("linux-image-6.1.0-40-amd64=6.1.153-1", "", "")),
        (DEBIAN, "system", ("linux-image-amd64", "bookworm-backports", "~bpo")),
        (UBUNTU, "system", ("linux-generic-hwe-22.04", "", "")),
        ({"id": "centos", "version": "9"}, "system", ("kernel-lt", "elrepo-kernel", "elrepo")),
        ({"id": "redos", "version": "8.0"}, "system", ("kernel-lt", "", "")),
        ({"id": "astra", "version": "1.8"}, "system", ("", "", "")),
        (None, "system", ("", "", "")),
    ],
)
def test_kernel_source(system: dict[str, str] | None, package: str, expected: tuple[str, str, str]) -> None:
    """What was named, or the system's own way; nothing where no name lasts."""
    assert upkeep.kernel_source(system, package) == expected


def test_order_of_kernels() -> None:
    """Numbers by value; a flavour counts after them, as `sort -V` of the boot loader's script has it."""
    releases = ["5.10.0-30-amd64", "6.1.0-9-amd64", "6.1.0-40-amd64", "6.1.0-40-cloud-amd64", "6.1.0-40-rt-amd64"]
    assert sorted(set(releases), key=upkeep.kernel_order) == releases


def debian(*rows: str, boot: tuple[str, ...] = ()) -> FakeHost:
    """A host of dpkg with kernels."""
    host = FakeHost()
    host.commands["dpkg-query"] = (1, "".join("\t".join(row.split("|")) + "\n" for row in rows))
    host.files.update({f"/boot/vmlinuz-{name}": "" for name in boot})
    return host


def test_hwe_kernel() -> None:
    """Its release is found through two packages, and all that would bring a newer one is to be held."""
    host = debian(
        "linux-generic-hwe-22.04|6.8.0.64|installed|install|linux-image-generic-hwe-22.04 (= 6.8.0.64), linux-x",
        "linux-image-generic-hwe-22.04|6.8.0.64|installed|hold|linux-image-6.8.0-64-generic, linux-image-unsigned-x",
        "linux-image-6.8.0-64-generic|6.8.0-64.67|installed|install|kmod",
        "linux-image-5.15.0-1-generic|5.15|installed|install|kmod",
        "linux-image-6.2.0-1-generic|6.2|config-files|deinstall|",
        boot=("6.8.0-64-generic", "5.15.0-1-generic"),
    )
    kernel = upkeep.probe_kernel(host, "debian", UBUNTU, "system")
    assert kernel == {
        "package": "linux-generic-hwe-22.04", "repository": "", "installed": True, "release": "6.8.0-64-generic",
        "loose": ["linux-generic-hwe-22.04", "linux-image-6.8.0-64-generic"],
        "releases": ["5.15.0-1-generic", "6.8.0-64-generic"], "lock_package": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "package", "installed"),
    [
        ("6.1.153-1", "linux-image-amd64", True),
        ("6.1.153-1", "linux-image-amd64=6.1.153-1", True),
        ("6.1.153-1", "linux-image-amd64=6.1.155-1", False),
        # The same name, from the release and from its backports.
        ("6.1.153-1", "system", False),
        ("6.12.12-1~bpo12+1", "system", True),
    ],
)
def test_version_of_a_debian_kernel(version: str, package: str, installed: bool) -> None:
    """Installed is the package in the version that was asked for."""
    host = debian(f"linux-image-amd64|{version}|installed|hold|linux-image-6.1.0-40-amd64 (= 1)")
    kernel = upkeep.probe_kernel(host, "debian", DEBIAN, package)
    assert kernel is not None
    assert kernel["installed"] is installed
    assert kernel["release"] == ""  # nothing of it is in /boot


def test_packages_in_a_circle() -> None:
    """Dependencies of a host may say anything; the search ends."""
    host = debian("linux-image-a|1|installed|hold|linux-image-b", "linux-image-b|1|installed|hold|linux-image-a")
    kernel = upkeep.probe_kernel(host, "debian", DEBIAN, "linux-image-a")
    assert kernel is not None and kernel["release"] == ""


@pytest.mark.parametrize(
    ("lock", "loose"),
    [
        ("kernel-lt-0:6.1.155-1.el9.elrepo.*\n", ["kernel-lt-core-6.1.155-1.el9.elrepo"]),
        (
            "kernel-lt-0:6.1.100-1.el9.elrepo.*\n",
            ["kernel-lt-6.1.155-1.el9.elrepo", "kernel-lt-core-6.1.155-1.el9.elrepo"],
        ),
        # The name of one is the beginning of the other's.
        ("kernel-lt-core-0:6.1.155-1.el9.elrepo.*\n", ["kernel-lt-6.1.155-1.el9.elrepo"]),
        ("0:kernel-lt-6.1.155-1.el9.elrepo.*\n0:kernel-lt-core-6.1.155-1.el9.elrepo.*\n", []),
    ],
)
def test_elrepo_kernel(lock: str, loose: list[str]) -> None:
    """A package without files names its kernel by what it requires; each part is locked."""
    row, release = "kernel-lt\t6.1.155-1.el9.elrepo\n", "6.1.155-1.el9.elrepo.x86_64"
    host = FakeHost()
    host.commands = {
        "rpm -q --qf %{NAME}\t%{VERSION}-%{RELEASE}\n -a": (0, row + row.replace("lt", "lt-core")),
        "rpm -q --qf": (0, row),
        "rpm -q --provides": (0, f"kernel-lt = 6.1.155\nkernel-lt-core-uname-r = {release}\n"),
        "rpm -ql": (0, "(contains no files)\n"),
    }
    host.files.update({f"/boot/vmlinuz-{release}": "", "/etc/dnf/plugins/versionlock.list": lock, "/usr/bin/dnf": ""})
    kernel = upkeep.probe_kernel(host, "rhel", {"id": "centos", "version": "9"}, "system")
    assert kernel == {
        "package": "kernel-lt", "repository": "elrepo-kernel", "installed": True, "release": release, "loose": loose,
        "releases": [release], "lock_package": "dnf-command(versionlock)",
    }  # fmt: skip


def test_alt_kernel_is_not_locked() -> None:
    """It is updated on request only; its release is read from its files."""
    host = FakeHost()
    host.commands = {
        "rpm -q --qf": (0, "kernel-image-un-def\t6.1.100-alt1\n"),
        "rpm -ql": (0, "/boot/vmlinuz-6.1.100-un-def-alt1\n"),
    }
    host.files["/boot/vmlinuz-6.1.100-un-def-alt1"] = ""
    kernel = upkeep.probe_kernel(host, "altlinux", {"id": "altlinux", "version": "p10"}, "kernel-image-un-def")
    assert kernel is not None
    assert (kernel["release"], kernel["loose"]) == ("6.1.100-un-def-alt1", [])


def test_no_wish_and_no_answer() -> None:
    """Nothing is asked without a wish; a tool that does not answer is unknown."""
    host = FakeHost()
    assert upkeep.probe_kernel(host, "debian", DEBIAN, "") is None
    host.commands["dpkg-query"] = (127, "")
    assert upkeep.probe_kernel(host, "debian", DEBIAN, "linux-image-amd64") is None
    kernel = upkeep.probe_kernel(host, "debian", {"id": "astra", "version": "1.8"}, "system")
    assert kernel is not None and kernel["package"] == ""
