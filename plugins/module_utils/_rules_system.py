# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed and set up on a host, or should not be: H10, H13, H15, H16, H19, H21; private to the collection.

Pure: (facts, options) -> findings, see _host_rules. A missing fact is a finding, never a pass.
Python 3.6 syntax and the standard library only.
"""

import re

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import NOTHING, announced, finding, mended
from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import needed_packages
from ansible_collections.dvp.baremetal.plugins.module_utils._runtimes import (
    freed_ports,
    is_node,
    removable,
    staying,
)

_HOSTNAME = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")


def valid_hostname(name):
    """True for a lower case RFC 1123 name of an allowed length."""
    return len(name) <= req.LIMITS["hostname_chars"] and _HOSTNAME.match(name) is not None


def check_hostname(facts, options):
    """H10, the part that one host can answer."""
    name = facts.get("hostname")
    shortened = [limit for backend, limit in req.BACKEND_HOSTNAME_LIMITS.items() if backend in options["backends"]]
    most = min(req.LIMITS[limit] for limit in ["hostname_chars"] + shortened)
    if name and valid_hostname(name) and len(name) <= most:
        return []
    return [
        finding(
            "H10",
            name or NOTHING,
            "Set another name: hostnamectl set-hostname <name>.",
            needed="lower case letters, digits, - and ., at most %s characters" % most,
        )
    ]


def check_names(facts, options):
    """H10, as the installer asks it: localhost and the host's own name resolve."""
    resolved = facts.get("resolved")
    if resolved is None:
        return [finding("H10", NOTHING, "Check that getent is installed.", checked="Name resolution")]
    found = []
    for name, addresses in sorted(resolved.items()):
        wanted = req.LOOPBACK if name == "localhost" else ""
        if (wanted or "".join(addresses[:1])) in addresses:
            continue
        found.append(
            finding(
                "H10",
                "%s resolves to %s" % (name, ", ".join(addresses) or "nothing"),
                "Add the line `%s %s` to /etc/hosts." % (wanted or req.HOSTNAME_LOOPBACK, name),
                checked="Name resolution",
                needed=wanted or "an address",
                severity=req.ERROR if wanted else req.WARNING,
            )
        )
    return found


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
    found = _check_selinux(facts)
    if facts.get("packages_interrupted"):
        found.append(
            mended(
                options,
                "H15",
                "let it finish",
                "Run dpkg --configure -a.",
                found="cut off",
                checked="Package tool",
                needed="no unfinished installation",
            )
        )
    for package in needed_packages((facts.get("system") or {}).get("id"), family, options["backends"]):
        if not set(package.accepted) & set(installed):
            found.append(
                mended(
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


def _check_selinux(facts):
    """H15: while SELinux is enforcing, the platform loads policy modules with programs of the system."""
    selinux = facts.get("selinux")
    if selinux and not selinux["missing"]:
        return []
    return [
        finding(
            "H15",
            "%s missing" % ", ".join(selinux["missing"]) if selinux else NOTHING,
            "Install %s." % req.SELINUX_PACKAGES.get(facts.get("family"), "the packages that carry them"),
            checked="SELinux tools",
            needed="%s, since SELinux is enforcing" % ", ".join(req.SELINUX_TOOLS),
        )
    ]


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
        row = finding(
            "H16",
            ", ".join(leftovers["foreign"]),
            "Remove them with the package manager; the platform brings its own.",
        )
        all_go = options["prepare_follows"] and not staying(facts, options)
        found.append(announced(row, "remove " + ", ".join(removable(facts, options))) if all_go else row)
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


def check_ports(facts, options):
    """H16: what listens where the platform wants to. On a node of the platform that is the platform itself."""
    listening = facts.get("listening")
    if listening is None:
        return [finding("H16", NOTHING, "Check that /proc/net/tcp can be read.", checked="Free ports")]
    if is_node(facts):
        return []
    freed = freed_ports(facts, options) if options["prepare_follows"] else {}
    found = []
    for port in req.FREE_PORTS:
        if facts["role"] not in port.roles or port.number not in listening[port.protocol]:
            continue
        row = finding(
            "H16",
            "%s/%s is in use" % (port.number, port.protocol.upper()),
            "Stop the service that listens there: ss -lnp 'sport = :%s'." % port.number,
            checked="Free ports",
            needed="free for %s" % port.purpose,
            severity=port.severity,
        )
        package = freed.get((port.number, port.protocol))
        found.append(announced(row, "remove %s, which listens there" % package) if package else row)
    return found


def check_python(facts, options):
    """H21, the part that a host with a Python can answer."""
    python = facts.get("python")
    needed = req.LIMITS["python"]
    if python and [int(number) for number in python.split(".")[:2]] >= [int(n) for n in needed.split(".")]:
        return []
    return [finding("H21", python or NOTHING, "Install a newer Python and name it in ansible_python_interpreter.")]


def check_clock(facts, options):
    """H19."""
    drift_s = facts.get("clock_drift_s")
    if drift_s is not None and abs(drift_s) <= req.LIMITS["clock_drift_s"]:
        return []
    found = NOTHING if drift_s is None else "%s s" % drift_s
    return [finding("H19", found, "Set the clock and keep it right with chrony or systemd-timesyncd.")]
