# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is: one function for each fact, a host in, plain data out; private to the collection.

Everything is asked of one object with the methods of LocalHost: a test hands in a few texts instead of a machine.
A fact that could not be read is None; the rules make a finding of it. Nothing here changes the host.
Runs on managed hosts, so Python 3.6 syntax and the standard library only.
"""

import re

from ansible_collections.dvp.baremetal.plugins.module_utils import _host_texts as texts
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._disk_speed import probe_disk_speed
from ansible_collections.dvp.baremetal.plugins.module_utils._endpoints import OFF, registry_endpoint
from ansible_collections.dvp.baremetal.plugins.module_utils._host_upkeep import probe_cloud_init, probe_time_services
from ansible_collections.dvp.baremetal.plugins.module_utils._repositories import repository_endpoints

_SECTOR_BYTES = 512
_PACKAGE_QUERIES = {
    "dpkg": ["dpkg-query", "-W", "-f", "${Package}\t${Version}\t${db:Status-Status}\n"],
    "rpm": ["rpm", "-q", "--qf", "%{NAME}\t%{VERSION}-%{RELEASE}\tinstalled\n"],
}


def _line(text):
    return text.strip() if text is not None else None


def _output(host, arguments):
    """Output of a command that succeeded; None otherwise."""
    result = host.run(arguments)
    return result[1] if result and result[0] == 0 else None


def probe_system(host):
    """os-release fields that matter, as {id, version, title}; None without the file."""
    fields = texts.parse_os_release(host.read("/etc/os-release"))
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


def _is_virtual_product(fields):
    """The DMI field that only a virtual machine has, as "name is text"; "" when there is none."""
    if re.search(req.PHYSICAL_PRODUCTS, fields.get("product_name", "")):
        return ""
    for name, text in fields.items():
        if any(re.search(r"\b%s\b" % re.escape(mark), text, re.IGNORECASE) for mark in req.VIRTUAL_DMI_MARKS):
            return "%s is %s" % (name, text)
    return ""


def probe_virtualization(host, cpu):
    """{kind, evidence, signals}: is this a virtual machine, and by which witnesses; None when nothing could be asked.

    kind: "none" on a physical server, else the hypervisor's or container's name. evidence: texts, empty on a physical
    server; one witness is enough, since a hypervisor can silence the others. signals: what each witness said, by name;
    None for one that is silent. A Xen dom0 is the physical server, though its CPU says hypervisor.
    """
    read = {name: _line(host.read("/sys/class/dmi/id/" + name)) for name in req.DMI_FIELDS}
    dmi = {name: text for name, text in read.items() if text}
    detected = (host.run(["systemd-detect-virt"]) or (0, ""))[1].strip()
    signals = {
        "systemd": detected or None,
        "dmi": " ".join(dmi[name] for name in ("sys_vendor", "product_name") if name in dmi) or None,
        "cpuid": None if cpu is None else "hypervisor" in cpu["flags"],
        "hypervisor": _line(host.read("/sys/hypervisor/type")),
        "device_tree": (host.read("/proc/device-tree/hypervisor/compatible") or "").strip("\0\n") or None,
        "virtio": bool(host.names("/sys/bus/virtio/devices")),
    }
    if detected not in req.CONTAINERS and "control_d" in (host.read("/proc/xen/capabilities") or ""):
        return {"kind": "none", "evidence": [], "signals": signals}
    evidence = ["systemd-detect-virt says " + detected] if detected not in ("", "none") else []
    evidence.extend(filter(None, [_is_virtual_product(dmi)]))
    if signals["cpuid"]:
        evidence.append("the CPU has the flag hypervisor")
    for name, path in (("hypervisor", "/sys/hypervisor"), ("device_tree", "the device tree")):
        if signals[name]:
            evidence.append("%s names %s" % (path, signals[name]))
    if evidence and signals["virtio"]:  # alone it proves nothing: some network cards show them to physical servers
        evidence.append("it has virtio devices")
    if evidence:
        named = [detected, signals["hypervisor"], signals["device_tree"], "unknown hypervisor"]
        return {"kind": next(n for n in named if n and n != "none"), "evidence": evidence, "signals": signals}
    # A silent DMI table and no cpuinfo prove nothing.
    return {"kind": "none", "evidence": [], "signals": signals} if detected or dmi else None


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
    """{devices, disk_bytes, size_bytes, free_bytes, filesystem, ftype} of what carries a directory, values or None.

    ftype: of XFS only; overlay filesystems need 1.
    """
    mount = texts.parse_mount(host.read("/proc/self/mountinfo"), host.real_path(directory))
    space = host.filesystem(directory)
    disks, ftype = {}, None
    if mount:
        path = "/sys/dev/block/" + mount["device"]
        if not host.exists(path):
            # btrfs and the like have a device number without a device; their source is one.
            path = "/sys/class/block/" + host.real_path(mount["source"]).rsplit("/", 1)[-1]
        disks = _physical_disks(host, host.real_path(path)) if host.exists(path) else {}
        if mount["filesystem"] == "xfs":
            ftype = texts.parse_xfs_ftype(_output(host, ["xfs_info", mount["point"]]))
    known = disks and None not in disks.values()
    return {
        "devices": sorted(disks),
        "disk_bytes": sum(disks.values()) if known else None,
        "size_bytes": space[0] if space else None,
        "free_bytes": space[1] if space else None,
        "filesystem": mount["filesystem"] if mount else None,
        "ftype": ftype,
    }


def probe_kvm(host, cpu):
    """{flag, module, module_loaded, device, usable, reason}: hardware virtualization from the CPU to /dev/kvm."""
    flags = cpu["flags"] if cpu else []
    flag, module = next(((flag, module) for flag, module in req.VIRTUALIZATION_FLAGS if flag in flags), ("", ""))
    device = host.exists("/dev/kvm")
    reason = host.try_kvm() if device else ""  # None: nobody could try
    return {
        "flag": flag,
        "module": module,
        "module_loaded": bool(module) and host.exists("/sys/module/" + module),
        "device": device,
        "usable": None if reason is None else device and reason == "",
        "reason": reason,
    }


def _configuration_texts(host, directory):
    return [host.read(directory + "/" + name) for name in host.names(directory) or [] if name.endswith(".conf")]


def probe_nested(host, module):
    """{module, parameter, enabled, configured, in_use} of the KVM module's parameter `nested`; None without one."""
    if not module:
        return None
    parameter = _line(host.read("/sys/module/%s/parameters/nested" % module))
    options = texts.parse_module_options(_configuration_texts(host, "/etc/modprobe.d"))
    users = _line(host.read("/sys/module/%s/refcnt" % module))
    return {
        "module": module,
        "parameter": parameter,
        "enabled": texts.is_on(parameter),
        "configured": texts.is_on(options.get(module, {}).get("nested")),
        "in_use": users not in (None, "0"),
    }


