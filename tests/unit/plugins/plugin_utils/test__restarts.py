"""Which hosts are restarted: by consent, with their nodes, and on from where a run was cut off."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _restarts as restarts

PLATFORM = ["/etc/kubernetes/kubelet.conf"]


def look(restart: bool = True, package: str = "", platform: bool = False, wished: bool = True) -> dict[str, Any]:
    """What host_prepare saw on a host."""
    return {
        "facts": {
            "hostname": "master-1",  # whatever a host says of itself
            "kernel_wanted": {"package": "linux"} if wished else None,
            "leftovers": {"platform": PLATFORM if platform else []},
        },
        "remedies": {"kernel": {"restart": restart, "package": package}},
    }


def node(name: str, address: str = "", cordoned: bool = False, ours: bool = False) -> dict[str, Any]:
    """A Node of the cluster."""
    addresses = [{"type": "InternalIP", "address": address}] if address else []
    annotations = {restarts.ANNOTATION: "cordoned"} if ours else {}
    return {
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"unschedulable": True} if cordoned else {},
        "status": {"addresses": addresses},
    }


def fleet(**looks: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Variables of hosts; an underscore stands for a hyphen."""
    return {
        name.replace("_", "-"): {restarts.LOOK_VARIABLE: seen, "ansible_host": f"192.0.2.{number}"}
        for number, (name, seen) in enumerate(looks.items(), 1)
    }


def planned(hostvars: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The plan for a fleet whose masters begin with m, with consent."""
    masters = [host for host in hostvars if host.startswith("m")]
    workers = [host for host in hostvars if host.startswith("w")]
    return restarts.restart_plan(hostvars, masters, workers, **{"allowed": True, **options})


def test_hosts_that_run_the_wanted_kernel_stay() -> None:
    """The others are restarted, each in its group."""
    plan = planned(fleet(m_1=look(), m_2=look(False), w_1=look(False), w_2=look(), w_3=look()))
    assert (plan["masters"], plan["workers"]) == (["m-1"], ["w-2", "w-3"])
    assert plan["hosts"]["w-2"] == {"node": "", "uncordon": False}
    assert plan["waiting"] == plan["findings"] == []


def test_without_consent_they_are_only_named() -> None:
    """Nothing is restarted that was not allowed."""
    plan = planned(fleet(m_1=look(), w_1=look()), allowed=False)
    assert (plan["masters"], plan["workers"], plan["hosts"]) == ([], [], {})
    assert plan["waiting"] == ["m-1", "w-1"]


@pytest.mark.parametrize(("predicted", "expected"), [(False, []), (True, ["w-1"])])
def test_a_kernel_that_is_not_installed(predicted: bool, expected: list[str]) -> None:
    """A restart would bring nothing; check mode says what would follow the installation."""
    assert planned(fleet(w_1=look(package="linux")), predicted=predicted)["workers"] == expected


@pytest.mark.parametrize(("count", "percent", "batch"), [(1, 10, 1), (10, 10, 1), (25, 10, 2), (4, 50, 2), (3, 100, 3)])
def test_batches(count: int, percent: int, batch: int) -> None:
    """Of all workers, at least one, never more than asked for."""
    workers = fleet(**{f"w_{number}": look(number == 0) for number in range(count)})
    assert planned(workers, batch_percent=percent)["batch"] == batch


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([node("w-1")], {"node": "w-1", "uncordon": True}),
        ([node("other", "192.0.2.1")], {"node": "other", "uncordon": True}),
        ([node("w-1", cordoned=True)], {"node": "w-1", "uncordon": False}),
        # A run that was cut off after it had cordoned the node.
        ([node("w-1", cordoned=True, ours=True)], {"node": "w-1", "uncordon": True}),
        # Its hostname is master-1: that node is another machine's.
        ([node("master-1", "192.0.2.99")], {"node": "", "uncordon": False}),
        ([], {"node": "", "uncordon": False}),
    ],
)
def test_node_of_a_host(nodes: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    """Found by name or address of the inventory; who was cordoned by somebody else stays so."""
    assert planned(fleet(w_1=look()), nodes=nodes)["hosts"]["w-1"] == expected


def test_cut_off_between_restart_and_return() -> None:
    """The kernel is right, but the node still waits to be given back."""
    plan = planned(fleet(w_1=look(False), w_2=look(False)), nodes=[node("w-1", cordoned=True, ours=True), node("w-2")])
    assert plan["hosts"] == {"w-1": {"node": "w-1", "uncordon": True}}


def test_node_of_no_known_cluster() -> None:
    """It cannot be drained, so it is not restarted."""
    plan = planned(fleet(w_1=look(platform=True)))
    assert plan["workers"] == []
    assert [(row["id"], row["host"], row["severity"]) for row in plan["findings"]] == [("H18", "w-1", "error")]


def test_silent_api() -> None:
    """Nobody knows which host is a node: none is restarted, and a host that needs no restart is no finding."""
    plan = planned(fleet(w_1=look(), w_2=look(False)), nodes=None)
    assert (plan["workers"], [row["host"] for row in plan["findings"]]) == ([], ["w-1"])


def test_cluster_is_asked_only_with_a_wish() -> None:
    """And hosts that were not looked at are left out."""
    assert planned(fleet(w_1=look(False, wished=False)))["wished"] is False
    assert planned(fleet(w_1=look(False)))["wished"] is True
    assert planned({"w-1": {}, "w-2": {restarts.LOOK_VARIABLE: {"unreachable": True}}})["wished"] is False


def test_patterns_of_plays() -> None:
    """Hosts of the plan; a pattern that matches none without one, also while Ansible only lists tasks."""
    hostvars = fleet(m_1=look(False), w_1=look())
    hostvars["installer"] = {restarts.PLAN_VARIABLE: planned(hostvars, batch_percent=100)}
    hosts = ["m-1", "w-1"]
    assert restarts.restart_hosts(hostvars, ["installer"], hosts, "workers") == ["w-1"]
    assert restarts.restart_hosts(hostvars, ["installer"], hosts, "masters") == [restarts.NO_HOSTS]
    assert restarts.restart_batch(hostvars, ["installer"]) == 1
    assert restarts.restart_hosts({}, ["installer"], hosts, "workers") == [restarts.NO_HOSTS]
    assert restarts.restart_batch({}, []) == 1


def test_due_restarts_are_not_forgotten() -> None:
    """The installer machine, which plans them, was left out by --limit."""
    with pytest.raises(ValueError, match="add installer to --limit"):
        restarts.restart_hosts(fleet(w_1=look()), ["installer"], ["w-1"], "workers")
    assert restarts.restart_hosts(fleet(w_1=look(False)), ["installer"], ["w-1"], "workers") == [restarts.NO_HOSTS]
