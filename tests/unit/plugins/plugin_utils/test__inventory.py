"""An inventory of paper, and everything that can be wrong with it."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _inventory as inventory

ROOT = Path(__file__).resolve().parents[4]
SPEC = yaml.safe_load((ROOT / "roles/cluster_settings/meta/argument_specs.yml").read_text())["argument_specs"][
    "settings"
]["options"]
GROUPS = {"installer": ["ctl"], "masters": ["m1"], "workers": ["w1", "w2"]}
SHARED: dict[str, Any] = {
    "dvp_internal_cidrs": ["192.0.2.0/24"],
    "dvp_vm_cidrs": ["10.66.10.0/24"],
    "dvp_planned_vms": 254,
    "dvp_storage_classes": [{"name": "main", "backend": "nfs", "default": True, "options": {}}],
}
HOSTVARS: dict[str, dict[str, Any]] = {
    "ctl": {**SHARED, "ansible_connection": "local"},
    "m1": {**SHARED, "ansible_host": "192.0.2.11"},
    "w1": {**SHARED, "ansible_host": "192.0.2.21"},
    "w2": {**SHARED, "ansible_host": "198.51.100.22", "dvp_node_address": "192.0.2.22"},
}


def site(**variables: Any) -> dict[str, dict[str, Any]]:
    """Variables of a good site, with collection-wide ones replaced on every host."""
    return {host: {**own, **variables} for host, own in copy.deepcopy(HOSTVARS).items()}


def told(hostvars: dict[str, dict[str, Any]], **groups: list[str]) -> list[tuple[str, str]]:
    """(ID, host) of every finding."""
    rows = inventory.inventory_findings(hostvars, {**GROUPS, **groups}, SPEC, ["ceph", "nfs"])
    assert all(row["found"] and row["needed"] and row["fix"] for row in rows)
    return [(row["id"], row["host"]) for row in rows]


def test_good_site() -> None:
    """What the other tests break one thing of."""
    assert told(site()) == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"dvp_release_channel": "Early Access"}, ["U01"]),
        ({"dvp_release_channel": "stable"}, ["U01"]),
        ({"dvp_registry_images_repo": "https://registry.example.com/x"}, ["H11"]),
        ({"dvp_registry_images_repo": "registry.example.com"}, ["H11"]),
        ({"dvp_registry_images_repo": "registry.example.com/x/"}, ["H11"]),
        ({"dvp_registry_images_repo": "registry.example.com/x:tag"}, ["H11"]),
        ({"dvp_registry_images_repo": "192.0.2.1:5000/deckhouse/se-plus"}, []),
        ({"dvp_kubernetes_version": "1.33"}, []),
        ({"dvp_kubernetes_version": "v1.33.1"}, ["INV03"]),
        ({"dvp_kubernetes_version": 1.33}, ["INV03"]),
        ({"dvp_dvcr_size": "50Gi"}, []),
        ({"dvp_dvcr_size": "50 GB"}, ["M01"]),
        ({"dvp_dvcr_size": "0"}, ["M01"]),
        ({"dvp_dvcr_storage_class": "main"}, []),
        ({"dvp_dvcr_storage_class": "other"}, ["M01"]),
        ({"dvp_public_domain_template": "%s.dvp.example.com"}, []),
        ({"dvp_public_domain_template": "dvp.example.com"}, ["INV03"]),
        ({"dvp_public_domain_template": "%s.%s.example.com"}, ["INV03"]),
        ({"dvp_public_domain_template": "%s.cluster.local"}, ["INV03"]),
        ({"dvp_edition": "se", "dvp_console_enabled": True}, ["P04"]),
        ({"dvp_edition": "ee", "dvp_console_enabled": True}, []),
        ({"dvp_edition": "gold"}, ["INV03"]),
        ({"dvp_vm_cidrs": [], "dvp_planned_vms": 0}, ["M02"]),
        ({"dvp_vm_cidrs": ["10.66.10.1/24"], "dvp_planned_vms": 0}, ["M03"]),
        ({"dvp_vm_cidrs": ["2001:db8::/64"], "dvp_planned_vms": 0}, ["M03"]),
        ({"dvp_vm_cidrs": ["10.111.0.0/24"]}, ["M03"]),
        ({"dvp_vm_cidrs": "10.66.10.0/24", "dvp_planned_vms": 0}, ["INV03"]),
        ({"dvp_storage_classes": [{"backend": "nfs"}]}, ["INV03"]),
        ({"dvp_vm_cidrs": ["10.66.10.0/24", "10.66.10.0/25"]}, ["M03"]),
        ({"dvp_service_cidr": "10.0.0.0/8"}, ["M03", "M03"]),
        ({"dvp_planned_vms": 255}, ["C02"]),
        ({"dvp_planned_vms": 50000, "dvp_vm_cidrs": ["10.0.0.0/16"]}, []),
        ({"dvp_planned_vms": 50001, "dvp_vm_cidrs": ["10.0.0.0/16"]}, ["C02"]),
        ({"dvp_pod_cidr": "10.111.0.0/22", "dvp_pod_node_prefix": 24}, []),
        ({"dvp_pod_cidr": "10.111.0.0/23", "dvp_pod_node_prefix": 24}, ["C01"]),
        ({"dvp_pod_cidr": "10.111.0.0/16", "dvp_pod_node_prefix": 15}, ["C01"]),
        ({"dvp_pod_node_prefix": 30}, []),
        ({"dvp_pod_node_prefix": 31}, ["INV03"]),
        ({"dvp_storage_classes": []}, ["C04"]),
        ({"dvp_storage_classes": [{"name": "main", "backend": "nfz", "default": True}]}, ["C04"]),
        ({"dvp_storage_classes": [{"name": "Main_1", "backend": "nfs", "default": True}]}, ["C04"]),
        ({"dvp_storage_classes": [{"name": "a", "backend": "nfs"}]}, ["C04"]),
        ({"dvp_storage_classes": [{"name": n, "backend": "nfs", "default": True} for n in "ab"]}, ["C04"]),
        ({"dvp_storage_classes": [{"name": "a", "backend": "nfs", "default": d} for d in (True, False)]}, ["C04"]),
        ({"dvp_internal_cidrs": ["198.51.100.0/24"]}, ["H20", "H20", "H20"]),
        ({"dvp_unknown": 1}, ["INV02"]),
    ],
)
def test_variable(variables: dict[str, Any], expected: list[str]) -> None:
    """One mistake, the findings of it and no others."""
    assert sorted(row[0] for row in told(site(**variables))) == sorted(expected)


@pytest.mark.parametrize("channel", [spelling for dummy, spelling in req.RELEASE_CHANNELS])
def test_every_channel(channel: str) -> None:
    """Spelled as the API does."""
    assert told(site(dvp_release_channel=channel)) == []


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"installer": []}, [("INV01", "")]),
        ({"installer": ["ctl", "ctl2"]}, [("INV01", "")]),
        ({"masters": []}, [("INV01", "")]),
        ({"workers": []}, [("INV01", "")]),
        ({"workers": ["w1", "m1"]}, [("INV04", "m1")]),
        ({"installer": ["w1"]}, [("I01", "w1")]),
    ],
)
def test_groups(groups: dict[str, list[str]], expected: list[tuple[str, str]]) -> None:
    """Each group has somebody, and nobody is in two."""
    hostvars = site()
    hostvars["ctl2"] = hostvars["ctl"]
    assert told(hostvars, **groups) == expected


@pytest.mark.parametrize(
    ("host", "variables", "expected"),
    [
        ("w1", {"ansible_host": "192.0.2.11"}, [("INV05", "m1"), ("INV05", "w1")]),
        ("w1", {"ansible_host": "w1.example.com"}, [("INV05", "w1")]),
        ("w1", {"ansible_host": "w1.example.com", "dvp_node_address": "192.0.2.21"}, []),
        ("w1", {"ansible_host": "2001:db8::1"}, [("INV05", "w1")]),
        ("w1", {"ansible_host": "198.51.100.1"}, [("H20", "w1")]),
        ("w1", {"dvp_node_address": 5}, [("INV03", "w1"), ("INV05", "w1")]),
        ("w1", {"dvp_node_labels": ["a"]}, [("INV03", "w1")]),
        ("w1", {"dvp_node_labels": {"a": "b"}}, []),
        ("ctl", {"ansible_host": "192.0.2.11"}, [("I01", "ctl")]),
        ("w1", {"dvp_planned_vms": 3}, [("INV06", "")]),
        ("w1", {"dvp_pod_cidr": "10.1.0.0/16"}, [("INV06", "")]),
        ("ctl", {"dvp_state_dir": "/srv/dvp"}, []),
        ("ctl", {"dvp_registry_password": "secret"}, []),
        ("ctl", {"dvp_prepare_enabled": False}, [("INV06", "")]),
        ("ctl", {"dvp_prepare_enabled": True}, []),
        ("w1", {"dvp_node_adress": "192.0.2.21"}, [("INV02", "")]),
        ("m1", {"dvp_node_address": "10.66.10.9"}, [("H20", "m1"), ("M03", "m1")]),
    ],
)
def test_host(host: str, variables: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """Variables of one host: its own are its own, all others are the cluster's."""
    hostvars = site()
    hostvars[host].update(variables)
    assert sorted(told(hostvars)) == sorted(expected)


