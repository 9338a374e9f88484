"""A fleet of paper: any number of good hosts that differ from each other, and faults that are planted on some."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from ansible_collections.dvp.baremetal.plugins.module_utils import _host_rules as rules
from unit.hosts import GIB, changed, good_facts, options

Facts = dict[str, Any]
# What is found: (requirement, host); "" stands for the cluster.
Found = set[tuple[str, str]]
OPTIONS = options(internal_cidrs=["10.0.0.0/16"])
INSTALLED = {"platform": ["/var/lib/bashible/bashible.sh"], "foreign": [], "user": False}
ABSENT = {"loaded": False, "available": False, "persistent": False}


def good_host(number: int) -> Facts:
    """Facts of a host without a flaw, with names and addresses of its own."""
    return good_facts(
        hostname=f"host-{number}",
        machine_id=f"{number:032x}",
        product_uuid=f"uuid-{number}",
        addresses=[
            {"interface": "lo", "address": "127.0.0.1/8"},
            {"interface": "eth0", "address": f"{address(number)}/16"},
        ],
        mtus={"lo": 65536, "eth0": 1500},
    )


def address(number: int) -> str:
    """Address of a host in the network of the nodes."""
    return f"10.0.{number // 250}.{number % 250 + 1}"


def answer(facts: Facts) -> dict[str, Any]:
    """What the host has answered, as it is registered."""
    return {"facts": facts, "findings": rules.findings(facts, OPTIONS), "changed": False}


class Fault(NamedTuple):
    """One kind of fault: what it makes of facts (or a whole result), and which requirements then speak."""

    title: str
    requirement: str
    facts: Callable[[Facts], Facts] | None = None
    result: dict[str, Any] | None = None
    # Requirements of the cluster that speak as well.
    cluster: tuple[str, ...] = ()
    # The host is a twin of another one, which is named, too.
    twin: str = ""


def put(path: str, value: Any) -> Callable[[Facts], Facts]:
    """A fault of one fact, by its path."""

    def apply(facts: Facts) -> Facts:
        first = path.split(".")[0]
        return {**facts, first: changed(path, value)[first]}

    return apply


def more(path: str, row: dict[str, str]) -> Callable[[Facts], Facts]:
    """A fault that is one entry more in a list."""
    return lambda facts: {**facts, path: [*facts[path], row]}


FAULTS = (
    Fault("unreachable", "H13", result={"unreachable": True, "msg": "No route to host"}),
    Fault("hangs", "H00", result={"failed": True, "msg": "Timed out after 180 second(s)."}),
    Fault("crashes", "H00", result={"failed": True, "msg": "Segmentation fault"}),
    Fault("old Python", "H21", result={"failed": True, "msg": "MODULE FAILURE", "module_stderr": "SyntaxError"}),
    Fault("sudo asks", "H13", result={"failed": True, "msg": "Missing sudo password"}),
    Fault("virtual machine", "H01", put("virtualization", {"kind": "kvm", "evidence": ["sys_vendor is QEMU"]})),
    Fault("other architecture", "H02", put("architecture", "aarch64")),
    Fault("no svm", "H03", put("kvm", {**good_facts()["kvm"], "flag": "", "module": "", "usable": False})),
    Fault("no /dev/kvm", "H03", put("kvm", {**good_facts()["kvm"], "device": False, "usable": False})),
    Fault("three cores", "H04", put("cpu.processors", 3)),
    Fault("little memory", "H05", put("memory_mib", 7679)),
    Fault("small disk", "H06", put("var_lib.disk_bytes", 59 * 1000**3)),
    Fault("small filesystem", "H06", put("var_lib.size_bytes", 44 * 1000**3)),
    Fault("full filesystem", "H06", put("var_lib.free_bytes", 19 * GIB)),
    Fault("unknown system", "H08", put("system", {"id": "arch", "version": "", "title": "Arch"})),
    Fault("unsupported version", "H08", put("system", {"id": "debian", "version": "13", "title": "Debian 13"})),
    Fault("old kernel", "H09", put("kernel", "5.4.0-1"), cluster=("H18",)),
    Fault("no br_netfilter", "H09", put("modules.br_netfilter", ABSENT)),
    Fault("upper case name", "H10", put("hostname", "Host_A")),
    Fault("hostname twice", "H10", twin="hostname"),
    Fault("machine-id twice", "H10", twin="machine_id"),
    Fault("mainboard twice", "H10", twin="product_uuid"),
    Fault("no cloud-init", "H15", put("packages", {"cloud-guest-utils": "1"})),
    Fault("docker", "H16", put("leftovers.foreign", ["package docker-ce"])),
    Fault("earlier installation", "H16", put("leftovers", INSTALLED)),
    Fault("user deckhouse", "H16", put("leftovers.user", True)),
    Fault("clock", "H19", put("clock_drift_s", 601.0)),
    Fault("pod network", "H20", more("addresses", {"interface": "eth1", "address": "10.111.3.1/24"})),
    Fault("nameserver in the service network", "H20", put("nameservers", ["10.222.0.10"])),
    Fault("not root", "H13", put("user_id", 1000)),
    Fault("other MTU", "", put("mtus", {"eth0": 1400}), cluster=("C06",)),
    Fault("other vendor", "", put("cpu.vendor", "GenuineIntel"), cluster=("C05",)),
)


class Fleet(NamedTuple):
    """Answers of all hosts, who they are, and what is to be found."""

    results: dict[str, dict[str, Any]]
    masters: list[str]
    workers: list[str]
    addresses: dict[str, str]
    expected: Found


def build(count: int, seed: int, faults: tuple[Fault, ...] = FAULTS) -> Fleet:
    """Return a fleet of so many hosts, three of them masters, with each fault on a worker of its own."""
    names = [f"h{number:04}" for number in range(count)]
    facts = {name: good_host(number) for number, name in enumerate(names)}
    results: dict[str, dict[str, Any]] = {}
    expected: Found = set()
    # Two for each: a fault may need a twin, and nobody bears two faults.
    victims = Random(seed).sample(names[3:], 2 * len(faults))
    for fault, host, other in zip(faults, victims[::2], victims[1::2], strict=True):
        if fault.result:
            results[host] = fault.result
        elif fault.twin:
            facts[host][fault.twin] = facts[other][fault.twin]
            expected.add((fault.requirement, other))
        elif fault.facts:
            facts[host] = fault.facts(facts[host])
        expected |= {(requirement, "") for requirement in fault.cluster}
        if fault.requirement:
            expected.add((fault.requirement, host))
    answers = {name: results.get(name) or answer(facts[name]) for name in names}
    addresses = {name: address(number) for number, name in enumerate(names)}
    return Fleet(answers, names[:3], names[3:], addresses, expected)