def probe_modules(host, names):
    """{name: {loaded, available, persistent}} of kernel modules; what is built in is loaded and persistent."""
    listed = set()
    for text in _configuration_texts(host, "/etc/modules-load.d") + [host.read("/etc/modules")]:
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


def packages_of_interest(system_id, family, backends):
    """Names of packages that a system needs or should not have."""
    wanted = [name for package in needed_packages(system_id, family, backends) for name in package.accepted]
    return wanted + list(req.FOREIGN_PACKAGES)


def package_query(tool, names):
    """The command that lists those of the packages that are installed."""
    return _PACKAGE_QUERIES[tool] + list(names)


def probe_packages(host, tool, names):
    """{name: version} of those packages that are installed; None when the package tool does not answer."""
    result = host.run(package_query(tool, names)) if tool in _PACKAGE_QUERIES else None
    # Both end with 1 when a name is unknown to them, and list the others all the same.
    return texts.parse_packages(result[1]) if result and result[0] in range(len(names) + 1) else None


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


def probe_listening(host):
    """{"tcp": [ports], "udp": [ports]} on which something waits already; None when /proc/net cannot be read."""
    found = {}
    for protocol in ("tcp", "udp"):
        # A host without IPv6 has no second file.
        tables = [host.read("/proc/net/" + protocol), host.read("/proc/net/%s6" % protocol)]
        if tables[0] is None:
            return None
        found[protocol] = sorted({port for table in tables for port in texts.parse_listening(table)})
    return found


def probe_selinux(host):
    """{enforcing, missing}: whether SELinux enforces, and which programs for it are not there."""
    enforcing = _line(host.read("/sys/fs/selinux/enforce")) == "1"
    missing = [
        name
        for name in req.SELINUX_TOOLS
        if not any(host.exists(directory + "/" + name) for directory in req.BINARY_DIRS)
    ]
    return {"enforcing": enforcing, "missing": missing if enforcing else []}


def probe_names(host, hostname):
    """{name: [addresses]} to which the host resolves localhost and itself; None without getent."""
    answers = {name: host.run(["getent", "ahosts", name]) for name in ("localhost", hostname) if name}
    if None in answers.values():
        return None
    return {name: texts.parse_resolved(answer[1]) for name, answer in answers.items()}


def probe_mtus(host):
    """{interface: MTU in bytes}; None when /sys/class/net cannot be read."""
    names = host.names("/sys/class/net")
    if names is None:
        return None
    sizes = {name: _line(host.read("/sys/class/net/%s/mtu" % name)) for name in names}
    return {name: int(size) for name, size in sizes.items() if size and size.isdigit()}


