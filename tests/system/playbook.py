# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook of the collection as a user would, and read what it printed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECAP = re.compile(r"^(?P<host>\S+)\s+: (?P<counts>ok=\d+ .*)$", re.MULTILINE)
TIMEOUT_S = 1500


@dataclass(frozen=True)
class Run:
    """Exit code and output of one run; ``recap`` is {host: {"ok": n, "changed": n, ...}}."""

    returncode: int
    output: str

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        return {
            match["host"]: {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", match["counts"])}
            for match in RECAP.finditer(self.output)
        }

    @property
    def changed(self) -> dict[str, int]:
        """Hosts with changes, and how many."""
        return {host: counts["changed"] for host, counts in self.recap.items() if counts["changed"]}

    def tail(self) -> str:
        return self.output[-6000:]


def command(
    playbook: str, inventories: Sequence[Path], arguments: Sequence[str], extra_vars: Mapping[str, object]
) -> list[str]:
    """The command line of README.md, with the interpreter that runs the tests."""
    line = [str(Path(sys.executable).with_name("ansible-playbook"))]
    for inventory in inventories:
        line += ["-i", str(inventory)]
    if extra_vars:
        line += ["-e", json.dumps(dict(extra_vars))]
    return [*line, *arguments, f"dvp.baremetal.{playbook}"]


def environment() -> dict[str, str]:
    return {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": "0", "PYTHONUNBUFFERED": "1"}


def run(
    playbook: str,
    inventories: Sequence[Path],
    arguments: Sequence[str] = (),
    extra_vars: Mapping[str, object] = {},
) -> Run:
    result = subprocess.run(
        command(playbook, inventories, arguments, extra_vars),
        cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    print(result.stdout)
    return Run(result.returncode, result.stdout)


def kill_when(pattern: str, playbook: str, inventories: Sequence[Path]) -> tuple[str, bool]:
    """Start a playbook and kill it, with everything that it started, when its output matches.

    SIGKILL, as a lost machine or an impatient operator would: nothing gets a chance to clean up. It is killed after
    TIMEOUT_S in any case. Returns the output and whether the pattern was seen.
    """
    process = subprocess.Popen(
        command(playbook, inventories, [], {}),
        cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    patience = threading.Timer(TIMEOUT_S, os.killpg, (process.pid, signal.SIGKILL))
    patience.start()
    output, seen = "", False
    assert process.stdout is not None
    try:
        for line in process.stdout:
            output += line
            if re.search(pattern, line):
                seen = True
                break
    finally:
        patience.cancel()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    print(output)
    return output, seen
