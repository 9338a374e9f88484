"""An empty environment with one ansible-core in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.cache import digest
from lab.paths import CACHE


class Site:
    """A machine with nothing but ansible-core, the artifact and what requirements.txt asks for.

    The environments are kept, outside of the checkout: ansible-core 2.16 fails with an interpreter whose path holds a
    blank, which the path of a checkout may.
    """

    def __init__(self, folder: Path, core: str, requirements: Path) -> None:
        self.folder, self.core, self.requirements = folder, core, requirements
        self.venv = CACHE / "environments" / digest([core, requirements])
        self.collections = folder / f"collections-{core}"

    def make(self) -> None:
        """Make the environment, once."""
        if not (self.venv / "complete").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.venv)], check=True)
            pip = [str(self.venv / "bin/python"), "-m", "pip", "install", "--quiet"]
            subprocess.run([*pip, f"ansible-core=={self.core}", "-r", str(self.requirements)], check=True)
            (self.venv / "complete").touch()

    def install(self, artifact: Path) -> None:
        """Install the artifact anew."""
        self.make()
        shutil.rmtree(self.collections, ignore_errors=True)
        install = ["collection", "install", str(artifact), "--no-deps", "-p", str(self.collections)]
        self.run("ansible-galaxy", install).check_returncode()

    def run(self, command: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment in an empty folder, without this checkout's settings."""
        empty = self.folder / "empty"
        empty.mkdir(exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
        # kubernetes.core and community.general, as `ansible-galaxy collection install -r` would bring them.
        dependencies = next(path for path in sys.path if (Path(path) / "ansible_collections/kubernetes").exists())
        environment = {
            **kept,
            "PATH": f"{self.venv / 'bin'}:{os.environ['PATH']}",
            "ANSIBLE_COLLECTIONS_PATH": f"{self.collections}:{dependencies}",
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        return subprocess.run(
            [str(self.venv / "bin" / command), *arguments],
            cwd=empty,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
