# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages that say what the code says: roles, requirements, storage backends.

Sources and pages: roles/<role>/meta/argument_specs.yml -> roles/<role>/README.md and docs/roles/<role>.md;
plugins/module_utils/_requirements.py -> docs/requirements.md; roles/storage/backends/<name>/ -> docs/storage/<name>.md.
With ``--check`` nothing is written; the exit code is 1 when a page is stale, missing or left over, and each is named.
"""

from __future__ import annotations

import argparse
import json
import re
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path("plugins/module_utils/_requirements.py")
BACKENDS = Path("roles/storage/backends")
# Folders and files in which every page is ours; a page there without a source is left over.
OURS = ("roles/*/README.md", "docs/roles/*.md", "docs/storage/*.md", "docs/requirements.md")
ACTS = {
    "check": "reads only and outputs findings; changes nothing",
    "verify": "reads only and proves the outcome",
    "main": "acts",
    "expect": "announces the test, for whichever run comes to it",
    "merge_settings": "merges settings and switches nothing on",
    "settings": "no tasks: the roles that depend on this one read these variables",
}
SCOPES = {
    "host": "Hosts",
    "installer": "Installer machine",
    "module": "Module settings",
    "order": "Order of installation",
    "vm": "Virtual machines",
    "guest": "Guests",
    "update": "Updates",
}


def markdown(text: str) -> str:
    """Turn Ansible markup (``O(x)``, ``V(x)``, ``L(text,url)``...) into Markdown that fits into a table cell."""
    text = re.sub(r"\bL\(([^,]+),\s*([^)]+)\)", r"[\1](\2)", text)
    text = re.sub(r"\bB\(([^)]+)\)", r"**\1**", text)
    text = re.sub(r"\bI\(([^)]+)\)", r"*\1*", text)
    text = re.sub(r"\bU\(([^)]+)\)", r"<\1>", text)
    return re.sub(r"\b[OVCEM]\(([^)]+)\)", r"`\1`", text)


def sentences(text: str | Sequence[str] | None) -> list[str]:
    """Return a description, which may be one string or a list of them, as a list."""
    return [text] if isinstance(text, str) else list(text or [])


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join(line(cells) for cells in (header, ["---"] * len(header), *rows))


def code(value: object) -> str:
    """Return a value as inline code, spelled as YAML spells it."""
    return f"`{value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)}`"


def block(path: Path) -> str:
    """Return a YAML file as a code block."""
    return f"```yaml\n{path.read_text().strip()}\n```"


def yes(value: bool) -> str:
    """Return a tick of a table."""
    return "yes" if value else ""


def page(source: str, title: str, *parts: str) -> str:
    """Return a whole page with its mark."""
    mark = f"<!-- Made by docs/tools/generate.py from {source}; do not edit, run `make docs`. -->"
    return "\n\n".join(part for part in (mark, f"# {title}", *parts) if part) + "\n"


def option_rows(options: dict[str, Any], prefix: str = "") -> Iterator[list[str]]:
    """Yield one table row per option of an argument spec, nested ones after their parent as ``parent[].child``."""
    for name, option in options.items():
        kind = option.get("type", "str")
        if kind == "list":
            kind = f"list of {option.get('elements', 'any')}"
        default = "required" if option.get("required") else code(option["default"]) if "default" in option else ""
        meaning = [markdown(text) for text in sentences(option.get("description"))]
        if option.get("choices"):
            meaning.append("One of " + ", ".join(code(choice) for choice in option["choices"]) + ".")
        yield [f"`{prefix}{name}`", kind, default, " ".join(meaning)]
        yield from option_rows(option.get("options", {}), f"{prefix}{name}{'[]' if kind.startswith('list') else ''}.")


def option_table(options: dict[str, Any]) -> str:
    """Return the table of an argument spec's options."""
    rows = list(option_rows(options))
    return table(("Variable", "Type", "Default", "Meaning"), rows) if rows else "None."


def role_page(role: Path) -> str:
    """Return the page of a role."""
    entries: dict[str, Any] = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]
    first = next(iter(entries.values()))
    points = [[f"`{name}`", ACTS.get(name, markdown(spec["short_description"]))] for name, spec in entries.items()]
    groups: dict[str, list[str]] = {}
    for name, spec in entries.items():
        groups.setdefault(option_table(spec.get("options", {})), []).append(f"`{name}`")
    several = len(groups) > 1
    variables = [
        f"## Variables{' of ' + ', '.join(names) if several else ''}\n\n{rows}" for rows, names in groups.items()
    ]
    return page(
        f"roles/{role.name}/meta/argument_specs.yml",
        f"Role dvp.baremetal.{role.name}",
        markdown(first["short_description"]).rstrip(".") + ".",
        "\n".join(markdown(text) for text in sentences(first.get("description"))),
        "## Entry points\n\n" + table(("`tasks_from`", "What it does"), points),
        *variables,
    )


