# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules that ask endpoints document alike."""

from __future__ import annotations


class ModuleDocFragment:
    """The option `endpoints`; its argument spec is ENDPOINTS of module_utils/_endpoints.py."""

    DOCUMENTATION = r"""
options:
  endpoints:
    description:
      - What has to be reached; each that is not reached is a finding. All of them are asked at once.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What findings call it.
        type: str
        required: true
      type:
        description:
          - V(tcp) is a connection, V(tls) one with a verified certificate.
          - V(http) is an answer to one of O(endpoints[].urls).
          - V(tunnel) is the port of older installers on a master (H14). It may be closed, but not filtered.
        type: str
        choices: [tcp, tls, http, tunnel]
        default: tcp
      host:
        description: Name or address, for all but V(http).
        type: str
      port:
        description: Port, for V(tcp) and V(tls).
        type: int
        default: 443
      urls:
        description: URLs of which one has to answer, for V(http).
        type: list
        elements: str
      ca:
        description: PEM text of a certificate to trust besides those of the system.
        type: str
      proxy:
        description: URL of a proxy, for V(http). Without it the environment says.
        type: str
      username:
        description: User, for V(http); ignored without a password.
        type: str
      password:
        description: Password, for V(http).
        type: str
      timeout_s:
        description: Longest time, in seconds.
        type: float
        default: 10
"""
