# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""System tests: the whole chain on real machines.

They tell one story on one lab, so their order is fixed: an untouched lab is refused, and two other
systems are looked at; the lab is looked at in check mode,
installed by a run that is cut off three times, examined, and run again. A lab that was up before the tests
(``make demo``) is laid anew, and left up and finished.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from system.machines import MACHINES, Lab

STORY = [
    "test_refusals", "test_other_systems", "test_check_mode", "test_cut_off", "test_result", "test_second_run",
    "test_artifact",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the chapters in the order of the story; pytest's own order is alphabetical."""

    def chapter(item: pytest.Item) -> int:
        name = item.path.stem
        return STORY.index(name) if name in STORY else -1

    items.sort(key=chapter)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """An untouched lab, and machines beside it that break requirements."""
    lab = Lab()
    was_up = lab.is_up()
    if was_up:
        lab.command("down")
    try:
        lab.command("up")
        lab.start(MACHINES)
        yield lab
    finally:
        if not was_up:
            lab.command("down")
