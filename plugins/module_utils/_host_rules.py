# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks: pure functions from facts to findings, private to the collection.

Facts are what _host_probe.probe returns, options are {demo_mode, prepare_follows, cidrs, internal_cidrs}.
A missing fact is a finding, never a pass. Python 3.6 syntax and the standard library only.
"""

import ipaddress
import re

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

_GIB = 1024**3
_GB = 1000**3
_REQUIREMENTS = {row.id: row for row in req.REQUIREMENTS}
_HOSTNAME = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
NOTHING = "nothing readable"


def finding(requirement_id, found, fix, **fields):
    """One finding in the form that module, report and error text share.

    found: text. fix: what to do, a sentence. fields: checked, needed, severity, host where they differ from the row of
    the requirement. Returns {id, checked, found, needed, severity, fix, docs, host}, all text.
    """
    row = _REQUIREMENTS[requirement_id]
    result = {
        "id": row.id,
        "checked": row.title,
        "found": str(found),
        "needed": row.needed.format(**req.LIMITS),
        "severity": row.severity,
        "fix": fix,
        "docs": req.DOCS_ANCHOR.format(row.id.lower()),
        "host": "",
    }
    result.update(fields)
    return result


def _mended(options, requirement_id, needed_act, by_hand, **fields):
    """A finding of something that prepare can do: a warning when it may, else an error with the act for a person."""
    if not (options["prepare_follows"] and _REQUIREMENTS[requirement_id].mended):
        return finding(requirement_id, fix=by_hand, **fields)
    mended = finding(requirement_id, fix="Prepare will %s." % needed_act, **fields)
    return dict(mended, severity=req.WARNING if mended["severity"] == req.ERROR else mended["severity"])


def version_tuple(text):
    """(major, minor) of a kernel release such as 6.1.0-13-amd64; None when it is none."""
    match = re.match(r"(\d+)\.(\d+)", text or "")
    return (int(match.group(1)), int(match.group(2))) if match else None


def valid_hostname(name):
    """True for a lower case RFC 1123 name of an allowed length."""
    return len(name) <= req.LIMITS["hostname_chars"] and _HOSTNAME.match(name) is not None


# --- Rules, in the order of the requirements: (facts, options) -> findings -------------------------------------------


def check_virtual_machine(facts, options):
    """H01."""
    virtualization, kvm = facts.get("virtualization"), facts.get("kvm") or {}
    if not virtualization:
        return [finding("H01", NOTHING, "Run the check as root; it reads /sys/class/dmi and /proc/cpuinfo.")]
    if virtualization["kind"] == "none":
        return []
    found = "a virtual machine (%s)" % "; ".join(virtualization["evidence"] or [virtualization["kind"]])
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
        _mended(
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
        _mended(
            options,
            "H03",
            "switch it on",
            "Write `options %s nested=1` to %s and load the module again."
            % (nested["module"], req.NESTED_FILE.format(nested["module"])),
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
    return found


def match_system(system_id, version):
    """(row, known): the row of a system, and "listed", "same major" or "" for its version."""
    for row in req.SUPPORTED_SYSTEMS:
        if system_id in row.ids:
            if any(version == listed or version.startswith(listed + ".") for listed in row.versions):
                return row, "listed"
            majors = {listed.split(".")[0] for listed in row.versions}
            return row, "same major" if version.split(".")[0] in majors else ""
    return None, ""


def check_system(facts, options):
    """H08."""
    system = facts.get("system")
    if not system:
        return [finding("H08", NOTHING, "Install a supported system; this one has no /etc/os-release.")]
    row, known = match_system(system["id"], system["version"])
    found = "%s (ID %s, version %s)" % (system["title"], system["id"], system["version"] or "none")
    if row is None:
        return [
            finding(
                "H08",
                found,
                "Install one of: %s." % ", ".join(system.title for system in req.SUPPORTED_SYSTEMS if system.in_guide),
            )
        ]
    needed = "%s %s" % (row.title, ", ".join(row.versions))
    if known == "":
        return [finding("H08", found, "Install a version from the list.", needed=needed)]
    if known == "same major":
        return [
            finding(
                "H08", found, "It may work; a version from the list is tested.", needed=needed, severity=req.WARNING
            )
        ]
    if not row.in_guide:
        return [
            finding(
                "H08",
                found,
                "The platform knows this system, the install guide does not list it.",
                severity=req.WARNING,
            )
        ]
    return []


def check_kernel(facts, options):
    """H09: the version of the guide, the version of the installer, and branches that containerd v2 cannot use."""
    release = facts.get("kernel")
    version = version_tuple(release)
    if version is None:
        return [finding("H09", release or NOTHING, "Check that /proc/sys/kernel/osrelease can be read.")]
    row = match_system((facts.get("system") or {}).get("id"), "")[0]
    advice = row.newer_kernel if row else "Install a newer kernel and boot it."
    if version < version_tuple(req.LIMITS["kernel"]):
        return [finding("H09", release, advice)]
    if version < version_tuple(req.LIMITS["installer_kernel"]):
        return [
            finding(
                "H09",
                release,
                advice,
                severity=req.WARNING,
                needed="at least %s for the installer" % req.LIMITS["installer_kernel"],
            )
        ]
    if "%d.%d" % version in req.CONTAINERD_V2_BAD_KERNELS:
        return [
            finding(
                "H09",
                release,
                "Keep containerd v1, or boot a kernel of another branch.",
                severity=req.WARNING,
                needed="for containerd v2 a branch other than %s" % ", ".join(req.CONTAINERD_V2_BAD_KERNELS),
            )
        ]
    return []


def check_containerd_v2(facts, options):
    """H09: what containerd v2 needs besides the kernel's version."""
    systemd, lacking = facts.get("systemd"), []
    if systemd is None:
        return [
            finding(
                "H09", NOTHING, "Use a system that starts with systemd.", checked="systemd", needed="a running systemd"
            )
        ]
    if systemd < req.LIMITS["containerd_v2_systemd"]:
        lacking.append("systemd %s" % systemd)
    if not facts.get("cgroup_v2"):
        lacking.append("cgroup v1")
    if not lacking:
        return []
    return [
        finding(
            "H09",
            ", ".join(lacking),
            "Keep containerd v1, or use a newer system.",
            severity=req.WARNING,
            checked="Ready for containerd v2",
            needed="systemd %s and cgroup v2" % req.LIMITS["containerd_v2_systemd"],
        )
    ]


