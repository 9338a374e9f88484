# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between which workers virtual machines can migrate, and what makes them one set; private to the collection. Pure.

Live migration works between hosts with the same kernel and a CPU of the same vendor, when the virtual machine sees a
CPU that each of the hosts can give. The second is a matter of the VirtualMachineClass, so CPUs that differ in flags
share a domain, and the domain names the class that fits them all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._cpu_models import (
    FEATURE_NAMES,
    HOST_FLAGS,
    MODELS,
    VENDOR_LABEL,
    VENDORS,
)

Facts = Mapping[str, Any]
Data = dict[str, Any]

_KERNEL_FIX = "Install kernel {0} and restart, before virtual machines run."
_CPU_FIX = "No software makes CPUs of two vendors one set: replace the hosts, or give each set a class of its own."
_MICROCODE_FIX = "Update the firmware or the microcode package of these hosts, then restart them."


def migration_domains(facts: Mapping[str, Facts], workers: Iterable[str]) -> Data:
    """Sets of workers in which live migration works, and the fewest changes that make one set of them.

    facts: inventory name -> facts of host_check; a worker without facts, or without one that decides, is in `unknown`.
    Returns plain data:

    - domains: [{hosts, kernel, vendor, model, processors, flags, differing_flags, class}], the largest first.
      processors: [{model, microcode, hosts}]. flags: those of all hosts, as /proc/cpuinfo spells them; differing_flags:
      those of some. class: {type, spec, reason}, where spec is that of the VirtualMachineClass.
    - changes: [{kind: "kernel" | "cpu", hosts, found, needed, fix}]; empty for one domain.
    - unknown: names of workers.
    """
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    unknown = []
    for host in dict.fromkeys(workers):
        row = facts.get(host) or {}
        cpu = row.get("cpu") or {}
        if row.get("kernel") and cpu.get("vendor") and cpu.get("flags"):
            groups[str(row["kernel"]), str(cpu["vendor"])].append(host)
        else:
            unknown.append(host)
    several = len({vendor for _kernel, vendor in groups}) > 1
    order = sorted(groups, key=lambda key: (len(groups[key]), kernel_order(key[0]), key[1]), reverse=True)
    return {
        "domains": [_domain(kernel, vendor, groups[kernel, vendor], facts, several) for kernel, vendor in order],
        "changes": _changes(groups),
        "unknown": unknown,
    }


def kernel_order(release: str) -> tuple[tuple[int, ...], str]:
    """A key by which a newer kernel is greater: 6.1.0-9 < 6.1.0-10."""
    return tuple(int(number) for number in re.findall(r"\d+", release)), release


def _changes(groups: Mapping[tuple[str, str], Sequence[str]]) -> list[Data]:
    """The fewest changes that make one set: first as few other CPUs as can be, then as few other kernels.

    So the vendor of most hosts stays, and the kernel of most hosts of that vendor; of two that are as frequent, the
    newer one. A host that gets another CPU is another host, and its kernel is no change of its own.
    """
    if len(groups) < 2:
        return []
    vendors: Counter[str] = Counter()
    for (_kernel, vendor), hosts in groups.items():
        vendors[vendor] += len(hosts)
    best = {vendor: _common_kernel(groups, vendor) for vendor in vendors}
    kept = max(vendors, key=lambda vendor: (vendors[vendor], len(groups[best[vendor], vendor]), vendor))
    kernel, changes = best[kept], []
    for (found, vendor), hosts in sorted(groups.items()):
        if vendor == kept and found != kernel:
            changes.append(_change("kernel", hosts, found, kernel, _KERNEL_FIX.format(kernel)))
    for vendor in sorted(set(vendors) - {kept}):
        hosts = [host for (_kernel, other), names in groups.items() if other == vendor for host in names]
        changes.append(_change("cpu", hosts, vendor, kept, _CPU_FIX))
    return changes


def _common_kernel(groups: Mapping[tuple[str, str], Sequence[str]], vendor: str) -> str:
    """The kernel of most hosts of a vendor."""
    kernels = {kernel: len(hosts) for (kernel, other), hosts in groups.items() if other == vendor}
    return max(kernels, key=lambda kernel: (kernels[kernel], kernel_order(kernel)))


def _change(kind: str, hosts: Sequence[str], found: str, needed: str, fix: str) -> Data:
    return {"kind": kind, "hosts": list(hosts), "found": found, "needed": needed, "fix": fix}


