#!/usr/bin/python
# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: host_check
short_description: Compare a host with the requirements of the virtualization platform
version_added: 0.1.0
author:
  - dvp.baremetal contributors (@dvp-baremetal)
description:
  - Reads everything about a host that the install guide asks for, and tells what is missing, in one call.
  - Reads only. Nothing on the host is changed, in check mode or without it. The one thing that is written is the
    temporary file of O(disk_test_seconds), which has no name, is gone with the process, and is not made while free
    space is short.
  - A host without a Python that the running ansible-core can manage is asked by its shell instead, over the same
    connection and with the same rights. Its facts are judged by the same rules; H21 tells the way out, and what only a
    program can measure (disk speed, endpoints, whether virtual machines run) is a finding that says so.
  - Findings never fail the module. Comparing hosts with each other is the task of
    P(dvp.baremetal.cluster_findings#filter).
options:
  node_role:
    description: What the host will be in the cluster.
    type: str
    choices: [master, worker]
    required: true
  demo_mode:
    description: Accept a virtual machine with working nested virtualization (H01). There is no vendor support for it.
    type: bool
    default: false
  prepare_follows:
    description:
      - Whether the role P(dvp.baremetal.host_prepare#role) will run afterwards. What it mends becomes a warning.
      - Only what software can mend is affected; too few cores stay an error.
    type: bool
    default: false
  prepare_parts:
    description: Parts of that role that are switched on; the findings of the others stay as they are.
    type: list
    elements: str
    choices: [packages, cloud_init, kernel_modules, nested_virtualization, time]
    default: [packages, cloud_init, kernel_modules, nested_virtualization, time]
  wanted_hostname:
    description: Name that the host has in the inventory (H10). Empty or an address for no such check.
    type: str
    default: ""
  hostname_change_allowed:
    description: Whether that role may set O(wanted_hostname).
    type: bool
    default: false
  removable_runtimes:
    description: Foreign runtimes that that role may remove (H16).
    type: list
    elements: str
    choices: [docker, containerd, cri-o, kubernetes]
    default: []
  kernel_package:
    description:
      - Package of the kernel that the host should run (H18), as its package tool takes it.
      - V(system) for the system's own newer kernel. Empty for no such check.
    type: str
    default: ""
  kernel_release:
    description: What C(uname -r) should say then; empty to ask the package.
    type: str
    default: ""
  reboot_allowed:
    description: Whether the host may be restarted for that.
    type: bool
    default: false
  cidrs:
    description: Networks of pods and services, compared with the host's own interfaces, routes and nameservers (H20).
    type: list
    elements: str
    default: []
  internal_cidrs:
    description: Networks of the nodes; the host needs an address in one of them. Empty for no such check.
    type: list
    elements: str
    default: []
  backends:
    description: Storage backends of the cluster; some need kernel modules on each node.
    type: list
    elements: str
    default: []
  controller_time_s:
    description:
      - Clock of the control machine in seconds since the epoch (H19).
      - Without it the drift is unknown, which is a finding.
    type: float
  unlisted_systems_allowed:
    description: Accept an operating system that the install guide does not list, with a warning (H08).
    type: bool
    default: false
  disk_test_seconds:
    description:
      - How long to measure the disk that carries /var/lib (H07), half of it reads, half of it writes.
      - Laying out the file of 128 MiB takes at most as long again. V(0) measures nothing, which is told as information.
      - Nothing is measured on a node of the platform, since its own disk would have to wait.
    type: float
    default: 0
  registry:
    description:
      - The registry of the platform's images, which the host has to reach over verified HTTPS (H11).
      - It, the enabled package repositories (H12) and O(endpoints) are asked at once.
    type: dict
    suboptions:
      images_repo:
        description: Registry path, host[:port]/path without a scheme. Empty for no such check.
        type: str
        required: true
      username:
        description: User of the registry; ignored without a password.
        type: str
        default: ""
      password:
        description: Password of the registry. Empty for none.
        type: str
        default: ""
      ca:
        description: PEM text of a certificate to trust besides those of the system.
        type: str
        default: ""
      proxy:
        description: URL of a proxy. Without it the environment says, with C(https_proxy) and C(no_proxy).
        type: str
      timeout_s:
        description: Longest time, in seconds.
        type: float
        default: 10
extends_documentation_fragment:
  - dvp.baremetal.endpoints
attributes:
  check_mode:
    description: Does the same in check mode.
    support: full
  diff_mode:
    description: There is nothing to differ.
    support: none
notes:
  - Needs root rights, since some facts are readable by root only.
"""

EXAMPLES = r"""
- name: Check the host
  dvp.baremetal.host_check:
    node_role: worker
    cidrs: [10.111.0.0/16, 10.222.0.0/16]
    internal_cidrs: [192.0.2.0/24]
    controller_time_s: "{{ now().timestamp() }}"
    disk_test_seconds: 3
    registry:
      images_repo: registry.example.com/deckhouse/ee
      username: license-token
      password: "{{ dvp_registry_password }}"
  become: true
  register: result

- name: Show what is missing, for a host that will be prepared later
  dvp.baremetal.host_check:
    node_role: master
    prepare_follows: true
  become: true
"""

RETURN = r"""
facts:
  description: What was read. A value that could not be read is null.
  returned: always
  type: dict
  contains:
    role:
      description: Value of O(node_role).
      type: str
      sample: worker
    resolved:
      description: Addresses to which the host resolves C(localhost) and its own name, by name.
      type: dict
    hostname:
      description: Name of the host.
      type: str
      sample: worker-1
    machine_id:
      description: Content of /etc/machine-id.
      type: str
    product_uuid:
      description: UUID of the mainboard.
      type: str
    architecture:
      description: As C(uname -m) says.
      type: str
      sample: x86_64
    kernel:
      description: Kernel release.
      type: str
      sample: 6.1.0-40-amd64
    system:
      description: Operating system, as C(id), C(version) and C(title).
      type: dict
    family:
      description: Package family of the system; empty when it is not supported.
      type: str
      sample: debian
    systemd:
      description: Major version of systemd.
      type: int
    cgroup_v2:
      description: Whether the unified cgroup hierarchy is mounted.
      type: bool
    cpu:
      description: Processors, as C(processors), C(vendor), C(model), C(microcode) and C(flags).
      type: dict
    memory_mib:
      description: Memory that the kernel reports, in MiB.
      type: int
    virtualization:
      description:
        - C(kind) is V(none) on a physical server; C(evidence) tells why it is not.
        - C(signals) holds what each witness said, as C(systemd), C(dmi), C(cpuid), C(hypervisor), C(device_tree) and
          C(virtio).
      type: dict
    kvm:
      description:
        - Hardware virtualization, as C(flag), C(module), C(module_loaded), C(device), C(usable) and C(reason).
        - C(usable) is null when nobody could try.
      type: dict
    nested:
      description: Nested virtualization, as C(module), C(parameter), C(enabled), C(configured) and C(in_use).
      type: dict
    modules:
      description: Kernel modules by name, each as C(loaded), C(available) and C(persistent).
      type: dict
    packages:
      description: Versions of the packages of interest that are installed, by name.
      type: dict
    packages_interrupted:
      description: Whether dpkg was cut off while installing.
      type: bool
    var_lib:
      description:
        - What carries /var/lib, as C(devices), C(disk_bytes), C(size_bytes), C(free_bytes), C(filesystem) and, of XFS,
          C(ftype).
      type: dict
    disk_speed:
      description:
        - Speed of that disk, as C(verdict) (V(ok), V(warning), V(error), V(unknown) or V(off)), C(reason), C(file_mib),
          and C(read) and C(write) with C(iops), C(p50_ms) and C(p99_ms).
      type: dict
    registry:
      description: Whether the registry was reached, as C(name), C(type), C(state), C(reason) and C(seconds).
      type: dict
    repositories:
      description: The same of each enabled package repository.
      type: list
      elements: dict
    endpoints:
      description: The same of each of O(endpoints).
      type: list
      elements: dict
    leftovers:
      description: Traces of other installations, as C(platform), C(foreign) and C(user).
      type: dict
    time_services:
      description: State of each time service that the host has, by unit.
      type: dict
    cloud_init:
      description: Whether cloud-init is C(installed), and C(tamed) so that it leaves name and network alone.
      type: dict
    kernel_wanted:
      description:
        - What the host has of O(kernel_package), as C(package), C(repository), C(installed), C(release), C(loose),
          C(releases) and C(lock_package).
        - Null without O(kernel_package).
      type: dict
    addresses:
      description: Addresses with prefix lengths, each as C(interface) and C(address).
      type: list
      elements: dict
    routes:
      description: Routes of all tables, each as C(destination), C(interface) and C(gateway).
      type: list
      elements: dict
    mtus:
      description: MTU of each interface in bytes, by name.
      type: dict
    listening:
      description: Ports on which something waits already, as C(tcp) and C(udp).
      type: dict
    selinux:
      description: C(enforcing), and C(missing), the programs for it that are not there.
      type: dict
    nameservers:
      description: Addresses of nameservers.
      type: list
      elements: str
    python:
      description: Version of the Python that ran the check; null when the host was asked by its shell.
      type: str
      sample: 3.11.2
    user_id:
      description: User ID under which the check ran.
      type: int
    clock_drift_s:
      description: Seconds by which the host's clock is ahead of O(controller_time_s).
      type: float
findings:
  description: What does not meet the requirements, in their order. Empty for a host without a flaw.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: ID of the requirement.
      type: str
      sample: H04
    checked:
      description: What was checked.
      type: str
      sample: CPU cores
    found:
      description: What was found.
      type: str
      sample: "3"
    needed:
      description: What is needed.
      type: str
      sample: at least 4
    severity:
      description: V(error), V(warning) or V(info).
      type: str
      sample: error
    fix:
      description: What to do.
      type: str
      sample: Use a server with more cores.
    docs:
      description: Page and anchor that explain the requirement.
      type: str
      sample: docs/requirements.md#h04
    host:
      description: Always empty here; the name in the inventory is added by P(dvp.baremetal.cluster_findings#filter).
      type: str
remedies:
  description:
    - What software can mend on this host, in O(prepare_parts) and by consent, whatever O(prepare_follows) says.
  returned: always
  type: dict
  contains:
    needed:
      description: Whether there is anything to do.
      type: bool
    packages_interrupted:
      description: Whether dpkg has to finish first what it was cut off from.
      type: bool
    packages:
      description: Packages to install.
      type: list
      elements: str
    kernel_modules:
      description: Kernel modules to load and to keep loaded after a restart.
      type: list
      elements: str
    nested_module:
      description: KVM module whose parameter C(nested) is to be configured; empty for none.
      type: str
    nested_reload:
      description: Whether that module runs with the parameter off and can be loaded again, since nothing uses it.
      type: bool
    cloud_init:
      description: Text of the settings that leave name and network alone; empty when they are there.
      type: str
    time:
      description: C(package) to install and C(unit) to start where no time service runs.
      type: dict
    hostname:
      description: Name to set; empty for none.
      type: str
    hostname_follows:
      description: Whether it will be set, which takes O(prepare_follows) too.
      type: bool
    runtime_packages:
      description: Packages of foreign runtimes to remove.
      type: list
      elements: str
    kernel:
      description:
        - The way to the wanted kernel, as C(package) to install, C(repository), C(release) that should run, C(hold)
          with packages, C(lock_package), C(restart), C(refusal) and C(follows), whether the host will run it.
      type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._endpoints import ENDPOINTS
from ansible_collections.dvp.baremetal.plugins.module_utils._host_prepare import findings, remedies
from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import probe
from ansible_collections.dvp.baremetal.plugins.module_utils._host_upkeep import probe_kernel
from ansible_collections.dvp.baremetal.plugins.module_utils._local_host import LocalHost

REGISTRY = {
    "images_repo": {"type": "str", "required": True},
    "username": {"type": "str", "default": ""},
    "password": {"type": "str", "default": "", "no_log": True},
    "ca": {"type": "str", "default": ""},
    "proxy": {"type": "str", "no_log": True},
    "timeout_s": {"type": "float", "default": 10},
}


# Also what the controller reads the arguments with, when the host has no Python for this module.
ARGUMENTS = {
    "node_role": {"type": "str", "choices": ["master", "worker"], "required": True},
    "demo_mode": {"type": "bool", "default": False},
    "prepare_follows": {"type": "bool", "default": False},
    "prepare_parts": {
        "type": "list",
        "elements": "str",
        "choices": list(req.PREPARE_PARTS),
        "default": list(req.PREPARE_PARTS),
    },
    "wanted_hostname": {"type": "str", "default": ""},
    "hostname_change_allowed": {"type": "bool", "default": False},
    "removable_runtimes": {
        "type": "list",
        "elements": "str",
        "choices": ["docker", "containerd", "cri-o", "kubernetes"],
        "default": [],
    },
    "kernel_package": {"type": "str", "default": ""},
    "kernel_release": {"type": "str", "default": ""},
    "reboot_allowed": {"type": "bool", "default": False},
    "cidrs": {"type": "list", "elements": "str", "default": []},
    "internal_cidrs": {"type": "list", "elements": "str", "default": []},
    "backends": {"type": "list", "elements": "str", "default": []},
    "controller_time_s": {"type": "float"},
    "unlisted_systems_allowed": {"type": "bool", "default": False},
    "disk_test_seconds": {"type": "float", "default": 0},
    "registry": {"type": "dict", "options": REGISTRY},
    "endpoints": ENDPOINTS,
}


def main():
    """Probe this host, judge the facts, answer. Findings are an answer, not a failure."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    host = LocalHost()
    facts = probe(host, module.params)
    facts["kernel_wanted"] = probe_kernel(host, facts["family"], facts["system"], module.params["kernel_package"])
    module.exit_json(
        changed=False,
        facts=facts,
        findings=findings(facts, module.params),
        remedies=remedies(facts, module.params),
    )


if __name__ == "__main__":
    main()
