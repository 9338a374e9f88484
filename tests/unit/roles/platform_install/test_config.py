"""The installer's configuration: rendered as the role renders it, compared, and judged by the vendor's schemas."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import vendor
import yaml

ROOT = Path(__file__).resolve().parents[4]
SCHEMAS = {
    "ClusterConfiguration": "cluster_configuration.yaml",
    "InitConfiguration": "init_configuration.yaml",
    "StaticClusterConfiguration": "static_cluster_configuration.yaml",
    "deckhouse": "deckhouse_config-values.yaml",
    "global": "global_config-values.yaml",
}
VARIABLES = (
    "cluster_settings/defaults/main.yml",
    "platform_install/defaults/main.yml",
    "platform_install/vars/main.yml",
)
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "private": {
        "dvp_registry_images_repo": "registry.example.com:5000/deckhouse/ee",
        "dvp_registry_username": "reader",
        "dvp_registry_password": "p:'\"\\ssword",
        "dvp_registry_ca": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "dvp_internal_cidrs": ["192.0.2.0/24"],
        "dvp_public_domain_template": "%s.dvp.example.com",
        "dvp_pod_node_prefix": 25,
        "dvp_module_settings": {"deckhouse": {"logLevel": "Debug"}, "cni-cilium": {"tunnelMode": "Disabled"}},
    },
}
CASES["private, in the ModuleConfig"] = {**CASES["private"], "platform_install_registry_document": "ModuleConfig"}


@pytest.fixture(scope="module", params=CASES)
def documents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The rendered documents of one case. The case's variables are given on the command line, where they win."""
    folder = tmp_path_factory.mktemp("config")
    roles = ROOT / "roles"
    steps: list[dict[str, Any]] = [{"ansible.builtin.include_vars": str(roles / name)} for name in VARIABLES]
    source = str(roles / "platform_install/templates/config.yml.j2")
    template = {"src": source, "dest": str(folder / "config.yml"), "mode": "0600"}
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [*steps, {"ansible.builtin.template": template}],
    }
    (folder / "play.yml").write_text(yaml.safe_dump([play]))
    variables = json.dumps(CASES[request.param])
    command = ["ansible-playbook", "--inventory", "localhost,", "--extra-vars", variables, str(folder / "play.yml")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return list(yaml.safe_load_all((folder / "config.yml").read_text()))


def by_name(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["metadata"]["name"] if item["kind"] == "ModuleConfig" else item["kind"]: item for item in documents}


def settings_of(case: str) -> dict[str, Any]:
    return CASES[case]


def test_documents(documents: list[dict[str, Any]], request: pytest.FixtureRequest) -> None:
    """What the vendor's guide shows (core.md 1.4), with the values of the inventory."""
    found = by_name(documents)
    case = settings_of(request.node.callspec.params["documents"])
    assert found["ClusterConfiguration"] == {
        "apiVersion": "deckhouse.io/v1", "kind": "ClusterConfiguration", "clusterType": "Static",
        "podSubnetCIDR": "10.111.0.0/16", "podSubnetNodeCIDRPrefix": str(case.get("dvp_pod_node_prefix", 24)),
        "serviceSubnetCIDR": "10.222.0.0/16", "kubernetesVersion": "Automatic", "clusterDomain": "cluster.local",
    }  # fmt: skip
    assert found["StaticClusterConfiguration"].get("internalNetworkCIDRs", []) == case.get("dvp_internal_cidrs", [])
    template = case.get("dvp_public_domain_template")
    assert ("global" in found) is bool(template)
    if template:
        assert found["global"]["spec"] == {"version": 2, "settings": {"modules": {"publicDomainTemplate": template}}}
    assert found["deckhouse"]["spec"]["settings"]["releaseChannel"] == "EarlyAccess"
    tunnel = "Disabled" if "dvp_module_settings" in case else "VXLAN"
    assert found["cni-cilium"]["spec"] == {"enabled": True, "version": 1, "settings": {"tunnelMode": tunnel}}


def test_registry_stands_in_one_document(documents: list[dict[str, Any]], request: pytest.FixtureRequest) -> None:
    """With its login and certificate, whole; a password of any characters arrives as it is."""
    found = by_name(documents)
    case = settings_of(request.node.callspec.params["documents"])
    password = case.get("dvp_registry_password")
    registry = found["deckhouse"]["spec"]["settings"].get("registry")
    if case.get("platform_install_registry_document") == "ModuleConfig":
        assert "InitConfiguration" not in found
        assert registry["unmanaged"]["password"] == password
        assert registry["unmanaged"]["ca"] == case["dvp_registry_ca"]
        return
    assert registry is None
    init = found["InitConfiguration"]["deckhouse"]
    host = init["imagesRepo"].split("/")[0]
    login = json.loads(base64.b64decode(init["registryDockerCfg"]))["auths"][host]
    assert login.get("password") == password
    assert init.get("registryCA") == case.get("dvp_registry_ca")


def test_vendor_schemas_accept_it(documents: list[dict[str, Any]]) -> None:
    """The schemas that the vendor's installer itself uses, where they are at hand."""
    folder = vendor.needed(vendor.SCHEMAS)
    for name, document in by_name(documents).items():
        if name not in SCHEMAS:
            continue
        schema = yaml.safe_load((folder / SCHEMAS[name]).read_text())
        if document["kind"] == "ModuleConfig":
            jsonschema.validate(document["spec"]["settings"], schema)
        else:
            versions = {item["apiVersion"]: item["openAPISpec"] for item in schema["apiVersions"]}
            jsonschema.validate(document, versions[document["apiVersion"]])
