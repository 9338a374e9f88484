# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hardware of a host lacks: H01 to H07; private to the collection.

Pure: (facts, options) -> findings, see _host_rules. A missing fact is a finding, never a pass.
Python 3.6 syntax and the standard library only.
"""

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import (
    FIX_UNMEASURED,
    NOTHING,
    UNMEASURED,
    finding,
    mended,
)

_GIB = 1024**3
_GB = 1000**3


def check_virtual_machine(facts, options):
    """H01."""
    virtualization, kvm = facts.get("virtualization"), facts.get("kvm") or {}
    if not virtualization:
        return [finding("H01", NOTHING, "Run the check as root; it reads /sys/class/dmi and /proc/cpuinfo.")]
    if virtualization["kind"] == "none":
        return []
    reasons = "; ".join(virtualization["evidence"] or [virtualization["kind"]])
    if virtualization["kind"] in req.CONTAINERS:
        return [finding("H01", "a container (%s)" % reasons, "Use a physical server.")]
    found = "a virtual machine (%s)" % reasons
    if not options["demo_mode"]:
        return [
            finding(
                "H01",
                found,
                "Use a physical server. For a demonstration only, set dvp_demo_mode_enabled: "
                "true (%s)." % req.DEMO_MODE_NOTE,
            )
        ]
    if kvm.get("usable"):
        return [finding("H01", found, "Demo mode accepts it: %s." % req.DEMO_MODE_NOTE, severity=req.WARNING)]
    if kvm.get("device") and kvm.get("usable") is None:
        return [finding("H01", "%s; nested virtualization %s" % (found, UNMEASURED), FIX_UNMEASURED)]
    return [
        finding(
            "H01",
            found + " without nested virtualization",
            "Enable nested virtualization in the hypervisor of this machine, or use a physical server.",
        )
    ]


def check_architecture(facts, options):
    """H02."""
    architecture = facts.get("architecture")
    if architecture in req.ARCHITECTURES:
        return []
    return [finding("H02", architecture or NOTHING, "Use a server with an Intel or AMD 64-bit processor.")]


def check_hardware_virtualization(facts, options):
    """H03: the CPU flag, the kernel module and /dev/kvm are different findings with advice of their own."""
    cpu, kvm = facts.get("cpu"), facts.get("kvm")
    if not cpu or not cpu["flags"] or not kvm:
        return [finding("H03", NOTHING, "Check that /proc/cpuinfo can be read on this host.")]
    if not kvm["flag"]:
        return [
            finding(
                "H03",
                "neither of the CPU flags vmx and svm",
                "Switch on Intel VT-x or AMD-V (SVM) in the firmware setup, or use another server.",
            )
        ]
    if kvm["usable"]:
        return []
    if kvm["device"] and kvm["usable"] is None:
        found = "CPU flag %s and /dev/kvm; whether a virtual machine runs is %s" % (kvm["flag"], UNMEASURED)
        return [finding("H03", found, FIX_UNMEASURED, severity=req.WARNING)]
    if kvm["device"]:
        return [
            finding(
                "H03",
                "CPU flag %s, but /dev/kvm refuses (%s)" % (kvm["flag"], kvm["reason"]),
                "Look at `dmesg | grep kvm`; switch on virtualization in the firmware setup.",
            )
        ]
    module = (facts.get("modules") or {}).get(kvm["module"], {})
    if kvm["module_loaded"] or not module.get("available"):
        return [
            finding(
                "H03",
                "CPU flag %s, but no /dev/kvm and no usable kernel module %s" % (kvm["flag"], kvm["module"]),
                "Switch on virtualization in the firmware setup and use a kernel with KVM.",
            )
        ]
    return [
        mended(
            options,
            "H03",
            "load the kernel module %s" % kvm["module"],
            "Load the kernel module: modprobe %s. If it refuses, switch on virtualization in the firmware "
            "setup." % kvm["module"],
            found="CPU flag %s, but no /dev/kvm: the kernel module is not loaded" % kvm["flag"],
        )
    ]


def check_nested_virtualization(facts, options):
    """H03: guests that are hypervisors; prepare switches it on where the CPU can."""
    nested = facts.get("nested")
    if not nested or nested["configured"] and (nested["enabled"] or nested["parameter"] is None):
        return []  # without the flag or a loaded module the rule above has spoken
    if nested["configured"]:
        return [
            finding(
                "H03",
                "configured, but off until %s is loaded again" % nested["module"],
                "Restart the host when convenient.",
                checked="Nested virtualization",
                needed="switched on",
                severity=req.WARNING,
            )
        ]
    return [
        mended(
            options,
            "H03",
            "switch it on",
            "Write `options %s nested=1` to %s and load the module again."
            % (nested["module"], req.NESTED_FILE.format(nested["module"])),
            part="nested_virtualization",
            found="on, but not configured" if nested["enabled"] else "off",
            checked="Nested virtualization",
            needed="switched on, also after a restart",
            severity=req.INFO if nested["enabled"] else req.WARNING,
        )
    ]


def check_cpu_cores(facts, options):
    """H04."""
    cores = (facts.get("cpu") or {}).get("processors")
    if cores and cores >= req.LIMITS["cpu_cores"]:
        return []
    return [finding("H04", cores or NOTHING, "Use a server with more cores.")]


def check_memory(facts, options):
    """H05."""
    memory_mib = facts.get("memory_mib")
    needed_mib = req.LIMITS["memory_gib"] * 1024 - req.LIMITS["memory_tolerance_mib"]
    if memory_mib is not None and memory_mib >= needed_mib:
        return []
    found = NOTHING if memory_mib is None else "%s MiB" % memory_mib
    return [finding("H05", found, "Add memory, or remove the host from the inventory.")]


def check_disk_space(facts, options):
    """H06: the disk of the guide, then the two limits of the vendor's installer for the filesystem of /var/lib."""
    disk = facts.get("var_lib") or {}
    limits = [
        ("disk_bytes", "disk_gb", _GB, "GB", "Disk space", "Use a larger disk for the system."),
        ("size_bytes", "var_lib_gb", _GB, "GB", "Filesystem of /var/lib", "Give /var/lib a larger filesystem."),
        ("free_bytes", "var_lib_free_gib", _GIB, "GiB", "Free space in /var/lib", "Free space, or enlarge it."),
    ]
    if (facts.get("leftovers") or {}).get("platform"):
        limits.pop()  # a node of the platform keeps images there; the limit is the installer's
    found = []
    for key, limit, unit, unit_name, checked, fix in limits:
        size = disk.get(key)
        if size is None or size < req.LIMITS[limit] * unit:
            text = NOTHING if size is None else "%.2f %s" % (size // (unit // 100) / 100.0, unit_name)
            devices = " (%s)" % ", ".join(disk["devices"]) if disk.get("devices") and key == "disk_bytes" else ""
            found.append(
                finding(
                    "H06",
                    text + devices,
                    fix,
                    checked=checked,
                    needed="at least %s %s" % (req.LIMITS[limit], unit_name),
                )
            )
    return found + _check_xfs(disk)


def check_disk_speed(facts, options):
    """H07."""
    speed = facts.get("disk_speed")
    if not speed:
        return [finding("H07", NOTHING, "Run the check again; it did not come to this.")]
    if speed["verdict"] == "ok":
        return []
    if speed["verdict"] == "off":
        advice = "Set dvp_disk_test_seconds to measure it before the platform is installed."
        return [finding("H07", "not measured: " + speed["reason"], advice, severity=req.INFO)]
    if speed["verdict"] == "unknown":
        if facts.get("python") is None:
            return [finding("H07", "not measured: " + speed["reason"], FIX_UNMEASURED, severity=req.WARNING)]
        advice = "Measure it by hand: fio --direct=1 --rw=randrw --bs=4k --iodepth=%s." % req.DISK_TEST["queue_depth"]
        return [finding("H07", "not measured: " + speed["reason"], advice, severity=req.WARNING)]
    directions = [
        "%s %s IOPS, p50 %s ms, p99 %s ms" % (name, row["iops"], row["p50_ms"], row["p99_ms"])
        for name, row in (("read", speed["read"]), ("write", speed["write"]))
    ]
    return [
        finding(
            "H07",
            "%s (%s)" % ("; ".join(directions), speed["reason"]),
            "Give /var/lib a faster disk (SSD or NVMe), and look for other load on it.",
            severity=req.ERROR if speed["verdict"] == "error" else req.WARNING,
        )
    ]


def _check_xfs(disk):
    """H06: overlay filesystems, which carry containers, need file types in the directories of XFS."""
    if disk.get("filesystem") != "xfs" or disk["ftype"] == 1:
        return []
    return [
        finding(
            "H06",
            NOTHING if disk["ftype"] is None else "ftype=%s" % disk["ftype"],
            "Install xfsprogs to see it."
            if disk["ftype"] is None
            else "Make the filesystem again: mkfs.xfs -n ftype=1. That destroys its data.",
            checked="XFS of /var/lib",
            needed="ftype=1",
        )
    ]
