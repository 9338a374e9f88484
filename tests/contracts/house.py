"""What the contract tests look at: the roles, playbooks and backends of this checkout, found by looking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.parent.parent for path in (ROOT / "roles").glob("*/meta/main.yml"))
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
BACKENDS = sorted(path.parent for path in (ROOT / "roles/storage/backends").glob("*/backend.yml"))
# The role that holds the collection-wide inputs and nothing else.
SETTINGS = ROOT / "roles/cluster_settings"


def load(path: Path) -> Any:
    """Return the content of a YAML file, None when there is no such file."""
    return yaml.safe_load(path.read_text()) if path.exists() else None


def specs(role: Path) -> dict[str, Any]:
    """Return the entry points of a role."""
    return dict(load(role / "meta/argument_specs.yml")["argument_specs"])


def tasks(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every task of a list, also those in blocks."""
    for item in items or []:
        yield item
        for section in ("block", "rescue", "always"):
            yield from tasks(item.get(section, []))


def role_calls(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the arguments of every include_role and import_role in a list of tasks."""
    for task in tasks(items):
        for verb in ("ansible.builtin.include_role", "ansible.builtin.import_role"):
            if verb in task:
                yield task[verb]


def texts(*folders: str) -> Iterator[tuple[Path, str]]:
    """Yield path and text of every text file under the folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(ROOT), path.read_text()
