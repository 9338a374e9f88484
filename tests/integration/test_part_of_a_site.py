"""A run that cannot have all hosts ends before it changes any; with the oldest and the newest ansible-core."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from integration.environment import Site

HERE = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}
# Nobody listens on this port.
DEAD = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
GROUPS: dict[str, Any] = {
    "dvp_installer": {"hosts": {"localhost": HERE}},
    "dvp_masters": {"hosts": {"master-1": DEAD}},
    "dvp_workers": {"hosts": {"worker-1": HERE, "worker-2": HERE}},
}


def write_inventory(folder: Path, **variables: Any) -> Path:
    """Return an inventory of this machine under several names, and of a dead one."""
    path = folder / "hosts.json"
    path.write_text(json.dumps({**GROUPS, "all": {"vars": {"dvp_state_dir": str(folder / "state"), **variables}}}))
    return path


def test_the_installer_must_be_in_the_limit(site: Site, tmp_path: Path) -> None:
    """Without it nobody judges what the hosts answer."""
    inventory = write_inventory(tmp_path)
    result = site.run("ansible-playbook", ["dvp.baremetal.site", "-i", str(inventory), "--limit", "worker-1"])
    output = " ".join((result.stdout + result.stderr).split())
    assert result.returncode != 0, output
    assert "add localhost to --limit" in output
    assert "PLAY [Prepare every host]" not in output


def test_a_host_that_cannot_be_prepared_ends_the_run(site: Site, tmp_path: Path) -> None:
    """The stage that follows does not begin, though the other hosts are well."""
    inventory = write_inventory(tmp_path, dvp_prepare_enabled=False)
    later = {"name": "Install", "hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.ping": None}]}
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(yaml.safe_dump([{"import_playbook": "dvp.baremetal.prepare"}, later]))
    result = site.run("ansible-playbook", [str(playbook), "-i", str(inventory)])
    output = result.stdout + result.stderr
    assert result.returncode != 0, output
    assert "PLAY [Prepare every host]" in output
    assert "PLAY [Install]" not in output


def test_the_smoke_machine_is_what_the_api_takes(site: Site, tmp_path: Path) -> None:
    """The number of cores is a number; the oldest ansible-core makes text of a template that stands alone."""
    show = {"ansible.builtin.copy": {"content": "{{ __smoke_test_objects | to_json }}", "dest": str(tmp_path / "made")}}
    roles = site.collections / "ansible_collections/dvp/baremetal/roles"
    parts = ("cluster_settings/defaults", "smoke_test/defaults", "smoke_test/vars")
    files = [str(roles / part / "main.yml") for part in parts]
    play = {"hosts": "localhost", "gather_facts": False, "vars_files": files, "tasks": [show]}
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(yaml.safe_dump([play]))
    inventory = write_inventory(tmp_path, dvp_smoke_image_url="https://images.example.com/guest.qcow2")
    result = site.run("ansible-playbook", [str(playbook), "-i", str(inventory)])
    assert result.returncode == 0, result.stdout + result.stderr
    machine = json.loads((tmp_path / "made").read_text())[-1]
    assert machine["spec"]["cpu"] == {"cores": 1, "coreFraction": "20%"}
