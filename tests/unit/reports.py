"""A fleet on paper, and the report of it: for the tests of the page, in Chromium and without."""

from __future__ import annotations

from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report import report_data
from unit.hosts import good_facts

TIME = "2026-11-23 10:00 UTC"
CPUS = (("GenuineIntel", "Intel Xeon Gold 6240R"), ("AuthenticAMD", "AMD EPYC 7543"))
KERNELS = ("6.1.0-40-amd64", "6.8.0-48-generic")
# Of every hundred workers these lack something.
NO_VMX, FEW_CORES, SLOW_DISK, NO_PACKAGES, DEAD = range(2, 8), (10, 11), (20, 21, 22), range(30, 40), (50,)


def worker(number: int) -> str:
    """Name of a worker."""
    return f"rack{number // 40 + 1:02d}-node{number % 40 + 1:02d}"


def fleet(workers: int) -> tuple[list[dict[str, Any]], dict[str, Any], list[str], list[str]]:
    """Findings, results, masters and workers of a fleet."""
    masters, names = ["master-1", "master-2", "master-3"], [worker(number) for number in range(workers)]
    results: dict[str, Any] = {}
    found: list[dict[str, Any]] = []
    for number, name in enumerate([*names, *masters]):
        vendor, model = CPUS[number % 7 == 6]
        cpu = {"processors": 64, "vendor": vendor, "model": model, "flags": ["svm"]}
        address = f"10.20.{number // 250}.{number % 250 + 1}/24"
        results[name] = {
            "facts": good_facts(
                hostname=name, kernel=KERNELS[number % 5 == 4], cpu=cpu, memory_mib=515000,
                addresses=[{"interface": "eth0", "address": address}],
            )
        }  # fmt: skip
    for number, name in enumerate(names):
        place = number % 100
        if place in NO_VMX:
            found.append(finding("H03", "no CPU flag vmx or svm", "Switch on VT-x or AMD-V.", host=name))
        if place in FEW_CORES:
            found.append(finding("H04", "3", "Use a server with more cores.", host=name))
        if place in SLOW_DISK:
            found.append({**finding("H07", f"{300 + place} IOPS", "Use a faster disk.", host=name), "accepted": True})
        if place in NO_PACKAGES:
            found.append(finding("H15", "not installed", "Prepare will install it.", severity="warning", host=name))
        if place in DEAD:
            results[name] = {"unreachable": True}
            found.append(finding("H13", "unreachable: No route to host", "Check power.", host=name))
    found.append(finding("M03", "10.111.7.0/24 overlaps 10.111.0.0/16", "Choose networks that do not overlap."))
    return found, results, masters, names


def domains(results: dict[str, Any]) -> dict[str, Any]:
    """What the cluster rules say of live migration."""
    sets: dict[tuple[str, str], list[str]] = {}
    for name, result in results.items():
        if "facts" in result:
            sets.setdefault((result["facts"]["kernel"], result["facts"]["cpu"]["vendor"]), []).append(name)
    kind = {"type": "Discovery", "spec": {}, "reason": "All hosts have the same CPU flags."}
    rows = [
        {"hosts": hosts, "kernel": kernel, "vendor": vendor, "model": vendor, "class": kind}
        for (kernel, vendor), hosts in sets.items()
    ]
    fix = f"Install kernel {KERNELS[0]} and restart."
    change = {"kind": "kernel", "hosts": rows[-1]["hosts"], "found": KERNELS[1], "needed": KERNELS[0], "fix": fix}
    return {"domains": rows, "changes": [change]}


def report(workers: int) -> dict[str, Any]:
    """The data of a report of a fleet."""
    found, results, masters, names = fleet(workers)
    return report_data(found, results, masters, names, "site-a", TIME, domains(results))
