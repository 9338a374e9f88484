# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is: parsers of /proc, /sys and a few tools, private to the collection.

Everything is read through one object with the methods of LocalHost: a test hands in a few texts instead of a machine.
A fact that could not be read is None; the rules make a finding of it. Nothing here changes the host.
Runs on managed hosts, so Python 3.6 syntax and the standard library only.
"""

import errno
import os
import re
import subprocess
import time

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

_KVM_GET_API_VERSION = 0xAE00
_KVM_CREATE_VM = 0xAE01
_KVM_CREATE_VCPU = 0xAE41
_COMMAND_TIMEOUT_S = 20
_SECTOR_BYTES = 512
_ROUTE_TYPES = (
    "local",
    "broadcast",
    "unicast",
    "multicast",
    "anycast",
    "unreachable",
    "blackhole",
    "prohibit",
    "throw",
)


class LocalHost:
    """The machine this code runs on. Every method returns None for what cannot be read, and raises nothing."""

    def read(self, path):
        """Text of a file."""
        try:
            with open(path, "rb") as stream:
                return stream.read().decode("utf-8", "replace")
        except (IOError, OSError):
            return None

    def names(self, path):
        """Sorted names in a directory."""
        try:
            return sorted(os.listdir(path))
        except OSError:
            return None

    def exists(self, path):
        """True when the path exists, links followed."""
        return os.path.exists(path)

    def real_path(self, path):
        """The path without links; the path itself when it does not exist."""
        return os.path.realpath(path)

    def run(self, arguments):
        """(exit code, output) of a command without a shell; None when it is not installed or takes too long."""
        environment = dict(os.environ, LC_ALL="C", PATH=":".join(req.BINARY_DIRS))
        try:
            process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except OSError:
            return None
        try:
            output = process.communicate(timeout=_COMMAND_TIMEOUT_S)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None
        return process.returncode, output.decode("utf-8", "replace")

    def filesystem(self, path):
        """(size, free for root's services) of the filesystem in bytes."""
        try:
            status = os.statvfs(path)
        except OSError:
            return None
        return status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize

    def user_id(self):
        """Effective user ID of this process."""
        return os.geteuid()

    def time_s(self):
        """Seconds since the epoch."""
        return time.time()

    def try_kvm(self):
        """Create a virtual machine with one CPU and drop it: "" when that worked, else the reason."""
        import fcntl

        handles = []
        try:
            handles.append(os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC))
            fcntl.ioctl(handles[0], _KVM_GET_API_VERSION, 0)
            handles.append(fcntl.ioctl(handles[0], _KVM_CREATE_VM, 0))
            handles.append(fcntl.ioctl(handles[1], _KVM_CREATE_VCPU, 0))
        except (IOError, OSError) as exc:
            return errno.errorcode.get(exc.errno, "error") + ": " + str(exc.strerror)
        finally:
            for handle in reversed(handles):
                os.close(handle)
        return ""


# --- Parsers: text in, plain data out ---------------------------------------------------------------------------------


def parse_os_release(text):
    """{KEY: value} of /etc/os-release, quotes removed; None for no text."""
    if text is None:
        return None
    pairs = re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.MULTILINE)
    return {key: value.strip().strip("\"'") for key, value in pairs}


def parse_cpu_info(text):
    """{processors, vendor, model, flags} of /proc/cpuinfo; None for no text. Counts as the vendor's installer does."""
    if not text:
        return None
    fields = re.findall(r"^([^\t:\n]+?)\s*:[ \t]*(.*)$", text, re.MULTILINE)
    first = {}
    for key, value in fields:
        first.setdefault(key, value)
    return {
        "processors": sum(1 for key, dummy in fields if key == "processor"),
        "vendor": first.get("vendor_id", ""),
        "model": first.get("model name", ""),
        "flags": sorted(set(first.get("flags", "").split())),
    }


def parse_memory_mib(text):
    """MemTotal of /proc/meminfo in MiB, rounded down; None when absent."""
    match = re.search(r"^MemTotal:\s+(\d+) kB", text or "", re.MULTILINE)
    return int(match.group(1)) // 1024 if match else None