def backend_page(backend: Path) -> str:
    """Return the page of a storage backend."""
    data: dict[str, Any] = yaml.safe_load((backend / "backend.yml").read_text())
    facts = [
        [key.replace("_", " ").capitalize(), ", ".join(map(str, value)) if isinstance(value, list) else str(value)]
        for key, value in data.items()
        if key not in ("title", "description", "modules", "resources", "options")
    ]
    modules = [f"{number}. `{module['name']}`" for number, module in enumerate(data["modules"], start=1)]
    templates = f"../../{BACKENDS}/{backend.name}/templates"
    resources = [
        [f"[{item['template']}]({templates}/{item['template']})", code(item["ready_when"])]
        for item in data["resources"]
    ]
    manifests = [block(path) for path in sorted((backend / "expected").glob("*.yml"))]
    return page(
        f"{BACKENDS}/{backend.name}",
        f"Storage backend {backend.name}: {data['title']}",
        "\n".join(markdown(text) for text in sentences(data.get("description"))),
        table(("Property", "Value"), facts) if facts else "",
        "## Options\n\n" + option_table(data["options"]),
        f"## Example\n\nAn item of `dvp_storage_classes`:\n\n{block(backend / 'example.yml')}",
        "## What is done\n\nModules, enabled in this order:\n\n" + "\n".join(modules),
        "Objects, each applied after the one before is ready:\n\n" + table(("Template", "Ready when"), resources),
        "The example becomes:\n\n" + "\n\n".join(manifests),
    )


def requirements_page(source: Path) -> str:
    """Return the page of the requirements: one table per scope, each row with an anchor, then the supported systems."""
    data = runpy.run_path(str(source))
    rows: dict[str, list[list[str]]] = {}
    for item in data["REQUIREMENTS"]:
        anchor = f'<a id="{item.id.lower()}"></a>{item.id}'
        row = [anchor, item.title, item.needed.format(**data["LIMITS"]), item.severity, yes(item.mended)]
        rows.setdefault(item.scope, []).append(row)
    systems = [[item.title, ", ".join(item.versions), yes(item.in_guide)] for item in data["SUPPORTED_SYSTEMS"]]
    packages = [
        [family, item.title, " or ".join(f"`{name}`" for name in item.accepted), f"`{item.install}`"]
        for family, items in data["PACKAGES"].items()
        for item in items
    ]
    arrays = [
        [f"`{backend}`", family, item.title, f"`{item.install}`"]
        for backend, families in data["BACKEND_PACKAGES"].items()
        for family, items in families.items()
        for item in items
    ]
    services = [[family, f"`{name}`", f"`{unit}`"] for family, (name, unit) in data["TIME_PACKAGES"].items()]
    kernels = [
        [", ".join(item.ids), item.version or "all", f"`{item.package}`", item.repository or "the system's own"]
        for item in data["KERNEL_SOURCES"]
    ]
    runtimes = [
        [name, ", ".join(f"`{package}`" for package in items)] for name, items in data["RUNTIME_PACKAGES"].items()
    ]
    header = ("ID", "What", "Needed", "Severity", "Prepare can mend it")
    return page(
        str(REQUIREMENTS),
        "Requirements",
        "Every finding of every check carries one of these IDs. An error stops a run before its first change; "
        "what *prepare* can mend is a warning while `dvp_prepare_enabled` is on.",
        *(f"## {SCOPES.get(scope, scope.capitalize())}\n\n{table(header, group)}" for scope, group in rows.items()),
        "## Operating systems (H08)\n\n" + table(("System", "Versions", "In the vendor's guide"), systems),
        "## Packages (H15)\n\n" + table(("Family", "What", "Accepted", "Installed by prepare"), packages),
        "### Of storage backends\n\n" + table(("Backend", "Family", "What", "Installed by prepare"), arrays),
        "## Runtimes (H16)\n\nRemoved only when `dvp_removable_runtimes` names them.\n\n"
        + table(("Name", "Packages"), runtimes),
        "## Newer kernels (H18)\n\nWhat `dvp_kernel_package: system` stands for, from repositories that the host has. "
        "On other systems the name carries a version: give it in `dvp_kernel_package`.\n\n"
        + table(("System", "Version", "Package", "Repository"), kernels),
        "## Time services (H19)\n\nWhere no time service runs, prepare starts the one that is there, or installs one."
        "\n\n" + table(("Family", "Package", "Service"), services),
    )


def pages(root: Path) -> dict[Path, str]:
    """Return every generated page: path below ``root`` -> text."""
    result: dict[Path, str] = {}
    for role in sorted(path for path in (root / "roles").iterdir() if (path / "meta/argument_specs.yml").exists()):
        text = role_page(role)
        result[Path("roles") / role.name / "README.md"] = text
        result[Path("docs/roles") / f"{role.name}.md"] = text
    for description in sorted((root / BACKENDS).glob("*/backend.yml")):
        result[Path("docs/storage") / f"{description.parent.name}.md"] = backend_page(description.parent)
    if (root / REQUIREMENTS).exists():
        result[Path("docs/requirements.md")] = requirements_page(root / REQUIREMENTS)
    return result


def stale(root: Path, wanted: dict[Path, str]) -> list[str]:
    """Return what differs, one line each."""
    present = {path.relative_to(root) for pattern in OURS for path in root.glob(pattern)}
    lines = [f"{path}: missing" for path in wanted if path not in present]
    lines += [f"{path}: stale" for path in wanted if path in present and (root / path).read_text() != wanted[path]]
    return sorted(lines + [f"{path}: left over, nothing makes it" for path in present - set(wanted)])


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description="Write the generated documents.")
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    wanted = pages(ROOT)
    lines = stale(ROOT, wanted)
    for line in lines:
        print(line)
    if check:
        if lines:
            print("Run `make docs`.")
        return int(bool(lines))
    for path, text in wanted.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
    for pattern in OURS:
        for path in ROOT.glob(pattern):
            if path.relative_to(ROOT) not in wanted:
                path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
