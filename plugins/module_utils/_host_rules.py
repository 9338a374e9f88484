# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks: all rules in the order of the requirements, private to the collection.

Facts are what _host_probe.probe returns, options are those of the module host_check.
A missing fact is a finding, never a pass. Python 3.6 syntax and the standard library only.
"""

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_hardware as hardware
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_kernel as kernel
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_network as network
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_system as system
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import finding
from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import needed_packages
from ansible_collections.dvp.baremetal.plugins.module_utils._rules_system import valid_hostname

__all__ = ["CHECKED", "RULES", "finding", "findings", "remedies", "valid_hostname"]

RULES = (
    hardware.check_virtual_machine,
    hardware.check_architecture,
    hardware.check_hardware_virtualization,
    hardware.check_nested_virtualization,
    hardware.check_cpu_cores,
    hardware.check_memory,
    hardware.check_disk_space,
    hardware.check_disk_speed,
    kernel.check_system,
    kernel.check_kernel,
    kernel.check_containerd_v2,
    kernel.check_kernel_modules,
    system.check_hostname,
    system.check_names,
    network.check_registry,
    network.check_repositories,
    system.check_root,
    system.check_packages,
    system.check_leftovers,
    system.check_ports,
    system.check_clock,
    network.check_addresses,
    system.check_python,
    network.check_endpoints,
)
# The requirements that these rules and the comparison of hosts speak about; a report shows no others as met.
CHECKED = tuple("H%02d" % number for number in range(1, 22) if number != 17)


def findings(facts, options):
    """All findings of one host, in the order of the requirements.

    facts: see _host_probe.probe. options: of the module host_check; demo_mode, prepare_follows, cidrs, internal_cidrs,
    backends and unlisted_systems_allowed are read.
    """
    return [row for rule in RULES for row in rule(facts, options)]


def remedies(facts, backends=()):
    """What prepare has to do on this host, and whether there is anything, as `needed`.

    backends: names of the storage backends.
    packages_interrupted: dpkg has to finish first. packages: names to install. kernel_modules: names to load and to
    persist. nested_module: KVM module whose parameter is to be written, "" for none. nested_reload: True when the
    running module has it off and nothing uses the module.
    """
    installed, modules, nested = facts.get("packages"), facts.get("modules") or {}, facts.get("nested")
    packages = []
    if installed is not None:
        packages = [
            package.install
            for package in needed_packages((facts.get("system") or {}).get("id"), facts.get("family"), backends)
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
