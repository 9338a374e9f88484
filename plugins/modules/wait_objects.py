# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: wait_objects
short_description: Wait until Kubernetes objects are ready, and say what is missing meanwhile
version_added: 0.1.0
author: dvp.baremetal contributors (@dvp-baremetal)
description:
  - Polls with M(kubernetes.core.k8s_info) and prints a line whenever something has moved, and once a minute otherwise.
  - Fails with the object's own message when it has failed for O(failure_grace_s), and with everything that is still
    missing when O(timeout_s) is over. An API that does not answer for a while is waited for.
  - Knows when a Module, Node, StaticInstance, VirtualMachine, VirtualDisk or Deployment is ready; for other kinds
    give RV(ignore:ready_when).
  - Runs on the play's host, which needs the Python library C(kubernetes).
attributes:
  check_mode:
    description: Returns at once.
    support: full
  diff_mode:
    description: Writes nothing.
    support: none
  action:
    description: Has an action plugin.
    support: full
options:
  kubeconfig:
    description: Path of the kubeconfig on the play's host.
    type: path
    required: true
  what:
    description: What is waited for, in words; begins every line and every error.
    type: str
    required: true
  wait_for:
    description: The objects, by kind. Without O(wait_for[].names) every object found counts.
    type: list
    elements: dict
    required: true
    suboptions:
      api_version:
        description: API group and version.
        type: str
        required: true
      kind:
        description: Kind of the objects.
        type: str
        required: true
      namespace:
        description: Namespace; all of them when not given.
        type: str
      names:
        description: Objects that must exist.
        type: list
        elements: str
        default: []
      label_selectors:
        description: Label selectors.
        type: list
        elements: str
        default: []
      min_count:
        description: Fewest objects that must exist, when no names are given.
        type: int
        default: 0
      ready_when:
        description: JMESPath over one object that gives true when it is ready.
        type: str
      failed_when:
        description: JMESPath over one object that gives true when it has failed.
        type: str
      all_ready_when:
        description: JMESPath over the list of all these objects.
        type: str
      all_ready_text:
        description: What O(wait_for[].all_ready_when) means, for people.
        type: str
      absent:
        description: Wait until none of them exists.
        type: bool
        default: false
  proof:
    description: A built-in proof over all the objects together.
    type: str
    choices: [virtualization]
  timeout_s:
    description: Longest wait in seconds; with V(0) it looks once.
    type: int
    default: 1800
  delay_s:
    description: Pause between two looks, in seconds.
    type: int
    default: 5
  failure_grace_s:
    description: How long a failure must last to count, in seconds; the platform repeats its hooks.
    type: int
    default: 180
seealso:
  - module: dvp.baremetal.apply_objects
  - module: kubernetes.core.k8s_info
"""

EXAMPLES = r"""
- name: Wait for a module of the platform
  dvp.baremetal.wait_objects:
    kubeconfig: "{{ dvp_kubeconfig }}"
    what: module csi-nfs
    wait_for:
      - api_version: deckhouse.io/v1alpha1
        kind: Module
        names: [csi-nfs]
"""

RETURN = r"""
objects:
  description: The live objects of the last look; empty in check mode.
  returned: success
  type: list
  elements: dict
waited:
  description:
    - Whether something was not ready at first, so that this run, or one that was cut off, has brought it about.
    - It is not RV(ignore:changed), for waiting writes nothing.
  returned: success
  type: bool
waited_s:
  description: Seconds until everything was ready.
  returned: success
  type: int
"""
