"""What prepare may do on a host: each act where it is lacking, none without its switch or its consent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_prepare as prepare
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from unit.hosts import changed, good_facts, options

NODE = {"platform": ["/etc/kubernetes/kubelet.conf"], "foreign": [], "user": True}
CHRONY = {"package": "chrony", "unit": "chrony.service"}
NOTHING = {"package": "", "unit": ""}


def wishes(**changes: Any) -> dict[str, Any]:
    """Wishes of a run that prepares the host, without any consent."""
    return options(prepare_follows=True, wanted_hostname="worker-1", **changes)


def rows(facts: dict[str, Any], **changes: Any) -> list[tuple[str, str, str]]:
    """(ID, severity, fix) of every finding."""
    return [(row["id"], row["severity"], row["fix"]) for row in prepare.findings(facts, wishes(**changes))]


def test_good_host_lacks_nothing() -> None:
    """Nothing is found and nothing is done, with every consent given."""
    consents = {
        "hostname_change_allowed": True, "removable_runtimes": list(req.RUNTIME_PACKAGES), "reboot_allowed": True,
    }  # fmt: skip
    assert rows(good_facts(), **consents) == []
    assert prepare.remedies(good_facts(), wishes(**consents))["needed"] is False


def test_host_without_facts() -> None:
    """Nothing known: nothing is done, and no exception."""
    assert prepare.remedies({}, wishes(hostname_change_allowed=True, kernel_package="linux"))["needed"] is False
    assert ("H19", "warning", "Use a system that starts with systemd.") in rows({})


BROKEN = [
    ("packages", "packages", {}),
    ("packages_interrupted", "packages", True),
    ("cloud_init.tamed", "cloud_init", False),
    ("modules.overlay.loaded", "kernel_modules", False),
    ("nested.configured", "nested_virtualization", False),
    ("time_services", "time", {}),
]


@pytest.mark.parametrize(("path", "part", "value"), BROKEN)
def test_each_part_has_a_switch(path: str, part: str, value: Any) -> None:
    """Switched off it does nothing, and nobody says that it will."""
    facts = changed(path, value)
    others = [name for name in req.PREPARE_PARTS if name != part]
    assert prepare.remedies(facts, wishes(prepare_parts=[part]))["needed"] is True
    assert prepare.remedies(facts, wishes(prepare_parts=others))["needed"] is False
    assert all(row[2].startswith("Prepare will") for row in rows(facts, prepare_parts=list(req.PREPARE_PARTS)))
    told = rows(facts, prepare_parts=others)
    assert told and not any(row[2].startswith("Prepare will") for row in told)


@pytest.mark.parametrize(
    ("services", "family", "expected"),
    [
        ({"systemd-timesyncd.service": "active", "chrony.service": "inactive"}, "debian", NOTHING),
        ({"systemd-timesyncd.service": "inactive"}, "debian", {"package": "", "unit": "systemd-timesyncd.service"}),
        ({"systemd-timesyncd.service": "masked"}, "debian", CHRONY),
        ({"ntpd.service": "failed"}, "rhel", {"package": "", "unit": "ntpd.service"}),
        ({}, "debian", CHRONY),
        ({}, "rhel", {"package": "chrony", "unit": "chronyd.service"}),
        ({}, "unknown", NOTHING),
        (None, "debian", NOTHING),
    ],
)
def test_time_service(services: dict[str, str] | None, family: str, expected: dict[str, str]) -> None:
    """One that runs is enough, one that is there is started, else one is installed; masked is somebody's will."""
    assert prepare.time_remedy(good_facts(time_services=services, family=family)) == expected


def test_time_service_is_installed_with_the_other_packages() -> None:
    """One installation, also where that part is switched off for what else is missing."""
    facts = good_facts(time_services={}, packages={})
    assert prepare.remedies(facts, wishes())["packages"] == ["cloud-init", "cloud-guest-utils", "chrony"]
    assert prepare.remedies(facts, wishes(prepare_parts=["time"]))["packages"] == ["chrony"]


@pytest.mark.parametrize(
    ("backends", "family", "expected"),
    [
        (["nfs"], "debian", []),
        (["hpe_3par", "tatlin"], "debian", ["open-iscsi", "multipath-tools"]),
        (["tatlin"], "rhel", ["cloud-utils-growpart", "iscsi-initiator-utils", "device-mapper-multipath"]),
    ],
)
def test_packages_of_storage_backends(backends: list[str], family: str, expected: list[str]) -> None:
    """Arrays need programs of the host; each is missing once, and is installed."""
    facts, wanted = good_facts(family=family), wishes(backends=backends)
    assert prepare.remedies(facts, wanted)["packages"] == expected
    found = [row["checked"] for row in prepare.findings(facts, wanted) if row["id"] == "H15"]
    assert len(found) == len(expected)