def test_names_of_hosts() -> None:
    """Objects of the cluster are named after hosts."""
    hostvars = site()
    hostvars["Worker_3"] = {**SHARED, "ansible_host": "192.0.2.23"}
    assert told(hostvars, workers=["w1", "w2", "Worker_3"]) == [("INV07", "Worker_3")]


def test_unknown_variable_is_told_once() -> None:
    """One line for all hosts, with a few names."""
    rows = inventory.inventory_findings(site(dvp_pod_cider="x"), GROUPS, SPEC, ["nfs"])
    assert [row["found"] for row in rows] == ["dvp_pod_cider (on ctl, m1, w1 and 1 more)"]


def test_everything_at_once() -> None:
    """One mistake hides no other one."""
    hostvars = site(dvp_planned_vms="many", dvp_pod_cider=1, dvp_vm_cidrs=["10.111.0.0/24"], dvp_service_cidr="x")
    identifiers = [row[0] for row in told(hostvars, workers=[])]
    assert identifiers == ["INV01", "INV02", "INV03", "M03", "M03"]


def test_usable_settings() -> None:
    """Unusable values are replaced by defaults, so that hosts can be asked all the same."""
    hostvars = site(dvp_demo_mode_enabled="maybe", dvp_pod_cidr="10.0.0.0/99", dvp_planned_vms=7)
    settings = inventory.inventory_settings(hostvars, "ctl", SPEC)
    assert settings["dvp_demo_mode_enabled"] is False
    assert settings["dvp_pod_cidr"] == SPEC["dvp_pod_cidr"]["default"]
    assert settings["dvp_planned_vms"] == 7
    assert inventory.inventory_settings({}, "", SPEC)["dvp_planned_vms"] == 0
    assert "dvp_registry_password" not in settings, "nobody reads it from here"


def test_storage_classes_of_the_installer_alone() -> None:
    """Hosts that are prepared for no backend would lack its kernel modules."""
    hostvars = site()
    for host in ("m1", "w1", "w2"):
        del hostvars[host]["dvp_storage_classes"]
    assert told(hostvars) == [("INV06", "")]


def test_what_hosts_read_is_what_prepare_reads() -> None:
    """The role's own defaults say it; summarize reads as the installer machine does."""
    spec = yaml.safe_load((ROOT / "roles/host_prepare/meta/argument_specs.yml").read_text())["argument_specs"]["main"]
    defaults = str([option.get("default") for option in spec["options"].values()])
    assert sorted(inventory.READ_ON_HOSTS) == sorted(set(re.findall(r"\bdvp_\w+", defaults)))
