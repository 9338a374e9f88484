"""What a command costs this machine: time, processor and memory, with all that it starts but for the hosts' side."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

# Reading the memory of many processes costs, too.
SAMPLE_S = 1.0
TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds of the clock; of the processor, all processes and the first one alone; memory of all in MB."""

    wall_s: float
    cpu_s: float
    main_s: float
    peak_mb: float
    # When lines came: (seconds since the start, line).
    lines: list[tuple[float, str]]
    code: int


def _children() -> dict[int, tuple[int, str]]:
    """Process -> (its parent, its name), of this PID namespace."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _separator, rest = path.read_text().partition("(")[2].rpartition(") ")
            found[int(path.parent.name)] = (int(rest.split()[1]), name)
    return found


def _descendants(parents: dict[int, tuple[int, str]], root: int) -> Iterator[int]:
    yield root
    for pid, (parent, _name) in parents.items():
        if parent == root:
            yield from _descendants(parents, pid)


def _memory_mb(root: int) -> float:
    """Memory of a process, of all it has started, and of the connections that SSH keeps: what is shared counts once."""
    parents, total = _children(), 0
    kept = [pid for pid, (parent, name) in parents.items() if parent == os.getpid() and name == "ssh"]
    for pid in [*_descendants(parents, root), *kept]:
        with suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total * 1024 / 1e6


def _end_connections() -> None:
    """End the connections that SSH keeps for later: nobody's children but ours, the first of the namespace."""
    for pid, (parent, name) in _children().items():
        if parent == os.getpid() and name == "ssh":
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


def cost(command: Sequence[str], env: dict[str, str]) -> Cost:
    """Run a command to its end. To be called by the first process of a PID namespace, to whom orphans come."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    done, peaks = threading.Event(), [0.0]

    def sample() -> None:
        while not done.wait(SAMPLE_S):
            peaks.append(_memory_mb(process.pid))

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    assert process.stdout
    lines = [(time.monotonic() - begun, line.rstrip()) for line in process.stdout]
    # Ended and not yet forgotten: the kernel still knows what the first process took for itself.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall_s = time.monotonic() - begun
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()
    done.set()
    sampler.join()
    code = process.wait()
    _end_connections()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s, cpu_s, (int(fields[11]) + int(fields[12])) / TICKS, max(peaks), lines, code)
