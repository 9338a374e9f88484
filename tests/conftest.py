"""What every test shares: the checkout, and its tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from integration.environment import Site

ROOT = Path(__file__).resolve().parent.parent
# The oldest and the newest that the collection supports (meta/runtime.yml, requirements.txt).
CORES = ("2.16.19", "2.19.14")
# A test that runs a command gets the one of this environment, and the settings of this checkout, however it is started.
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
os.environ["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def artifact(root: Path) -> Path:
    """The file that `ansible-galaxy collection build` makes."""
    folder = root / "build" / "integration"
    shutil.rmtree(folder / "artifact", ignore_errors=True)
    command = ["ansible-galaxy", "collection", "build", "--output-path", str(folder / "artifact"), str(root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next((folder / "artifact").glob("*.tar.gz"))


@pytest.fixture(scope="session", params=CORES)
def site(request: pytest.FixtureRequest, root: Path, artifact: Path) -> Site:
    """The artifact, installed beside each ansible-core."""
    site = Site(root / "build" / "integration", request.param, root / "requirements.txt")
    site.install(artifact)
    return site
