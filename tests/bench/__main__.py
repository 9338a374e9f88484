"""What rules and report cost the control machine, in time and memory: `python -m bench [HOSTS ...]`."""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES = (1000, 5000)
# Hosts with faults: one of each kind, or each host with three.
FEW, ALL = "few", "all"
# The targets, for the reader of the table: seconds and MB for 1000 hosts.
TARGET = "2 s and 300 MB for 1000 hosts, and linear"
# A CPU of today has as many flags as this; they are most of what a host answers.
FLAGS = [f"flag_{number}" for number in range(130)]


def peak_mb() -> float:
    """Most memory this process has ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def answers(hosts: int, kind: str) -> tuple[dict[str, Any], list[str], list[str]]:
    """Variables of the hosts as they are after the check, masters and workers; each host with objects of its own."""
    from unit.fleet import answer, build

    fleet = build(hosts, seed=1)
    for name, result in fleet.results.items():
        if kind == ALL and "facts" in result:
            facts = {**result["facts"], "architecture": "aarch64", "clock_drift_s": 601.0, "user_id": 1000}
            result = fleet.results[name] = answer(facts)
        if "facts" in result:
            result["facts"]["cpu"]["flags"] += FLAGS
    hostvars = {
        name: {"__host_check_result": json.loads(json.dumps(result)), "ansible_host": fleet.addresses[name]}
        for name, result in fleet.results.items()
    }
    return hostvars, fleet.masters, fleet.workers


def measure(hosts: int, kind: str) -> dict[str, float]:
    """Seconds of each step, and memory before and after, in MB."""
    from ansible_collections.dvp.baremetal.plugins.filter import (
        cluster_findings,
        migration_domains,
        report_data,
        report_html,
    )

    hostvars, masters, workers = answers(hosts, kind)
    before, row = peak_mb(), {}

    def timed(name: str, act: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = act()
        row[name] = time.perf_counter() - begun
        return result

    found = timed("rules", lambda: cluster_findings.cluster_findings(hostvars, masters, workers))
    timed("domains", lambda: migration_domains.migration_domains(hostvars, workers))
    data = timed("data", lambda: report_data.report_data(found, hostvars, masters, workers, "Fleet", "now"))
    text = timed("json", lambda: json.dumps(data, ensure_ascii=False, indent=4))
    page = timed("page", lambda: report_html.FilterModule().filters()["report_html"](data))
    sizes = {"json_mb": len(text.encode()) / 1e6, "page_mb": len(page.encode()) / 1e6}
    seconds = sum(row.values())
    return {**row, "total": seconds, "before_mb": before, "peak_mb": peak_mb(), **sizes}


def main(arguments: list[str]) -> int:
    """Measure each size in a process of its own, for memory is never given back, and print the table."""
    if arguments[:1] == ["--measure"]:
        print(json.dumps(measure(int(arguments[1]), arguments[2])))
        return 0
    print(f"Cluster rules and report on the control machine. Target: {TARGET}.")
    header = (
        "hosts", "faulty", "rules s", "domains s", "data s", "JSON s", "page s", "total s", "before MB", "peak MB",
        "JSON MB", "page MB",
    )  # fmt: skip
    print("".join(f"{title:>11}" for title in header))
    for hosts, kind in itertools.product(map(int, arguments or SIZES), (FEW, ALL)):
        command = [sys.executable, "-m", "bench", "--measure", str(hosts), kind]
        output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path.cwd()).stdout
        row = json.loads(output)
        print(f"{hosts:>11}{kind:>11}" + "".join(f"{value:>11.2f}" for value in row.values()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
