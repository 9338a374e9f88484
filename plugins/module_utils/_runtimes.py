# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign runtimes on a host, and which of them prepare may remove (H16): pure functions, private to the collection.

Python 3.6 syntax and the standard library only.
"""

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req


def is_node(facts):
    """True on a node of the platform, whose name, runtime and clock are the platform's own."""
    return bool((facts.get("leftovers") or {}).get("platform"))


def removable(facts, options):
    """Names of the runtimes that may go: installed, named in removable_runtimes, and needed by nothing that stays."""
    installed = set(facts.get("packages") or {})
    present = [name for name in sorted(req.RUNTIME_PACKAGES) if installed & set(req.RUNTIME_PACKAGES[name])]
    named = [] if is_node(facts) else options.get("removable_runtimes") or []
    staying = set(present) - set(named)
    return [name for name in present if name in named and not staying & set(req.RUNTIME_DEPENDENTS.get(name, ()))]


def runtime_packages(facts, options):
    """Installed packages of the runtimes that may go."""
    packages = [package for name in removable(facts, options) for package in req.RUNTIME_PACKAGES[name]]
    return sorted(set(packages) & set(facts.get("packages") or {}))


def staying(facts, options):
    """What of the foreign things on the host is still there when those packages are gone."""
    leaving = {"package " + package for package in runtime_packages(facts, options)}
    for name in removable(facts, options):
        for binary in req.RUNTIME_BINARIES[name]:
            leaving.update(directory + "/" + binary for directory in req.PACKAGED_BINARY_DIRS)
    return [text for text in facts["leftovers"]["foreign"] if text not in leaving]


def freed_ports(facts, options):
    """{(number, protocol): package} of the ports on which those packages listen."""
    return {
        port: package for package in runtime_packages(facts, options) for port in req.PACKAGE_PORTS.get(package, ())
    }
