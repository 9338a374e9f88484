"""Bad inventories are refused by the inventory alone: no host is asked, every finding stands in one message."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, NamedTuple

import ansible_runner
import pytest

# A site on paper: documentation addresses (RFC 5737), which nobody answers and nobody asks.
GOOD: dict[str, Any] = {
    "all": {
        "vars": {
            "dvp_registry_images_repo": "registry.example.com/deckhouse/ee",
            "dvp_internal_cidrs": ["192.0.2.0/24"],
            "dvp_vm_cidrs": ["10.66.10.0/24"],
            "dvp_storage_classes": [
                {
                    "name": "nfs-main",
                    "backend": "nfs",
                    "default": True,
                    "options": {"host": "192.0.2.50", "share": "/vms"},
                }
            ],
        },
    },
    "dvp_installer": {"hosts": {"localhost": {"ansible_connection": "local"}}},
    "dvp_masters": {"hosts": {"master-1": {"ansible_host": "192.0.2.11"}}},
    "dvp_workers": {"hosts": {"worker-1": {"ansible_host": "192.0.2.21"}, "worker-2": {"ansible_host": "192.0.2.22"}}},
}
PLAYBOOK = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {
                "ansible.builtin.include_role": {"name": "dvp.baremetal.inventory_check"},
                "vars": {
                    f"inventory_check_{name}": f"{{{{ groups['dvp_{name}'] | default([]) }}}}"
                    for name in ("installer", "masters", "workers")
                },
            }
        ],
    }
]


class Case(NamedTuple):
    """One mistake: where it is put, and what the message must contain."""

    title: str
    group: str
    path: tuple[str, ...]
    value: Any
    says: tuple[str, ...]


def variable(title: str, name: str, value: Any, *says: str) -> Case:
    """A mistake in one variable of the whole site."""
    return Case(title, "all", ("vars", name), value, says)


NFZ = [{"name": "a", "backend": "nfz", "default": True}]
CASES = [
    variable("wrong type: text", "dvp_planned_vms", "many", "INV03", "dvp_planned_vms", "number"),
    variable("wrong type: list", "dvp_vm_cidrs", "10.66.10.0/24", "INV03", "dvp_vm_cidrs", "list"),
    variable("not a choice", "dvp_smoke_test", "sometimes", "INV03", "dvp_smoke_test", "auto, always, never"),
    variable("unknown variable", "dvp_pod_cider", "10.1.0.0/16", "INV02", "dvp_pod_cider", "dvp_pod_cidr"),
    variable("channel in words", "dvp_release_channel", "Early Access", "U01", "EarlyAccess"),
    variable("registry with a scheme", "dvp_registry_images_repo", "https://r.example.com/x", "H11", "scheme"),
    variable("not a network", "dvp_service_cidr", "10.222.0.0/33", "M03", "dvp_service_cidr"),
    variable("VMs overlap pods", "dvp_vm_cidrs", ["10.111.4.0/24"], "M03", "10.111.4.0/24", "10.111.0.0/16"),
    variable("VMs overlap hosts", "dvp_vm_cidrs", ["192.0.2.0/28"], "M03", "192.0.2.0/28", "master-1"),
    variable("services overlap pods", "dvp_service_cidr", "10.111.0.0/20", "M03", "dvp_service_cidr", "dvp_pod_cidr"),
    variable("more VMs than addresses", "dvp_planned_vms", 5000, "C02", "5000"),
    variable("no percentage", "dvp_worker_failure_budget", 101, "INV03", "dvp_worker_failure_budget", "0 to 100"),
    variable("no batch", "dvp_reboot_batch_percent", 0, "INV03", "dvp_reboot_batch_percent", "1 to 100", "found 0"),
    variable("no patience", "dvp_reboot_timeout_s", 5, "INV03", "dvp_reboot_timeout_s", "60 to"),
    variable("nobody accepts silence", "dvp_accepted_findings", ["H13@worker-1"], "INV08", "H13@worker-1"),
    variable("accepted on no host", "dvp_accepted_findings", ["H07@worker-9"], "INV08", "Did you mean worker-"),
    variable("no storage class", "dvp_storage_classes", [], "C04", "none"),
    variable("unknown backend", "dvp_storage_classes", NFZ, "C04", "nfz", "nfs"),
    Case("no masters", "dvp_masters", ("hosts",), {}, ("INV01", "dvp_masters")),
    Case("no workers", "dvp_workers", ("hosts",), {}, ("INV01", "dvp_workers")),
    Case("host in both groups", "dvp_masters", ("hosts", "worker-1"), {}, ("INV04", "worker-1")),
    Case("one address twice", "dvp_workers", ("hosts", "worker-2", "ansible_host"), "192.0.2.21", ("INV05",)),
    Case("no Kubernetes name", "dvp_workers", ("hosts", "Worker_3"), {"ansible_host": "192.0.2.23"}, ("INV07",)),
    Case("installer is a node", "dvp_workers", ("hosts", "localhost"), {}, ("I01", "localhost")),
]


def broken(*cases: Case) -> dict[str, Any]:
    """Return the good inventory with the mistakes in it."""
    inventory = copy.deepcopy(GOOD)
    for case in cases:
        place = inventory[case.group]
        for key in case.path[:-1]:
            place = place[key]
        place[case.path[-1]] = case.value
    return inventory


def check(root: Path, folder: Path, inventory: dict[str, Any] | Path) -> tuple[int, str]:
    """Run the role inventory_check alone; return the exit code and the message of the refusal."""
    if isinstance(inventory, Path):
        source = inventory
    else:
        source = folder / "hosts.json"
        source.write_text(json.dumps(inventory))
    runner = ansible_runner.run(
        private_data_dir=str(folder),
        playbook=PLAYBOOK,
        inventory=str(source),
        envvars={"ANSIBLE_CONFIG": str(root / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(root / ".collections")},
        quiet=True,
    )
    failed = (event["event_data"]["res"] for event in runner.events if event["event"] == "runner_on_failed")
    failures = [result.get("msg", "") for result in failed]
    assert runner.rc == 0 or failures, runner.stdout.read()
    return runner.rc, "\n".join(map(str, failures))


def test_good_inventory_passes(root: Path, tmp_path: Path) -> None:
    """What every case starts from is accepted."""
    assert check(root, tmp_path, GOOD) == (0, "")


def test_example_passes(root: Path, tmp_path: Path) -> None:
    """The inventory that the README shows is accepted."""
    assert check(root, tmp_path, root / "inventories/example") == (0, "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_refused(root: Path, tmp_path: Path, case: Case) -> None:
    """One mistake is refused, by its ID, in words that name it."""
    code, message = check(root, tmp_path, broken(case))
    assert code != 0
    for text in case.says:
        assert text in message, message


def test_all_findings_at_once(root: Path, tmp_path: Path) -> None:
    """Independent mistakes stand in one message."""
    titles = ("wrong type: text", "unknown variable", "VMs overlap pods", "no workers")
    cases = [case for case in CASES if case.title in titles]
    code, message = check(root, tmp_path, broken(*cases))
    assert code != 0
    for text in (text for case in cases for text in case.says):
        assert text in message, message


def test_secret_is_not_shown(root: Path, tmp_path: Path) -> None:
    """A password of a wrong type is refused without being printed."""
    case = variable("", "dvp_registry_password", [20261123], "dvp_registry_password")
    code, message = check(root, tmp_path, broken(case))
    assert code != 0
    assert "dvp_registry_password" in message
    assert "20261123" not in message
