# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The QEMU command line of a machine (pure), and which accelerator this computer really has."""

from __future__ import annotations

import datetime
from pathlib import Path

from lab import shell
from lab.image import ROOT_LABEL
from lab.machine import Machine

BINARY = "qemu-system-x86_64"
TAP_FD = 9
# The clock is steady and nothing watches it: an emulated CPU that waits for its turn is not a fault.
KERNEL = (
    "rootfstype=ext4 rw net.ifnames=0 console=ttyS0 quiet loglevel=4 systemd.show_status=no "
    "tsc=reliable clocksource=tsc no_timer_check nowatchdog mitigations=off random.trust_cpu=on "
    "module_blacklist=cfg80211,iTCO_wdt,intel_rapl_msr,pcspkr,psmouse,drm,loop"
)
# What TCG cannot emulate of an EPYC; unless they are taken away it warns of them at every start.
TCG_LACKS = ["3dnowprefetch", "fxsr-opt", "misalignsse", "nrip-save", "osvw", "rdseed", "sha-ni", "topoext", "xsavec"]
KVM_PATIENCE_S = 10


def accelerator_arguments(kvm: bool) -> list[str]:
    # One thread per machine: with several, QEMU 7.2 can keep a stale block of code after the guest's kernel has patched
    # itself (a static key, as each KVM_CREATE_VM does), and every CPU then loops on a breakpoint that is gone.
    return ["-accel", "kvm"] if kvm else ["-accel", "tcg,thread=single,tb-size=512"]


def cpu(machine: Machine, kvm: bool) -> str:
    """A server's processor, or one that lies on purpose."""
    features = ["host" if kvm else "EPYC"]
    if not machine.svm:
        features += ["-svm", "-vmx"]
    elif not kvm:
        features.append("+svm")
    if not kvm:
        features += [f"-{feature}" for feature in TCG_LACKS]
    features.append("+hypervisor" if machine.hypervisor else "-hypervisor")
    return ",".join(features)


def smbios(machine: Machine) -> list[str]:
    """Tables of a server of no real maker; a machine that shows its hypervisor keeps QEMU's own.

    No table 0: the one that QEMU writes says "virtual machine", the firmware's own does not.
    """
    unit = f"LAB{machine.number:05d}"
    tables = [f"type=1,uuid={machine.uuid}"]
    if not machine.hypervisor:
        maker = "manufacturer=Example Servers"
        tables = [
            f"type=1,{maker},product=Rack 2U,version=1,serial={unit},uuid={machine.uuid}",
            f"type=2,{maker},product=Board 2U,version=1,serial={unit}B",
            f"type=3,{maker},version=1,serial={unit}C",
        ]
    return [word for table in tables for word in ("-smbios", table)]


def boot(base: Path) -> list[str]:
    """The kernel and its arguments."""
    root = f"root=LABEL={ROOT_LABEL}"
    return ["-kernel", str(base / "vmlinux"), "-initrd", str(base / "initrd"), "-append", f"{root} {KERNEL}"]


def clock(machine: Machine) -> list[str]:
    """A clock that is right needs no argument."""
    if not machine.clock_ahead_s:
        return []
    time = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=machine.clock_ahead_s)
    return ["-rtc", f"base={time:%Y-%m-%dT%H:%M:%S}"]


def command(machine: Machine, folder: Path, base: Path, kvm: bool) -> list[str]:
    """The whole command line; the tap is handed over as file descriptor TAP_FD."""
    disk = "if=none,format=qcow2,cache=unsafe,aio=threads,discard=unmap"
    limit = f",throttling.iops-total={machine.iops}" if machine.iops else ""
    line = [BINARY, "-name", machine.name, "-nodefaults", "-display", "none", "-no-reboot"]
    line += ["-machine", "q35,usb=off,sata=off,smbus=off,hpet=off", *accelerator_arguments(kvm)]
    line += ["-cpu", cpu(machine, kvm)]
    line += ["-smp", f"{machine.smp},sockets=1,cores={machine.smp}", "-m", f"{machine.memory_mib}M", *smbios(machine)]
    line += [*boot(base), *clock(machine)]
    line += ["-serial", f"file:{folder / 'console.log'}"]
    line += ["-drive", f"{disk},id=root,file={folder / 'root.qcow2'}{limit}"]
    line += ["-device", f"virtio-blk-pci,drive=root,serial=ROOT{machine.number:04d}"]
    if machine.data_disk_gib:
        line += ["-drive", f"{disk},id=data,file={folder / 'data.qcow2'}"]
        line += ["-device", f"virtio-blk-pci,drive=data,serial=DATA{machine.number:04d}"]
    line += ["-drive", f"if=none,format=raw,readonly=on,id=seed,file={folder / 'seed.iso'}"]
    line += ["-device", "virtio-blk-pci,drive=seed,serial=SEED"]
    line += ["-netdev", f"user,id=out,ipv6=off,dhcpstart=10.0.2.{100 + machine.number % 100}"]
    line += ["-device", f"virtio-net-pci,netdev=out,mac={machine.mac(0)},romfile="]
    line += ["-netdev", f"tap,id=cluster,fd={TAP_FD}"]
    line += ["-device", f"virtio-net-pci,netdev=cluster,mac={machine.mac(1)},romfile="]
    return line


def kvm_works(base: Path, scratch: Path) -> bool:
    """Whether KVM can carry the machines: with nested virtualization, and a guest that really runs.

    Where /dev/kvm exists, a guest may still hang or crash: so one is started.
    """
    nested = [path.read_text().strip() for path in Path("/sys/module").glob("kvm_*/parameters/nested")]
    if not Path("/dev/kvm").exists() or nested not in (["Y"], ["1"]):
        return False
    console = scratch / "kvm-probe.log"
    console.parent.mkdir(parents=True, exist_ok=True)
    console.unlink(missing_ok=True)
    line = [BINARY, "-nodefaults", "-display", "none", "-no-reboot", "-machine", "q35", "-accel", "kvm", "-cpu", "host"]
    line += ["-smp", "2", "-m", "512M", "-kernel", str(base / "vmlinux"), "-initrd", str(base / "initrd")]
    line += ["-append", "console=ttyS0 panic=-1 rdinit=/bin/true", "-serial", f"file:{console}"]
    shell.succeeds(["timeout", str(KVM_PATIENCE_S), *line])
    return console.exists() and b"Run /bin/true as init process" in console.read_bytes()
