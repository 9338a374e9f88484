"""What every test shares: the checkout, and its tools."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A test that runs a command gets the one of this environment, and the settings of this checkout, however it is started.
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
os.environ["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT
