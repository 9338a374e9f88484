"""The rules: each limit exactly at, and one below; a missing fact is never a pass."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_rules as rules
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_hardware as hardware
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_kernel as kernels
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_network as network
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_system as system
from unit.hosts import GB, GIB, changed, good_facts, options

LOADED = {"loaded": True, "available": True, "persistent": True}
ABSENT = {"loaded": False, "available": False, "persistent": False}
LOADABLE = {"loaded": False, "available": True, "persistent": False}


def told(facts: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    """(ID, severity) of every finding."""
    return [(row["id"], row["severity"]) for row in rules.findings(facts, options(**changes))]


def test_good_host_has_no_findings() -> None:
    """The host that the other tests break one thing of."""
    assert rules.findings(good_facts(), options()) == []
    assert rules.remedies(good_facts())["needed"] is False


@pytest.mark.parametrize("fact", sorted(good_facts()))
def test_missing_fact_is_a_finding(fact: str) -> None:
    """Unknown is never a pass. What other rules cover, or only the comparison of hosts reads, is listed here."""
    elsewhere = {
        "machine_id",
        "product_uuid",
        "nested",
        "cgroup_v2",
        "packages_interrupted",
        "endpoints",
        "mtus",
        "role",
    }
    elsewhere |= {"cloud_init", "time_services"}  # test__host_prepare.py
    findings = rules.findings(changed(fact, None), options(demo_mode=True))
    assert findings or fact in elsewhere


def test_host_without_facts() -> None:
    """Nothing known: a finding for everything that one host can answer, and no exception."""
    answered = {requirement for requirement, dummy in told({})}
    assert answered == set(rules.CHECKED) - {"H14", "H18"}


MIB_LIMIT = 8 * 1024 - 512
LIMITS = [
    ("cpu.processors", 4, 3, "H04"),
    ("memory_mib", MIB_LIMIT, MIB_LIMIT - 1, "H05"),
    ("var_lib.disk_bytes", 60 * GB, 60 * GB - 1, "H06"),
    ("var_lib.size_bytes", 45 * GB, 45 * GB - 1, "H06"),
    ("var_lib.free_bytes", 20 * GIB, 20 * GIB - 1, "H06"),
    ("kernel", "5.8.0", "5.6.19", "H09"),
    ("clock_drift_s", 600.0, 600.1, "H19"),
    ("clock_drift_s", -600.0, -600.1, "H19"),
    ("hostname", "a" * 63, "a" * 64, "H10"),
    ("architecture", "x86_64", "aarch64", "H02"),
    ("user_id", 0, 1000, "H13"),
    ("python", "3.6.0", "3.5.10", "H21"),
    ("python", "3.10.1", "2.7.18", "H21"),
]


@pytest.mark.parametrize(("path", "enough", "short", "requirement"), LIMITS)
def test_limit(path: str, enough: Any, short: Any, requirement: str) -> None:
    """Exactly at the limit passes, one below is an error."""
    assert told(changed(path, enough)) == []
    assert told(changed(path, short)) == [(requirement, "error")]


def test_finding_says_everything() -> None:
    """A finding has the fields that module, report and error text share."""
    (row,) = rules.findings(changed("cpu.processors", 3), options())
    assert row == {
        "id": "H04",
        "checked": "CPU cores",
        "found": "3",
        "needed": "at least 4",
        "severity": "error",
        "fix": "Use a server with more cores.",
        "docs": "docs/requirements.md#h04",
        "host": "",
    }


def kvm(**changes: Any) -> dict[str, Any]:
    """Facts of a host with another state of hardware virtualization."""
    return good_facts(kvm={**good_facts()["kvm"], **changes})


@pytest.mark.parametrize(
    ("facts", "found", "advice"),
    [
        (kvm(flag="", module="", usable=False), "neither", "firmware"),
        (kvm(usable=False, reason="EIO: x"), "refuses (EIO: x)", "dmesg"),
        (kvm(usable=False, device=False), "no usable kernel module kvm_amd", "firmware"),
        (kvm(usable=False, device=False, module_loaded=False), "is not loaded", "modprobe kvm_amd"),
    ],
)
def test_hardware_virtualization(facts: dict[str, Any], found: str, advice: str) -> None:
    """No flag, a device that refuses, a module that cannot and one that is only not loaded: different advice."""
    facts["modules"]["kvm_amd"] = LOADED if facts["kvm"]["module_loaded"] else LOADABLE
    (row,) = hardware.check_hardware_virtualization(facts, options())
    assert (row["id"], row["severity"]) == ("H03", "error")
    assert found in row["found"]
    assert advice in row["fix"]


def test_kvm_module_is_loaded_by_prepare() -> None:
    """Only the case that software can mend becomes a warning."""
    facts = kvm(usable=False, device=False, module_loaded=False)
    facts["modules"]["kvm_amd"] = LOADABLE
    (row,) = hardware.check_hardware_virtualization(facts, options(prepare_follows=True))
    assert row["severity"] == "warning" and row["fix"].startswith("Prepare will")
    assert rules.remedies(facts)["kernel_modules"] == ["kvm_amd"]
    for broken in (kvm(flag="", usable=False), kvm(usable=False, reason="EIO")):
        assert hardware.check_hardware_virtualization(broken, options(prepare_follows=True))[0]["severity"] == "error"


@pytest.mark.parametrize(
    ("demo_mode", "usable", "severity", "text"),
    [
        (False, True, "error", "dvp_demo_mode_enabled"),
        (False, False, "error", "dvp_demo_mode_enabled"),
        (True, True, "warning", "no vendor support"),
        (True, False, "error", "nested"),
    ],
)
def test_virtual_machine(demo_mode: bool, usable: bool, severity: str, text: str) -> None:
    """Demo mode accepts a virtual machine only with working nested virtualization, and says what that costs."""
    facts = kvm(usable=usable)
    facts["virtualization"] = {"kind": "kvm", "evidence": ["the CPU has the flag hypervisor"]}
    (row,) = hardware.check_virtual_machine(facts, options(demo_mode=demo_mode))
    assert row["severity"] == severity
    assert text in row["fix"]


def nested(**changes: Any) -> dict[str, Any]:
    """Facts of a host with another state of nested virtualization."""
    return good_facts(nested={**good_facts()["nested"], **changes})


@pytest.mark.parametrize(
    ("facts", "severity", "module", "reload_needed"),
    [
        (nested(), None, "", False),
        (nested(configured=False), "info", "kvm_amd", False),
        (nested(enabled=False, parameter="0", configured=False), "warning", "kvm_amd", True),
        (nested(enabled=False, parameter="0", configured=False, in_use=True), "warning", "kvm_amd", False),
        (nested(enabled=False, parameter="0", in_use=True), "warning", "", False),
        (good_facts(nested=None), None, "", False),
    ],
)
def test_nested(facts: dict[str, Any], severity: str | None, module: str, reload_needed: bool) -> None:
    """Written where it is not configured; loaded again where nothing uses it; else a restart is advised."""
    assert [row["severity"] for row in hardware.check_nested_virtualization(facts, options())] == (
        [severity] if severity else []
    )
    remedies = rules.remedies(facts)
    assert (remedies["nested_module"], remedies["nested_reload"]) == (module, reload_needed)


@pytest.mark.parametrize(
    ("installed", "lacking"),
    [
        (["cloud-init", "cloud-guest-utils"], []),
        (["cloud-init", "cloud-utils"], []),
        (["cloud-init", "cloud-image-utils"], []),
        (["cloud-init"], ["cloud-guest-utils"]),
        ([], ["cloud-init", "cloud-guest-utils"]),
    ],
)
def test_packages(installed: list[str], lacking: list[str]) -> None:
    """Any package that serves the purpose will do; what is missing is an error, or work for prepare."""
    facts = good_facts(packages=dict.fromkeys(installed, "1"))
    assert told(facts) == [("H15", "error")] * len(lacking)
    assert told(facts, prepare_follows=True) == [("H15", "warning")] * len(lacking)
    assert rules.remedies(facts)["packages"] == lacking


def test_interrupted_package_tool() -> None:
    """Work for prepare, before anything is installed."""
    facts = good_facts(packages_interrupted=True)
    assert told(facts) == [("H15", "error")]
    assert told(facts, prepare_follows=True) == [("H15", "warning")]
    assert rules.remedies(facts)["needed"] is True


@pytest.mark.parametrize("family", sorted(req.PACKAGES))
def test_packages_of_every_family(family: str) -> None:
    """What prepare installs is accepted by the check."""
    facts = good_facts(family=family, packages={package.install: "1" for package in req.PACKAGES[family]})
    assert system.check_packages(facts, options()) == []
    assert family in req.PACKAGE_TOOLS


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("worker-1", True),
        ("a.b.example", True),
        ("1", True),
        ("Worker-1", False),
        ("worker_1", False),
        ("-worker", False),
        ("worker-", False),
        ("a..b", False),
        ("worker-1\n", False),
        ("", False),
    ],
)
def test_hostname(name: str, valid: bool) -> None:
    """RFC 1123, lower case."""
    assert system.valid_hostname(name) is valid
    assert (system.check_hostname(good_facts(hostname=name), options()) == []) is valid


def test_foreign_runtime() -> None:
    """A runtime of its own and the user of the platform are two findings, both errors."""
    facts = good_facts(leftovers={"platform": [], "foreign": ["/usr/bin/containerd"], "user": True})
    rows = system.check_leftovers(facts, options(prepare_follows=True))
    assert [(row["id"], row["severity"], row["found"]) for row in rows] == [
        ("H16", "error", "/usr/bin/containerd"),
        ("H16", "error", "the user exists"),
    ]


def test_node_of_the_platform() -> None:
    """One finding, under a name of its own; runtime and user belong to it, and space is the platform's business."""
    leftovers = {"platform": ["/var/lib/bashible/bashible.sh"], "foreign": ["/usr/bin/kubelet"], "user": True}
    facts = good_facts(leftovers=leftovers)
    facts["var_lib"]["free_bytes"] = 1
    (row,) = rules.findings(facts, options())
    assert row["checked"] == req.EARLIER_INSTALLATION


