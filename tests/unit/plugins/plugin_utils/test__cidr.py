"""Networks: both directions of an overlap, and no text that silently means "no"."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cidr


@pytest.mark.parametrize(
    "text",
    ["", "x", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/24", "10.0.0/24x", "10.0.0.0/-1", "10.0.0.0/255.0.0.0"],
)
def test_not_a_network(text: str) -> None:
    """The bad text stands in the error."""
    with pytest.raises(ValueError, match="not a network") as error:
        _cidr.parse_network(text)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("10.0.0.0/16", "10.0.0.0/18", True),
        ("10.0.0.0/18", "10.0.0.0/16", True),
        ("10.0.0.0/16", "10.0.255.255/32", True),
        ("10.0.0.0/16", "10.1.0.0/16", False),
        ("10.1.0.0/16", "10.0.255.0/24", False),
        ("0.0.0.0/0", "192.0.2.0/24", True),
        ("2001:db8::/32", "2001:db8:1::/48", True),
        ("::/0", "10.0.0.0/8", False),
    ],
)
def test_overlaps(first: str, second: str, overlap: bool) -> None:
    """Found in either order; two address families never overlap."""
    assert bool(_cidr.overlaps({"a": [first], "b": [second]})) is overlap


def test_overlaps_name_both_sides() -> None:
    """Owners and networks stand in the answer, also for two networks of one owner."""
    found = _cidr.overlaps({"vms": ["10.1.0.0/24", "10.1.0.128/25"], "pods": ["10.1.0.0/16"]})
    assert found == [
        ("vms", "10.1.0.0/24", "vms", "10.1.0.128/25"),
        ("vms", "10.1.0.0/24", "pods", "10.1.0.0/16"),
        ("vms", "10.1.0.128/25", "pods", "10.1.0.0/16"),
    ]


@pytest.mark.parametrize(
    ("cidrs", "addresses"),
    [
        ([], 0),
        (["10.66.10.0/24"], 254),
        (["10.66.10.0/30"], 2),
        (["10.66.10.0/31"], 0),
        (["10.66.10.0/32"], 0),
        (["10.66.10.0/24", "10.66.12.0/23"], 254 + 510),
    ],
)
def test_vm_capacity(cidrs: list[str], addresses: int) -> None:
    """First and last address are never given; a /31 gives nothing."""
    assert _cidr.vm_capacity(cidrs) == addresses


@pytest.mark.parametrize(
    ("cidr", "prefix", "nodes"),
    [("10.111.0.0/16", 24, 256), ("10.111.0.0/16", 25, 512), ("10.0.0.0/24", 24, 1), ("10.0.0.0/24", 23, 0)],
)
def test_node_capacity(cidr: str, prefix: int, nodes: int) -> None:
    """How many parts fit into the pod network."""
    assert _cidr.node_capacity(cidr, prefix) == nodes


@pytest.mark.parametrize(("text", "expected"), [("192.0.2.1", True), ("::1", False), ("host", False), ("", False)])
def test_is_ipv4(text: str, expected: bool) -> None:
    """A name and an IPv6 address are not."""
    assert _cidr.is_ipv4(text) is expected


def test_contains() -> None:
    """In one of several networks."""
    assert _cidr.contains(["10.0.0.0/24", "192.0.2.0/24"], "192.0.2.255")
    assert not _cidr.contains(["192.0.2.0/24"], "192.0.3.0")
    assert not _cidr.contains([], "192.0.3.0")


def test_without_netaddr(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is told in words."""
    monkeypatch.setattr(_cidr, "NETADDR_MISSING", "The Python library netaddr is needed")
    with pytest.raises(ValueError, match="netaddr is needed"):
        _cidr.overlaps({"a": ["10.0.0.0/8"]})
