"""The runner of all tests: it counts, and lets tests end what they have started."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

RUNNER = Path(__file__).resolve().parents[1] / "run.py"
SLOW = """
import pathlib, time, pytest

@pytest.fixture
def servant():
    pathlib.Path("started").touch()
    yield
    time.sleep(1)
    pathlib.Path("put-away").touch()

def test_slow(servant):
    time.sleep(60)
"""


def checkout(folder: Path, **tests: str) -> Path:
    """A folder with the runner and one test file in each named stage."""
    (folder / "tests").mkdir()
    shutil.copy(RUNNER, folder / "tests")
    for stage, text in tests.items():
        (folder / "tests" / stage).mkdir()
        (folder / "tests" / stage / "test_it.py").write_text(text)
    return folder


def start(folder: Path, *stages: str) -> subprocess.Popen[str]:
    command = [sys.executable, "tests/run.py", *stages]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_closing_line_counts_all(tmp_path: Path) -> None:
    """An expensive stage is not started after a failure, and counts as skipped."""
    checkout(tmp_path, unit="def test_a(): pass\ndef test_b(): assert 0\n", api="def test_c(): pass\n")
    process = start(tmp_path, "unit", "api")
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert output.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"
    assert re.search(r"^api .*not run, because unit failed$", output, re.MULTILINE)


def test_interrupted_tests_put_away_what_they_started(tmp_path: Path) -> None:
    """SIGTERM, as from a CI that gives up, ends the run only after the fixtures."""
    checkout(tmp_path, unit=SLOW, contracts="def test_c(): pass\n")
    process = start(tmp_path, "unit", "contracts")
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert (tmp_path / "put-away").exists()
    assert re.search(r"^contracts .*interrupted$", output, re.MULTILINE)
