# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of a playbook tells while it lasts: how long each stage took, and which virtual machine ran. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Chapter:
    """A playbook that the run imports: its name and the names of its plays."""

    stage: str
    plays: frozenset[str]


@dataclass
class Journal:
    """Collects events of ansible-runner (`note` is its event handler)."""

    chapters: Sequence[Chapter] = ()
    plays: list[tuple[str, datetime.datetime]] = field(default_factory=list)
    ended: datetime.datetime | None = None
    hosts: dict[str, Object] = field(default_factory=dict)
    smoke_machine: Object | None = None

    def note(self, event: Object) -> bool:
        """Take one event; False tells the runner that it need not keep it."""
        data = event.get("event_data", {})
        when = datetime.datetime.fromisoformat(event["created"])
        self.ended = when
        if event["event"] == "playbook_on_play_start":
            self.plays.append((data.get("name", ""), when))
        elif event["event"] == "runner_on_ok":
            for found in running_machines(data.get("res")):
                self.smoke_machine = found
        elif event["event"] == "playbook_on_stats":
            kinds = ("ok", "changed", "failures", "dark")
            names = {host for kind in kinds for host in data.get(kind, {})}
            self.hosts = {host: {kind: data.get(kind, {}).get(host, 0) for kind in kinds} for host in sorted(names)}
        return False

    def seconds(self) -> dict[str, float]:
        """Stage -> seconds, in the order of the run."""
        total: dict[str, float] = {}
        stages = stages_of([name for name, _when in self.plays], self.chapters)
        ends = [when for _name, when in self.plays[1:]] + [self.ended]
        for stage, (_name, begun), end in zip(stages, self.plays, ends, strict=True):
            if end is not None:
                total[stage] = total.get(stage, 0.0) + (end - begun).total_seconds()
        return total


def stages_of(plays: Sequence[str], chapters: Sequence[Chapter]) -> list[str]:
    """The stage of each play: the playbook that has a play of that name, searched from where the run is.

    A play of no known playbook is a stage of its own name.
    """
    stages, position = [], 0
    for play in plays:
        found = [index for index in range(position, len(chapters)) if play in chapters[index].plays]
        if found:
            position = found[0]
        stages.append(chapters[position].stage if found else play)
    return stages


def running_machines(result: Any) -> Iterator[Object]:
    """The virtual machines in a task's result, however deep, that run and have an address."""
    if isinstance(result, dict):
        status = result.get("status")
        if result.get("kind") == "VirtualMachine" and isinstance(status, dict) and status.get("ipAddress"):
            yield result
        for value in result.values():
            yield from running_machines(value)
    elif isinstance(result, list):
        for item in result:
            yield from running_machines(item)
