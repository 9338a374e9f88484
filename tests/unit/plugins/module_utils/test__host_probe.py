"""Parsers and probes, against a host of paper."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_probe as probe
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_texts as texts
from ansible_collections.dvp.baremetal.plugins.module_utils._local_host import LocalHost
from unit.hosts import CPU, GB, GIB, FakeHost, good_facts, options


def test_good_host() -> None:
    """Texts of a good host become the facts that the tests of the rules start from."""
    assert probe.probe(FakeHost(), options()) == good_facts()


def test_blind_host() -> None:
    """A host on which nothing can be read answers with unknowns and raises nothing."""
    host = FakeHost()
    host.files, host.links, host.commands = {}, {}, {}
    facts = probe.probe(host, options(node_role="master", backends=["nfs"], controller_time_s=None, registry=None))
    for name in ("hostname", "machine_id", "product_uuid", "kernel", "system", "cpu", "memory_mib", "virtualization"):
        assert facts[name] is None, name
    for name in (
        "packages",
        "addresses",
        "routes",
        "clock_drift_s",
        "systemd",
        "nested",
        "architecture",
        "listening",
        "mtus",
        "nameservers",
        "repositories",
        "resolved",
    ):
        assert facts[name] is None, name
    assert facts["leftovers"]["user"] is None
    assert facts["var_lib"]["disk_bytes"] is None
    assert set(facts["modules"]) == {"br_netfilter", "erofs", "nfs", "nfsv4", "overlay"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        (CPU.format(0), 1),
        (CPU.format(0) + CPU.format(1), 2),
        ("model name\t: processor : 9\nprocessor\t: 0\n", 1),
    ],
)
def test_processors(text: str, expected: int | None) -> None:
    """Cores are counted as the vendor's installer does: lines named `processor`."""
    cpu = texts.parse_cpu_info(text)
    assert (cpu and cpu["processors"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("MemTotal:  1048576 kB", 1024), ("MemTotal:  1048575 kB", 1023), ("MemFree: 5 kB", None), ("", None)],
)
def test_memory(text: str, expected: int | None) -> None:
    """Mebibytes, rounded down: a limit is never met by rounding."""
    assert texts.parse_memory_mib(text) == expected


@pytest.mark.parametrize(
    ("release", "build", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"', None, ("debian", "12")),
        ("ID=altlinux\nVERSION_ID=p10", None, ("altlinux", "p10")),
        ('ID="rosa"\nVERSION_ID="12.5.1"', None, ("rosa", "12.5.1")),
        ("ID=astra\nVERSION_ID=1.7_x86-64", None, ("astra", "1.7")),
        ("ID=astra\nVERSION_ID=1.7_x86-64", "1.7.5.16\n", ("astra", "1.7.5.16")),
        ("ID=astra\nVERSION_ID=1.8_x86-64", "1.7.5.16\n", ("astra", "1.8")),
        ("ID=gentoo\n", None, ("gentoo", "")),
    ],
)
def test_system(release: str, build: str | None, expected: tuple[str, str]) -> None:
    """ID and VERSION_ID, without the architecture that Astra Linux appends; its third number has a file of its own."""
    host = FakeHost()
    host.files["/etc/os-release"] = release
    if build:
        host.files["/etc/astra/build_version"] = build
    system = probe.probe_system(host)
    assert system is not None
    assert (system["id"], system["version"]) == expected


GUEST_CPU = "processor\t: 0\nflags\t: svm hypervisor\n"


@pytest.mark.parametrize(
    ("files", "command", "kind", "evidence"),
    [
        ({}, (1, "none\n"), "none", 0),
        ({}, None, "none", 0),
        ({}, (0, "kvm\n"), "kvm", 1),
        ({"/sys/class/dmi/id/sys_vendor": "QEMU"}, (1, "none\n"), "unknown hypervisor", 1),
        ({"/sys/class/dmi/id/product_name": "VMware Virtual Platform"}, None, "unknown hypervisor", 1),
        ({"/sys/class/dmi/id/product_name": "Fluxen 7"}, (1, "none\n"), "none", 0),
        ({"/proc/cpuinfo": GUEST_CPU}, (1, "none\n"), "unknown hypervisor", 1),
        ({"/sys/hypervisor/type": "xen\n"}, (1, "none\n"), "xen", 1),
        ({"/proc/device-tree/hypervisor/compatible": "linux,kvm\0"}, None, "linux,kvm", 1),
        ({"/sys/class/dmi/id/bios_vendor": "innotek GmbH"}, (1, "none\n"), "unknown hypervisor", 1),
        ({"/sys/bus/virtio/devices/virtio0": ""}, (1, "none\n"), "none", 0),
        ({"/proc/cpuinfo": GUEST_CPU, "/sys/bus/virtio/devices/virtio0": ""}, (0, "kvm\n"), "kvm", 3),
        ({"/proc/cpuinfo": GUEST_CPU, "/proc/xen/capabilities": "control_d\n"}, (0, "xen\n"), "none", 0),
        ({"/proc/xen/capabilities": "control_d\n"}, (0, "lxc\n"), "lxc", 1),
        ({"/sys/class/dmi/id/sys_vendor": "Amazon EC2"}, (1, "none\n"), "unknown hypervisor", 1),
        (
            {"/sys/class/dmi/id/sys_vendor": "Amazon EC2", "/sys/class/dmi/id/product_name": "m5.metal"},
            (1, "none\n"),
            "none",
            0,
        ),
    ],
)
def test_virtualization(files: dict[str, str], command: tuple[int, str] | None, kind: str, evidence: int) -> None:
    """Any one of the witnesses is enough; whole words only. A dom0 and a rented physical server are physical."""
    host = FakeHost()
    host.files.update(files)
    host.commands.pop("systemd-detect-virt")
    if command:
        host.commands["systemd-detect-virt"] = command
    found = probe.probe_virtualization(host, texts.parse_cpu_info(host.files["/proc/cpuinfo"]))
    assert found is not None
    assert (found["kind"], len(found["evidence"])) == (kind, evidence)


