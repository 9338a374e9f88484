"""What a host says of itself is text: no template in it is evaluated, no shell sees it, no page runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from integration.environment import Site
from unit.fleet import answer, good_host

HERE = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}
# A module that answers as host_check does, with what the test wants the host to say.
MODULE = """
import json
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={"file": {"type": "path"}, "failed": {"type": "bool"}}, supports_check_mode=True)
answer = json.load(open(module.params["file"]))
if module.params["failed"]:
    module.fail_json(**answer)
module.exit_json(**answer)
"""


def hostile_texts(mark: Path) -> dict[str, str]:
    """Texts that make the file `mark` when anything takes them for more than text, by what would do so."""
    return {
        "template": "{{ lookup('ansible.builtin.pipe', 'touch MARK-template') }}".replace("MARK", str(mark)),
        "statement": "{% if lookup('ansible.builtin.pipe', 'touch MARK-statement') %}x{% endif %}".replace(
            "MARK", str(mark)
        ),
        "shell": f"x; touch {mark}-shell; $(touch {mark}-substitution) `touch {mark}-backtick` | tee {mark}-pipe '\"",
        "page": "<script>document.title='owned'</script><img src=x onerror=alert(1)>",
    }


def said(number: int, text: str) -> dict[str, Any]:
    """The answer of a host that puts a text wherever a host may put one, and is found wrong for each."""
    facts = good_host(number)
    facts["cpu"] = {**facts["cpu"], "vendor": text, "model": text, "microcode": text, "flags": [text]}
    facts.update(
        hostname=text,
        machine_id=text,
        product_uuid=text,
        architecture=text,
        kernel=text,
        system={"id": text, "version": text, "title": text},
        nameservers=[text],
        leftovers={"platform": [text], "foreign": [text], "user": True},
        virtualization={"kind": text, "evidence": [text]},
    )
    return answer(facts)


def playbook(folder: Path, hosts: list[str]) -> list[dict[str, Any]]:
    """Plays that ask the hosts by the module above, and judge and report as preflight does."""
    ask = {
        "say": {
            "file": f"{folder}/{{{{ inventory_hostname }}}}.json",
            "failed": "{{ inventory_hostname == 'failing' }}",
        },
        "register": "__host_check_result",
        "ignore_errors": True,
    }
    lists = {"masters": hosts[:1], "workers": hosts[1:]}
    summarize = {
        "ansible.builtin.include_role": {"name": "dvp.baremetal.host_check", "tasks_from": "summarize"},
        "vars": {f"host_check_{name}": names for name, names in lists.items()},
    }
    report = {
        "ansible.builtin.include_role": {"name": "dvp.baremetal.report"},
        "vars": {
            "report_findings": "{{ host_check_findings | dvp.baremetal.accepted_findings(['H10']) }}",
            "report_domains": "{{ host_check_domains }}",
            **{f"report_{name}": names for name, names in lists.items()},
        },
    }
    return [
        {"hosts": ",".join(hosts), "gather_facts": False, "tasks": [ask]},
        {"hosts": "localhost", "gather_facts": False, "tasks": [summarize, report]},
    ]


def test_nothing_of_a_host_is_evaluated(site: Site, tmp_path: Path) -> None:
    """Twins of every text, so that it stands in findings of the hosts and in those that compare them."""
    texts = hostile_texts(tmp_path / "mark")
    answers = {f"{kind}-{number}": said(number, text) for kind, text in texts.items() for number in (1, 2)}
    answers["failing"] = {"msg": " ".join(texts.values())}
    (tmp_path / "library").mkdir()
    (tmp_path / "library/say.py").write_text(MODULE)
    for name, content in answers.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    hosts = list(answers)
    inventory = {
        "all": {
            "hosts": {"localhost": HERE, **dict.fromkeys(hosts, HERE)},
            "vars": {"dvp_state_dir": str(tmp_path / "state")},
        }
    }
    (tmp_path / "hosts.json").write_text(json.dumps(inventory))
    (tmp_path / "playbook.yml").write_text(yaml.safe_dump(playbook(tmp_path, hosts)))
    result = site.run("ansible-playbook", [str(tmp_path / "playbook.yml"), "-i", str(tmp_path / "hosts.json"), "-v"])
    output = result.stdout + result.stderr
    assert not list(tmp_path.glob("mark*")), output
    assert result.returncode != 0, output
    assert "Refuse with everything at once" in output, output
    report = json.loads((tmp_path / "state/reports/report.json").read_text())
    told = json.dumps([row["found"] for row in report["findings"]], ensure_ascii=False)
    page = (tmp_path / "state/reports/report.html").read_text()
    for kind, text in texts.items():
        assert json.dumps(text, ensure_ascii=False)[1:-1] in told, f"{kind}: the report does not say it as it was"
    assert texts["page"] not in page
