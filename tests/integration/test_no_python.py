"""Hosts whose Python ansible-core cannot manage are checked all the same, by their shell; the others as ever."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.environment import Site
from unit.hosts import options

HERE = {"ansible_connection": "local", "ansible_become": False}
# Starts like the Python of an old system, and understands nothing that is newer.
OLD = (
    "#!/bin/sh\n[ \"$1\" = -V ] && echo 'Python 2.7.5' >&2 && exit 0\necho 'SyntaxError: invalid syntax' >&2\nexit 1\n"
)
# Its text is a template, and a command for a shell.
HOSTILE = (
    "#!/bin/sh\n[ \"$1\" = -V ] && echo \"Python 2.7.5{{ lookup('pipe', 'touch MARK') }}\" && exit 0\ntouch x\nexit 1\n"
)


def inventory(folder: Path) -> dict[str, Any]:
    """This machine under several names, each with a Python of its own."""
    pythons = {"no-python": folder / "nothing/python3"}
    for name, text in (("old-python", OLD), ("hostile", HOSTILE)):
        pythons[name] = folder / name / "python3"
        pythons[name].parent.mkdir()
        pythons[name].write_text(text.replace("MARK", str(folder / "mark")))
        pythons[name].chmod(0o755)
    hosts = {name: {**HERE, "ansible_python_interpreter": str(path)} for name, path in pythons.items()}
    good = {**HERE, "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    return {
        "dvp_installer": {"hosts": {"localhost": good}},
        "dvp_masters": {"hosts": {"master-1": good}},
        "dvp_workers": {"hosts": {**hosts, "worker-1": good}},
        "all": {"vars": {"dvp_state_dir": str(folder / "state")}},
    }


def plays(root: Path, folder: Path) -> list[dict[str, Any]]:
    """What preflight does of hosts: asks each of them, then judges all; without the net."""
    preflight = yaml.safe_load((root / "playbooks/preflight.yml").read_text())
    ask, compare = preflight[1], preflight[2]
    ask["become"] = False
    ask["vars"] = {}
    ask["tasks"][0]["vars"] = {
        "host_check_registry_images_repo": "127.0.0.1:9/x",
        "host_check_disk_test_seconds": 0,
        "host_check_cidrs": options()["cidrs"],
    }
    keep = {
        "copy": {
            "content": "{{ __host_check_result | to_json }}",
            "dest": f"{folder}/answers/{{{{ inventory_hostname }}}}",
        }
    }
    local = {"delegate_to": "localhost", "vars": {"ansible_python_interpreter": sys.executable}}
    ask["tasks"].append({**keep, **local})
    tasks = [task for task in compare["tasks"] if task["name"] in ("Compare the hosts", "Report everything at once")]
    tasks[0]["vars"]["host_check_members"] = []
    tasks[1]["vars"]["report_findings"] = "{{ host_check_findings }}"
    usable = {"dvp_accepted_findings": [], "dvp_worker_failure_budget": 0, "dvp_report_language": "en"}
    return [ask, {**compare, "vars": {"__preflight_usable": usable}, "tasks": tasks}]


def test_hosts_without_a_python(site: Site, root: Path, tmp_path: Path) -> None:
    """H21 with the way out, the other rules, untouched neighbours, an exit code; one task for each host."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "hosts.json").write_text(json.dumps(inventory(tmp_path)))
    (tmp_path / "playbook.yml").write_text(yaml.safe_dump(plays(root, tmp_path)))
    result = site.run("ansible-playbook", [str(tmp_path / "playbook.yml"), "-i", str(tmp_path / "hosts.json")])
    output = result.stdout + result.stderr
    assert result.returncode != 0, output
    assert not (tmp_path / "mark").exists(), output
    report = json.loads((tmp_path / "state/reports/report.json").read_text())
    found = {(row["host"], row["id"]): row for row in report["findings"]}
    python = {host: row["found"] for (host, requirement), row in found.items() if requirement == "H21"}
    assert set(python) == {"no-python", "old-python", "hostile"}, output
    assert python["no-python"].startswith(f"no {tmp_path}/nothing/python3") or python["no-python"] == "no Python"
    assert python["old-python"].startswith(f"Python 2.7.5 at {tmp_path}/old-python/python3")
    release = ".".join(site.core.split(".")[:2])
    lowest = {"2.16": "3.6", "2.19": "3.8"}[release]
    for host in python:
        assert found[host, "H21"]["needed"] == f"Python {lowest} or newer, for ansible-core {release}"
        assert found[host, "H11"]["found"].endswith("not measured: needs Python")
    answers = {
        name: json.loads((tmp_path / "answers" / name).read_text()) for name in (*python, "master-1", "worker-1")
    }
    for name, answer in answers.items():
        assert "findings" in answer, f"{name}: {output}"
        assert (answer["facts"]["python"] is None) == (name in python)
    same = (
        "architecture",
        "cpu",
        "family",
        "hostname",
        "kernel",
        "machine_id",
        "memory_mib",
        "modules",
        "mtus",
        "system",
    )
    for name in python:
        for fact in same:
            assert answers[name]["facts"][fact] == answers["worker-1"]["facts"][fact], (name, fact)
    others = {row["id"] for row in answers["worker-1"]["findings"]} - {"H03", "H07", "H11", "H12"}
    assert others <= {row["id"] for row in answers["no-python"]["findings"]}
    assert found["worker-1", "H11"]["found"].endswith("connection refused")


def old_pythons() -> list[Path]:
    """Real ones, where the machine has them."""
    return sorted(Path.home().glob(".pyenv/versions/*/bin/python"))


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7", "3.8"])
def test_real_pythons(site: Site, tmp_path: Path, version: str) -> None:
    """The module runs where ansible-core lets it, and the shell answers elsewhere."""
    python = next((path for path in old_pythons() if path.parts[-3].startswith(f"{version}.")), None)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    arguments = ["all", "-i", "old,", "-m", "dvp.baremetal.host_check", "-a", "node_role=worker"]
    variables = {**HERE, "ansible_python_interpreter": str(python)}
    result = site.run("ansible", [*arguments, "-e", json.dumps(variables), "--tree", str(tmp_path)])
    answer = json.loads((tmp_path / "old").read_text())
    managed = version >= {"2.16": "3.6", "2.19": "3.8"}[".".join(site.core.split(".")[:2])]
    assert (answer["facts"]["python"] is not None) == managed, result.stdout
    told = [row["found"] for row in answer["findings"] if row["id"] == "H21"]
    assert bool(told) != managed
    assert managed or told[0].startswith(f"Python {python.parts[-3]} at {python}")
