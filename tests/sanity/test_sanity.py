"""ansible-test sanity on what the artifact ships, plus the unit tests.

ansible-test wants the collection in a folder ``ansible_collections/dvp/baremetal``, so the artifact is built and unpacked
there. It makes an environment for each of its tests and fetches the pip for them from a server of its own; here that pip
comes with Python, so that PyPI is enough. The environments stay in build/sanity for the next run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

# What ansible-test would download: it is called as `get-pip.py pip==24.2 ... --no-setuptools --no-wheel`.
# The name holds the version of pip that the ansible-test of constraints.txt asks for; it says so when it changes.
GET_PIP_NAME = "get_pip_24_2.py"
GET_PIP = """
import ensurepip, subprocess, sys
ensurepip.bootstrap()
wanted = [item for item in sys.argv[1:] if not item.startswith("--no-")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *wanted]))
"""


def unpack_artifact(root: Path, work: Path) -> Path:
    """Build the collection and unpack it where ansible-test looks for it."""
    for old in work.glob("*.tar.gz"):
        old.unlink()
    build = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(work), str(root)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    target = work / "ansible_collections" / "dvp" / "baremetal"
    shutil.rmtree(target, ignore_errors=True)
    with tarfile.open(next(work.glob("*.tar.gz"))) as artifact:
        artifact.extractall(target, filter="data")
    for folder in ("sanity", "unit"):
        if (root / "tests" / folder).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "test_sanity.py", "lab")
            shutil.copytree(root / "tests" / folder, target / "tests" / folder, ignore=ignored)
    # Inside a checkout that ignores build/ ansible-test would see no file at all.
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    subprocess.run(["git", "add", "."], cwd=target, check=True)
    return target


def make_home(home: Path) -> Path:
    """Make a home for ansible-test: the pip installer, and the pip settings of this machine, also those of its environment.

    ansible-test keeps PIP_* variables from its environments; a mirror or a certificate would be lost.
    """
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / GET_PIP_NAME).write_text(GET_PIP)
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True).stdout
    settings = {name.rpartition(".")[2]: value.strip("'") for name, _, value in (line.partition("=") for line in listed.splitlines())}
    config = home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("\n".join(["[global]", *(f"{name} = {value}" for name, value in settings.items()), ""]))
    return home


def test_sanity(root: Path) -> None:
    """ansible-test sanity finds nothing beyond tests/sanity/ignore-*.txt."""
    work = root / "build" / "sanity"
    work.mkdir(parents=True, exist_ok=True)
    command = ["ansible-test", "sanity", "--python", "3.11", "--color", "no"]
    environment = {**os.environ, "HOME": str(make_home(work / "home"))}
    result = subprocess.run(
        command, cwd=unpack_artifact(root, work), env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    output = result.stdout + result.stderr
    assert result.returncode == 0, output
    assert output.count("Running sanity test") > 15, output