MOUNTS = (
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "2 1 8:2 / /var rw - ext4 /dev/sda2 rw\n"
    "3 1 8:3 / /var/library rw - ext4 /dev/sda3 rw\n"
    "4 1 8:4 / /mnt/a\\040b rw - ext4 /dev/sda4 rw\n"
    "damaged line\n"
)


@pytest.mark.parametrize(
    ("path", "device"),
    [("/var/lib", "8:2"), ("/var/library/x", "8:3"), ("/", "8:1"), ("/mnt/a b/c", "8:4"), ("/variable", "8:1")],
)
def test_mount(path: str, device: str) -> None:
    """The longest mount point above a path, by whole names."""
    mount = texts.parse_mount(MOUNTS, path)
    assert mount is not None
    assert mount["device"] == device


def test_mount_covers() -> None:
    """Of two mounts on one point the later one is seen."""
    mount = texts.parse_mount("1 0 8:1 / / rw - ext4 a rw\n2 0 8:9 / / rw - ext4 b rw\n", "/x")
    assert mount == {"device": "8:9", "source": "b", "point": "/", "filesystem": "ext4"}


def test_disk_of_a_volume_over_two_disks() -> None:
    """A logical volume is as large as the disks under it."""
    host = FakeHost()
    host.links["/sys/dev/block/8:1"] = "/sys/block/dm-0"
    for name, sectors in (("sdb", 2000), ("sdc", 3000)):
        host.files[f"/sys/block/dm-0/slaves/{name}"] = ""
        host.files[f"/sys/class/block/{name}/size"] = f"{sectors}\n"
    disk = probe.probe_disk(host, "/var/lib")
    assert disk["devices"] == ["sdb", "sdc"]
    assert disk["disk_bytes"] == 5000 * 512


def test_disk_behind_an_anonymous_device() -> None:
    """A btrfs device number names no device: the source of the mount does."""
    host = FakeHost()
    host.files["/proc/self/mountinfo"] = "1 0 0:25 / / rw - btrfs /dev/sda1 rw\n"
    host.links["/sys/class/block/sda1"] = "/sys/block/sda/sda1"
    assert probe.probe_disk(host, "/var/lib")["devices"] == ["sda"]


@pytest.mark.parametrize("text", ["", "x\n", None])
def test_disk_of_unknown_size(text: str | None) -> None:
    """A size that cannot be read is unknown, not zero and not enough."""
    host = FakeHost()
    host.files.pop("/sys/block/sda/size")
    if text is not None:
        host.files["/sys/block/sda/size"] = text
    disk = probe.probe_disk(host, "/var/lib")
    assert disk["disk_bytes"] is None
    assert (disk["size_bytes"], disk["free_bytes"]) == (60 * GB, 50 * GIB)


def test_routes() -> None:
    """Words before the destination are dropped; device and gateway are found by name."""
    text = (
        "default via 192.0.2.1 dev eth0 proto dhcp\nlocal 127.0.0.0/8 dev lo\n"
        "10.0.0.0/8 dev cilium_host\nblackhole 10.1.0.0/16\n"
    )
    assert texts.parse_routes(text) == [
        {"destination": "default", "interface": "eth0", "gateway": "192.0.2.1"},
        {"destination": "127.0.0.0/8", "interface": "lo", "gateway": ""},
        {"destination": "10.0.0.0/8", "interface": "cilium_host", "gateway": ""},
        {"destination": "10.1.0.0/16", "interface": "", "gateway": ""},
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, (True, True, True)),
        ({"/etc/modules-load.d/one.conf": "br-netfilter\n"}, (True, True, True)),
        ({"/etc/modules-load.d/one.conf": "# br_netfilter\n"}, (True, True, False)),
        ({"/etc/modules-load.d/one.conf": "", "/etc/modules": "br_netfilter\n"}, (True, True, True)),
        ({"/proc/modules": ""}, (False, True, True)),
        (
            {
                "/proc/modules": "",
                "/etc/modules-load.d/one.conf": "",
                "/lib/modules/6.1.0-40-amd64/modules.builtin": "kernel/net/bridge/br_netfilter.ko\n",
            },
            (True, True, True),
        ),
    ],
)
def test_module(files: dict[str, str], expected: tuple[bool, bool, bool]) -> None:
    """Loaded, available, persistent; dashes and underscores are one, and what is built in is always there."""
    host = FakeHost()
    host.files.update(files)
    state = probe.probe_modules(host, ["br_netfilter"])["br_netfilter"]
    assert (state["loaded"], state["available"], state["persistent"]) == expected


