"""Tools that read the sources, one test each. They need no network and no machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = {
    "ruff": ["ruff", "check", "--quiet", "."],
    "mypy": ["mypy"],
    "yamllint": ["yamllint", "--strict", "."],
    "ansible-lint": ["ansible-lint", "--offline", "--nocolor", "-q"],
    "generated-documents": [sys.executable, "docs/tools/generate.py", "--check"],
    "changelog": ["antsibull-changelog", "lint"],
}


@pytest.mark.parametrize("command", TOOLS.values(), ids=TOOLS)
def test_tool(root: Path, command: list[str]) -> None:
    """The tool finds nothing."""
    result = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.fail(f"{' '.join(command)}\n{result.stdout}{result.stderr}", pytrace=False)
