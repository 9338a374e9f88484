"""The data of a report."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import CHECKED, finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report as report
from contracts.house import ROOT
from unit import reports
from unit.hosts import good_facts

SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text())
# What no host should say: markup, a template, an escape sequence, writing turned round, half a character.
EVIL = "<script>{{ 7 * 7 }}\x1b[2J\n\u202eabc\udc80"
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


def data(rows: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """The data of a report of three hosts, which the schema describes."""
    made = report.report_data(rows, {**RESULTS, **changes}, ["m1"], ["w1", "w2"], "site-a", reports.TIME)
    jsonschema.validate(made, SCHEMA)
    return made


def test_schema_is_one() -> None:
    """The published schema is a schema, names every key of the data, and lets no other one in."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    made = reports.report(100)
    jsonschema.validate(made, SCHEMA)
    for part, shape in (
        (made, SCHEMA), (made["summary"], SCHEMA["properties"]["summary"]), (made["hosts"][0], SCHEMA["$defs"]["host"]),
        (made["findings"][0], SCHEMA["$defs"]["finding"]), (made["groups"][0], SCHEMA["$defs"]["group"]),
        (made["changes"][0], SCHEMA["$defs"]["change"]),
    ):  # fmt: skip
        assert set(part) == set(shape["properties"]) == set(shape["required"])
    assert set(report.STATES) == set(SCHEMA["$defs"]["state"]["enum"])


def test_summary() -> None:
    """Numbers of hosts and findings."""
    assert data(ROWS)["summary"] == {
        "hosts": 3,
        "hosts_checked": 2,
        "hosts_without_errors": 1,
        "errors": 2,
        "warnings": 2,
        "info": 1,
        "accepted": 0,
    }
    assert data(ROWS)["passed"] is False
    assert data(ROWS[:1])["passed"] is True


def test_accepted_findings_refuse_nothing() -> None:
    """They are counted and shown as what they are."""
    made = data([{**ROWS[1], "accepted": True}])
    assert made["passed"] is True
    assert (made["summary"]["errors"], made["summary"]["accepted"]) == (0, 1)
    assert made["hosts"][1]["requirements"]["H04"] == "accepted"
    assert made["hosts"][1]["status"] == "accepted"
    marked = data([{**ROWS[1], "severity": "info", "checked": "CPU cores (accepted)"}])
    assert (marked["findings"][0]["accepted"], marked["findings"][0]["checked"]) == (True, "CPU cores")
    both = data([{**ROWS[1], "accepted": True}, ROWS[1]])
    assert both["hosts"][1]["requirements"]["H04"] == "error"
    assert [row["accepted"] for row in both["findings"]] == [False, True]


def test_matrix() -> None:
    """The most severe finding of a requirement wins; a host that did not answer has met nothing."""
    hosts = {row["name"]: row for row in data([*ROWS, dict(ROWS[0], id="H04")])["hosts"]}
    assert hosts["w1"]["requirements"]["H04"] == "error"
    assert hosts["w1"]["requirements"]["H15"] == "warning"
    assert hosts["m1"]["requirements"]["H04"] == "ok"
    assert set(hosts["m1"]["requirements"]) == {*CHECKED, "H00", "H13", "H21"}
    assert hosts["w2"]["requirements"] == {**dict.fromkeys(CHECKED, "unknown"), "H13": "error"}
    assert [hosts[name]["status"] for name in ("m1", "w1", "w2")] == ["info", "error", "error"]
    assert hosts["m1"]["role"] == "master"


def test_a_host_of_which_nothing_is_known_has_not_passed() -> None:
    """Nobody asked it, and nobody has said a word about it."""
    host = data([], w2=None)["hosts"][2]
    assert (host["status"], host["checked"], host["kernel"], host["addresses"]) == ("unknown", False, None, [])


@pytest.mark.parametrize(
    "facts",
    [
        {"hostname": "x"},
        good_facts(cpu=None, system=[], var_lib="none", addresses=[None, {"interface": "eth0"}], memory_mib="much"),
        good_facts(cpu={"processors": True}, addresses="none", kernel={"a": 1}, virtualization={"kind": ["a"]}),
    ],
)
def test_facts_of_any_shape(facts: dict[str, Any]) -> None:
    """A host that tells nonsense makes no report fail."""
    assert data([], w1={"facts": facts})["hosts"][1]["checked"] is True


def test_texts_are_plain() -> None:
    """What hosts say is one printable line, of a bounded length, whatever it was."""
    made = data([finding("H04", EVIL + "x" * 5000, EVIL, host="w1")], w1={"facts": good_facts(kernel=EVIL)})
    kernel = made["hosts"][1]["kernel"]
    assert kernel == "<script>{{ 7 * 7 }}\ufffd[2J \ufffdabc\ufffd"
    assert len(made["findings"][0]["found"]) <= 600
    json.dumps(made, ensure_ascii=False).encode()


def test_causes() -> None:
    """What sixty hosts have in common is one cause, also when each has a value of its own; the cluster is another."""
    rows = [finding("H05", f"{number} MiB", "Add memory.", host=f"w{number}") for number in range(60)]
    rows += [dict(rows[0], host=""), dict(rows[0], fix="Another one."), dict(rows[1], host="")]
    causes = report.by_cause([report.normal(row) for row in rows])
    assert [len(cause.hosts) for cause in causes] == [60, 0, 1, 0]
    assert causes[0].found["7 MiB"] == ["w7"]


def test_groups() -> None:
    """Migration domains when the rules have told them, else hosts of equal kernel and CPU."""
    made = reports.report(100)
    assert [len(group["hosts"]) for group in made["groups"]] == sorted(
        (len(group["hosts"]) for group in made["groups"]), reverse=True
    )
    assert all(group["migration"] and group["class"]["type"] == "Discovery" for group in made["groups"])
    assert made["changes"][0]["needed"] == reports.KERNELS[0]
    plain = data([])
    assert [(group["hosts"], group["migration"]) for group in plain["groups"]] == [(["m1", "w1"], False)]
    assert plain["changes"] == []


def test_forged_findings_make_no_report_fail() -> None:
    """A host may answer with anything: what is missing is empty, and a severity that nobody knows is an error."""
    made = report.report_data([{"host": "w1", "severity": "<b>"}], RESULTS, ["m1"], ["w1"], "t", "t")
    assert made["findings"][0] == {
        **dict.fromkeys(report.FIELDS, ""),
        "host": "w1",
        "severity": "error",
        "accepted": False,
    }
    assert made["hosts"][1]["status"] == "error"


def test_a_thousand_hosts_are_one_pass() -> None:
    """Each finding is read once, whatever the number of hosts: the work grows with them, not faster."""
    looks = 0

    class Counted(dict[str, Any]):
        def get(self, *arguments: Any) -> Any:
            nonlocal looks
            looks += 1
            return super().get(*arguments)

    found, results, masters, workers = reports.fleet(1000)
    report.report_data([Counted(row) for row in found], results, masters, workers, "t", "t")
    assert looks == (len(report.FIELDS) + 1) * len(found)
