"""All hosts at once: dead, broken and missing hosts, twins, kernels and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_rules as rules
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cluster as cluster
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cluster_rules as cluster_rules
from unit.hosts import good_facts, options


def answer(number: int, **changes: Any) -> dict[str, Any]:
    """The registered result of a good host that differs from its neighbours, with facts replaced."""
    own = {
        "hostname": f"host-{number}",
        "machine_id": f"{number:032x}",
        "product_uuid": f"uuid-{number}",
        "addresses": [
            {"interface": "lo", "address": "127.0.0.1/8"},
            {"interface": "eth0", "address": f"192.0.2.{number}/24"},
        ],
        "mtus": {"lo": 65536, "eth0": 1500},
    }
    facts = good_facts(**{**own, **changes})
    return {"facts": facts, "findings": rules.findings(facts, options()), "changed": False}


FULL_DISK = """Traceback (most recent call last):
  File "<stdin>", line 249, in _ansiballz_main
  File "/usr/lib/python3.9/tempfile.py", line 358, in _get_default_tempdir
    raise FileNotFoundError(_errno.ENOENT,
FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/root']
"""


def told(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """(ID, severity, host) of every finding."""
    return [(row["id"], row["severity"], row["host"]) for row in rows]


def test_good_cluster() -> None:
    """Three good hosts, nothing to say."""
    results = {f"h{number}": answer(number) for number in (1, 2, 3)}
    assert cluster.cluster_findings(results, ["h1"], ["h2", "h3"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Timed out after 4 second(s).",
        "The x action failed to execute in the expected time frame (4) and was terminated",
    ],
)
def test_host_that_hangs(text: str) -> None:
    """Each ansible-core has words of its own for it."""
    (row,) = cluster.host_findings("h1", {"failed": True, "msg": text})
    assert row["id"] == "H00" and "did not finish in time" in row["fix"]


@pytest.mark.parametrize(
    ("result", "requirement", "text"),
    [
        ({"unreachable": True, "msg": "Task failed: ssh: No route to host"}, "H13", "unreachable: ssh: No route"),
        ({"failed": True, "msg": "Missing sudo password"}, "H13", "Missing sudo"),
        ({"failed": True, "msg": "sudo: a password is required"}, "H13", "password"),
        ({"failed": True, "msg": "No python interpreters found for host"}, "H21", "interpreters"),
        ({"failed": True, "msg": "MODULE FAILURE", "module_stderr": "SyntaxError: invalid"}, "H21", "SyntaxError"),
        ({"failed": True, "msg": "Timed out after 180 second(s)."}, "H00", "Timed out"),
        (
            {"failed": True, "msg": "no JSON", "module_stderr": FULL_DISK, "rc": 1},
            "H00",
            "JSON FileNotFoundError: [Errno",
        ),
        ({"failed": True, "msg": "no JSON", "rc": 137}, "H00", "no JSON (exit code 137)"),
        ({"failed": True, "msg": "boom\nsecond line"}, "H00", "boom second line"),
        ({}, "H00", "no reason given"),
    ],
)
def test_host_without_an_answer(result: dict[str, Any], requirement: str, text: str) -> None:
    """A host that could not be asked is an error with its name, and the others are judged all the same."""
    (row,) = cluster.cluster_findings({"h1": answer(1), "h2": result}, ["h1"], ["h2"])
    assert (row["id"], row["severity"], row["host"]) == (requirement, "error", "h2")
    assert text in row["found"]
    assert row["fix"]


def test_long_failure_is_cut() -> None:
    """A stack of lines becomes one short line."""
    (row,) = cluster.host_findings("h", {"failed": True, "msg": "x" * 1000})
    assert len(row["found"]) <= 300


NODES: list[dict[str, Any]] = [{"name": "h2", "addresses": []}, {"name": "node-3", "addresses": ["192.0.2.3"]}]


@pytest.mark.parametrize(
    ("addresses", "nodes", "master", "worker"),
    [
        (None, [], "error", "error"),
        (None, NODES, "error", "error"),
        ({"h2": "192.0.2.2"}, [], "error", "warning"),
        ({"h2": "192.0.2.2"}, NODES[1:], "error", "warning"),
        ({"h2": "192.0.2.2"}, NODES[:1], "warning", "warning"),
        ({"h2": "192.0.2.3"}, NODES[1:], "warning", "warning"),
    ],
)
def test_host_that_was_not_asked(addresses: dict[str, str] | None, nodes: list[Any], master: str, worker: str) -> None:
    """No answer is never a pass; in a run limited to other hosts a worker is left out, a master must be a node."""
    more: dict[str, Any] = {"nodes": nodes, "addresses": addresses, "limited": addresses is not None}
    results = {"h1": answer(1)}
    assert told(cluster.cluster_findings(results, ["h1"], ["h2"], **more)) == [("H00", worker, "h2")]
    assert told(cluster.cluster_findings(results, ["h2"], ["h1"], **more)) == [("H00", master, "h2")]


def test_first_master_that_was_not_asked() -> None:
    """The installation of this very cluster is there: its master was checked then."""
    rows = cluster.cluster_findings(
        {"h2": answer(2)}, ["h1"], ["h2"], members=["h1"], addresses={"h1": "192.0.2.1"}, limited=True
    )
    assert told(rows) == [("H00", "warning", "h1")]


@pytest.mark.parametrize(("number", "hosts"), [(2, ["h2"]), (9, [])])
def test_installer_is_no_host(number: int, hosts: list[str]) -> None:
    """A machine that calls itself localhost is known by its machine-id."""
    results = {"h1": answer(1), "h2": answer(2)}
    rows = cluster.cluster_findings(results, ["h1"], ["h2"], installer_machine_id=f"{number:032x}")
    assert told(rows) == [("I01", "error", host) for host in hosts]


def test_unknown_machine_ids_are_not_the_same() -> None:
    """Neither machine has told one."""
    assert cluster_rules.check_installer({"h1": {"machine_id": ""}}, "") == []


@pytest.mark.parametrize(
    ("fact", "severity"), [("hostname", "error"), ("machine_id", "error"), ("product_uuid", "warning")]
)
def test_twins(fact: str, severity: str) -> None:
    """Each of the twins is named, with the other one."""
    results = {"h1": answer(1), "h2": answer(2, **{fact: "same"}), "h3": answer(3, **{fact: "same"})}
    rows = cluster.cluster_findings(results, ["h1"], ["h2", "h3"])
    assert told(rows) == [("H10", severity, "h2"), ("H10", severity, "h3")]
    assert rows[0]["found"] == rows[1]["found"] == "same, on h2, h3"


def test_unknown_values_are_no_twins() -> None:
    """What could not be read is not "the same"."""
    results = {name: answer(number, product_uuid=None) for number, name in ((1, "h1"), (2, "h2"))}
    assert cluster.cluster_findings(results, ["h1"], ["h2"]) == []


@pytest.mark.parametrize(("address", "findings"), [("192.0.2.2", 0), ("192.0.2.99", 1)])
def test_name_of_a_node_of_the_cluster(address: str, findings: int) -> None:
    """A name that the cluster has already is taken, unless the node is this very host."""
    nodes = [{"name": "host-2", "addresses": [address]}]
    rows = cluster.cluster_findings({"h1": answer(1), "h2": answer(2)}, ["h1"], ["h2"], nodes=nodes)
    assert told(rows) == [("H10", "error", "h2")] * findings


@pytest.mark.parametrize(
    ("kernels", "expected"),
    [
        (("6.1.0", "6.1.0", "6.1.0"), []),
        (("6.1.0", "6.1.0", "6.2.0"), [("H18", "error", "")]),
        (("6.2.0", "6.1.0", "6.1.0"), [("H18", "warning", "")]),
        (("6.3.0", "6.2.0", "6.1.0"), [("H18", "error", "")]),
    ],
)
def test_kernels(kernels: tuple[str, str, str], expected: list[tuple[str, str, str]]) -> None:
    """Among workers an error, since virtual machines move between them; for a master a warning."""
    results = {f"h{number}": answer(number, kernel=kernel) for number, kernel in enumerate(kernels)}
    rows = cluster.cluster_findings(results, ["h0"], ["h1", "h2"])
    assert told(rows) == expected
    assert all("h2" in row["found"] for row in rows)


@pytest.mark.parametrize(("nodes", "expected"), [(1000, []), (1001, ["C01"])])
def test_number_of_nodes(nodes: int, expected: list[str]) -> None:
    """Exactly the limit passes, one more does not; a host in both groups counts once."""
    workers = [f"w{number}" for number in range(nodes - 1)]
    assert [row["id"] for row in cluster_rules.check_size(["m"], ["m", *workers])] == expected


@pytest.mark.parametrize(("masters", "expected"), [(1, []), (2, ["C03"]), (3, []), (4, ["C03"])])
def test_number_of_masters(masters: int, expected: list[str]) -> None:
    """One is enough; an even number gains nothing."""
    assert [row["id"] for row in cluster_rules.check_size([f"m{number}" for number in range(masters)], [])] == expected


INSTALLED = {"platform": ["/var/lib/bashible/bashible.sh"], "foreign": [], "user": True}


@pytest.mark.parametrize(
    ("nodes", "members", "findings"),
    [
        ([], [], 1),
        ([{"name": "other", "addresses": ["192.0.2.99"]}], [], 1),
        ([{"name": "h2", "addresses": ["192.0.2.2"]}], [], 0),
        ([], ["h2"], 0),
        ([], ["192.0.2.2"], 0),
        ([], ["h1"], 1),
    ],
)
def test_earlier_installation(nodes: list[dict[str, Any]], members: list[str], findings: int) -> None:
    """On a host of this very cluster the platform is as it should be, anywhere else it is a leftover."""
    results = {"h1": answer(1), "h2": answer(2, leftovers=INSTALLED)}
    rows = cluster.cluster_findings(results, ["h1"], ["h2"], nodes=nodes, members=members)
    assert told(rows) == [("H16", "error", "h2")] * findings
    assert all(row["checked"] == req.EARLIER_INSTALLATION for row in rows)


def test_known_nodes() -> None:
    """Nodes and StaticInstances of the API, with or without a status."""
    listed = [{"type": "InternalIP", "address": "192.0.2.1"}, {"type": "Hostname", "address": "a"}]
    assert cluster.known_nodes(
        [
            {"metadata": {"name": "a"}, "status": {"addresses": listed}},
            {"metadata": {"name": "b"}, "spec": {"address": "192.0.2.2"}},
            {"metadata": {"name": "c"}, "spec": {}, "status": {}},
        ]
    ) == [
        {"name": "a", "addresses": ["192.0.2.1"]},
        {"name": "b", "addresses": ["192.0.2.2"]},
        {"name": "c", "addresses": []},
    ]


def test_host_results() -> None:
    """A host without the variable, and one that was skipped, were not asked."""
    name = cluster.RESULT_VARIABLE
    hostvars = {"a": {name: {"facts": {}}}, "b": {}, "c": {name: {"skipped": True}}}
    assert cluster.host_results(hostvars, ["a", "b", "c", "d"]) == {"a": {"facts": {}}, "b": None, "c": None, "d": None}
