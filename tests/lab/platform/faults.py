# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on order: <state>/faults.json maps a key to the message that the failing part then gives.

Keys: dhctl/<phase>, module/<name>, staticinstance/<name>, nfsstorageclass/<name>, pvc/<namespace>/<name>,
image/<name>, vm/<namespace>/<name>, node/<name>. The file is read anew on each pass; removing a key mends the part.
"""

from __future__ import annotations

import json
from pathlib import Path


def read(state_dir: Path) -> dict[str, str]:
    """Return the ordered faults; no file or a half-written one means none."""
    try:
        found = json.loads((state_dir / "faults.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(key): str(message) for key, message in found.items()}
