"""The role report, run by the oldest and the newest ansible-core: three files, one table, and nothing is believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import yaml
from contracts.house import ROOT
from integration.environment import Site

# Ansible would evaluate the first one and a terminal would obey the second one, if anybody let them.
TEMPLATE, ESCAPE = "{{ lookup('ansible.builtin.pipe', 'touch evaluated') }}", "\x1b[2J"
# Answers as a host would: what a module returns is not to be trusted, whatever it says.
MODULE = f"""#!/usr/bin/python
import json
facts = {{"hostname": {TEMPLATE!r}, "kernel": {ESCAPE!r} + "6.1", "cpu": {{"processors": 4, "model": "<script>"}}}}
row = {{"id": "H04", "checked": "CPU cores", "found": {TEMPLATE!r} + {ESCAPE!r}, "needed": "at least 4",
        "severity": "error", "fix": "Add cores.", "docs": "docs/requirements.md#h04", "host": "worker-1"}}
print(json.dumps({{"changed": False, "facts": facts, "findings": [row]}}))
"""
HERE = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}


def run(site: Site, folder: Path, *options: str, **variables: Any) -> tuple[int, str]:
    """Let a host answer, and report it; return the exit code and what was printed."""
    (folder / "library").mkdir(exist_ok=True)
    (folder / "library/answer.py").write_text(MODULE)
    ask = {
        "hosts": "dvp_workers",
        "gather_facts": False,
        "tasks": [{"answer": None, "register": "__host_check_result", "check_mode": False}],
    }
    inputs = {
        "report_findings": "{{ hostvars['worker-1'].__host_check_result.findings }}",
        "report_workers": ["worker-1"],
        **variables,
    }
    tell = {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.include_role": {"name": "dvp.baremetal.report"}, "vars": inputs}],
    }
    playbook, inventory = folder / "playbook.yml", folder / "hosts.json"
    playbook.write_text(yaml.safe_dump([ask, tell]))
    hosts = {"localhost": HERE, "worker-1": HERE}
    groups = {"dvp_workers": {"hosts": {"worker-1": {}}}}
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"dvp_state_dir": str(folder)}}, **groups}))
    result = site.run("ansible-playbook", [str(playbook), "-i", str(inventory), *options])
    return result.returncode, result.stdout + result.stderr


def test_three_files_and_a_table(site: Site, tmp_path: Path) -> None:
    """What the host says stands in each of them as it is, and is nowhere evaluated or obeyed."""
    returncode, output = run(site, tmp_path, dvp_report_language="ru")
    assert returncode != 0, output
    data = json.loads((tmp_path / "reports/report.json").read_text())
    jsonschema.validate(data, json.loads((ROOT / "docs/report.schema.json").read_text()))
    assert data["hosts"][0]["hostname"] == TEMPLATE
    assert data["hosts"][0]["kernel"] == "\ufffd[2J6.1"
    page = (tmp_path / "reports/report.html").read_text()
    assert "lookup(" in page and page.count("<script") == 2
    assert '<html lang="ru">' in page
    failure = next(ElementTree.parse(tmp_path / "reports/report.xml").iter("failure"))
    assert TEMPLATE in str(failure.text)
    lines = [line for line in output.splitlines() if "H04" in line and "Ядра процессора" in line]
    assert lines and "worker-1" in lines[0] and TEMPLATE[:20] in lines[0], output
    assert f"Ошибок: 1, предупреждений: 0, принято: 0. Отчёт: {tmp_path}/reports/report.html" in output
    assert ESCAPE not in output
    assert not list(tmp_path.rglob("evaluated")) and not (Path.cwd() / "evaluated").exists()


def test_check_mode_writes_nothing(site: Site, tmp_path: Path) -> None:
    """It tells the same, and names no page."""
    returncode, output = run(site, tmp_path, "--check")
    assert returncode != 0, output
    assert "Errors: 1, warnings: 0, accepted: 0." in output
    assert "report.html" not in output
    assert not (tmp_path / "reports").exists()


def test_accepted_findings_pass(site: Site, tmp_path: Path) -> None:
    """They are shown as accepted, and the run goes on."""
    accepted = "{{ hostvars['worker-1'].__host_check_result.findings | map('combine', {'accepted': true}) | list }}"
    returncode, output = run(site, tmp_path, report_findings=accepted)
    assert returncode == 0, output
    assert "Accepted: 1" in output
    assert json.loads((tmp_path / "reports/report.json").read_text())["passed"] is True
