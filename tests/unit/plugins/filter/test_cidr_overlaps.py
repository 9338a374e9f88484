"""The filter turns errors into its own."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.dvp.baremetal.plugins.filter.cidr_overlaps import FilterModule

cidr_overlaps = FilterModule().filters()["cidr_overlaps"]


def test_overlap() -> None:
    """Pairs, as mappings."""
    assert cidr_overlaps({"a": ["10.0.0.0/8"], "b": ["10.1.0.0/16"], "c": ["192.0.2.0/24"]}) == [
        {"first": "a", "first_cidr": "10.0.0.0/8", "second": "b", "second_cidr": "10.1.0.0/16"}
    ]


@pytest.mark.parametrize("networks", [{"a": ["10.0.0.0/99"]}, {"a": ["x"]}, ["10.0.0.0/8"], "10.0.0.0/8"])
def test_error_names_the_value(networks: Any) -> None:
    """Never False, never nothing."""
    with pytest.raises(AnsibleFilterError, match=r"10\.0\.0\.0|'x'"):
        cidr_overlaps(networks)
