"""run_installer: starts, joins or replaces the container, follows it, and tells how it ended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.action.run_installer import ActionModule
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _installer
from ansible_collections.dvp.baremetal.plugins.plugin_utils._api_action import ApiError
from unit.plugins.action import fakes

ARGUMENTS: dict[str, Any] = {
    "engine": "podman", "name": "installer", "image": "i:1", "command": ["dhctl", "bootstrap"], "mounts": [],
    "network": "host", "fingerprint": "abc", "progress_file": "/s/progress", "log_file": "/s/log", "timeout_s": 60,
    "delay_s": 3,
}  # fmt: skip
PROGRESS = json.dumps({"phase": "InstallKubernetes", "action": "start"}) + "\n"


class Engine:
    """A container that runs for some looks and then exits; remembers every command line."""

    def __init__(self, looks: int = 2, exit_code: int = 0, present: str | None = None) -> None:
        self.looks, self.exit_code, self.fingerprint = looks, exit_code, present
        self.lines: list[str] = []

    def __call__(self, line: str) -> dict[str, Any]:
        self.lines.append(line)
        answer = {"rc": 0, "stdout": "", "stderr": ""}
        if " inspect " in line:
            return {**answer, "stdout": self._inspect()}
        if " run " in line:
            self.fingerprint = "abc"
        elif " rm " in line and line.startswith("podman"):
            self.fingerprint = None
        elif line.startswith("tail"):
            return {**answer, "stdout": PROGRESS if line.startswith("tail -c +1 ") else ""}
        elif line.startswith("umask"):
            return {**answer, "stdout": "first\nError: observed 3 cores, expected 4\n"}
        return answer

    def _inspect(self) -> str:
        if self.fingerprint is None:
            return "[]"
        self.looks -= 1
        state = {"Status": "running"} if self.looks >= 0 else {"Status": "exited", "ExitCode": self.exit_code}
        return json.dumps([{"State": state, "Config": {"Labels": {_installer.LABEL: self.fingerprint}}}])

    def ran(self, word: str) -> bool:
        return any(f"podman {word}" in line for line in self.lines)


def action_on(engine: Engine, check_mode: bool = False) -> Any:
    action = fakes.make(ActionModule, lambda name, args: {}, check_mode=check_mode)
    action._low_level_execute_command = engine
    return action


def test_follows_to_the_end_and_removes() -> None:
    """Each phase is told once."""
    engine = Engine()
    action = action_on(engine)
    assert action.act(ARGUMENTS)["reattached"] is False
    assert [line.split(" [")[0] for line in action.lines] == ["installer: InstallKubernetes start"]
    assert engine.lines[-1] == "podman rm --force installer"


def test_joins_the_container_of_a_killed_run() -> None:
    """Same configuration: nothing is started twice."""
    engine = Engine(present="abc")
    assert action_on(engine).act(ARGUMENTS)["reattached"] is True
    assert not engine.ran("run")


def test_replaces_a_container_of_another_configuration() -> None:
    """The inventory has changed since."""
    engine = Engine(looks=3, present="old")
    assert action_on(engine).act(ARGUMENTS)["reattached"] is False
    assert engine.ran("rm") and engine.ran("run")


def test_failure_shows_the_last_words_and_what_to_do() -> None:
    """The installer's own error, the log, and that it can be continued."""
    engine = Engine(exit_code=1)
    with pytest.raises(ApiError) as error:
        action_on(engine).act(ARGUMENTS)
    for words in ("exit code 1", "observed 3 cores, expected 4", "/s/log", "continues"):
        assert words in str(error.value)
    assert engine.ran("rm")


def test_timeout_stops_it() -> None:
    """The only case in which the collection ends an installer."""
    engine = Engine(looks=9)
    with pytest.raises(ApiError, match="stopped after 0 s, in InstallKubernetes start") as error:
        action_on(engine).act({**ARGUMENTS, "timeout_s": 0})
    assert engine.ran("stop")
    assert "observed 3 cores, expected 4" in str(error.value), "the log is gone with the next run"
    assert "/s/log" in str(error.value)


def test_home_is_that_of_the_host() -> None:
    """The engine knows no C(~), and the control machine has a home of its own."""
    engine = Engine()
    key = {"source": "~/.ssh/id", "target": "/tmp/.ssh/id", "read_only": True}
    action_on(engine).act({**ARGUMENTS, "mounts": [key], "log_file": "~/log", "progress_file": "~/progress"})
    assert any("source=/home/operator/.ssh/id," in line for line in engine.lines)
    assert not any("~" in line for line in engine.lines)


def test_engine_that_cannot_start_it() -> None:
    """The engine's own words."""

    def refuse(line: str) -> dict[str, Any]:
        return {"rc": 125, "stdout": "", "stderr": "Error: image not known"}

    action = fakes.make(ActionModule, lambda name, args: {})
    action._low_level_execute_command = refuse
    with pytest.raises(ApiError, match="exit code 125: Error: image not known"):
        action.act(ARGUMENTS)


def test_check_mode_starts_nothing() -> None:
    """It reports the change and asks nobody."""
    engine = Engine()
    assert action_on(engine, check_mode=True).act(ARGUMENTS)["changed"] is True
    assert engine.lines == []
