"""A storage backend is a folder; whoever reads backends finds an eighth one without being told."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from contracts.house import BACKENDS, ROOT, load

EIGHTH = "eighth"
each_backend = pytest.mark.parametrize("backend", BACKENDS, ids=lambda path: path.name)
each_backend_and_an_eighth = pytest.mark.parametrize("name", [*(path.name for path in BACKENDS), EIGHTH])
SECRET_WORDS = ("password", "secret", "token", "key")


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the roles with one backend more, made of the first by another name and another kind."""
    roles = tmp_path_factory.mktemp("eighth") / "roles"
    shutil.copytree(ROOT / "roles", roles)
    eighth = roles / "storage/backends" / EIGHTH
    shutil.copytree(BACKENDS[0], eighth)
    example = load(eighth / "example.yml")
    (eighth / "example.yml").write_text(yaml.safe_dump({**example, "backend": EIGHTH, "name": EIGHTH}))
    for path in [*eighth.glob("expected/*.yml"), *eighth.glob("templates/*.j2")]:
        path.write_text(path.read_text().replace("StorageClass", "EighthStorageClass").replace(example["name"], EIGHTH))
    return roles


@pytest.fixture(scope="module")
def rendered(roles: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What every example renders to, by the expression that the role itself uses."""
    folder = tmp_path_factory.mktemp("rendered")
    backends = roles / "storage/backends"
    examples = [load(path / "example.yml") for path in sorted(backends.iterdir())]
    expression = load(ROOT / "roles/storage/tasks/apply_resource.yml")[0]["vars"]["__storage_objects"]
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {
            "plan": "{{ examples | dvp.baremetal.storage_plan(lookup('dvp.baremetal.backends', directory)) }}",
            "__storage_class": "{{ item.0 }}",
            "__storage_resource": "{{ item.1 }}",
            "objects": expression,
            "backend": "{{ item.0.directory | basename }}",
            "row": {"name": "{{ backend }}", "objects": "{{ objects }}", "findings": "{{ plan.findings }}"},
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        },
        "tasks": [
            {
                "name": "Render",
                "ansible.builtin.copy": {"content": "{{ row | to_json }}", "dest": f"{folder}/{{{{ number }}}}"},
                "loop": "{{ plan.classes | subelements('resources') }}",
                "loop_control": {"index_var": "number"},
            }
        ],
    }
    playbook, variables = folder / "render.yml", folder / "variables.json"
    playbook.write_text(yaml.safe_dump([play]))
    variables.write_text(json.dumps({"examples": examples, "directory": str(backends)}))
    command = ["ansible-playbook", "-i", "localhost,", "-c", "local", "-e", f"@{variables}", str(playbook)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    objects: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name)):
        row = json.loads(path.read_text())
        assert row["findings"] == []
        objects.setdefault(row["name"], []).extend(row["objects"])
    return objects


@each_backend_and_an_eighth
def test_example_renders_to_expected(name: str, roles: Path, rendered: dict[str, list[dict[str, Any]]]) -> None:
    """The example becomes the manifests in expected/, which a person can read and review."""
    expected = [
        item
        for path in sorted((roles / "storage/backends" / name / "expected").glob("*.yml"))
        for item in yaml.safe_load_all(path.read_text())
    ]
    assert by_identity(rendered[name]) == by_identity(expected)


def by_identity(objects: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return objects by kind and name; the order of files says nothing."""
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}


@each_backend_and_an_eighth
def test_documents_find_it(name: str, roles: Path) -> None:
    """The generator writes a page for every folder."""
    pages = runpy.run_path(str(ROOT / "docs/tools/generate.py"))["pages"](roles.parent)
    assert Path(f"docs/storage/{name}.md") in pages


@each_backend
def test_shape(backend: Path) -> None:
    """A folder has a description, templates, an example and what it renders to."""
    data = load(backend / "backend.yml")
    assert {"title", "location", "edition", "modules", "resources", "options", "live_migration"} <= set(data)
    assert data["location"] in ("local", "external", "replicated")
    assert data["edition"] in ("ce", "be", "se", "se-plus", "ee", "cse")
    assert data["modules"]
    for resource in data["resources"]:
        assert {"template", "ready_when"} <= set(resource)
    templates = sorted(path.name for path in (backend / "templates").iterdir())
    assert templates == sorted(resource["template"] for resource in data["resources"]), "each template is used once"
    assert load(backend / "example.yml")["backend"] == backend.name
    assert list((backend / "expected").glob("*.yml"))


@each_backend
def test_options_are_documented(backend: Path) -> None:
    """Each option has a type and a description; a secret is marked as one."""
    for name, option in options(load(backend / "backend.yml")["options"]):
        assert option.get("type"), name
        assert option.get("description"), name
        if any(word in name.split("_") for word in SECRET_WORDS):
            assert "no_log" in option, f"{name} looks like a secret: say no_log: true, or false"


def options(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every option of a spec, also nested ones."""
    for name, option in spec.items():
        yield name, option
        yield from options(option.get("options", {}))