def check_kernel_modules(facts, options):
    """H09: modules that cannot be loaded are findings for a person, the others are loaded by prepare."""
    modules, found = facts.get("modules"), []
    if modules is None:
        return [finding("H09", NOTHING, "Check that /proc/modules can be read.", checked="Kernel modules")]
    kvm_modules = [module for dummy, module in req.VIRTUALIZATION_FLAGS]  # H03
    wanted = sorted(set(modules) - set(kvm_modules))
    severities = {row.name: row.severity for row in req.KERNEL_MODULES}
    package = req.EXTRA_MODULES.get(facts.get("family"), "the package with extra kernel modules")
    for severity in (req.ERROR, req.WARNING):
        names = [
            name for name in wanted if not modules[name]["available"] and severities.get(name, req.ERROR) == severity
        ]
        if names:
            found.append(
                finding(
                    "H09",
                    "%s not available" % ", ".join(names),
                    "Install %s." % package,
                    checked="Kernel modules",
                    needed="modules that can be loaded",
                    severity=severity,
                )
            )
    names = [
        name
        for name in wanted
        if modules[name]["available"] and not (modules[name]["loaded"] and modules[name]["persistent"])
    ]
    if names:
        found.append(
            _mended(
                options,
                "H09",
                "load them, now and at each start",
                "Run modprobe for each, and name them in a file of /etc/modules-load.d.",
                found="%s not loaded at each start" % ", ".join(names),
                checked="Kernel modules",
                needed="modules loaded at each start",
                severity=req.WARNING,
            )
        )
    return found


