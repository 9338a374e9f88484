"""Workers that fail are set aside, and the others go on; one more than the budget, and the run ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.environment import Site
from unit.fleet import answer, good_host

HERE = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}
# Nobody listens on this port.
DEAD = {**HERE, "ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
WORKERS = [f"worker-{number}" for number in range(10)]
# Dead from the first; dies after it was checked.
FIRST, SECOND = WORKERS[3], WORKERS[7]


def plays(root: Path, folder: Path) -> list[dict[str, Any]]:
    """The plays of preflight and prepare, but for what the hosts answer; then a stage that tells whom it would join."""
    hosts = ["master-1", *WORKERS]
    answers = {name: answer(good_host(number)) for number, name in enumerate(hosts)}
    (folder / "answers.json").write_text(json.dumps(answers))
    preflight = yaml.safe_load((root / "playbooks/preflight.yml").read_text())
    compare = next(task for task in preflight[-2]["tasks"] if task["name"] == "Compare the hosts")
    compare["vars"] = {**compare["vars"], "host_check_members": []}
    report = next(task for task in preflight[-2]["tasks"] if task["name"] == "Report everything at once")
    report["vars"] = {**report["vars"], "report_findings": "{{ host_check_findings }}"}
    own = f"(lookup('file', '{folder / 'answers.json'}') | from_json)[inventory_hostname]"
    ask = {
        "hosts": "dvp_masters:dvp_workers",
        "gather_facts": False,
        "vars": {"ansible_connection": f"{{{{ 'ssh' if inventory_hostname == '{FIRST}' else 'local' }}}}"},
        "tasks": [
            {"ansible.builtin.ping": None, "register": "__host_check_result", "ignore_unreachable": True},
            {
                "ansible.builtin.set_fact": {"__host_check_result": f"{{{{ {own} }}}}"},
                "when": "not __host_check_result.unreachable | default(false)",
            },
        ],
    }
    join = yaml.safe_load((root / "playbooks/nodes.yml").read_text())[0]
    names = "__platform_nodes_instance_names + (__platform_nodes_workers | map(attribute='name') | list)"
    join["tasks"] = [
        {
            "ansible.builtin.include_role": {
                "name": "dvp.baremetal.platform_nodes", "tasks_from": "check", "public": True,
            }
        },
        {"ansible.builtin.copy": {"content": f"{{{{ ({names}) | to_json }}}}", "dest": str(folder / "joined.json")}},
    ]  # fmt: skip
    settings = {
        "dvp_accepted_findings": [],
        "dvp_worker_failure_budget": "{{ dvp_worker_failure_budget }}",
        "dvp_report_language": "en",
    }
    tasks = [compare, report]
    judge = {"hosts": "dvp_installer", "gather_facts": False, "vars": {"__preflight_usable": settings}, "tasks": tasks}
    return [ask, judge, preflight[-1], {"import_playbook": "dvp.baremetal.prepare"}, join]


def run(site: Site, root: Path, folder: Path, budget: int, dead: tuple[str, ...], *arguments: str) -> tuple[int, str]:
    """Run the chain on a site in which some workers are dead; return the exit code and the output."""
    inventory = {
        "dvp_installer": {"hosts": {"localhost": HERE}},
        "dvp_masters": {"hosts": {"master-1": HERE}},
        "dvp_workers": {"hosts": {name: DEAD if name in dead else HERE for name in WORKERS}},
        "all": {
            "vars": {
                "dvp_state_dir": str(folder / "state"),
                "dvp_prepare_enabled": False,
                "dvp_worker_failure_budget": budget,
            }
        },
    }
    (folder / "hosts.json").write_text(json.dumps(inventory))
    (folder / "playbook.yml").write_text(yaml.safe_dump(plays(root, folder)))
    command = [str(folder / "playbook.yml"), "-i", str(folder / "hosts.json"), *arguments]
    result = site.run("ansible-playbook", command)
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize("budget", [20, 10, 0])
def test_budget(site: Site, root: Path, tmp_path: Path, budget: int) -> None:
    """One worker is dead, another one dies: two of ten are within 20 %, above 10 % when it dies, above 0 % at once."""
    code, output = run(site, root, tmp_path, budget, (FIRST, SECOND))
    assert code != 0, output
    assert "undefined" not in output, output
    good = (tmp_path / "state/reports/good_hosts.limit").read_text().split()
    assert good == ["localhost", "master-1", *(name for name in WORKERS if name != FIRST)]
    assert ("PLAY [Prepare every host]" in output) == (budget >= 10), output
    assert ("PLAY [Join the nodes]" in output) == (budget >= 20), output
    if budget >= 10:
        assert "Set aside, the others go on: H13" in output
    if budget == 10:
        assert f"2 of 10 workers failed ({FIRST}, {SECOND}), more than the 10 %" in output
    if budget == 20:
        joined = json.loads((tmp_path / "joined.json").read_text())
        assert set(joined) == set(WORKERS) - {FIRST, SECOND}


def test_limit_of_the_good_hosts(site: Site, root: Path, tmp_path: Path) -> None:
    """The refused run leaves a file; a run limited by it has all it needs, joins nobody else, and ends well."""
    code, output = run(site, root, tmp_path, 0, (FIRST,))
    assert code != 0, output
    limit = f"@{tmp_path / 'state/reports/good_hosts.limit'}"
    code, output = run(site, root, tmp_path, 0, (FIRST,), "--limit", limit)
    assert code == 0, output
    assert set(json.loads((tmp_path / "joined.json").read_text())) == set(WORKERS) - {FIRST}
