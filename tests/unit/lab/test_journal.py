# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events of a run amount to."""

from __future__ import annotations

from typing import Any

from lab.journal import Chapter, Journal, running_machines, stages_of

MACHINE = {"kind": "VirtualMachine", "metadata": {"name": "smoke"}, "status": {"ipAddress": "10.66.10.1"}}


def event(kind: str, second: int, **data: Any) -> dict[str, Any]:
    return {"event": kind, "created": f"2026-01-01T00:00:{second:02d}+00:00", "event_data": data}


def test_seconds_of_stages() -> None:
    chapters = [Chapter("prepare", frozenset({"Look", "Do"})), Chapter("install", frozenset({"Look", "Run"}))]
    journal = Journal(chapters)
    for name, second in (("Do", 1), ("Run", 5), ("Look", 9)):
        journal.note(event("playbook_on_play_start", second, name=name))
    journal.note(event("playbook_on_stats", 30, ok={"b": 3, "a": 2}, dark={"c": 1}))
    assert journal.seconds() == {"prepare": 4.0, "install": 25.0}
    assert journal.hosts["c"] == {"ok": 0, "changed": 0, "failures": 0, "dark": 1}


def test_a_play_of_no_playbook_is_its_own_stage() -> None:
    assert stages_of(["Do", "Else", "Do"], [Chapter("prepare", frozenset({"Do"}))]) == ["prepare", "Else", "prepare"]


def test_remembers_the_machine_that_ran() -> None:
    journal = Journal()
    journal.note(event("runner_on_ok", 1, res={"results": [{"resources": [MACHINE]}]}))
    journal.note(event("runner_on_ok", 2, res={"resources": [{"kind": "VirtualMachine", "status": {}}]}))
    assert journal.smoke_machine == MACHINE


def test_no_machine_in_other_results() -> None:
    assert list(running_machines({"status": "ok", "list": [1, "a", None]})) == []
