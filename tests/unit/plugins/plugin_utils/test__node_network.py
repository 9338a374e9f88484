"""One MTU and the same address families on the interface by which nodes reach each other."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _node_network as network

DEFAULT = [{"destination": "default", "interface": "eth1", "gateway": "192.0.2.1"}]


def host(number: int, *more: str, **changes: Any) -> dict[str, Any]:
    """Facts of a host with two interfaces, of which eth0 carries its address."""
    addresses = [f"192.0.2.{number}/24", "fe80::1/64", *more]
    facts = {
        "addresses": [
            {"interface": "eth1", "address": "198.51.100.1/24"},
            *({"interface": "eth0", "address": text} for text in addresses),
        ],
        "routes": DEFAULT,
        "mtus": {"eth0": 1500, "eth1": 9000},
    }
    return {**facts, **changes}


def check(*hosts: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what was checked, severity, host) of the findings of h1, h2, ..."""
    facts = {f"h{number}": row for number, row in enumerate(hosts, start=1)}
    addresses = {f"h{number}": f"192.0.2.{number}" for number in range(1, len(hosts) + 1)}
    rows = network.check_network(facts, addresses)
    assert {row["id"] for row in rows} <= {"C06"}
    return [(row["checked"], row["severity"], row["host"]) for row in rows]


def test_same() -> None:
    """Link-local addresses and other interfaces say nothing."""
    assert check(host(1), host(2, mtus={"eth0": 1500})) == []


def test_one_byte_less() -> None:
    """1499 is not 1500."""
    assert check(host(1), host(2, mtus={"eth0": 1499})) == [("MTU", "warning", "")]


@pytest.mark.parametrize("mtus", [None, {}, {"eth1": 1500}])
def test_unknown_mtu(mtus: Any) -> None:
    """What could not be read is a finding of its host."""
    assert check(host(1), host(2, mtus=mtus)) == [("MTU of the node's interface", "warning", "h2")]


def test_families() -> None:
    """An address that reaches beyond the link counts."""
    assert check(host(1, "2001:db8::1/64"), host(2, "2001:db8::2/64")) == []
    assert check(host(1, "2001:db8::1/64"), host(2)) == [("Address families", "warning", "")]


@pytest.mark.parametrize(
    ("address", "routes", "interface"),
    [("192.0.2.1", DEFAULT, "eth0"), ("name.example.com", DEFAULT, "eth1"), ("", DEFAULT, "eth1"), ("", None, "")],
)
def test_interface(address: str, routes: Any, interface: str) -> None:
    """The one with the address; for a name that of the default route."""
    assert network.node_interface(host(1, routes=routes), address) == interface


def test_strange_address() -> None:
    """Text of a host that is no address is passed over."""
    assert network.families({"addresses": [{"interface": "a", "address": "{{ x }}"}]}, "a") == ""