def needed_packages(system_id, family, backends):
    """What a system needs: rows of PACKAGES of its family, of SYSTEM_PACKAGES and of BACKEND_PACKAGES, each once."""
    packages = req.PACKAGES.get(family, ()) + req.SYSTEM_PACKAGES.get(system_id, ())
    for backend in sorted(set(backends)):
        rows = req.BACKEND_PACKAGES.get(backend, {}).get(family, ())
        packages += tuple(row for row in rows if row not in packages)
    return packages


def needed_modules(role, backends):
    """Names of the kernel modules that a host of a role needs with these storage backends."""
    names = [module.name for module in req.KERNEL_MODULES if role in module.roles]
    names.extend(name for backend in backends for name in req.BACKEND_KERNEL_MODULES.get(backend, ()))
    return sorted(set(names))


def family_of(system_id):
    """Package family of an os-release ID, "" when it is not known."""
    return next((system.family for system in req.SUPPORTED_SYSTEMS if system_id in system.ids), "")


def probe_network(host, family, options):
    """{registry, repositories, endpoints}: rows of _endpoints.ask_endpoints, of everything that was asked at once.

    registry: one row, with the state "off" when there is none. repositories: None when they cannot be known.
    """
    registry, repositories = options["registry"], repository_endpoints(host, family)
    asked = [registry_endpoint(**registry)] if registry and registry["images_repo"] else []
    rows = host.ask(asked + list(repositories or ()) + options["endpoints"])
    none = {"name": "", "type": "registry", "state": OFF, "reason": "", "seconds": 0}
    end = len(asked) + len(repositories or ())
    return {
        "registry": rows[0] if asked else none,
        "repositories": None if repositories is None else rows[len(asked) : end],
        "endpoints": rows[end:],
    }


def probe(host, options):
    """All facts of a host: a dict of plain data, ready for JSON; see the RETURN documentation of the module host_check.

    options: those of the module.
    """
    role, controller_time_s = options["node_role"], options["controller_time_s"]
    # First of all, for what follows takes its time.
    time_s = host.time_s()
    drift_s = None if None in (time_s, controller_time_s) else round(time_s - controller_time_s, 1)
    system = probe_system(host)
    cpu = texts.parse_cpu_info(host.read("/proc/cpuinfo"))
    kvm = probe_kvm(host, cpu)
    family = family_of(system["id"]) if system else ""
    wanted = packages_of_interest(system and system["id"], family, options["backends"])
    packages = probe_packages(host, req.PACKAGE_TOOLS.get(family), wanted)
    modules = needed_modules(role, options["backends"]) + ([kvm["module"]] if kvm["module"] else [])
    hostname = _line(host.read("/proc/sys/kernel/hostname"))
    disk, leftovers = probe_disk(host, "/var/lib"), probe_leftovers(host, packages)
    is_node = bool(leftovers["platform"])
    facts = {
        "role": role,
        "hostname": hostname,
        "resolved": probe_names(host, hostname),
        "machine_id": _line(host.read("/etc/machine-id")),
        "product_uuid": _line(host.read("/sys/class/dmi/id/product_uuid")),
        "architecture": _line(_output(host, ["uname", "-m"])),
        "kernel": _line(host.read("/proc/sys/kernel/osrelease")),
        "system": system,
        "family": family,
        "systemd": probe_systemd(host),
        "cgroup_v2": host.exists("/sys/fs/cgroup/cgroup.controllers"),
        "cpu": cpu,
        "memory_mib": texts.parse_memory_mib(host.read("/proc/meminfo")),
        "virtualization": probe_virtualization(host, cpu),
        "kvm": kvm,
        "nested": probe_nested(host, kvm["module"]),
        "modules": probe_modules(host, modules),
        "packages": packages,
        "packages_interrupted": any(name.isdigit() for name in host.names(req.DPKG_JOURNAL) or []),
        "var_lib": disk,
        "disk_speed": probe_disk_speed(host, "/var/lib", options["disk_test_seconds"], disk, is_node),
        "leftovers": leftovers,
        "time_services": probe_time_services(host),
        "cloud_init": probe_cloud_init(host, packages),
        "addresses": texts.parse_addresses(_output(host, ["ip", "-o", "address", "show"])),
        "routes": _routes(host),
        "mtus": probe_mtus(host),
        "listening": probe_listening(host),
        "selinux": probe_selinux(host),
        "nameservers": texts.parse_nameservers(host.read("/etc/resolv.conf")),
        "python": host.python(),
        "user_id": host.user_id(),
        "clock_drift_s": drift_s,
    }
    facts.update(probe_network(host, family, options))
    return facts


def _routes(host):
    ipv4 = texts.parse_routes(_output(host, ["ip", "-4", "route", "show", "table", "all"]))
    ipv6 = texts.parse_routes(_output(host, ["ip", "-6", "route", "show", "table", "all"]))
    return None if ipv4 is None else ipv4 + (ipv6 or [])
