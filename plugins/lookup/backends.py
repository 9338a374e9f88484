# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup dvp.baremetal.backends: the storage backends that this collection has."""

from __future__ import annotations

DOCUMENTATION = r"""
name: backends
author: dvp.baremetal contributors (@dvp-baremetal)
version_added: 0.1.0
short_description: Descriptions of the storage backends, by name
description:
  - Reads C(backend.yml) of every folder under C(roles/storage/backends) of this collection, on the control machine.
options:
  _terms:
    description: Directory to read instead of the collection's own.
    type: list
    elements: path
    default: []
"""

EXAMPLES = r"""
- name: Names of the storage backends
  ansible.builtin.debug:
    msg: "{{ lookup('dvp.baremetal.backends') | list }}"
"""

RETURN = r"""
_raw:
  description: One dictionary, from the folder's name to its description; C(directory) is added to each.
  type: list
  elements: dict
"""

import typing as t
from pathlib import Path

import yaml
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

_OWN = Path(__file__).parents[2] / "roles" / "storage" / "backends"


class LookupModule(LookupBase):
    """Reads files only; what they mean is decided in plugin_utils/_backend.py."""

    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, t.Any]]:
        root = Path(terms[0]) if terms else _OWN
        if not root.is_dir():
            raise AnsibleLookupError(f"no directory of storage backends: {root}")
        found = {}
        for path in sorted(root.glob("*/backend.yml")):
            found[path.parent.name] = {**yaml.safe_load(path.read_text("utf-8")), "directory": str(path.parent)}
        return [found]
