"""A host that does not come back: its batch is finished, no other is restarted, and the run ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.environment import Site

# Nothing is restarted here: no kernel is wanted, and Ansible restarts no machine over a local connection.
HERE = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    "dvp_prepare_parts": [],
}
# Nobody listens on this port.
DEAD = {**HERE, "ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
HOSTS = ["master-1", "worker-1", "worker-2", "worker-3", "worker-4"]
# What host_prepare has seen: the kernel is there, and another one runs.
LOOK = {
    "facts": {"kernel_wanted": {"package": "linux"}, "leftovers": {"platform": []}},
    "remedies": {"kernel": {"restart": True, "package": ""}},
}


def run(site: Site, root: Path, folder: Path, dead: str) -> str:
    """Run the plays of prepare that restart hosts, and one more, on a site with a dead host; return the output."""
    inventory: dict[str, Any] = {
        "dvp_installer": {"hosts": {"localhost": HERE}},
        "dvp_masters": {"hosts": {name: DEAD if name == dead else HERE for name in HOSTS[:1]}},
        "dvp_workers": {"hosts": {name: DEAD if name == dead else HERE for name in HOSTS[1:]}},
    }
    wishes = {"dvp_reboot_allowed": True, "dvp_reboot_batch_percent": 50, "dvp_state_dir": str(folder / "state")}
    (folder / "hosts.json").write_text(json.dumps({**inventory, "all": {"vars": wishes}}))
    look: dict[str, Any] = {"__host_prepare_look": LOOK}
    seen = {"hosts": "dvp_masters:dvp_workers", "gather_facts": False, "tasks": [{"ansible.builtin.set_fact": look}]}
    prepare = yaml.safe_load((root / "playbooks/prepare.yml").read_text())
    restarts = prepare[[play["name"] for play in prepare].index("Choose the hosts to restart") :]
    later = {"name": "Install", "hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.ping": None}]}
    (folder / "playbook.yml").write_text(yaml.safe_dump([seen, *restarts, later]))
    done = site.run("ansible-playbook", [str(folder / "playbook.yml"), "-i", str(folder / "hosts.json")])
    output = done.stdout + done.stderr
    assert (done.returncode == 0) == (not dead), output
    assert ("PLAY [Install]" in output) == (not dead), output
    return output


@pytest.mark.parametrize(
    ("dead", "finished"),
    [("", HOSTS), ("master-1", []), ("worker-1", ["master-1", "worker-2"]), ("worker-4", HOSTS[:4])],
)
def test_no_host_is_restarted_after_a_lost_one(
    site: Site, root: Path, tmp_path: Path, dead: str, finished: list[str]
) -> None:
    """Masters one by one, then workers two by two; the second of a batch is finished when the first is lost."""
    output = run(site, root, tmp_path, dead)
    parts = output.split("TASK [dvp.baremetal.host_prepare : Restart | Tell that the host is back]")[1:]
    back = [host for part in parts for host in re.findall(r"^ok: \[(.+)\]", part.split("TASK [")[0], re.MULTILINE)]
    assert sorted(back) == finished, output
    refused = ["worker-3", "worker-4"] if dead == "worker-1" else []
    assert sorted(set(re.findall(r"Not restarted: ([\w-]+)\.", output))) == refused, output
    assert ("not back as they should be: worker-4." in " ".join(output.split())) == (dead == "worker-4"), output