def test_time_of_a_node_is_the_platforms() -> None:
    """The platform keeps time on its nodes, and may have switched off the system's own service."""
    facts = good_facts(time_services={}, leftovers=NODE)
    assert prepare.time_remedy(facts) == NOTHING
    assert prepare.check_time_services(facts, wishes()) == []


def test_cloud_init_is_tamed_where_it_is_or_will_be() -> None:
    """Also before its first start; not where nobody installs it."""
    untamed = {"installed": False, "tamed": False}
    assert prepare.remedies(good_facts(cloud_init=untamed), wishes())["cloud_init"] == ""
    lacking = good_facts(cloud_init=untamed, packages={"cloud-guest-utils": "1"})
    assert prepare.remedies(lacking, wishes())["cloud_init"] == req.CLOUD_INIT_SETTINGS
    assert prepare.remedies(lacking, wishes(prepare_parts=["cloud_init"]))["cloud_init"] == ""


@pytest.mark.parametrize(
    ("name", "allowed", "leftovers", "expected", "advice"),
    [
        ("worker-1", True, None, "", None),
        ("worker-9", True, None, "worker-9", "Prepare will set it."),
        ("worker-9", False, None, "", "If the inventory is right, set dvp_hostname_change_allowed: true."),
        ("worker-9", True, NODE, "", "A node keeps its name"),
        ("192.0.2.9", True, None, "", None),
        ("Worker_9", True, None, "", None),
        ("", True, None, "", None),
    ],
)
def test_hostname(name: str, allowed: bool, leftovers: Any, expected: str, advice: str | None) -> None:
    """The inventory's name is taken by consent only, and never on a node."""
    facts = good_facts(**({"leftovers": leftovers} if leftovers else {}))
    consent = {"wanted_hostname": name, "hostname_change_allowed": allowed}
    assert prepare.remedies(facts, {**wishes(), **consent})["hostname"] == expected
    told = prepare.check_wanted_hostname(facts, {**wishes(), **consent})
    assert [row["severity"] for row in told] == ([] if advice is None else ["info"])
    assert all(row["fix"].startswith(advice or "") for row in told)


@pytest.mark.parametrize(("allowed", "severity"), [(True, "warning"), (False, "error")])
def test_impossible_hostname_is_no_error_when_prepare_replaces_it(allowed: bool, severity: str) -> None:
    """H10 stops a run, unless the name in the inventory takes its place."""
    consent = {"wanted_hostname": "worker-9", "hostname_change_allowed": allowed}
    for facts in (good_facts(hostname="Worker_9"), good_facts(hostname="localhost.localdomain" * 4)):
        found = prepare.findings(facts, {**wishes(), **consent})
        assert [row["severity"] for row in found if row["checked"] == "Hostname"] == [severity]
    # A name that a storage backend cannot take is none that helps.
    long = {**wishes(backends=["hpe_3par"]), **consent, "wanted_hostname": "w" * 28}
    found = prepare.findings(good_facts(hostname="Worker_9"), long)
    assert [row["severity"] for row in found if row["checked"] == "Hostname"] == ["error"]