def check_hostname(facts, options):
    """H10, the part that one host can answer."""
    name = facts.get("hostname")
    if name and valid_hostname(name):
        return []
    return [
        finding(
            "H10",
            name or NOTHING,
            "Set another name: hostnamectl set-hostname <name>.",
            needed="lower case letters, digits, - and ., at most %s characters" % req.LIMITS["hostname_chars"],
        )
    ]


def check_root(facts, options):
    """H13, the part that one host can answer: this process has become root."""
    if facts.get("user_id") == 0:
        return []
    return [finding("H13", "no root rights", "Allow the SSH user sudo without a password (NOPASSWD), and use become.")]


def check_packages(facts, options):
    """H15."""
    installed, family = facts.get("packages"), facts.get("family")
    if installed is None or family not in req.PACKAGES:
        return [finding("H15", NOTHING, "Use a supported system (H08); its package tool did not answer.")]
    found = []
    if facts.get("packages_interrupted"):
        found.append(
            _mended(
                options,
                "H15",
                "let it finish",
                "Run dpkg --configure -a.",
                found="cut off",
                checked="Package tool",
                needed="no unfinished installation",
            )
        )
    for package in req.PACKAGES[family]:
        if not set(package.accepted) & set(installed):
            found.append(
                _mended(
                    options,
                    package.requirement,
                    "install the package %s" % package.install,
                    "Install the package %s." % package.install,
                    found="not installed",
                    checked="Package " + package.title,
                    needed="installed",
                )
            )
    return found


def check_leftovers(facts, options):
    """H16. On a node of the platform its runtime and user are the platform's own."""
    leftovers = facts.get("leftovers")
    if not leftovers or leftovers["user"] is None:
        return [finding("H16", NOTHING, "Check that /etc/passwd can be read.")]
    if leftovers["platform"]:
        return [
            finding(
                "H16",
                ", ".join(leftovers["platform"]),
                "If the host is a node of this cluster, put the kubeconfig at dvp_kubeconfig. If it is "
                "left from another or a failed installation, clean it: bash /var/lib/bashible/"
                "cleanup_static_node.sh --yes-i-am-sane-and-i-understand-what-i-am-doing. That destroys data.",
                checked=req.EARLIER_INSTALLATION,
                needed="none",
            )
        ]
    found = []
    if leftovers["foreign"]:
        found.append(
            finding(
                "H16",
                ", ".join(leftovers["foreign"]),
                "Remove them with the package manager; the platform brings its own.",
            )
        )
    if leftovers["user"]:
        found.append(
            finding(
                "H16",
                "the user exists",
                "Remove or rename the user.",
                needed="no such user",
                checked="User " + req.PLATFORM_USER,
            )
        )
    return found


def check_clock(facts, options):
    """H19."""
    drift_s = facts.get("clock_drift_s")
    if drift_s is not None and abs(drift_s) <= req.LIMITS["clock_drift_s"]:
        return []
    found = NOTHING if drift_s is None else "%s s" % drift_s
    return [finding("H19", found, "Set the clock and keep it right with chrony or systemd-timesyncd.")]


def _network(text):
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _host_networks(facts):
    """[(what, network)] of a host's interfaces, routes, gateways and nameservers, without the platform's own."""
    rows = []
    for row in facts["addresses"]:
        if not row["interface"].startswith(req.PLATFORM_INTERFACES):
            rows.append(("interface %s" % row["interface"], row["address"]))
    for row in facts["routes"]:
        if not row["interface"].startswith(req.PLATFORM_INTERFACES):
            if row["destination"] != "default":
                rows.append(("route to %s" % row["destination"], row["destination"]))
            if row["gateway"]:
                rows.append(("gateway %s" % row["gateway"], row["gateway"]))
    rows.extend(("nameserver %s" % address, address) for address in facts.get("nameservers") or [])
    networks = [(what, _network(text.split("%")[0])) for what, text in rows]
    # A route to everything is the default route under another name.
    return [(what, network) for what, network in networks if network is not None and network.prefixlen > 0]


