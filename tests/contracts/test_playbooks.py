"""Playbooks only list roles; the README tells the truth about them."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import pytest
from contracts.house import PLAYBOOKS, ROLES, ROOT, load, role_calls

EXAMPLE = ROOT / "inventories/example/hosts.yml"
HOST_GROUPS = ("dvp_masters", "dvp_workers")
CALLS = {"ansible.builtin.include_role", "ansible.builtin.import_role"}
# What may stand beside the call of a role.
KEYWORDS = {"name", "vars", "when", "tags", "loop", "loop_control"}
each_playbook = pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)


@each_playbook
def test_hosts_that_fail_are_counted(playbook: Path) -> None:
    """Where hosts are changed, the next play judges what was lost; the next stage would count on every host."""
    plays = load(playbook)
    for play, following in itertools.zip_longest(plays, plays[1:], fillvalue={}):
        calls = list(role_calls(play.get("tasks", [])))
        if any(group in play.get("hosts", "") for group in HOST_GROUPS) and any("tasks_from" not in c for c in calls):
            judges = [(call["name"], call.get("tasks_from")) for call in role_calls(following.get("tasks", []))]
            assert judges == [(call["name"], "summarize") for call in calls], play["name"]


@each_playbook
def test_only_lists_roles(playbook: Path) -> None:
    """A play has hosts and roles; a task of a play calls a role and does nothing else."""
    known = {f"dvp.baremetal.{role.name}" for role in ROLES}
    for play in load(playbook):
        if "ansible.builtin.import_playbook" in play:
            continue
        assert play["gather_facts"] is False, "facts come from host_check"
        for item in play.get("roles", []):
            assert (item["role"] if isinstance(item, dict) else item) in known
        for task in [task for section in ("pre_tasks", "tasks", "post_tasks") for task in play.get(section, [])]:
            assert set(task) <= KEYWORDS | CALLS, task
            assert all(task[verb]["name"] in known for verb in CALLS & set(task)), task


def rows() -> dict[str, list[str]]:
    """Return the README's table of playbooks: name -> cells."""
    text = (ROOT / "README.md").read_text()
    found = re.findall(r"^\| `dvp\.baremetal\.(\w+)` \|(.*)\|$", text, re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in found}


def tasks_per_host(playbook: Path) -> int:
    """Count the tasks that run on each master or worker, the automatic validation of arguments included."""
    command = ["ansible-playbook", "--inventory", str(EXAMPLE), "--list-tasks", str(playbook)]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    count = 0
    for play in re.split(r"^  play #", listed, flags=re.MULTILINE)[1:]:
        hosts = re.match(r"\d+ \(([^)]*)\)", play)
        assert hosts, play
        if any(group in hosts[1] for group in HOST_GROUPS):
            count += len(re.findall(r"^      \S", play, flags=re.MULTILINE))
    return count


def test_readme_lists_every_playbook() -> None:
    """Nothing is left out, nothing is made up."""
    assert sorted(rows()) == sorted(path.stem for path in PLAYBOOKS)


@each_playbook
def test_task_budget(playbook: Path) -> None:
    """The README states how many tasks run on every host; the playbook has exactly as many."""
    stated = rows()[playbook.stem][-1]
    assert stated.split(",")[0] == str(tasks_per_host(playbook))


def test_preflight_budget() -> None:
    """Preflight runs at most three tasks on each host."""
    assert tasks_per_host(ROOT / "playbooks/preflight.yml") <= 3


def calls(name: str) -> set[tuple[str, str]]:
    """Return what a playbook calls: (role, entry point)."""
    plays = load(ROOT / f"playbooks/{name}.yml")
    found = [call for play in plays for call in role_calls(play.get("tasks", []))]
    return {(call["name"], call.get("tasks_from", "main")) for call in found}


@pytest.mark.parametrize("stage", ["install", "nodes", "storage", "virtualization"])
def test_every_stage_is_checked_and_verified(stage: str) -> None:
    """What site.yml does later is checked by preflight before the first change, and proved by verify afterwards."""
    for role, entry in calls(stage):
        if entry == "main":
            assert (role, "check") in calls("preflight"), f"preflight.yml does not check {role}"
            assert (role, "verify") in calls("verify"), f"verify.yml does not verify {role}"


def test_preflight_asks_a_silent_api_once() -> None:
    """Every role that preflight calls reads the API through the kubeconfig that a silent API takes away."""
    report = next(
        play for play in load(ROOT / "playbooks/preflight.yml") if "__preflight_kubeconfig" in play.get("vars", {})
    )
    roles = {call["name"].split(".")[-1] for call in role_calls(report["tasks"])} | {"module_enable"}
    readers = {role for role in roles if f"{role}_kubeconfig" in load(ROOT / f"roles/{role}/defaults/main.yml")}
    given = {name for name, value in report["vars"].items() if value == "{{ __preflight_kubeconfig }}"}
    assert given == {f"{role}_kubeconfig" for role in readers - {"platform_install"}}


def test_site_is_every_stage() -> None:
    """site.yml runs every other playbook of the chain, once."""
    imported = [play["ansible.builtin.import_playbook"] for play in load(ROOT / "playbooks/site.yml")]
    assert sorted(imported) == sorted(f"dvp.baremetal.{path.stem}" for path in PLAYBOOKS if path.stem != "site")
