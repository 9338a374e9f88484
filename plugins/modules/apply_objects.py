# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: apply_objects
short_description: Make Kubernetes objects contain what is wanted, many in one call
version_added: 0.1.0
author: dvp.baremetal contributors (@dvp-baremetal)
description:
  - Reads the live objects, compares them with O(objects), and applies only those that lack something, in one call of
    M(kubernetes.core.k8s) (server-side apply). Fields of others stay, those of O(field_manager)
    that O(objects) does not name any more go.
  - When nothing differs, nothing is written, so a second run leaves no trace in the audit log of the API server.
  - While the API or an admission webhook is away for a moment, it tries again; a refusal ends the task at once.
  - Runs on the play's host, which needs the Python library C(kubernetes).
attributes:
  check_mode:
    description: Reads and compares; writes nothing. Without a kubeconfig every object counts as one to be created.
    support: full
  diff_mode:
    description: Shows the fields in question of each object that differs. Secrets are hidden.
    support: full
  action:
    description: Has an action plugin.
    support: full
options:
  kubeconfig:
    description: Path of the kubeconfig on the play's host.
    type: path
    required: true
  objects:
    description: The objects, in the order in which they are to be written.
    type: list
    elements: dict
    required: true
  state:
    description: V(absent) removes the objects that exist, the last one first.
    type: str
    choices: [present, absent]
    default: present
  field_manager:
    description: The name under which the fields are owned. One name for one author of an object's fields.
    type: str
    default: dvp.baremetal
  retry_timeout_s:
    description: How long to try again while nobody answers, in seconds.
    type: int
    default: 600
seealso:
  - module: dvp.baremetal.wait_objects
  - module: kubernetes.core.k8s
"""

EXAMPLES = r"""
- name: Enable a module of the platform
  dvp.baremetal.apply_objects:
    kubeconfig: "{{ dvp_kubeconfig }}"
    objects:
      - apiVersion: deckhouse.io/v1alpha1
        kind: ModuleConfig
        metadata: {name: csi-nfs}
        spec: {enabled: true}
"""

RETURN = r"""
changes:
  description: What was written, or would be in check mode, in order.
  returned: success
  type: list
  elements: dict
  sample: [{action: create, object: ModuleConfig csi-nfs}]
  contains:
    action:
      description: One of C(create), C(update), C(delete).
      type: str
    object:
      description: Kind, namespace and name.
      type: str
"""
