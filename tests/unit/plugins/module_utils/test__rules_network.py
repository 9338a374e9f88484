"""What the network lacks: endpoints and nameservers."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_rules as rules
from ansible_collections.dvp.baremetal.plugins.module_utils import _rules_network as network
from unit.hosts import changed, good_facts, options, reached


@pytest.mark.parametrize("state", ["refused", "filtered", "failed"])
def test_endpoint_that_is_not_reached(state: str) -> None:
    """Registry, repository and whatever else was asked; with the reason."""
    row = reached("name", state=state, reason="why")
    facts = good_facts(registry=row, repositories=[row, reached("other")], endpoints=[row])
    rows = rules.findings(facts, options())
    assert [(row["id"], row["found"]) for row in rows] == [(name, "name: why") for name in ("H11", "H12", "H00")]


def test_nothing_to_ask() -> None:
    """No registry is told, no repository is an error."""
    assert [row["severity"] for row in network.check_registry(changed("registry.state", "off"), options())] == ["info"]
    assert [row["id"] for row in network.check_repositories(good_facts(repositories=[]), options())] == ["H12"]


@pytest.mark.parametrize(("nameservers", "count"), [([], 1), (None, 1), (["192.0.2.53"], 0)])
def test_nameservers(nameservers: list[str] | None, count: int) -> None:
    """None of them is a finding of its own."""
    assert len(network.check_addresses(good_facts(nameservers=nameservers), options())) == count


def test_tunnel() -> None:
    """A filtered port is a warning about its master."""
    rows = [reached("master-1", "tunnel"), reached("master-2", "tunnel", "filtered", "no answer in time")]
    (row,) = network.check_endpoints({"endpoints": rows}, {})
    assert (row["id"], row["severity"], row["host"], row["found"]) == (
        "H14", "warning", "master-2", "no answer in time",
    )  # fmt: skip
