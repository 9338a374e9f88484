"""What is installed and set up: names, packages of one system, SELinux, ports."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_rules as rules
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_system as system
from unit.hosts import good_facts, options


@pytest.mark.parametrize(
    ("backends", "name", "fine"),
    [
        (["nfs"], "a" * 63, True),
        (["nfs", "hpe_3par"], "a" * 27, True),
        (["nfs", "hpe_3par"], "a" * 28, False),
    ],
)
def test_hostname_of_an_array(backends: list[str], name: str, fine: bool) -> None:
    """An array that shortens names of hosts has a limit of its own."""
    rows = system.check_hostname(good_facts(hostname=name), options(backends=backends))
    assert (rows == []) is fine


@pytest.mark.parametrize(
    ("resolved", "severities"),
    [
        ({"localhost": ["127.0.0.1"], "w": ["192.0.2.1"]}, []),
        ({"localhost": ["::1"], "w": ["192.0.2.1"]}, ["error"]),
        ({"localhost": ["127.0.0.1"], "w": []}, ["warning"]),
        ({"localhost": []}, ["error"]),
    ],
)
def test_names(resolved: dict[str, list[str]], severities: list[str]) -> None:
    """localhost is 127.0.0.1, and the host knows its own name."""
    rows = system.check_names(good_facts(resolved=resolved), options())
    assert [row["severity"] for row in rows] == severities


def test_packages_of_one_system() -> None:
    """РЕД ОС needs two more; prepare installs them, too."""
    packages = {"cloud-init": "1", "cloud-utils-growpart": "1", "which": "1"}
    facts = good_facts(system={"id": "redos", "version": "8.0", "title": "x"}, family="rhel", packages=packages)
    assert [row["checked"] for row in system.check_packages(facts, options())] == ["Package yum"]
    assert rules.remedies(facts)["packages"] == ["yum"]


@pytest.mark.parametrize("family", sorted(req.PACKAGES))
def test_selinux(family: str) -> None:
    """Tools that are missing are named, with the packages of the family."""
    facts = good_facts(family=family, selinux={"enforcing": True, "missing": ["semodule"]})
    row = system.check_packages(facts, options())[0]
    assert (row["id"], row["severity"], row["found"]) == ("H15", "error", "semodule missing")
    assert req.SELINUX_PACKAGES[family] in row["fix"]


@pytest.mark.parametrize("port", req.FREE_PORTS, ids=lambda port: f"{port.number}-{port.protocol}")
@pytest.mark.parametrize("role", ["master", "worker"])
def test_port_in_use(port: req.Port, role: str) -> None:
    """Only where the platform wants it, and by protocol; on a node it is the platform's own."""
    facts = good_facts(role=role)
    facts["listening"][port.protocol].append(port.number)
    rows = system.check_ports(facts, options())
    assert [(row["id"], row["severity"]) for row in rows] == ([("H16", port.severity)] if role in port.roles else [])
    facts["leftovers"]["platform"] = ["/etc/kubernetes/kubelet.conf"]
    assert system.check_ports(facts, options()) == []
