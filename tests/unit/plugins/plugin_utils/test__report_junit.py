"""The report for pipelines."""

from __future__ import annotations

from xml.etree import ElementTree

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import CHECKED, finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report import report_data
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_junit import report_junit
from unit import reports
from unit.hosts import good_facts

ROWS = [
    finding("H04", "3 & <4\x00", "Add cores.", host="w1"),
    finding("H04", "another thing", "Add it.", host="w1"),
    finding("H15", "not installed", "Prepare will install it.", severity="warning", host="w1"),
    {**finding("H07", "310 IOPS", "Use a faster disk.", host="w1"), "accepted": True},
    finding("H13", "unreachable", "Check power.", host="w2"),
    finding("INV05", "192.0.2.1, also of w1", "Change it.", host="elsewhere"),
    finding("C03", "2 masters", "Add one."),
]
DATA = report_data(ROWS, {"w1": {"facts": good_facts()}}, [], ["w1", "w2"], "site-a", reports.TIME)


def suites(language: str = "en") -> dict[str, ElementTree.Element]:
    """The suites, by name."""
    return {suite.attrib["name"]: suite for suite in ElementTree.fromstring(report_junit(DATA, language).encode())}


def case(suite: str, key: str, language: str = "en") -> ElementTree.Element:
    """The case of a requirement."""
    return next(row for row in suites(language)[suite] if row.attrib["name"].startswith(f"{key} "))


def test_a_suite_for_each_host_a_case_for_each_requirement() -> None:
    """Then the hosts that only the inventory speaks of, and the cluster."""
    assert list(suites()) == ["w1", "w2", "elsewhere", "cluster"]
    names = [row.attrib["name"] for row in suites()["w1"]]
    assert len(names) == len({*CHECKED, "H00", "H13", "H21", "H07"})
    assert "H04 CPU cores" in names
    assert case("w1", "H04").attrib["classname"] == "w1"


def test_outcomes() -> None:
    """An error fails, a warning passes and is told, what is accepted or not known is skipped."""
    failure = case("w1", "H04").find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "CPU cores: found 3 & <4?, needs at least 4. Add cores."
    assert "another thing" in str(failure.text)
    assert "not installed" in str(case("w1", "H15").findtext("system-out"))
    assert [row.tag for row in case("w1", "H15")] == ["system-out"]
    accepted, unknown = case("w1", "H07").find("skipped"), case("w2", "H04").find("skipped")
    assert accepted is not None and accepted.attrib["message"].startswith("accepted: Disk speed: found 310 IOPS")
    assert unknown is not None and unknown.attrib["message"] == "not known"
    assert list(case("w1", "H02")) == []


def test_counts() -> None:
    """Those of a suite are those of its cases, and the whole is their sum."""
    root = ElementTree.fromstring(report_junit(DATA).encode())
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        assert [int(suite.attrib[name]) for suite in root] == [len(list(suite.iter(tag))) for suite in root]
        assert int(root.attrib[name]) == len(list(root.iter(tag)))
    assert root.attrib["failures"] == "3"


def test_in_russian() -> None:
    """Titles, and what is needed."""
    assert case("w1", "H04", "ru").attrib["name"] == "H04 Ядра процессора"
    assert "кластер" in suites("ru")
