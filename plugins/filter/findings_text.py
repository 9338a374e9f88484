# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter: findings as one text for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_text import findings_text


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name -> function."""
        return {"findings_text": findings_text}
