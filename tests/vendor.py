"""The vendor's own definitions and schemas, where somebody has them: DVP_UPSTREAM names the folder that holds both.

They are not part of this project; a test that needs them skips elsewhere and says why.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

UPSTREAM = Path(os.environ.get("DVP_UPSTREAM") or Path(__file__).resolve().parents[2] / "shared")
CRDS = UPSTREAM / "upstream-crds"
SCHEMAS = UPSTREAM / "upstream-openapi"


def needed(folder: Path) -> Path:
    """Return the folder, or skip the test that asks for it."""
    if not folder.is_dir():
        pytest.skip(f"the vendor's files are not at {folder} (DVP_UPSTREAM names another place)")
    return folder