def check_addresses(facts, options):
    """H20: pod and service networks against the host's own, and the host's place in the internal networks."""
    if facts.get("addresses") is None or facts.get("routes") is None:
        return [finding("H20", NOTHING, "Install iproute2; the check reads `ip address` and `ip route`.")]
    found = []
    for cidr in options["cidrs"]:
        planned = _network(cidr)
        if planned is None:
            found.append(finding("H20", cidr, "Write networks as address/prefix.", needed="a network"))
            continue
        hits = [
            what
            for what, network in _host_networks(facts)
            if network.version == planned.version and network.overlaps(planned)
        ]
        if hits:
            found.append(
                finding(
                    "H20",
                    "%s overlaps %s" % (cidr, ", ".join(sorted(set(hits)))),
                    "Choose another network in the inventory, or change the host's.",
                )
            )
    internal = [network for network in map(_network, options["internal_cidrs"]) if network is not None]
    own = [ipaddress.ip_interface(row["address"]).ip for row in facts["addresses"] if _network(row["address"])]
    if internal and not any(address in network for address in own for network in internal):
        found.append(
            finding(
                "H20",
                ", ".join(str(address) for address in own) or "no address",
                "Give the host an address there, or correct dvp_internal_cidrs.",
                checked="Address in the internal network",
                needed="an address in " + ", ".join(options["internal_cidrs"]),
            )
        )
    return found


RULES = (
    check_virtual_machine,
    check_architecture,
    check_hardware_virtualization,
    check_nested_virtualization,
    check_cpu_cores,
    check_memory,
    check_disk_space,
    check_system,
    check_kernel,
    check_containerd_v2,
    check_kernel_modules,
    check_hostname,
    check_root,
    check_packages,
    check_leftovers,
    check_clock,
    check_addresses,
)
# The requirements that these rules and the comparison of hosts speak about; a report shows no others as met.
CHECKED = (
    "H01",
    "H02",
    "H03",
    "H04",
    "H05",
    "H06",
    "H08",
    "H09",
    "H10",
    "H13",
    "H15",
    "H16",
    "H18",
    "H19",
    "H20",
    "H21",
)


def findings(facts, options):
    """All findings of one host, in the order of the requirements.

    facts: see _host_probe.probe. options: {demo_mode: bool, prepare_follows: bool, cidrs: pod and service networks,
    internal_cidrs: networks of the nodes}.
    """
    return [row for rule in RULES for row in rule(facts, options)]


def remedies(facts):
    """What prepare has to do on this host, and whether there is anything, as `needed`.

    packages_interrupted: dpkg has to finish first. packages: names to install. kernel_modules: names to load and to
    persist. nested_module: KVM module whose parameter is to be written, "" for none. nested_reload: True when the
    running module has it off and nothing uses the module.
    """
    installed, modules, nested = facts.get("packages"), facts.get("modules") or {}, facts.get("nested")
    packages = []
    if installed is not None:
        packages = [
            package.install
            for package in req.PACKAGES.get(facts.get("family"), ())
            if not set(package.accepted) & set(installed)
        ]
    # A KVM module is loaded by udev at each start; it needs a line of its own only where that did not happen.
    kvm_modules = [module for dummy, module in req.VIRTUALIZATION_FLAGS]
    kernel_modules = sorted(
        name
        for name, state in modules.items()
        if state["available"] and not (state["loaded"] and (state["persistent"] or name in kvm_modules))
    )
    nested_module = (
        nested["module"]
        if nested and not nested["configured"] and modules.get(nested["module"], {}).get("available")
        else ""
    )
    reload_needed = (
        bool(nested)
        and modules.get(nested["module"], {}).get("loaded", False)
        and not nested["enabled"]
        and not nested["in_use"]
    )
    interrupted = bool(facts.get("packages_interrupted"))
    return {
        "packages_interrupted": interrupted,
        "packages": packages,
        "kernel_modules": kernel_modules,
        "nested_module": nested_module,
        "nested_reload": reload_needed,
        "needed": bool(interrupted or packages or kernel_modules or nested_module or reload_needed),
    }