def parse_mount(text, path):
    """{device: "major:minor", source} of the mount that carries a path, from /proc/self/mountinfo; None when absent."""
    best = None
    for line in (text or "").splitlines():
        left, separator, right = line.partition(" - ")
        fields = left.split()
        if not separator or len(fields) < 5 or len(right.split()) < 2:
            continue
        point = fields[4].replace("\\040", " ")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        # A later line of the same mount point covers the earlier one.
        if inside and (best is None or len(point) >= len(best[0])):
            best = (point, {"device": fields[2], "source": right.split()[1]})
    return best[1] if best else None


def parse_addresses(text):
    """[{interface, address: "a.b.c.d/n"}] of `ip -o address show`; None for no text."""
    if text is None:
        return None
    rows = re.findall(r"^\d+: +(\S+) +inet6? +(\S+)", text, re.MULTILINE)
    return [{"interface": name.split("@")[0], "address": address} for name, address in rows]


def parse_routes(text):
    """[{destination, interface, gateway}] of `ip route show table all`; None for no text."""
    if text is None:
        return None
    routes = []
    for line in text.splitlines():
        words = line.split()
        if words and words[0] in _ROUTE_TYPES:
            words = words[1:]
        if not words:
            continue
        pairs = dict(zip(words[1:], words[2:]))  # noqa: B905 - `strict` is newer than Python 3.6
        routes.append({"destination": words[0], "interface": pairs.get("dev", ""), "gateway": pairs.get("via", "")})
    return routes


def parse_nameservers(text):
    """Addresses of the nameservers in /etc/resolv.conf."""
    return re.findall(r"^\s*nameserver\s+(\S+)", text or "", re.MULTILINE)


def parse_packages(text):
    """{name: version} of lines "name<TAB>version<TAB>status"; a package that is not fully installed is left out."""
    packages = {}
    for line in (text or "").splitlines():
        fields = line.split("\t")
        if len(fields) == 3 and fields[2].strip() == "installed":
            packages[fields[0]] = fields[1]
    return packages


def parse_module_options(texts):
    """{module: {parameter: value}} of the texts of /etc/modprobe.d/*.conf, a later text over an earlier one."""
    options = {}
    for text in texts:
        for module, rest in re.findall(r"^\s*options\s+(\S+)\s+(.*)$", text or "", re.MULTILINE):
            pairs = (word.partition("=") for word in rest.split("#")[0].split())
            options.setdefault(module.replace("-", "_"), {}).update((key, value) for key, dummy, value in pairs)
    return options


def is_on(value):
    """True for the spellings in which the kernel and its users say yes."""
    return value in ("1", "Y", "y")


# --- Facts: one function each, a host in, plain data out --------------------------------------------------------------


def _line(text):
    return text.strip() if text is not None else None


def _output(host, arguments):
    """Output of a command that succeeded; None otherwise."""
    result = host.run(arguments)
    return result[1] if result and result[0] == 0 else None


def probe_system(host):
    """os-release fields that matter, as {id, version, title}; None without the file."""
    fields = parse_os_release(host.read("/etc/os-release"))
    if not fields or not fields.get("ID"):
        return None
    version = re.sub(req.VERSION_SUFFIX, "", fields.get("VERSION_ID", ""))
    for path in req.BUILD_VERSION_FILES.get(fields["ID"], ()):
        build = _line(host.read(path))
        # The file says more than VERSION_ID only when it continues it: 1.7 -> 1.7.5.16.
        if build and build.startswith(version + "."):
            version = build
            break
    return {"id": fields["ID"], "version": version, "title": fields.get("PRETTY_NAME", fields["ID"])}


def probe_virtualization(host):
    """{kind, evidence} where kind is "none" on a physical server; None when nothing could be asked."""
    evidence, kind = [], None
    detected = host.run(["systemd-detect-virt"])
    if detected and detected[1].strip():
        kind = detected[1].strip()
        if kind != "none":
            evidence.append("systemd-detect-virt says " + kind)
    for name in ("sys_vendor", "product_name"):
        text = _line(host.read("/sys/class/dmi/id/" + name))
        if text is None:
            continue
        kind = kind or "none"
        if any(re.search(r"\b%s\b" % re.escape(mark), text, re.IGNORECASE) for mark in req.VIRTUAL_DMI_MARKS):
            evidence.append("%s is %s" % (name, text))
    cpu = parse_cpu_info(host.read("/proc/cpuinfo"))
    if cpu and "hypervisor" in cpu["flags"]:
        evidence.append("the CPU has the flag hypervisor")
    if evidence and kind in (None, "none"):
        kind = "unknown hypervisor"
    return None if kind is None else {"kind": kind, "evidence": evidence}


