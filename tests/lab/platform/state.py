# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the state folder: written whole or not at all, so that a killed daemon finds them as they were."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write(path: Path, content: str, mode: int = 0o600) -> None:
    """Replace the file by `content` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(content)
    os.chmod(name, mode)
    os.replace(name, path)


def write_json(path: Path, value: Any) -> None:
    """Replace the file by `value` as JSON."""
    write(path, json.dumps(value, indent=1, sort_keys=True))


def read_json(path: Path, default: Any = None) -> Any:
    """Return the file's value, or `default` when there is no file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default
