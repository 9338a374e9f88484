"""Run every test of this checkout, cheap stages first, and count them in one closing line.

``tests/run.py`` runs all stages, ``tests/run.py unit contracts`` runs those. Each stage is one pytest process; its
JUnit file (build/junit/<stage>.xml) is what is counted. A stage that needs the earlier ones is not started after a
failure, and counts as one skipped. Exit code: 0 when nothing failed, 1 otherwise, 130 when interrupted: by Ctrl-C or
by SIGTERM, after the tests that were running have put away what they had started.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
JUNIT = ROOT / "build" / "junit"


class Stage(NamedTuple):
    """One pytest process."""

    name: str
    path: str
    says: str
    options: tuple[str, ...] = ("-v",)
    expensive: bool = False


class Counts(NamedTuple):
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


STAGES = (
    Stage("lint", "tests/lint", "style, types, fresh documents, changelog"),
    Stage("sanity", "tests/sanity", "ansible-test sanity on what the artifact ships"),
    Stage("unit", "tests/unit", "pure functions", ("-q",)),
    Stage("contracts", "tests/contracts", "what is written twice says the same", ("-q",)),
    Stage("browser", "tests/browser", "the page of the report in Chromium"),
    Stage("integration", "tests/integration", "the artifact in empty environments, bad inventories"),
    Stage("api", "tests/api", "a real kube-apiserver, no machines", expensive=True),
    Stage("hosts", "tests/hosts", "hosts in containers, broken in every way", ("-q",), expensive=True),
    Stage("lab", "tests/system", "the chain on the machines of the lab", ("-v", "--capture=no"), expensive=True),
)


def counts_of(junit: Path, returncode: int) -> Counts:
    """Return the counts in a JUnit file; a stage that broke without a failed test counts as one failure."""
    try:
        suites = list(ElementTree.parse(junit).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return Counts(failed=1)
    total = {key: sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "failures", "errors", "skipped")}
    failed = total["failures"] + total["errors"]
    passed = max(0, total["tests"] - failed - total["skipped"])
    return Counts(passed, failed or int(returncode != 0), total["skipped"])


def run(stage: Stage) -> tuple[Counts, bool]:
    """Run one stage; return its counts, and whether it was interrupted.

    pytest has a process group of its own, so that an interrupt reaches it once, from here, and it can end what its
    tests have started, however long that takes.
    """
    junit = JUNIT / f"{stage.name}.xml"
    junit.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *stage.options, f"--junitxml={junit}", stage.path]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0)
    interrupted = False
    while True:
        try:
            return counts_of(junit, process.wait()), interrupted
        except KeyboardInterrupt:
            interrupted = True
            say("\ninterrupted: waiting for the tests to put away what they have started")
            process.send_signal(signal.SIGINT)


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


def main(names: list[str]) -> int:
    """Run the named stages (all when none is named) and print the closing line."""
    known = {stage.name: stage for stage in STAGES}
    unknown = [name for name in names if name not in known]
    if unknown:
        say(f"Unknown stage: {', '.join(unknown)}. Known stages: {', '.join(known)}.")
        return 2
    JUNIT.mkdir(parents=True, exist_ok=True)
    chosen = [stage for stage in STAGES if stage.name in names or not names]
    results: dict[str, tuple[Counts, str]] = {}
    # Also where whoever started this ignores interrupts, as a shell does for what it runs in the background.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    begun = time.monotonic()
    interrupted = False
    for number, stage in enumerate(chosen, start=1):
        broken = [name for name, (counts, _text) in results.items() if counts.failed]
        if interrupted or (stage.expensive and broken):
            why = "interrupted" if interrupted else f"not run, because {', '.join(broken)} failed"
            results[stage.name] = (Counts(skipped=1), why)
            continue
        say(f"\n=== {number}/{len(chosen)} {stage.name}: {stage.says} (after {time.monotonic() - begun:.0f} s)")
        started = time.monotonic()
        counts, interrupted = run(stage)
        results[stage.name] = (counts, f"{time.monotonic() - started:.0f} s")
    say(f"\n=== after {time.monotonic() - begun:.0f} s")
    for name, (counts, text) in results.items():
        say(f"{name:12} {counts!s:40} {text}")
    total = Counts(*(sum(column) for column in zip(*(counts for counts, _text in results.values()), strict=True)))
    say(str(total))
    return 130 if interrupted else int(total.failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
