"""Hosts of paper: what a good host answers, as texts and as facts, for tests that break one thing of it."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

GB, GIB = 1000**3, 1024**3
CPU = (
    "processor\t: {0}\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\nmicrocode\t: 0xa0011d1\n"
    "flags\t\t: fpu svm lm\n\n"
)

FILES = {
    "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\n',
    "/etc/apt/sources.list": "deb http://deb.example.com/debian bookworm main\n",
    "/etc/cloud/cloud.cfg.d/90_dvp.cfg": req.CLOUD_INIT_SETTINGS,
    "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "/etc/passwd": "root:x:0:0::/root:/bin/bash\n",
    "/etc/resolv.conf": "nameserver 192.0.2.53\n",
    "/etc/modprobe.d/kvm.conf": "options kvm_amd nested=1 # guests\n",
    "/etc/modules-load.d/one.conf": "# by prepare\nbr_netfilter\noverlay\nerofs\n",
    "/proc/cpuinfo": "".join(CPU.format(number) for number in range(4)),
    "/proc/meminfo": "MemTotal:        8143872 kB\nMemFree:  1 kB\n",
    "/proc/modules": "br_netfilter 1 0 - Live 0x0\noverlay 1 0 - Live 0x0\nerofs 1 0 - Live 0x0\nkvm_amd 1 0 - Live\n",
    "/proc/net/tcp": (
        "  sl  local_address rem_address   st\n"
        "   0: 00000000:0016 00000000:0000 0A 00000000:00000000\n"
        "   1: 150200C0:0016 010200C0:C001 01 00000000:00000000\n"
    ),
    "/proc/net/udp": "  sl  local_address rem_address   st\n",
    "/proc/self/mountinfo": (
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n23 22 0:5 / /dev rw - devtmpfs udev rw\n"
    ),
    "/proc/sys/kernel/hostname": "worker-1\n",
    "/proc/sys/kernel/osrelease": "6.1.0-40-amd64\n",
    "/sys/block/sda/size": "125829120\n",
    "/sys/block/sda/sda1/partition": "1\n",
    "/sys/class/net/eth0/mtu": "1500\n",
    "/sys/class/dmi/id/product_name": "PowerEdge R640\n",
    "/sys/class/dmi/id/product_uuid": "4c4c4544-0000-1000-8000-000000000001\n",
    "/sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
    "/sys/module/kvm_amd/parameters/nested": "1\n",
    "/sys/module/kvm_amd/refcnt": "0\n",
    "/sys/fs/cgroup/cgroup.controllers": "cpu\n",
    "/dev/kvm": "",
}
LINKS = {"/sys/dev/block/8:1": "/sys/block/sda/sda1", "/bin": "/usr/bin", "/sbin": "/usr/sbin"}
COMMANDS = {
    "dpkg-query": (
        1,
        "cloud-init\t22.4.2-1\tinstalled\ncloud-guest-utils\t0.33-1\tinstalled\ndocker.io\t20\tconfig-files\n",
    ),
    "getent ahosts localhost": (0, "::1 STREAM localhost\n127.0.0.1 STREAM\n127.0.0.1 DGRAM\n"),
    "getent ahosts worker-1": (0, "192.0.2.21 STREAM worker-1\n"),
    "ip -o address": (
        0,
        "1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0@if3    inet 192.0.2.21/24 scope global eth0\n",
    ),
    "ip -4 route": (0, "default via 192.0.2.1 dev eth0\nlocal 192.0.2.21 dev eth0 table local\n"),
    "ip -6 route": (0, ""),
    "modprobe": (0, ""),
    "systemctl show": (0, "Id=chrony.service\nLoadState=loaded\nActiveState=active\n"),
    "systemctl": (0, "systemd 252 (252.39-1)\n+PAM\n"),
    "systemd-detect-virt": (1, "none\n"),
    "uname": (0, "x86_64\n"),
}


MEASURED = {
    "read": {"iops": 5000, "p50_ms": 1.0, "p99_ms": 3.0},
    "write": {"iops": 4000, "p50_ms": 1.0, "p99_ms": 4.0},
    "file_mib": 128,
}


def reached(name: str, kind: str = "http", state: str = "reached", reason: str = "answers") -> dict[str, Any]:
    """What came of an endpoint."""
    return {"name": name, "type": kind, "state": state, "reason": reason, "seconds": 0.1}


class FakeHost:
    """The methods of LocalHost over a few dictionaries; a test changes what it is about."""

    def __init__(self) -> None:
        self.files = dict(FILES)
        self.links = dict(LINKS)
        self.commands = dict(COMMANDS)
        self.kvm = ""
        self.asked: list[dict[str, Any]] = []

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def names(self, path: str) -> list[str] | None:
        inside = {name[len(path) + 1 :].split("/")[0] for name in self.files if name.startswith(f"{path}/")}
        return sorted(inside) or None

    def exists(self, path: str) -> bool:
        return path in self.links or any(name == path or name.startswith(f"{path}/") for name in self.files)

    def real_path(self, path: str) -> str:
        return self.links.get(path, path)

    def run(self, arguments: list[str]) -> tuple[int, str] | None:
        line = " ".join(arguments)
        return next((answer for command, answer in self.commands.items() if line.startswith(command)), None)

    def filesystem(self, path: str) -> tuple[int, int] | None:
        return 60 * GB, 50 * GIB

    def user_id(self) -> int:
        return 0

    def python(self) -> str:
        return "3.11.2"

    def measure_disk(self, directory: str, seconds: float) -> dict[str, Any]:
        return copy.deepcopy(MEASURED)

    def ask(self, endpoints: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.asked = endpoints
        return [reached(endpoint["name"], endpoint["type"]) for endpoint in endpoints]

    def time_s(self) -> float:
        return 1000.0

    def try_kvm(self) -> str:
        return self.kvm


_LOADED = {"loaded": True, "available": True, "persistent": True}
_FACTS: dict[str, Any] = {
    "role": "worker",
    "resolved": {"localhost": ["::1", "127.0.0.1"], "worker-1": ["192.0.2.21"]},
    "hostname": "worker-1",
    "machine_id": "0123456789abcdef0123456789abcdef",
    "product_uuid": "4c4c4544-0000-1000-8000-000000000001",
    "architecture": "x86_64",
    "kernel": "6.1.0-40-amd64",
    "system": {"id": "debian", "version": "12", "title": "Debian GNU/Linux 12"},
    "family": "debian",
    "systemd": 252,
    "cgroup_v2": True,
    "cpu": {"processors": 4, "vendor": "AuthenticAMD", "model": "AMD EPYC", "microcode": "0xa0011d1",
            "flags": ["fpu", "lm", "svm"]},
    "memory_mib": 7953,
    "virtualization": {
        "kind": "none",
        "evidence": [],
        "signals": {"systemd": "none", "dmi": "Dell Inc. PowerEdge R640", "cpuid": False, "hypervisor": None,
                    "device_tree": None, "virtio": False},
    },
    "kvm": {
        "flag": "svm", "module": "kvm_amd", "module_loaded": True, "device": True, "usable": True, "reason": "",
    },
    "nested": {"module": "kvm_amd", "parameter": "1", "enabled": True, "configured": True, "in_use": False},
    "modules": {
        "br_netfilter": _LOADED, "overlay": _LOADED, "erofs": _LOADED, "kvm_amd": {**_LOADED, "persistent": False},
    },
    "packages": {"cloud-init": "22.4.2-1", "cloud-guest-utils": "0.33-1"},
    "packages_interrupted": False,
    "var_lib": {"devices": ["sda"], "disk_bytes": 120 * 512 * 1024**2, "size_bytes": 60 * GB, "free_bytes": 50 * GIB,
                "filesystem": "ext4", "ftype": None},
    "disk_speed": {"verdict": "ok", "reason": "", **MEASURED},
    "registry": reached("registry.example.com/deckhouse/ee", "registry"),
    "repositories": [reached("http://deb.example.com/debian bookworm")],
    "endpoints": [],
    "mtus": {"eth0": 1500},
    "listening": {"tcp": [22], "udp": []},
    "selinux": {"enforcing": False, "missing": []},
    "leftovers": {"platform": [], "foreign": [], "user": False},
    "time_services": {"chrony.service": "active"},
    "cloud_init": {"installed": True, "tamed": True},
    "addresses": [
        {"interface": "lo", "address": "127.0.0.1/8"},
        {"interface": "eth0", "address": "192.0.2.21/24"},
    ],
    "routes": [
        {"destination": "default", "interface": "eth0", "gateway": "192.0.2.1"},
        {"destination": "192.0.2.21", "interface": "eth0", "gateway": ""},
    ],
    "nameservers": ["192.0.2.53"],
    "python": "3.11.2",
    "user_id": 0,
    "clock_drift_s": 0.0,
}  # fmt: skip


def good_facts(**changes: Any) -> dict[str, Any]:
    """Facts of a host without a flaw, with top-level facts replaced."""
    return copy.deepcopy({**_FACTS, **changes})


def changed(path: str, value: Any) -> dict[str, Any]:
    """Facts of a host without a flaw, with one value replaced: "cpu.processors"."""
    facts = good_facts()
    *folders, name = path.split(".")
    place = facts
    for folder in folders:
        place = place[folder]
    place[name] = value
    return facts


def options(**changes: Any) -> dict[str, Any]:
    """Options of a check against the usual networks."""
    usual = {
        "demo_mode": False,
        "prepare_follows": False,
        "prepare_parts": list(req.PREPARE_PARTS),
        "wanted_hostname": "",
        "hostname_change_allowed": False,
        "removable_runtimes": [],
        "kernel_package": "",
        "kernel_release": "",
        "reboot_allowed": False,
        "cidrs": ["10.111.0.0/16", "10.222.0.0/16"],
        "internal_cidrs": ["192.0.2.0/24"],
        "backends": [],
        "unlisted_systems_allowed": False,
        "node_role": "worker",
        "controller_time_s": 1000.0,
        "disk_test_seconds": 3,
        "registry": {"images_repo": "registry.example.com/deckhouse/ee", "username": "", "password": "", "ca": ""},
        "endpoints": [],
    }
    return {**usual, **changes}