@pytest.mark.parametrize(
    ("cidrs", "found"),
    [
        (["192.0.2.0/25"], "interface eth0"),
        (["192.0.0.0/8"], "gateway 192.0.2.1"),
        (["192.0.2.53/32"], "nameserver 192.0.2.53"),
        (["192.0.3.0/24"], None),
        (["2001:db8::/32"], None),
        (["10.0.0.0/99"], "10.0.0.0/99"),
    ],
)
def test_addresses(cidrs: list[str], found: str | None) -> None:
    """Interfaces, routes, gateways and nameservers against planned networks; two families never overlap."""
    rows = network.check_addresses(good_facts(), options(cidrs=cidrs))
    assert len(rows) == (1 if found else 0)
    assert all(found in row["found"] for row in rows if found)


def test_networks_of_the_platform_itself() -> None:
    """On a node the pod network is routed by the platform's own interfaces, and the default route is everybody's."""
    facts = good_facts()
    facts["addresses"].append({"interface": "cilium_host", "address": "10.111.0.5/32"})
    facts["routes"].append({"destination": "10.111.0.0/24", "interface": "cilium_host", "gateway": "10.111.0.5"})
    facts["routes"].append({"destination": "0.0.0.0/0", "interface": "eth0", "gateway": ""})
    assert network.check_addresses(facts, options()) == []
    facts["routes"][-2]["interface"] = "eth1"
    assert len(network.check_addresses(facts, options())) == 1


def test_internal_network() -> None:
    """A host needs an address in one of the internal networks, if there are any."""
    assert network.check_addresses(good_facts(), options(internal_cidrs=[])) == []
    assert network.check_addresses(good_facts(), options(internal_cidrs=["198.51.100.0/24", "192.0.2.0/24"])) == []
    (row,) = network.check_addresses(good_facts(), options(internal_cidrs=["198.51.100.0/24"]))
    assert "192.0.2.21" in row["found"]


def test_found_cannot_steer_a_terminal() -> None:
    """Whatever a host calls itself: no escape sequence, and Russian stays Russian."""
    facts = good_facts(system={"id": "other", "version": "1", "title": "РЕД\x1b[2J\x07 ОС"})
    (row,) = kernels.check_system(facts, options())
    assert row["found"].startswith("РЕД?[2J? ОС")


def test_every_text_is_complete() -> None:
    """Every requirement's text can be filled in with the limits, and its severity is known."""
    for row in req.REQUIREMENTS:
        text = row.needed.format(**req.LIMITS)
        assert text and "{" not in text
        assert row.severity in req.SEVERITIES
