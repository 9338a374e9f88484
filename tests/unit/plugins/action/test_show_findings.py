"""The table is printed as it is, and an error fails the task."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.dvp.baremetal.plugins.action.show_findings import ActionModule
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding

ERROR = finding("H04", "3", "Add cores.", host="w1")
WARNING = finding("H15", "not installed", "Prepare will install it.", severity="warning", host="w1")


class Shown(ActionModule):
    """The action without Ansible around it."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._task = SimpleNamespace(args=arguments)
        self.lines: list[tuple[str, str | None]] = []

    def validate_argument_spec(self, **_spec: Any) -> tuple[None, dict[str, Any]]:
        return None, {"language": "en", "report": "", **self._task.args}

    def say(self, line: str, colour: str | None) -> None:
        self.lines.append((line, colour))


@pytest.fixture(autouse=True)
def base(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Ansible's own base does before is not what is tested here."""
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})


def run(*findings: dict[str, Any], **options: str) -> tuple[dict[str, Any], list[tuple[str, str | None]]]:
    """Result and printed lines."""
    shown = Shown({"findings": list(findings), **options})
    return shown.run(), shown.lines


def test_error_fails_and_names_the_page() -> None:
    result, lines = run(ERROR, WARNING, report="/r/report.html")
    assert result["failed"] is True and result["changed"] is False
    assert result["msg"] == "Errors: 1, warnings: 1, accepted: 0. Report: /r/report.html"
    assert result["counts"] == {"error": 1, "warning": 1, "info": 0, "accepted": 0}
    assert [(line, bool(colour)) for line, colour in lines if not line.startswith(" ")] == [
        ("Errors: 1", True),
        ("Warnings: 1", True),
    ]


def test_warning_and_accepted_error_pass() -> None:
    result, lines = run(WARNING, {**ERROR, "accepted": True}, language="ru")
    assert result["failed"] is False
    assert any("Принято: 1" in line for line, _colour in lines)


def test_nothing() -> None:
    result, lines = run()
    assert result["failed"] is False
    assert lines == [("No findings.", None)]