def _physical_disks(host, path):
    """Names and sizes of the disks under a block device in /sys: {name: bytes}; None for a size that is missing."""
    lower = host.names(path + "/slaves") or []
    if lower:
        disks = {}
        for name in lower:
            disks.update(_physical_disks(host, host.real_path("/sys/class/block/" + name)))
        return disks
    if host.exists(path + "/partition"):
        path = path.rsplit("/", 1)[0]
    sectors = _line(host.read(path + "/size"))
    size = int(sectors) * _SECTOR_BYTES if sectors and sectors.isdigit() else None
    return {path.rsplit("/", 1)[-1]: size}


def probe_disk(host, directory):
    """{devices, disk_bytes, size_bytes, free_bytes} of what carries a directory; single values may be None."""
    mount = parse_mount(host.read("/proc/self/mountinfo"), host.real_path(directory))
    space = host.filesystem(directory)
    disks = {}
    if mount:
        path = "/sys/dev/block/" + mount["device"]
        if not host.exists(path):
            # btrfs and the like have a device number without a device; their source is one.
            path = "/sys/class/block/" + host.real_path(mount["source"]).rsplit("/", 1)[-1]
        disks = _physical_disks(host, host.real_path(path)) if host.exists(path) else {}
    known = disks and None not in disks.values()
    return {
        "devices": sorted(disks),
        "disk_bytes": sum(disks.values()) if known else None,
        "size_bytes": space[0] if space else None,
        "free_bytes": space[1] if space else None,
    }


def probe_kvm(host, cpu):
    """{flag, module, module_loaded, device, usable, reason}: hardware virtualization from the CPU to /dev/kvm."""
    flags = cpu["flags"] if cpu else []
    flag, module = next(((flag, module) for flag, module in req.VIRTUALIZATION_FLAGS if flag in flags), ("", ""))
    device = host.exists("/dev/kvm")
    reason = host.try_kvm() if device else ""
    return {
        "flag": flag,
        "module": module,
        "module_loaded": bool(module) and host.exists("/sys/module/" + module),
        "device": device,
        "usable": device and reason == "",
        "reason": reason,
    }


def _configuration_texts(host, directory):
    return [host.read(directory + "/" + name) for name in host.names(directory) or [] if name.endswith(".conf")]


def probe_nested(host, module):
    """{module, parameter, enabled, configured, in_use} of the KVM module's parameter `nested`; None without one."""
    if not module:
        return None
    parameter = _line(host.read("/sys/module/%s/parameters/nested" % module))
    options = parse_module_options(_configuration_texts(host, "/etc/modprobe.d"))
    users = _line(host.read("/sys/module/%s/refcnt" % module))
    return {
        "module": module,
        "parameter": parameter,
        "enabled": is_on(parameter),
        "configured": is_on(options.get(module, {}).get("nested")),
        "in_use": users not in (None, "0"),
    }


def probe_modules(host, names):
    """{name: {loaded, available, persistent}} of kernel modules; what is built in is loaded and persistent."""
    texts = _configuration_texts(host, "/etc/modules-load.d") + [host.read("/etc/modules")]
    listed = set()
    for text in texts:
        words = (line.split("#")[0].split()[:1] for line in (text or "").splitlines())
        listed.update(word[0].replace("-", "_") for word in words if word)
    release = _line(host.read("/proc/sys/kernel/osrelease")) or ""
    builtin = host.read("/lib/modules/%s/modules.builtin" % release) or ""
    loaded = {line.split()[0] for line in (host.read("/proc/modules") or "").splitlines() if line.strip()}
    facts = {}
    for name in names:
        is_builtin = re.search(r"/%s\.ko" % name.replace("_", "[-_]"), builtin) is not None
        is_loaded = is_builtin or name in loaded
        facts[name] = {
            "loaded": is_loaded,
            "available": is_loaded or _output(host, ["modprobe", "-n", "-q", name]) is not None,
            "persistent": is_builtin or name in listed,
        }
    return facts


