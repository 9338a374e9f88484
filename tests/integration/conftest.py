"""The artifact, and empty environments into which it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from integration.environment import Site

# The oldest and the newest that the collection supports (meta/runtime.yml, requirements.txt).
CORES = ("2.16.19", "2.19.14")


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
    site = Site(root / "build" / "integration", request.param)
    site.install(root, artifact)
    return site