def test_module_is_not_available() -> None:
    """modprobe that refuses, and no modprobe at all, are the same answer."""
    for answer in ((1, ""), None):
        host = FakeHost()
        host.files["/proc/modules"] = ""
        host.commands.pop("modprobe")
        if answer:
            host.commands["modprobe"] = answer
        assert probe.probe_modules(host, ["overlay"])["overlay"]["available"] is False


@pytest.mark.parametrize(
    ("options", "parameter", "expected"),
    [
        ("options kvm_amd nested=1", "1", (True, True)),
        ("options kvm-amd npt=1 nested=Y", "Y", (True, True)),
        ("options kvm_intel nested=1", "0", (False, False)),
        ("# options kvm_amd nested=1", "N", (False, False)),
        ("options kvm_amd nested=0", "1", (True, False)),
    ],
)
def test_nested(options: str, parameter: str, expected: tuple[bool, bool]) -> None:
    """What runs and what is configured are two facts."""
    host = FakeHost()
    host.files["/etc/modprobe.d/kvm.conf"] = options + "\n"
    host.files["/sys/module/kvm_amd/parameters/nested"] = parameter + "\n"
    nested = probe.probe_nested(host, "kvm_amd")
    assert nested is not None
    assert (nested["enabled"], nested["configured"]) == expected


def test_kvm() -> None:
    """From the CPU flag to a virtual machine that starts, each step is a fact."""
    host = FakeHost()
    host.kvm = "EBUSY: Device or resource busy"
    kvm = probe.probe_kvm(host, texts.parse_cpu_info(host.files["/proc/cpuinfo"]))
    assert (kvm["device"], kvm["usable"], kvm["reason"]) == (True, False, host.kvm)
    del host.files["/dev/kvm"]
    assert probe.probe_kvm(host, {"flags": ["vmx"]}) == {
        "flag": "vmx", "module": "kvm_intel", "module_loaded": False, "device": False, "usable": False, "reason": "",
    }  # fmt: skip


def test_leftovers() -> None:
    """Binaries, packages, files of the platform and its user; a linked directory is not counted twice."""
    host = FakeHost()
    for path in ("/usr/bin/containerd", "/bin/containerd", "/usr/local/bin/kubelet", "/var/lib/bashible/bashible.sh"):
        host.files[path] = ""
    host.files["/etc/passwd"] = "deckhouse:x:64535:64535::/:/bin/false\n"
    found = probe.probe_leftovers(host, {"docker.io": "20", "cloud-init": "1"})
    assert found == {
        "platform": ["/var/lib/bashible/bashible.sh"],
        "foreign": ["/usr/local/bin/kubelet", "/usr/bin/containerd", "package docker.io"],
        "user": True,
    }


def test_interrupted_dpkg() -> None:
    """Its journal is not empty."""
    host = FakeHost()
    host.files["/var/lib/dpkg/updates/0001"] = ""
    assert probe.probe(host, options())["packages_interrupted"] is True


def test_packages_of_rpm() -> None:
    """rpm tells how many packages it does not know by its exit code; the others are listed all the same."""
    host = FakeHost()
    host.commands["rpm"] = (2, "cloud-init\t23.1\tinstalled\npackage docker is not installed\n")
    assert probe.probe_packages(host, "rpm", ["cloud-init", "docker", "podman"]) == {"cloud-init": "23.1"}
    assert probe.probe_packages(host, None, ["cloud-init"]) is None


def test_local_host_reads_and_refuses_nothing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The real reader: values where there are some, None where there are none, never an exception."""
    host = LocalHost()
    (tmp_path / "file").write_bytes(b"caf\xe9\n")
    assert host.read(str(tmp_path / "file")) == "caf�\n"
    assert host.read(str(tmp_path)) is None
    assert host.names(str(tmp_path)) == ["file"]
    assert host.names(str(tmp_path / "file")) is None
    assert host.run(["sh", "-c", "echo x; exit 3"]) == (3, "x\n")
    assert host.run(["no-such-command-at-all"]) is None
    assert host.filesystem(str(tmp_path / "none")) is None
    assert isinstance(host.try_kvm(), str)
