# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the lab's parts."""

from __future__ import annotations

from lab.status import table


def test_columns_are_aligned() -> None:
    assert table([("A", "LONG", "C"), ("xyz", "b", "")]) == "A    LONG  C\nxyz  b"