def probe_packages(host, tool, names):
    """{name: version} of those packages that are installed; None when the package tool does not answer."""
    if tool == "dpkg":
        command = ["dpkg-query", "-W", "-f", "${Package}\t${Version}\t${db:Status-Status}\n"]
    elif tool == "rpm":
        command = ["rpm", "-q", "--qf", "%{NAME}\t%{VERSION}-%{RELEASE}\tinstalled\n"]
    else:
        return None
    result = host.run(command + list(names))
    # Both end with 1 when a name is unknown to them, and list the others all the same.
    return parse_packages(result[1]) if result and result[0] in range(len(names) + 1) else None


def probe_leftovers(host, packages):
    """{platform: [paths], foreign: [texts], user}: what an earlier or a foreign installation left."""
    binaries = []
    for directory in req.BINARY_DIRS:
        if host.real_path(directory) == directory:
            found = host.names(directory) or []
            binaries.extend(directory + "/" + name for name in req.FOREIGN_BINARIES if name in found)
    installed = ["package " + name for name in req.FOREIGN_PACKAGES if name in (packages or {})]
    users = host.read("/etc/passwd")
    return {
        "platform": [path for path in req.PLATFORM_FILES if host.exists(path)],
        "foreign": binaries + installed,
        "user": None if users is None else re.search(r"^%s:" % req.PLATFORM_USER, users, re.MULTILINE) is not None,
    }


def probe_systemd(host):
    """Major version of systemd; None without it."""
    match = re.match(r"systemd (\d+)", _output(host, ["systemctl", "--version"]) or "")
    return int(match.group(1)) if match else None


def needed_modules(role, backends):
    """Names of the kernel modules that a host of a role needs with these storage backends."""
    names = [module.name for module in req.KERNEL_MODULES if role in module.roles]
    names.extend(name for backend in backends for name in req.BACKEND_KERNEL_MODULES.get(backend, ()))
    return sorted(set(names))


def family_of(system_id):
    """Package family of an os-release ID, "" when it is not known."""
    return next((system.family for system in req.SUPPORTED_SYSTEMS if system_id in system.ids), "")


def probe(host, role, backends, controller_time_s):
    """All facts of a host.

    role: "master" or "worker". backends: names of storage backends. controller_time_s: the control machine's clock in
    seconds since the epoch, None for unknown. Returns a dict of plain data, ready for JSON; see the RETURN
    documentation of the module host_check.
    """
    system = probe_system(host)
    cpu = parse_cpu_info(host.read("/proc/cpuinfo"))
    kvm = probe_kvm(host, cpu)
    family = family_of(system["id"]) if system else ""
    wanted = [name for package in req.PACKAGES.get(family, ()) for name in package.accepted]
    packages = probe_packages(host, req.PACKAGE_TOOLS.get(family), wanted + list(req.FOREIGN_PACKAGES))
    modules = needed_modules(role, backends) + ([kvm["module"]] if kvm["module"] else [])
    return {
        "hostname": _line(host.read("/proc/sys/kernel/hostname")),
        "machine_id": _line(host.read("/etc/machine-id")),
        "product_uuid": _line(host.read("/sys/class/dmi/id/product_uuid")),
        "architecture": _line(_output(host, ["uname", "-m"])),
        "kernel": _line(host.read("/proc/sys/kernel/osrelease")),
        "system": system,
        "family": family,
        "systemd": probe_systemd(host),
        "cgroup_v2": host.exists("/sys/fs/cgroup/cgroup.controllers"),
        "cpu": cpu,
        "memory_mib": parse_memory_mib(host.read("/proc/meminfo")),
        "virtualization": probe_virtualization(host),
        "kvm": kvm,
        "nested": probe_nested(host, kvm["module"]),
        "modules": probe_modules(host, modules),
        "packages": packages,
        "packages_interrupted": any(name.isdigit() for name in host.names(req.DPKG_JOURNAL) or []),
        "var_lib": probe_disk(host, "/var/lib"),
        "leftovers": probe_leftovers(host, packages),
        "addresses": parse_addresses(_output(host, ["ip", "-o", "address", "show"])),
        "routes": _routes(host),
        "nameservers": parse_nameservers(host.read("/etc/resolv.conf")),
        "user_id": host.user_id(),
        "clock_drift_s": None if controller_time_s is None else round(host.time_s() - controller_time_s, 1),
    }


def _routes(host):
    ipv4 = parse_routes(_output(host, ["ip", "-4", "route", "show", "table", "all"]))
    ipv6 = parse_routes(_output(host, ["ip", "-6", "route", "show", "table", "all"]))
    return None if ipv4 is None else ipv4 + (ipv6 or [])