def _domain(kernel: str, vendor: str, hosts: Sequence[str], facts: Mapping[str, Facts], several: bool) -> Data:
    """One set of hosts. several: there are CPUs of other vendors, so that its class needs a node selector."""
    flags = [frozenset(facts[host]["cpu"]["flags"]) for host in hosts]
    common, some = frozenset.intersection(*flags), frozenset().union(*flags)
    processors = _processors(hosts, facts)
    models = list(dict.fromkeys(row["model"] for row in processors))
    return {
        "hosts": list(hosts),
        "kernel": kernel,
        "vendor": vendor,
        "model": ", ".join(models),
        "processors": processors,
        "flags": sorted(common),
        "differing_flags": sorted(some - common),
        "class": _class(vendor, common, some == common, len(models) == 1, several),
    }


def _processors(hosts: Sequence[str], facts: Mapping[str, Facts]) -> list[Data]:
    """Kinds of processors with their hosts, in the order in which they first occur."""
    found: dict[tuple[str, str], list[str]] = {}
    for host in hosts:
        cpu = facts[host]["cpu"]
        found.setdefault((str(cpu.get("model") or ""), str(cpu.get("microcode") or "")), []).append(host)
    return [{"model": model, "microcode": microcode, "hosts": names} for (model, microcode), names in found.items()]


def named_model(vendor: str, flags: Iterable[str]) -> str:
    """The newest CPU model that hosts with these flags can give; "" for none that is known."""
    newest, have = "", set(flags)
    for name, needed in MODELS.get(vendor, ()):
        if not set(needed.split()) <= have:
            break
        newest = name
    return newest


def _class(vendor: str, common: frozenset[str], same_flags: bool, one_kind: bool, several: bool) -> Data:
    """The VirtualMachineClass of a domain, as {type, spec, reason}."""
    selector = {"matchLabels": {VENDOR_LABEL.format(VENDORS[vendor]): "true"}} if vendor in VENDORS else {}
    place: Data = {"nodeSelector": selector} if several and selector else {}
    model = named_model(vendor, common)
    if same_flags:
        reason = "All hosts have the same CPU flags."
        return {"type": "Discovery", "spec": {"cpu": {"type": "Discovery", "discovery": place}, **place},
                "reason": reason}  # fmt: skip
    if model and not one_kind:
        reason = f"The processors differ; {model} is the newest model that all of them can give."
        return {"type": "Model", "spec": {"cpu": {"type": "Model", "model": model}, **place}, "reason": reason}
    known = {flag for name, needed in MODELS.get(vendor, ()) for flag in needed.split()} - set(HOST_FLAGS)
    features = sorted(FEATURE_NAMES.get(flag, flag) for flag in known & common)
    if not features:
        reason = "No feature is known that all hosts have; use a class for each kind of processor."
        return {"type": "", "spec": {}, "reason": reason}
    cause = "The processors are of one kind, but flags differ" if one_kind else "No CPU model fits all processors"
    reason = f"{cause}; these features are on all hosts."
    return {"type": "Features", "spec": {"cpu": {"type": "Features", "features": features}, **place}, "reason": reason}


# --- Findings ---------------------------------------------------------------------------------------------------------


def check_migration(domains: Data) -> list[dict[str, str]]:
    """C05: CPUs of several vendors among the workers, and processors of one kind with different microcode.

    domains: what migration_domains returns. Different kernels are H18, and are not told twice.
    """
    found = [
        finding("C05", f"{row['found']} ({named(row['hosts'])}) among {row['needed']}", row["fix"])
        for row in domains["changes"]
        if row["kind"] == "cpu"
    ]
    for domain in domains["domains"]:
        found += _check_microcode(domain)
    return found


def _check_microcode(domain: Data) -> list[dict[str, str]]:
    """Processors of one kind whose microcode differs: a warning when flags differ, too; then it may be the cause."""
    kinds: defaultdict[str, list[Data]] = defaultdict(list)
    for row in domain["processors"]:
        if row["microcode"]:
            kinds[row["model"]].append(row)
    found = []
    for model, rows in kinds.items():
        if len(rows) > 1:
            newest = max(rows, key=lambda row: _hexadecimal(row["microcode"]))["microcode"]
            parts = [f"{row['microcode']} ({named(row['hosts'])})" for row in rows]
            found.append(
                finding("C05", f"{'; '.join(parts)} on {model}", _MICROCODE_FIX, checked="Microcode",
                        needed=f"{newest}, the newest among them, on all",
                        severity=req.WARNING if domain["differing_flags"] else req.INFO)
            )  # fmt: skip
    return found


def _hexadecimal(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return -1


def kernel_advice(domains: Data) -> str:
    """What to do about different kernels, as the smallest list of changes; "" when the workers have one."""
    rows = [row for row in domains["changes"] if row["kind"] == "kernel"]
    return " ".join(f"{named(row['hosts'])}: {row['fix']}" for row in rows)


def named(hosts: Sequence[str], most: int = 5) -> str:
    """Names of hosts; of many only the first ones."""
    return ", ".join(hosts[:most]) + (f" and {len(hosts) - most} more" if len(hosts) > most else "")
