"""What must not stand in the sources of the collection."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
from pathlib import Path

from contracts.house import ROOT, texts

PRODUCT = ("plugins", "roles", "playbooks")
# The collection knows nothing of the machines it is tried on.
TEST_WORDS = re.compile(r"(?<![a-z])labs?(?![a-z])|stand-?in|simulat", re.IGNORECASE)
HERE = re.compile(rf"{re.escape(str(ROOT))}(?![\w-])")
REQUIREMENTS = Path("plugins/module_utils/_requirements.py")
# Numbers that mean something else everywhere: units, sectors, seconds of a timeout.
COMMON = {4, 8, 20, 60, 512, 600, 1000, 1024}


def python(*folders: str) -> list[tuple[Path, ast.Module]]:
    """Return the syntax trees of the Python files under the folders."""
    return [(path, ast.parse(text)) for path, text in texts(*folders) if path.suffix == ".py"]


def limits() -> dict[str, object]:
    """Return the limits that a reader would recognise by their number."""
    every = runpy.run_path(str(ROOT / REQUIREMENTS))["LIMITS"]
    return {name: value for name, value in every.items() if value not in COMMON}


def test_product_knows_nothing_of_its_tests() -> None:
    """The collection is the same for every site."""
    found = [f"{path}: {match[0]}" for path, text in texts(*PRODUCT) for match in TEST_WORDS.finditer(text)]
    assert not found


def test_checkout_does_not_know_where_it_lies() -> None:
    """No file holds the path of the machine on which it was written."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    found = [
        f"{name}: {match[0]}"
        for name in filter(None, names)
        for match in HERE.finditer((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not found


def test_limits_stand_in_one_file() -> None:
    """A threshold is a number of _requirements.py; nobody else states it."""
    wanted = limits()
    found = [
        f"{path}:{node.lineno}: {node.value!r}"
        for path, tree in python("plugins")
        if path != REQUIREMENTS
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, str) and node.value in wanted.values()
    ]
    numbers = "|".join(re.escape(str(value)) for value in wanted.values())
    pattern = re.compile(rf"(?<![\w.-])({numbers})(?![\w.])")
    for path, text in texts("roles", "playbooks"):
        if path.suffix == ".yml" and "backends" not in path.parts:
            values = re.sub(r"#.*", "", text)
            found += [f"{path}: {match[0]}" for match in pattern.finditer(values)]
    assert not found


def test_code_on_hosts_is_python_36() -> None:
    """Old hosts run modules and module_utils with Python 3.6 and its standard library."""
    for path, text in texts("plugins/modules", "plugins/module_utils"):
        if path.suffix == ".py":
            ast.parse(text, str(path), feature_version=(3, 6))
            assert "from __future__ import annotations" not in text, path


def test_plugins_say_whose_they_are() -> None:
    """Every plugin file begins with copyright, licence and its SPDX name."""
    for path, text in texts("plugins"):
        if path.suffix == ".py":
            head = text[:400]
            assert "# Copyright: (c) 2026, dvp.baremetal contributors" in head, path
            assert "# SPDX-License-Identifier: GPL-3.0-or-later" in head, path


def test_requirements_are_data() -> None:
    """_requirements.py holds literals and the shapes of its rows: no function, no import but typing."""
    tree = ast.parse((ROOT / REQUIREMENTS).read_text())
    assert not [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [getattr(node, "module", None) for node in imports] == ["typing"]


def test_requirements_are_told_apart() -> None:
    """Each ID stands once, with a severity that is known."""
    data = runpy.run_path(str(ROOT / REQUIREMENTS))
    identifiers = [item.id for item in data["REQUIREMENTS"]]
    assert len(identifiers) == len(set(identifiers))
    assert {item.severity for item in data["REQUIREMENTS"]} <= set(data["SEVERITIES"])
