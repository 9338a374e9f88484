"""The page of a report as text; tests/browser opens it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import CHECKED, finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report_pictures as pictures
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report import FIELDS, report_data
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_page import report_html
from unit import reports
from unit.hosts import good_facts

EVIL = "</script><script>alert('x')</script>\"&<!--"
VOID = {"meta", "br", "input"}


class Page(HTMLParser):
    """Collects what a browser would see and load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, set[str]] = {}
        self.links: list[str] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.policy = ""
        self.open: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        self.attributes.setdefault(tag, set()).update(values)
        self.links += [str(values["href"])] if "href" in values else []
        self.ids += [str(values["id"])] if "id" in values else []
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(values["content"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of a picture that ends at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.inside:
            self.inside[self.open[-1]].append(data)


def page(workers: int = 100) -> Page:
    """The page of a fleet."""
    return Page(report_html(reports.report(workers)))


def test_is_self_contained() -> None:
    """Well formed; nothing to load; links lead to elements of the page."""
    text = report_html(reports.report(100))
    made = Page(text)
    assert made.open == []
    assert not {"link", "img", "iframe", "object", "base", "form"} & set(made.tags)
    attributes = set().union(*made.attributes.values())
    assert not [name for name in attributes if name in ("src", "style") or name.startswith("on")]
    assert {link[:1] for link in made.links} == {"#"}
    assert {link[1:] for link in made.links} <= set(made.ids)
    assert len(made.ids) == len(set(made.ids))
    assert not re.search(r"https?:|url\(|@import", text)
    assert all(text.count(f"</span>{requirement}</th>") == 1 for requirement in CHECKED)


def test_policy_knows_the_script_and_the_style_sheet() -> None:
    """By their hashes, and nothing else."""
    made = page()
    data, script = made.inside["script"]
    (style,) = made.inside["style"]
    for text in (script, style):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in made.policy
    assert made.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in made.policy and "http" not in made.policy
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(|\.style\b", script)
    json.loads(data)


def test_data_of_the_script() -> None:
    """Causes name hosts by number, facts are texts."""
    data = json.loads(page().inside["script"][0])
    cause = next(row for row in data["causes"] if row["id"] == "H04")
    assert [data["hosts"][number]["name"] for number in cause["found"][0][1]] == [
        reports.worker(number) for number in reports.FEW_CORES
    ]
    host = data["hosts"][0]
    assert host["facts"]["memory"] == "502.9 GiB" and host["facts"]["cpu_cores"] == "64"
    assert host["states"] == ["ok"]


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in ("id", "severity")])
def test_every_value_is_escaped(field: str) -> None:
    """Nothing that a host or a person wrote becomes part of the page, or ends its data."""
    row = {**finding("H04", "3", "Add cores.", host="w1"), field: EVIL}
    text = report_html(report_data([row], {"w1": {"facts": good_facts()}}, [], ["w1"], EVIL, EVIL))
    assert text.count("<script") == text.count("</script>") == 2
    assert "<!--" not in text
    assert "&lt;script&gt;" in text


def test_values_of_hosts_are_escaped() -> None:
    """Facts and groups, too."""
    facts = good_facts(kernel=EVIL, system={"title": EVIL}, cpu={"vendor": EVIL, "model": EVIL}, machine_id=EVIL)
    domain = {"hosts": [EVIL], "kernel": EVIL, "vendor": EVIL, "model": EVIL, "class": {"type": EVIL, "reason": EVIL}}
    change = {"hosts": [EVIL], "found": EVIL, "needed": EVIL, "fix": EVIL}
    results: dict[str, Any] = {EVIL: {"facts": facts}}
    for domains in ({}, {"domains": [domain], "changes": [change]}):
        text = report_html(report_data([], results, [EVIL], [], "t", "t", domains))
        assert text.count("<script") == text.count("</script>") == 2
        Page(text)


def test_without_findings_and_without_hosts() -> None:
    """A good site is told so; an empty one makes a page, too."""
    assert "Nothing stands in the way" in report_html(report_data([], {}, [], [], "t", "t"))


def test_pictures() -> None:
    """Bars are as long as their numbers, groups have names and colours however many there are."""
    assert 'width="75.000"' in pictures.stacked_bar([("ok", 3, "met"), ("error", 1, "not met")])
    assert "rect" not in pictures.stacked_bar([("ok", 0, "met")])
    assert pictures.squares(["a", "b"], "g0").count("<rect") == 2
    assert [pictures.letter(number) for number in (0, 25, 26, 52)] == ["A", "Z", "A2", "A3"]
    assert pictures.colour(pictures.COLOURS) == pictures.colour(0)
