"""Every test runs."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys

from contracts.house import ROOT


def test_every_test_file_is_in_a_stage() -> None:
    """pytest, asked for the folders of the runner's stages, finds every file that looks like a test."""
    stages = [stage.path for stage in runpy.run_path(str(ROOT / "tests/run.py"))["STAGES"]]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *stages]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = {match[0] for match in re.finditer(r"^[\w/]+\.py(?=::)", listed, re.MULTILINE)}
    assert found == {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")}
