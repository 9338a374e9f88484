"""Check mode before there is a cluster, on this machine alone: every expression of the later stages is evaluated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from integration.environment import Site

HERE = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}
STORAGE = {"name": "main", "backend": "nfs", "default": True, "options": {"host": "192.0.2.50", "share": "/dvp"}}


@pytest.mark.parametrize("stage", ["storage", "virtualization", "modules", "verify"])
def test_a_stage_says_what_it_would_do(site: Site, tmp_path: Path, stage: str) -> None:
    """Nothing answers and nothing is written; the objects are told all the same."""
    variables = {
        "dvp_state_dir": str(tmp_path / "state"),
        "dvp_container_engine": "true",
        "dvp_storage_classes": [STORAGE],
        "dvp_vm_cidrs": ["10.66.10.0/24"],
        "dvp_smoke_test": "always",
        "dvp_smoke_image_url": "https://images.example.com/guest.qcow2",
        "dvp_module_settings": {"prometheus": {"retentionDays": 7}, "deckhouse": {"logLevel": "Debug"}},
    }
    inventory = tmp_path / "hosts.json"
    groups = {
        "dvp_installer": {"hosts": {"localhost": HERE}},
        "dvp_masters": {"hosts": {"master-1": HERE}},
        "dvp_workers": {"hosts": {"worker-1": HERE}},
    }
    inventory.write_text(json.dumps({**groups, "all": {"vars": variables}}))
    result = site.run("ansible-playbook", [f"dvp.baremetal.{stage}", "-i", str(inventory), "--check", "--diff"])
    assert result.returncode == 0, result.stdout + result.stderr
    told = {
        "storage": "kind: NFSStorageClass",
        "virtualization": "name: virtualization",
        "modules": "retentionDays: 7",
        "verify": "kind: VirtualMachine",
    }
    assert told[stage] in result.stdout, result.stdout
    assert not (tmp_path / "state").exists()