def with_runtimes(*packages: str, binaries: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """Facts of a host with foreign packages and binaries."""
    foreign = [*binaries, *(f"package {name}" for name in packages)]
    installed = {**good_facts()["packages"], **dict.fromkeys(packages, "1")}
    return good_facts(packages=installed, leftovers={"platform": [], "foreign": foreign, "user": False}, **changes)


@pytest.mark.parametrize(
    ("packages", "named", "expected"),
    [
        (("docker.io", "containerd"), [], []),
        (("docker.io", "containerd"), ["docker"], ["docker.io"]),
        (("docker.io", "containerd"), ["docker", "containerd"], ["containerd", "docker.io"]),
        # apt would take docker away with it.
        (("docker.io", "containerd"), ["containerd"], []),
        (("containerd.io",), ["containerd", "docker"], ["containerd.io"]),
        (("kubelet", "kubeadm"), ["kubernetes"], ["kubeadm", "kubelet"]),
    ],
)
def test_runtimes(packages: tuple[str, ...], named: list[str], expected: list[str]) -> None:
    """Only what is named goes, and nothing goes with it."""
    assert prepare.remedies(with_runtimes(*packages), wishes(removable_runtimes=named))["runtime_packages"] == expected


def test_runtime_of_a_node_stays() -> None:
    """There it is the platform's own."""
    facts = with_runtimes("containerd")
    facts["leftovers"]["platform"] = NODE["platform"]
    assert prepare.remedies(facts, wishes(removable_runtimes=["containerd"]))["runtime_packages"] == []


@pytest.mark.parametrize(
    ("named", "binaries", "severity"),
    [
        (["docker", "containerd"], ("/usr/bin/dockerd", "/usr/bin/containerd"), "warning"),
        (["docker"], ("/usr/bin/dockerd",), "error"),
        (["docker", "containerd"], ("/usr/local/bin/k3s",), "error"),
        # No package has put it there, and none takes it away.
        (["docker", "containerd"], ("/usr/local/bin/dockerd",), "error"),
        ([], (), "error"),
    ],
)
def test_runtimes_are_an_error_unless_all_may_go(named: list[str], binaries: tuple[str, ...], severity: str) -> None:
    """H16 stops a run before its first change, unless prepare will remove everything that was found."""
    facts = with_runtimes("docker.io", "containerd", binaries=binaries)
    assert [row[:2] for row in rows(facts, removable_runtimes=named)] == [("H16", severity)]
    assert [row["severity"] for row in prepare.findings(facts, options(removable_runtimes=named))] == ["error"]


@pytest.mark.parametrize(
    ("packages", "named", "severity"),
    [
        (("kubelet",), ["kubernetes"], "warning"),
        (("kubelet",), ["docker"], "error"),
        # Something else listens there.
        (("kubeadm",), ["kubernetes"], "error"),
        ((), ["kubernetes"], "error"),
    ],
)
def test_port_of_a_runtime_that_goes(packages: tuple[str, ...], named: list[str], severity: str) -> None:
    """It is free afterwards, so it does not stop the run that removes the runtime."""
    facts = with_runtimes(*packages, listening={"tcp": [22, 10250], "udp": []})
    consent = {"removable_runtimes": named}
    ports = [row for row in prepare.findings(facts, wishes(**consent)) if row["checked"] == "Free ports"]
    assert [row["severity"] for row in ports] == [severity]
    assert ports[0]["fix"].startswith("Prepare will remove kubelet" if severity == "warning" else "Stop the service")
    untouched = prepare.findings(facts, options(**consent))
    assert [row["severity"] for row in untouched if row["checked"] == "Free ports"] == ["error"]


# --- Kernel -----------------------------------------------------------------------------------------------------------
OLD, NEW, NEWER = "5.10.0-30-amd64", "6.1.0-40-amd64", "6.12.0-3-amd64"
WANTED = {
    "package": f"linux-image-{NEW}", "repository": "", "installed": True, "release": NEW, "loose": [],
    "releases": [OLD, NEW], "lock_package": "",
}  # fmt: skip


def plan(kernel: dict[str, Any] | None, running: str, family: str = "debian", **changes: Any) -> dict[str, Any]:
    """What is to be done for a wanted kernel."""
    facts = good_facts(kernel=running, kernel_wanted=kernel, family=family)
    return prepare.kernel_remedy(facts, wishes(**{"kernel_package": "linux", **changes}))


def test_kernel_is_left_alone_without_a_wish() -> None:
    """Nothing is looked at, nothing is done."""
    assert plan(None, OLD, kernel_package="") == {
        "package": "", "repository": "", "release": "", "hold": [], "lock_package": "", "restart": False, "refusal": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kernel", "running", "family", "package", "restart", "refusal"),
    [
        # The way of a host: install, restart, done. A run that was cut off goes on from where the host is.
        ({"installed": False, "release": "", "releases": [OLD]}, OLD, "debian", WANTED["package"], True, ""),
        ({}, OLD, "debian", "", True, ""),
        ({}, NEW, "debian", "", False, ""),
        # Another kernel would start: elsewhere grubby chooses.
        ({"releases": [OLD, NEW, NEWER]}, OLD, "debian", "", False, f"The boot loader would start {NEWER}"),
        ({"releases": [OLD, NEW, NEWER]}, OLD, "rhel", "", True, ""),
        ({"releases": [OLD, NEW, NEWER]}, NEW, "debian", "", False, ""),
        ({"release": ""}, OLD, "debian", "", False, f"Package {WANTED['package']} brings no kernel"),
        ({"package": "", "installed": False}, OLD, "altlinux", "", False, "No lasting name"),
    ],
)
def test_kernel(kernel: dict[str, Any], running: str, family: str, package: str, restart: bool, refusal: str) -> None:
    """Each state of a host on its way to the wanted kernel."""
    done = plan({**WANTED, **kernel}, running, family)
    assert (done["package"], done["restart"]) == (package, restart)
    assert done["refusal"].startswith(refusal) and bool(done["refusal"]) == bool(refusal)


def test_what_brings_no_kernel_is_not_held() -> None:
    """The name was wrong: that package is nobody's business here."""
    assert plan({**WANTED, "release": "", "loose": ["bash"]}, OLD)["hold"] == []


def test_kernel_of_a_silent_package_tool() -> None:
    """Unknown is never a pass."""
    assert plan(None, OLD)["refusal"].startswith("The package tool did not answer")


@pytest.mark.parametrize(
    ("running", "kernel", "consent", "follows"),
    [
        (NEW, WANTED, {}, True),
        (OLD, WANTED, {"reboot_allowed": True}, True),
        (OLD, {**WANTED, "installed": False}, {"reboot_allowed": True}, True),
        (OLD, WANTED, {}, False),
        (OLD, WANTED, {"reboot_allowed": True, "prepare_follows": False}, False),
        (OLD, {**WANTED, "release": ""}, {"reboot_allowed": True}, False),
        (NEW, None, {"kernel_package": ""}, False),
    ],
)
def test_kernel_follows(running: str, kernel: Any, consent: dict[str, Any], follows: bool) -> None:
    """What the comparison of hosts relies on."""
    facts = good_facts(kernel=running, kernel_wanted=kernel)
    acts = prepare.remedies(facts, {**wishes(kernel_package="linux"), **consent})
    assert acts["kernel"]["follows"] is follows


def test_release_given_by_hand() -> None:
    """It overrides what the package seems to bring."""
    assert plan({**WANTED, "release": ""}, OLD, kernel_release=NEW)["restart"] is True
    assert plan({**WANTED, "release": OLD}, NEW, kernel_release=NEW)["restart"] is False


def test_hold_is_needed_and_a_restart_is_not() -> None:
    """Restarts come later, in batches."""
    facts = good_facts(kernel=NEW, kernel_wanted={**WANTED, "loose": [WANTED["package"]]})
    assert prepare.remedies(facts, wishes(kernel_package="linux"))["needed"] is True
    facts = good_facts(kernel=OLD, kernel_wanted=WANTED)
    acts = prepare.remedies(facts, wishes(kernel_package="linux"))
    assert (acts["needed"], acts["kernel"]["restart"]) == (False, True)


@pytest.mark.parametrize(
    ("changes", "consent", "severity", "advice"),
    [
        ({}, {}, "warning", "It is installed; restart the host, or set dvp_reboot_allowed: true."),
        ({}, {"reboot_allowed": True}, "warning", "Prepare will restart the host."),
        ({"installed": False}, {}, "warning", "Prepare will install and hold it; restart the host, or"),
        ({"installed": False}, {"reboot_allowed": True}, "warning", "Prepare will install it, hold it and restart"),
        ({"releases": [OLD, NEW, NEWER]}, {"reboot_allowed": True}, "error", "The boot loader would start"),
    ],
)
def test_wanted_kernel_is_told(changes: dict[str, Any], consent: dict[str, Any], severity: str, advice: str) -> None:
    """H18, with what will happen and what will not."""
    facts = good_facts(kernel=OLD, kernel_wanted={**WANTED, **changes})
    (row,) = rows(facts, kernel_package="linux", **consent)
    assert row[:2] == ("H18", severity)
    assert row[2].startswith(advice)


@pytest.mark.parametrize(("consent", "severity"), [({}, "error"), ({"reboot_allowed": True}, "warning")])
def test_old_kernel_is_no_error_when_prepare_replaces_it(consent: dict[str, Any], severity: str) -> None:
    """H09 stops a run before its first change, unless consent to a restart makes it good."""
    facts = good_facts(kernel="4.19.0-27-amd64", kernel_wanted=WANTED)
    assert [row[1] for row in rows(facts, kernel_package="linux", **consent) if row[0] == "H09"] == [severity]
    old = {**WANTED, "release": OLD.replace("5.10", "5.4"), "releases": [OLD.replace("5.10", "5.4")]}
    facts = good_facts(kernel="4.19.0-27-amd64", kernel_wanted=old)
    assert [row[1] for row in rows(facts, kernel_package="linux", **consent) if row[0] == "H09"] == ["error"]


def test_findings_stand_in_the_order_of_the_requirements() -> None:
    """Also those that prepare adds."""
    facts = good_facts(kernel=OLD, kernel_wanted=WANTED, time_services={}, cpu=None)
    identifiers = [row["id"] for row in prepare.findings(facts, wishes(kernel_package="linux"))]
    order = [row.id for row in req.REQUIREMENTS]
    assert identifiers == sorted(identifiers, key=order.index)
    assert {"H04", "H18", "H19"} <= set(identifiers)
