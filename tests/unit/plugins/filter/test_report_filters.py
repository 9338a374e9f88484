"""The filters of findings and reports take what Ansible hands them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.filter import (
    cluster_findings,
    findings_text,
    inventory_findings,
    inventory_settings,
    report_data,
    report_html,
    report_junit,
)
from unit.hosts import good_facts

HOSTVARS: dict[str, dict[str, Any]] = {
    "m1": {"__host_check_result": {"facts": good_facts(mtus={"eth0": 1500}), "findings": []}},
    "w1": {"__host_check_result": {"unreachable": True, "msg": "No route to host"}},
    "w2": {},
}


@pytest.mark.parametrize(
    "plugin",
    [cluster_findings, findings_text, inventory_findings, inventory_settings, report_data, report_html, report_junit],
)
def test_name_of_the_filter(plugin: Any) -> None:
    """A file holds one filter, of its own name."""
    assert list(plugin.FilterModule().filters()) == [plugin.__name__.rsplit(".", 1)[-1]]


def test_from_hostvars_to_the_page() -> None:
    """The chain of a preflight: what hosts left in their variables, findings, data, page and text."""
    rows = cluster_findings.cluster_findings(HOSTVARS, ["m1"], ["w1", "w2"])
    assert [(row["id"], row["host"]) for row in rows] == [("H13", "w1"), ("H00", "w2")]
    data = report_data.report_data(rows, HOSTVARS, ["m1"], ["w1", "w2"], "Site A", "today")
    assert data["summary"]["hosts_checked"] == 1
    page = report_html.FilterModule().filters()["report_html"](data)
    assert "No route to host" in page
    assert "No route to host" in report_junit.FilterModule().filters()["report_junit"](data)
    assert "No route to host" in findings_text.FilterModule().filters()["findings_text"](rows)


def test_nodes_of_the_api() -> None:
    """Objects of the API are taken as they come."""
    node = {"metadata": {"name": "m1"}, "status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.21"}]}}
    own = {
        "facts": good_facts(mtus={"eth0": 1500}),
        "findings": [dict.fromkeys(("id", "severity", "host"), "") | {"checked": "x"}],
    }
    rows = cluster_findings.cluster_findings({"m1": {"__host_check_result": own}}, ["m1"], [], nodes=[node])
    assert [row["checked"] for row in rows] == ["x"]
