"""The text and the page of a report."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import CHECKED, finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report as report
from unit.hosts import good_facts

EVIL = "<script>alert('x')</script>\"&"
ROWS = [
    finding("H15", "not installed", "Prepare will install it.", severity="warning", host="w1"),
    finding("H04", "3", "Use a server with more cores.", host="w1"),
    finding("C03", "2 masters", "Add one."),
    finding("H13", "unreachable", "Check power.", host="w2"),
    finding("H03", "on", "Nothing.", severity="info", host="m1"),
]
RESULTS: dict[str, dict[str, Any] | None] = {
    "m1": {"facts": good_facts()},
    "w1": {"facts": good_facts()},
    "w2": {"unreachable": True},
}


def data(rows: list[dict[str, str]], title: str = "Site A") -> dict[str, Any]:
    """The data of a report of three hosts."""
    return report.report_data(rows, RESULTS, ["m1"], ["w1", "w2"], title, "2026-11-23 10:00 UTC")


def test_text() -> None:
    """Errors first, one line each, in the form of the house."""
    assert report.findings_text(ROWS).splitlines() == [
        "2 errors:",
        "  H04 CPU cores: found 3, needs at least 4 (host w1). Use a server with more cores.",
        "  H13 SSH and sudo: found unreachable, needs SSH login by key and root rights without a password (host w2). "
        "Check power.",
        "2 warnings:",
        "  H15 Packages: found not installed, needs cloud-init and cloud-utils installed (host w1). "
        "Prepare will install it.",
        "  C03 Masters: found 2 masters, needs one master, or an odd number for high availability. Add one.",
        "1 information:",
        "  H03 Hardware virtualization: found on, needs CPU flag vmx or svm, and a usable /dev/kvm (host m1). Nothing.",
    ]
    assert report.findings_text([]) == "No findings."
    assert report.findings_text(ROWS[1:2]).startswith("1 error:\n")


def test_hosts_with_one_cause_share_a_line() -> None:
    """What sixty hosts have in common is said once; a different value is a cause of its own."""
    rows = [finding("H04", "3", "Add cores.", host=f"w{number}") for number in range(1, 61)]
    rows.insert(1, finding("H04", "2", "Add cores.", host="w99"))
    assert report.findings_text(rows).splitlines() == [
        "61 errors:",
        "  H04 CPU cores: found 3, needs at least 4 (hosts w1, w2, w3, w4, w5, w6, w7, w8 and 52 more). Add cores.",
        "  H04 CPU cores: found 2, needs at least 4 (host w99). Add cores.",
    ]


def test_summary() -> None:
    """Numbers of hosts and findings."""
    assert data(ROWS)["summary"] == {
        "hosts": 3,
        "hosts_checked": 2,
        "hosts_without_errors": 1,
        "errors": 2,
        "warnings": 2,
        "info": 1,
    }
    assert data(ROWS)["passed"] is False
    assert data(ROWS[:1])["passed"] is True


def test_matrix() -> None:
    """The most severe finding of a requirement wins; a host that did not answer has met nothing."""
    hosts = {row["name"]: row for row in data([*ROWS, dict(ROWS[0], id="H04")])["hosts"]}
    assert hosts["w1"]["requirements"]["H04"] == "error"
    assert hosts["w1"]["requirements"]["H15"] == "warning"
    assert hosts["m1"]["requirements"]["H04"] == "ok"
    assert set(hosts["m1"]["requirements"]) == set(CHECKED)
    assert hosts["w2"]["requirements"] == {**dict.fromkeys(CHECKED, "unknown"), "H13": "error"}
    assert [hosts[name]["status"] for name in ("m1", "w1", "w2")] == ["info", "error", "error"]
    assert hosts["m1"]["role"] == "master"


class Page(HTMLParser):
    """Collects what a browser would see and load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, set[str]] = {}
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.setdefault(tag, set()).update(name for name, dummy in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_page_is_self_contained() -> None:
    """Well formed; no script, no link, no address of anything to load."""
    text = report.report_html(data(ROWS))
    page = Page(text)
    assert page.open == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not {"src", "href", "onload"} & set().union(*page.attributes.values())
    assert not re.search(r"https?:|url\(|@import", text)
    assert "prefers-color-scheme: dark" in text and "@media print" in text
    assert all(text.count(f">{requirement}</th>") == 1 for requirement in CHECKED)


@pytest.mark.parametrize("field", ["found", "needed", "fix", "checked", "host", "docs"])
def test_every_value_is_escaped(field: str) -> None:
    """Nothing that a host or a person wrote becomes part of the page."""
    text = report.report_html(data([dict(ROWS[1], **{field: EVIL})], title=EVIL))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_values_of_hosts_are_escaped() -> None:
    """Facts, too."""
    results: dict[str, Any] = {EVIL: {"facts": good_facts(kernel=EVIL, system={"title": EVIL})}}
    text = report.report_html(report.report_data([], results, [EVIL], [], "t", EVIL))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 4


def test_page_without_findings() -> None:
    """A good site is told so."""
    text = report.report_html(data([]))
    assert "Nothing stands in the way" in text
    assert "<p>None.</p>" in text
