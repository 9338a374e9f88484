"""What is shipped is what users run, and it runs where nothing of this checkout is."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

from integration.environment import Site

# An inventory that needs no other machine: what is wrong is said before any host is asked.
EMPTY_GROUPS = """
dvp_installer:
  hosts:
    localhost:
      ansible_connection: local
      ansible_python_interpreter: "{{ ansible_playbook_python }}"
dvp_masters: {}
dvp_workers: {}
all:
  vars:
    dvp_state_dir: STATE
    dvp_pod_cider: 10.111.0.0/16
    dvp_planned_vms: many
"""


def test_artifact_holds_no_tests(artifact: Path) -> None:
    """Tests, the machines for them and the tools of the checkout stay at home; licence and documents travel."""
    with tarfile.open(artifact) as archive:
        names = set(archive.getnames())
    tops = {name.split("/")[0] for name in names}
    assert not tops & {"tests", "molecule", "build", "Makefile", "pyproject.toml"}
    assert not [top for top in tops if top.startswith(".")]
    assert not [name for name in names if name.startswith(("inventories/lab", "docs/tools"))]
    assert {"COPYING", "README.md", "meta/runtime.yml", "requirements.txt", "inventories/example/hosts.yml"} <= names


def test_every_playbook_loads(root: Path, site: Site) -> None:
    """Every playbook is found by its full name and parses, with the oldest and the newest ansible-core."""
    for playbook in sorted((root / "playbooks").glob("*.yml")):
        result = site.run("ansible-playbook", [f"dvp.baremetal.{playbook.stem}", "--syntax-check", "-i", "localhost,"])
        assert result.returncode == 0, result.stdout + result.stderr


def test_documents_are_found(site: Site) -> None:
    """ansible-doc shows every role and every plugin."""
    listed = json.loads(site.run("ansible-doc", ["--list", "--json", "-t", "role", "dvp.baremetal"]).stdout)
    assert len(listed) > 5
    modules = json.loads(site.run("ansible-doc", ["--list", "--json", "-t", "module", "dvp.baremetal"]).stdout)
    assert "dvp.baremetal.host_check" in modules


def test_preflight_refuses(site: Site, tmp_path: Path) -> None:
    """Preflight from the artifact refuses an inventory, names everything wrong at once, and exits with an error."""
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(EMPTY_GROUPS.replace("STATE", str(tmp_path / "state")))
    result = site.run("ansible-playbook", ["dvp.baremetal.preflight", "-i", str(inventory)])
    output = result.stdout + result.stderr
    assert result.returncode != 0, output
    for text in ("INV01", "dvp_masters", "dvp_workers", "dvp_pod_cider", "dvp_pod_cidr", "dvp_planned_vms"):
        assert text in output, output


def test_preflight_keeps_secrets(site: Site, tmp_path: Path) -> None:
    """A password from a vault is taken as the text it is; no run prints it or another secret, however talkative."""
    (tmp_path / "key").write_text("opens the vault")
    vault = ["--vault-password-file", str(tmp_path / "key")]
    encrypted = site.run("ansible-vault", ["encrypt_string", *vault, "vaulted-secret"]).stdout
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(
        EMPTY_GROUPS.replace("STATE", str(tmp_path / "state"))
        + "    dvp_module_settings: {prometheus: {auth: {password: plain-secret}}}\n"
        + f"    dvp_registry_password: {encrypted}"
    )
    result = site.run("ansible-playbook", ["dvp.baremetal.preflight", "-i", str(inventory), *vault, "-vvv"])
    output = result.stdout + result.stderr
    assert "dvp_planned_vms" in output, output
    for text in ("plain-secret", "vaulted-secret", "dvp_registry_password"):
        assert text not in output, output
