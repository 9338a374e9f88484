# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the installer says: boxes of phases for people, JSON lines for programs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Log:
    """Prints at once: the reader follows a container's output."""

    def __init__(self, progress_file: Path | None) -> None:
        self._progress_file = progress_file
        self._depth = 0
        if progress_file:
            progress_file.parent.mkdir(parents=True, exist_ok=True)

    def say(self, text: str) -> None:
        """Print a line inside the current boxes."""
        for line in text.splitlines():
            print("│ " * self._depth + line, flush=True)

    @contextmanager
    def phase(self, name: str, sub_phases: tuple[str, ...] = ()) -> Iterator[None]:
        """A phase of the installation."""
        self._progress(name, "start", list(sub_phases))
        with self.box(f"⛵ ~ Bootstrap: {name}"):
            yield
        self._progress(name, "done", [])

    def sub_phase(self, phase: str, name: str) -> None:
        """Tell that a part of a phase begins."""
        self._progress(phase, "start", [name])
        self.say(f"🏃 {name}")

    @contextmanager
    def box(self, title: str) -> Iterator[None]:
        """A box with its duration; a failed one says so."""
        started = time.monotonic()
        self.say(f"┌ {title}")
        self._depth += 1
        word = "FAILED"
        try:
            yield
            word = "done"
        finally:
            self._depth -= 1
            self.say(f"└ {title} ({time.monotonic() - started:.2f} seconds) {word}")

    def _progress(self, phase: str, action: str, sub_phases: list[str]) -> None:
        if self._progress_file:
            with self._progress_file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"phase": phase, "action": action, "subPhases": sub_phases}) + "\n")
