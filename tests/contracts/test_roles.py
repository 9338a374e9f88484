"""Every role has the same shape, and says the same in its defaults and in its argument spec."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from contracts.house import PLAYBOOKS, ROLES, SETTINGS, load, role_calls, specs, tasks

pytestmark = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)

SHAPE = ("README.md", "defaults/main.yml", "meta/argument_specs.yml", "meta/main.yml")
# What changes nothing has nothing to prove afterwards.
READ_ONLY = ("inventory_check", "host_check", "report")
GROUPS = re.compile(r"\bdvp_(installer|masters|workers)\b|\bgroups\s*[.\[]")


def test_shape(role: Path) -> None:
    """A role has documents, defaults, a spec; one with tasks has main and check; one that changes something, verify."""
    wanted = list(SHAPE) + ([] if role == SETTINGS else ["tasks/main.yml", "tasks/check.yml"])
    wanted += [] if role == SETTINGS or role.name in READ_ONLY else ["tasks/verify.yml"]
    missing = [name for name in wanted if not (role / name).is_file()]
    assert not missing


def test_depends_on_settings(role: Path) -> None:
    """Each role reads the collection-wide inputs through its dependency, so that it can be used alone."""
    names = [item["role"] for item in load(role / "meta/main.yml")["dependencies"]]
    assert names == ([] if role == SETTINGS else ["dvp.baremetal.cluster_settings"])


def test_defaults_are_the_spec(role: Path) -> None:
    """Names and values of defaults/main.yml are those of every entry point's options together."""
    options: dict[str, Any] = {}
    for spec in specs(role).values():
        options.update(spec.get("options", {}))
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    assert (load(role / "defaults/main.yml") or {}) == documented
    undecided = [name for name, option in options.items() if "default" in option and option.get("required")]
    assert not undecided, "required and with a default"


def test_types_follow_settings(role: Path) -> None:
    """An input that defaults to a collection-wide one has its type."""
    settings = specs(SETTINGS)["settings"]["options"]
    for spec in specs(role).values():
        for name, option in spec.get("options", {}).items():
            source = re.fullmatch(r"\{\{ (dvp_\w+) \}\}", str(option.get("default")))
            if source:
                theirs = settings[source[1]]
                assert {key: option.get(key) for key in ("type", "elements", "choices")} == {
                    key: theirs.get(key) for key in ("type", "elements", "choices")
                }, name


def test_names_carry_the_role(role: Path) -> None:
    """Inputs are <role>_x (dvp_x in the settings), internal names and results carry the role, too."""
    prefix = "dvp_" if role == SETTINGS else f"{role.name}_"
    names = [name for spec in specs(role).values() for name in spec.get("options", {}) if not name.startswith(prefix)]
    for path in (role / "tasks").glob("*.yml"):
        for task in tasks(load(path)):
            made = [task.get("register", ""), task.get("loop_control", {}).get("loop_var", "")]
            made += list(task.get("ansible.builtin.set_fact", {}))
            ours = re.compile(rf"(__)?{role.name}_|cacheable$|$")
            names += [name for name in made if not ours.match(name)]
    assert not names


def test_every_option_is_described(role: Path) -> None:
    """Each option has a type and a description."""
    bare = [
        name
        for spec in specs(role).values()
        for name, option in spec.get("options", {}).items()
        if not option.get("description") or not option.get("type")
    ]
    assert not bare


def test_every_entry_point_has_a_spec(role: Path) -> None:
    """What is called through tasks_from is validated: it has a file and a spec; and each spec has its file."""
    called = {"main"} if (role / "tasks/main.yml").exists() else set()
    plays = [play for playbook in PLAYBOOKS for play in load(playbook)]
    lists = [play.get(section, []) for play in plays for section in ("tasks", "pre_tasks", "post_tasks")]
    lists += [load(path) for other in ROLES for path in (other / "tasks").glob("*.yml")]
    for call in (call for items in lists for call in role_calls(items)):
        # A templated name may be any role; its callers are the playbooks that a test runs.
        if call["name"] == f"dvp.baremetal.{role.name}":
            called.add(call.get("tasks_from", "main"))
    entries = set() if role == SETTINGS else set(specs(role))
    assert {name.removesuffix(".yml") for name in called} <= entries
    assert not [name for name in entries if not (role / f"tasks/{name}.yml").exists()]


def test_verify_is_reached(role: Path) -> None:
    """Each proof is part of verify.yml, or of the proof of another role."""
    lists = [play.get("tasks", []) for path in PLAYBOOKS if path.stem == "verify" for play in load(path)]
    lists += [load(path) for other in ROLES for path in other.glob("tasks/verify.yml")]
    called = {(call["name"], call.get("tasks_from", "main")) for items in lists for call in role_calls(items)}
    has_proof = (role / "tasks/verify.yml").exists()
    assert ((f"dvp.baremetal.{role.name}", "verify") in called) is has_proof


def test_numbers_are_made_in_larger_expressions(role: Path) -> None:
    """A template that is a scalar of its own is text before ansible-core 2.19; the API wants numbers and booleans."""
    alone = re.compile(r'"\{\{[^{}]*\| *(int|float|bool) *\}\}"')
    assert not [path.name for path in role.glob("vars/*.yml") if alone.search(path.read_text())]


def test_no_default_filter(role: Path) -> None:
    """Defaults stand in defaults/main.yml: no default() in tasks."""
    found = [path.name for path in (role / "tasks").glob("*.yml") if re.search(r"\bdefault\s*\(", path.read_text())]
    assert not found


def test_a_silent_api_is_an_answer(role: Path) -> None:
    """A read of the API is bounded, and running out of time ends no play: whoever reads decides what it means."""
    for path in (role / "tasks").glob("*.yml"):
        for task in tasks(load(path)):
            if "kubernetes.core.k8s_info" in task:
                assert (task.get("timeout"), task.get("failed_when"), task.get("ignore_errors")) == (60, False, True)


def test_directory_of_an_input_keeps_its_mode(role: Path) -> None:
    """The directory that holds a file of the user's choice may be /tmp: it is made when missing, never changed."""
    for path in (role / "tasks").glob("*.yml"):
        for task in tasks(load(path)):
            made = task.get("ansible.builtin.file", {})
            if "dirname" in made.get("path", "") and "mode" in made:
                assert re.fullmatch(r"not \w+\.stat\.exists", task["when"]), task["name"]


def test_no_group_names(role: Path) -> None:
    """Hosts come in by variable: no role knows a group."""
    found = [
        f"{path.relative_to(role)}: {match[0]}"
        for path in role.rglob("*")
        if path.is_file() and path.suffix in (".yml", ".j2")
        for match in [GROUPS.search(re.sub(r"#.*", "", path.read_text()))]
        if match
    ]
    assert not found


def test_every_task_has_a_name(role: Path) -> None:
    """The output of a run is made of these names."""
    bare = [path.name for path in (role / "tasks").glob("*.yml") for task in tasks(load(path)) if not task.get("name")]
    assert not bare
