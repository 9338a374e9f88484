# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operating system and its kernel lack: H08, H09; private to the collection.

Pure: (facts, options) -> findings, see _host_rules. A missing fact is a finding, never a pass.
Python 3.6 syntax and the standard library only.
"""

import re

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import NOTHING, finding, mended


def version_tuple(text):
    """(major, minor) of a kernel release such as 6.1.0-13-amd64; None when it is none."""
    match = re.match(r"(\d+)\.(\d+)", text or "")
    return (int(match.group(1)), int(match.group(2))) if match else None


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
    unlisted = req.WARNING if options["unlisted_systems_allowed"] else req.ERROR
    consent = "" if options["unlisted_systems_allowed"] else " dvp_unlisted_systems_allowed: true accepts this one."
    found = "%s (ID %s, version %s)" % (system["title"], system["id"], system["version"] or "none")
    if row is None:
        return [
            finding(
                "H08",
                found,
                "Install one of: %s.%s"
                % (", ".join(system.title for system in req.SUPPORTED_SYSTEMS if system.in_guide), consent),
                severity=unlisted,
            )
        ]
    needed = "%s %s" % (row.title, ", ".join(row.versions))
    if known == "":
        return [finding("H08", found, "Install a version from the list." + consent, needed=needed, severity=unlisted)]
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
            mended(
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
