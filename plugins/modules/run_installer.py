# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: run_installer
short_description: Run the platform's installer container and follow its progress
version_added: 0.1.0
author: dvp.baremetal contributors (@dvp-baremetal)
description:
  - Starts the container detached and prints the phases of its progress log while it runs.
  - When the playbook is interrupted or killed, the container goes on; the next run follows it if it was started with
    the same O(fingerprint), and replaces it otherwise. Only O(timeout_s) stops it.
  - Runs on the play's host. The image must have been pulled.
attributes:
  check_mode:
    description: Runs nothing and reports a change.
    support: full
  diff_mode:
    description: Shows nothing.
    support: none
  action:
    description: Has an action plugin.
    support: full
options:
  engine:
    description: Podman or docker, by name or path.
    type: str
    required: true
  name:
    description: Name of the container.
    type: str
    required: true
  image:
    description: The installer's image.
    type: str
    required: true
  command:
    description: Command in the container. Must not hold secrets.
    type: list
    elements: str
    required: true
  mounts:
    description: Files and directories of the host that the container sees. Each O(mounts[].source) must exist.
    type: list
    elements: dict
    default: []
    suboptions:
      source:
        description: Absolute path on the host, or one that begins with C(~).
        type: path
        required: true
      target:
        description: Path in the container.
        type: path
        required: true
      read_only:
        description: Whether the container may only read it.
        type: bool
        default: false
  network:
    description: The engine's network.
    type: str
    default: host
  fingerprint:
    description: Hash of the configuration, to tell a container of an earlier run from this one.
    type: str
    required: true
  progress_file:
    description: Where the installer's progress log (JSON lines) appears on the host.
    type: path
    required: true
  log_file:
    description: Where the container's output is kept, mode 0600.
    type: path
    required: true
  timeout_s:
    description: Longest run, in seconds.
    type: int
    default: 5400
  delay_s:
    description: Pause between two looks, in seconds.
    type: int
    default: 3
"""

EXAMPLES = r"""
- name: Install the platform
  dvp.baremetal.run_installer:
    engine: podman
    name: dvp-installer-dvp
    image: registry.deckhouse.ru/deckhouse/ee/install:early-access
    command: [dhctl, bootstrap, --ssh-host=192.0.2.11, --config=/config.yml]
    mounts:
      - {source: ~/.dvp/dvp/config.yml, target: /config.yml, read_only: true}
      - {source: ~/.dvp/dvp/dhctl, target: /tmp/dhctl}
    fingerprint: "{{ config_text | hash('sha256') }}"
    progress_file: ~/.dvp/dvp/dhctl/progress.jsonl
    log_file: ~/.dvp/dvp/installer.log
"""

RETURN = r"""
reattached:
  description: Whether a container of an earlier run was followed.
  returned: success
  type: bool
seconds:
  description: How long it took.
  returned: success
  type: int
"""
