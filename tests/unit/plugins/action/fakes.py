"""Actions without Ansible around them: the modules they run are answered by the test."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


def make(action: type, answer: Answer, check_mode: bool = False, diff: bool = False, kubeconfig: bool = True) -> Any:
    """An action whose modules are answered by C(answer) and whose pauses only move a clock."""

    class Faked(action):  # type: ignore[misc]
        def __init__(self) -> None:
            self._task = SimpleNamespace(diff=diff, check_mode=check_mode)
            self.is_check_mode = check_mode
            self.lines: list[str] = []
            self.slept = 0.0
            self._started = 0.0

        def deadline(self, timeout_s: float) -> float:
            self.left = timeout_s
            return float(super().deadline(timeout_s))

        def run_module(self, name: str, args: dict[str, Any]) -> dict[str, Any]:
            return answer(name, args)

        def kubeconfig_exists(self) -> bool:
            return kubeconfig

        def _remote_expand_user(self, path: str) -> str:
            return path.replace("~", "/home/operator", 1)

        def say(self, text: str) -> None:
            self.lines.append(text)

        def sleep(self, seconds: float) -> None:
            self.slept += seconds

    return Faked()
