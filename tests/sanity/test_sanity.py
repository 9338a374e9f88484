"""ansible-test sanity on what the artifact ships, plus the unit tests.

ansible-test wants the collection in a folder ``ansible_collections/dvp/baremetal``, so the artifact is built and
unpacked there. It makes an environment for each of its tests and fetches the pip for them from a server of its own;
here that pip comes with Python, so that PyPI is enough. The environments stay in build/sanity for the next run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# What ansible-test would download: it is called as `get-pip.py pip==24.2 ... --no-setuptools --no-wheel`.
# The name holds the version of pip that the ansible-test of constraints.txt asks for; it says so when it changes.
GET_PIP_NAME = "get_pip_24_2.py"
GET_PIP = """
import subprocess, sys
wanted = [item for item in sys.argv[1:] if not item.startswith("--no-")]
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *wanted])
"""


def unpack_artifact(root: Path, work: Path) -> Path:
    """Build the collection and unpack it where ansible-test looks for it."""
    for old in work.glob("*.tar.gz"):
        old.unlink()
    build = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(work), str(root)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    target = work / "ansible_collections" / "dvp" / "baremetal"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    subprocess.run(["tar", "-xf", str(next(work.glob("*.tar.gz"))), "-C", str(target)], check=True)
    for folder in ("sanity", "unit"):
        if (root / "tests" / folder).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "test_sanity.py", "lab")
            shutil.copytree(root / "tests" / folder, target / "tests" / folder, ignore=ignored)
    # Inside a checkout that ignores build/ ansible-test would see no file at all.
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    subprocess.run(["git", "add", "."], cwd=target, check=True)
    return target


def make_home(home: Path) -> Path:
    """Make a home for ansible-test that holds the pip installer and this machine's settings of pip.

    ansible-test passes no PIP_* variables on; a mirror or a certificate that stands there would be lost.
    """
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / GET_PIP_NAME).write_text(GET_PIP)
    show = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(show, check=True, capture_output=True, text=True).stdout
    pairs = (line.partition("=") for line in listed.splitlines())
    settings = {name.rpartition(".")[2]: value.strip("'") for name, _, value in pairs}
    config = home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("\n".join(["[global]", *(f"{name} = {value}" for name, value in settings.items()), ""]))
    return home


def test_sanity(root: Path) -> None:
    """ansible-test sanity finds nothing beyond tests/sanity/ignore-*.txt."""
    work = root / "build" / "sanity"
    work.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(
        ["ansible-test", "sanity", "--python", "3.11", "--color", "no"],
        cwd=unpack_artifact(root, work),
        env={**os.environ, "HOME": str(make_home(work / "home"))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    output = result.stdout + result.stderr
    if result.returncode or output.count("Running sanity test") < 15:
        pytest.fail(output, pytrace=False)
