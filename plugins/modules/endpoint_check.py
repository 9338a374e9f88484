#!/usr/bin/python

# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
DOCUMENTATION = r"""
module: endpoint_check
author: dvp.baremetal contributors (@dvp-baremetal)
version_added: 0.1.0
short_description: Tell which endpoints a machine reaches
description:
  - Asks any number of endpoints at once, each with a timeout of its own, and tells which are not reached.
  - Reads only. Findings never fail the module.
extends_documentation_fragment:
  - dvp.baremetal.endpoints
attributes:
  check_mode:
    description: Does the same in check mode.
    support: full
  diff_mode:
    description: There is nothing to differ.
    support: none
seealso:
  - module: dvp.baremetal.host_check
"""

EXAMPLES = r"""
- name: Look whether the installer's port on a master is filtered
  dvp.baremetal.endpoint_check:
    endpoints:
      - name: master-1
        type: tunnel
        host: 192.0.2.11
"""

RETURN = r"""
endpoints:
  description: What came of each endpoint, as C(name), C(type), C(state), C(reason) and C(seconds).
  returned: always
  type: list
  elements: dict
  sample: [{name: master-1, type: tunnel, state: refused, reason: connection refused, seconds: 0.01}]
findings:
  description: Endpoints that were not reached, in the form of RV(dvp.baremetal.host_check#module:findings).
  returned: always
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dvp.baremetal.plugins.module_utils._endpoints import ENDPOINTS, ask_endpoints
from ansible_collections.dvp.baremetal.plugins.module_utils._rules_network import check_endpoints


def main():
    """Ask, judge, answer. Findings are an answer, not a failure."""
    module = AnsibleModule(argument_spec={"endpoints": ENDPOINTS}, supports_check_mode=True)
    rows = ask_endpoints(module.params["endpoints"])
    module.exit_json(changed=False, endpoints=rows, findings=check_endpoints({"endpoints": rows}, {}))


if __name__ == "__main__":
    main()
