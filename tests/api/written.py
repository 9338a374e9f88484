# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the collection writes, rendered from the roles' own expressions with a sample inventory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("cluster_settings", "platform_install", "platform_nodes", "module_enable", "virtualization", "smoke_test")
HOSTS = [{"name": f"worker-{n}", "address": f"192.0.2.2{n}", "labels": {"zone": "a"}} for n in (1, 2)]
MASTERS = [{"name": f"master-{n}", "address": f"192.0.2.1{n}", "labels": {}} for n in (1, 2, 3)]
SAMPLE = {
    "dvp_node_labels": {},
    "dvp_registry_password": "secret",
    "dvp_registry_ca": "-----BEGIN CERTIFICATE-----\nZmFrZQ==\n-----END CERTIFICATE-----\n",
    "dvp_public_domain_template": "%s.example.com",
    "dvp_internal_cidrs": ["192.0.2.0/24"],
    "dvp_vm_cidrs": ["10.66.10.0/24"],
    "dvp_dvcr_storage_class": "nfs-main",
    "dvp_console_enabled": True,
    "dvp_smoke_image_url": "http://images.example.com/guest.qcow2",
    "platform_nodes_masters": MASTERS,
    "platform_nodes_workers": HOSTS,
    "__platform_nodes_private_key": {"content": "LS0tLS1CRUdJTg=="},
    "module_enable_modules": "{{ __virtualization_modules + storage_modules }}",
    "storage_modules": [
        {"name": "snapshot-controller"},
        {"name": "csi-nfs"},
        {"name": "global", "settings": {"defaultClusterStorageClass": "nfs-main"}},
    ],
    "written": "{{ __platform_nodes_objects + __module_enable_configs + __smoke_test_objects }}",
    "installation": "{{ lookup('ansible.builtin.template', config_template) }}",
    "config_template": str(ROOT / "roles/platform_install/templates/config.yml.j2"),
}


def render(folder: Path) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """Return (objects written through the API, {registry document: the installer's documents})."""
    tasks = [copy_task(folder / "objects.json", "{{ written | to_json }}", {})]
    documents = ("InitConfiguration", "ModuleConfig")
    for kind in documents:
        task = copy_task(folder / f"{kind}.yml", "{{ installation }}", {"platform_install_registry_document": kind})
        tasks.append(task)
    files = [str(ROOT / "roles" / role / part / "main.yml") for role in ROLES for part in ("defaults", "vars")]
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars_files": [path for path in files if Path(path).exists()],
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": tasks,
    }
    playbook, sample = folder / "play.yml", folder / "sample.yml"
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    sample.write_text(yaml.safe_dump(SAMPLE), encoding="utf-8")
    tool = Path(sys.executable).parent / "ansible-playbook"
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections")}
    done = subprocess.run(
        [tool, "-i", "localhost,", "-c", "local", "-e", f"@{sample}", playbook],
        capture_output=True, text=True, env=environment, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    objects = json.loads((folder / "objects.json").read_text(encoding="utf-8"))
    backends = sorted(ROOT.glob("roles/storage/backends/*/expected/*.yml"))
    for path in backends:
        objects += [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]
    rendered = {kind: (folder / f"{kind}.yml").read_text(encoding="utf-8") for kind in documents}
    return objects, {kind: [one for one in yaml.safe_load_all(text) if one] for kind, text in rendered.items()}


def copy_task(path: Path, content: str, variables: dict[str, str]) -> dict[str, Any]:
    """Return a task that writes a rendered text."""
    return {
        "name": f"Write {path.name}",
        "ansible.builtin.copy": {"content": content, "dest": str(path), "mode": "0600"},
        "vars": variables,
    }
