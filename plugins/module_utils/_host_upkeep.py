# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role host_prepare looks after besides packages and modules: facts of time, cloud-init and the wanted kernel.

Reads only, through the object that _local_host.LocalHost describes. What cannot be read is None.
Runs on managed hosts, so Python 3.6 syntax and the standard library only.
"""

import re

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

# A package of kernels depends on others of its kind until one brings the image: hwe -> image-generic-hwe -> image-6.8.
_DEPTH = 4


def _output(host, arguments):
    result = host.run(arguments)
    return result[1] if result and result[0] == 0 else None


def parse_units(text):
    """{unit: state} of `systemctl show`: active, inactive, masked and so on; without those that do not exist."""
    units = {}
    for block in (text or "").split("\n\n"):
        fields = dict(line.partition("=")[::2] for line in block.splitlines())
        load = fields.get("LoadState", "not-found")
        if fields.get("Id") and load != "not-found":
            units[fields["Id"]] = fields.get("ActiveState", "") if load == "loaded" else load
    return units


TIME_QUERY = ["systemctl", "show", "--property=Id,LoadState,ActiveState"] + list(req.TIME_SERVICES)


def probe_time_services(host):
    """{unit: state} of those time services that the host has; None without an answer of systemd (H19)."""
    text = _output(host, TIME_QUERY)
    return None if text is None else parse_units(text)


def probe_cloud_init(host, packages):
    """{installed, tamed}: whether cloud-init is there, and has the settings that leave a node's name and network."""
    return {
        "installed": "cloud-init" in (packages or {}),
        "tamed": host.read(req.CLOUD_INIT_FILE) == req.CLOUD_INIT_SETTINGS,
    }


# --- Kernel -----------------------------------------------------------------------------------------------------------


def kernel_order(release):
    """Sort key of a kernel release, as boot loaders compare them: numbers as numbers, what stands between as text."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", release)]


def kernel_source(system, package):
    """(package, repository, mark) for what was asked; "system" stands for the system's own newer kernel.

    system: {id, version} or None. Package is "" when the system has none under a name that lasts.
    """
    if package != req.KERNEL_OF_SYSTEM:
        return package, "", ""
    for row in req.KERNEL_SOURCES:
        if system and system["id"] in row.ids and (system["version"] + ".").startswith(row.version):
            return row.package, row.repository, row.mark
    return "", "", ""


def parse_dpkg_kernels(text):
    """{package: {version, held, depends}} of the installed ones among lines of five fields, see _dpkg_kernels."""
    rows = {}
    for line in (text or "").splitlines():
        fields = line.split("\t")
        if len(fields) == 5 and fields[2] == "installed":
            depends = re.findall(r"linux-[\w.+-]+", fields[4])
            rows[fields[0]] = {"version": fields[1], "held": fields[3] == "hold", "depends": depends}
    return rows


def _dpkg_kernels(host, name):
    form = "${Package}\t${Version}\t${db:Status-Status}\t${db:Status-Want}\t${Depends}\n"
    result = host.run(["dpkg-query", "-W", "-f", form] + list(req.DPKG_KERNELS) + [name])
    # Ends with 1 when a pattern matches nothing, and lists the others all the same.
    return parse_dpkg_kernels(result[1]) if result and result[0] in (0, 1) else None


def _image_release(package):
    return re.sub(r"^linux-image-(unsigned-)?", "", package)


def _dpkg_release(rows, name, releases, depth=_DEPTH):
    """Release of the kernel that a package brings, itself or through its dependencies; "" for none."""
    release = _image_release(name)
    if release in releases and name in rows:
        return release
    for needed in rows[name]["depends"] if name in rows and depth else []:
        found = _dpkg_release(rows, needed, releases, depth - 1)
        if found:
            return found
    return ""


def _dpkg_kernel(host, name, version, mark, releases):
    rows = _dpkg_kernels(host, name)
    if rows is None:
        return None
    installed = rows.get(name, {}).get("version", "")
    release = _dpkg_release(rows, name, releases)
    # What brings newer kernels is held with the kernel itself; other kernels may go.
    others = set(releases) - {release}
    loose = [row for row in rows if not rows[row]["held"] and _image_release(row) not in others]
    return {
        "installed": bool(installed) and version in ("", installed) and mark in installed,
        "release": release,
        "loose": sorted(loose),
    }


def _rpm_rows(host, arguments):
    output = _output(host, ["rpm", "-q", "--qf", "%{NAME}\t%{VERSION}-%{RELEASE}\n"] + arguments) or ""
    return [tuple(line.split("\t")) for line in output.splitlines() if line.count("\t") == 1]


def _is_lock(line, part):
    """True for a line of dnf, name-epoch:version-release.*, or of yum, epoch:name-version-release.*, that locks it."""
    name, version = part
    return re.search(r"(^|:)%s-(\d+:)?%s(\.|$)" % (re.escape(name), re.escape(version)), line.strip()) is not None


def _rpm_kernel(host, family, name, mark, releases):
    rows = [row for row in _rpm_rows(host, [name]) if mark in row[1]]
    described = _output(host, ["rpm", "-q", "--provides", "--requires", name]) or ""
    files = _output(host, ["rpm", "-ql", name]) or ""
    found = re.findall(r"uname-r = (\S+)", described) + re.findall(r"^/boot/vmlinuz-(\S+)$", files, re.MULTILINE)
    present = sorted(set(found) & set(releases), key=kernel_order)
    loose = []
    if family == "rhel":  # the others update a kernel on request only
        locks = [line for path in req.VERSION_LOCKS for line in (host.read(path) or "").splitlines()]
        # A kernel comes in parts (core, modules), and each would be updated by itself.
        parts = [part for row in rows for part in _rpm_rows(host, ["-a", row[0] + "*"]) if part[1] == row[1]]
        loose = ["-".join(part) for part in parts if not any(_is_lock(line, part) for line in locks)]
    return {"installed": bool(rows), "release": present[-1] if present else "", "loose": sorted(set(loose))}


def probe_kernel(host, family, system, package):
    """What the host has of the kernel that was asked for; None when nothing was, or the package tool did not answer.

    package: as for kernel_source; for apt it may end in =version. Returns {package, repository, installed, release:
    of the kernel that the package brings, loose: packages that are to be held and are not, releases: all kernels in
    /boot, lock_package: what brings the lock to rpm hosts}.
    """
    if not package:
        return None
    wanted, repository, mark = kernel_source(system, package)
    releases = [name[len("vmlinuz-") :] for name in host.names("/boot") or [] if name.startswith("vmlinuz-")]
    facts = {"package": wanted, "repository": repository, "releases": releases, "lock_package": ""}
    if not wanted:
        return dict(facts, installed=False, release="", loose=[])
    if family == "debian":
        name, dummy, version = wanted.partition("=")
        state = _dpkg_kernel(host, name, version, mark, releases)
    else:
        state = _rpm_kernel(host, family, wanted, mark, releases)
    if family == "rhel":
        locks = [lock for tool, lock in req.VERSION_LOCK_PACKAGES if host.exists(tool)]
        facts["lock_package"] = locks[0] if locks else ""
    return dict(facts, **state) if state is not None else None
