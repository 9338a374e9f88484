"""The installer's container: command lines, progress, and what the answers say about an installation."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _installer

REGISTRY = "registry.example.com:5000"
CONTAINER = {
    "name": "dvp-installer-dvp",
    "image": f"{REGISTRY}/deckhouse/ee/install:early-access",
    "network": "host",
    "fingerprint": "abc",
    "mounts": [
        {"source": "/state/config.yml", "target": "/config.yml", "read_only": True},
        {"source": "/state/dhctl", "target": "/tmp/dhctl", "read_only": False},
    ],
    "command": ["dhctl", "bootstrap"],
}


def inspected(status: str, exit_code: int = 0, labels: dict[str, str] | None = None) -> str:
    return json.dumps([{"State": {"Status": status, "ExitCode": exit_code}, "Config": {"Labels": labels}}])


def test_docker_config() -> None:
    """The login without a newline at its end; core.md 1.2 warns of one."""
    entry = json.loads(_installer.docker_config(REGISTRY, "u", "p"))["auths"][REGISTRY]
    assert entry == {"username": "u", "password": "p", "auth": base64.b64encode(b"u:p").decode()}


def test_docker_config_of_an_anonymous_registry() -> None:
    """Without a password there is no login, whatever the user's name."""
    assert json.loads(_installer.docker_config(REGISTRY, "u", "")) == {"auths": {REGISTRY: {}}}


@pytest.mark.parametrize(
    ("version", "options"),
    [
        ("podman version 4.3.1", {"before": [], "after": ["--authfile=/d/config.json", "--cert-dir=/d/certs"]}),
        ("Docker version 27.3.1, build ce12230", {"before": ["--config", "/d"], "after": []}),
    ],
)
def test_login_options(version: str, options: dict[str, list[str]]) -> None:
    """Both engines read the same directory, each in its way."""
    assert _installer.login_options(version, "/d") == options


def test_run_command() -> None:
    """Detached and named, with its fingerprint; the image and its command come last. No mount makes its source."""
    line = _installer.run_command("podman", CONTAINER)
    assert line[:3] == ["podman", "run", "--detach"]
    assert {"--name=dvp-installer-dvp", "--network=host", f"--label={_installer.LABEL}=abc"} <= set(line)
    assert "--mount=type=bind,source=/state/config.yml,target=/config.yml,readonly" in line
    assert "--mount=type=bind,source=/state/dhctl,target=/tmp/dhctl" in line
    assert line[-3:] == [CONTAINER["image"], "dhctl", "bootstrap"]


@pytest.mark.parametrize(
    ("output", "container"),
    [
        ("", None),
        ("[]", None),
        ("Error: no such container", None),
        (inspected("running", labels={_installer.LABEL: "abc"}), _installer.Container(True, 0, "abc")),
        (inspected("created"), _installer.Container(False, 0, "")),
        (inspected("exited", 1), _installer.Container(False, 1, "")),
        (inspected("dead", 137), _installer.Container(False, 137, "")),
    ],
)
def test_container_of(output: str, container: _installer.Container | None) -> None:
    """No container is no error."""
    assert _installer.container_of(output) == container


def test_progress_lines() -> None:
    """One sentence per record; what is no record is left out."""
    text = "\n".join(
        [
            json.dumps({"phase": "InstallKubernetes", "action": "start", "subPhases": []}),
            json.dumps({"phase": {"name": "InstallKubernetes"}, "subPhases": [{"name": "NodePreparation"}]}),
            "not json",
            json.dumps({"action": "default"}),
            json.dumps(["list"]),
        ]
    )
    assert _installer.progress_lines(text) == ["InstallKubernetes start", "InstallKubernetes (NodePreparation)"]


@pytest.mark.parametrize(("text", "complete"), [("a\nb", "a\n"), ("a", ""), ("", ""), ("a\n", "a\n")])
def test_a_record_that_is_being_written_waits(text: str, complete: str) -> None:
    """Half a line of JSON is read with the next look."""
    assert _installer.complete_lines(text) == complete


def test_last_words() -> None:
    """The end of the log without colours and empty lines."""
    assert _installer.last_words("a\n\x1b[31mError: b\x1b[0m\n\n", 1) == "Error: b"


@pytest.mark.parametrize(
    ("stderr", "found", "fix"),
    [
        ('Error: logging into "registry.example.com:5000": invalid username/password', "login as lic refused",
         "dvp_registry_password"),
        ("Error response from daemon: login attempt failed with status: 401 Unauthorized", "login as lic refused",
         "dvp_registry_password"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown authority", "not trusted",
         "dvp_registry_ca"),
        ("dial tcp: lookup registry.example.com: no such host", "no such host", "dvp_registry_images_repo"),
    ],
)  # fmt: skip
def test_login_that_fails(stderr: str, found: str, fix: str) -> None:
    """I04 tells the causes apart, names the registry and what to change."""
    (item,) = _installer.installer_findings("podman", {"rc": 0}, REGISTRY, "lic", {"rc": 125, "stderr": stderr})
    assert item["id"] == "I04"
    assert REGISTRY in item["found"]
    assert found in item["found"]
    assert fix in item["fix"]


def test_engine_that_fails() -> None:
    """I03 alone: without an engine no login was tried."""
    info = {"rc": 127, "msg": "[Errno 2] No such file or directory: 'podman'"}
    (item,) = _installer.installer_findings("podman", info, REGISTRY, "lic", {})
    assert (item["id"], "No such file" in item["found"]) == ("I03", True)


@pytest.mark.parametrize("login", [{}, {"rc": 0}])
def test_engine_that_works(login: dict[str, Any]) -> None:
    """No login to try is no finding."""
    assert _installer.installer_findings("podman", {"rc": 0}, REGISTRY, "lic", login) == []


DEPLOYMENT = {"metadata": {"name": "deckhouse", "annotations": {"core.deckhouse.io/version": "v1.74.3"}}}
TRACES = {"files": [{"path": "/etc/kubernetes"}]}
UNFINISHED = {"stdout_lines": ["/state/dhctl/0123456789abcdef/uuid"]}
SILENT = {"failed": True, "timedout": {"period": 60}, "msg": "failed in the expected time frame (60)"}
ENDPOINT = "https://192.0.2.11:6443"
NOTHING: dict[str, Any] = {
    "api": {}, "api_by_master": {}, "container": {}, "master": "m", "master_files": {"files": []}, "cache": {},
    "endpoint": ENDPOINT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "state", "findings"),
    [
        ({}, "absent", 0),
        ({"cache": UNFINISHED}, "absent", 0),
        ({"api": SILENT}, "absent", 0),
        ({"api": {"resources": [DEPLOYMENT]}}, "installed", 0),
        ({"api_by_master": {"resources": [DEPLOYMENT]}, "master_files": TRACES}, "installed", 0),
        ({"api": {"resources": [DEPLOYMENT]}, "container": {"stdout": inspected("running")}}, "partial", 0),
        ({"api": {"resources": [DEPLOYMENT]}, "container": {"stdout": inspected("exited")}}, "installed", 0),
        ({"api": {"resources": [DEPLOYMENT]}, "cache": UNFINISHED}, "partial", 0),
        ({"api_by_master": {"resources": [DEPLOYMENT]}, "master_files": TRACES, "cache": UNFINISHED}, "partial", 0),
        ({"container": {"stdout": inspected("running")}}, "partial", 0),
        ({"master_files": TRACES, "cache": UNFINISHED}, "partial", 0),
        ({"master_files": TRACES}, "unknown", 1),
        ({"master_files": TRACES, "api": SILENT}, "unknown", 1),
        ({"master_files": TRACES, "api_by_master": {"resources": []}}, "unknown", 1),
        ({"master_files": {"unreachable": True, "msg": "timed out"}}, "unknown", 1),
        ({"master_files": {"failed": True, "msg": "Missing sudo password"}, "cache": UNFINISHED}, "unknown", 1),
    ],
)
def test_platform_state(answers: dict[str, Any], state: str, findings: int) -> None:
    """Asked of the API and the host, never of a file of ours; traces without state are refused."""
    found = _installer.platform_state({**NOTHING, **answers})
    assert (found["state"], len(found["findings"])) == (state, findings)
    assert found["version"] == ("v1.74.3" if state == "installed" else "")
    for item in found["findings"]:
        assert (item["id"], item["host"], item["severity"]) == ("P01", "m", "error")


def test_reaching_the_api_comes_before_wiping() -> None:
    """A healthy cluster behind a firewall looks like leftovers."""
    (item,) = _installer.platform_state({**NOTHING, "master_files": TRACES, "api": SILENT})["findings"]
    assert "expected time frame" in item["found"]
    assert item["fix"].startswith(f"Is {ENDPOINT} reachable")
    assert "cleanup_static_node.sh" in item["fix"]


def test_master_that_cannot_be_asked() -> None:
    """Its own words, and no advice to remove anything."""
    answers = {**NOTHING, "master_files": {"failed": True, "msg": "Missing sudo password"}}
    (item,) = _installer.platform_state(answers)["findings"]
    assert "Missing sudo password" in item["found"]
    assert "cleanup" not in item["fix"]


def openssh(cipher: bytes) -> bytes:
    """The beginning of a key in OpenSSH's format."""
    body = base64.encodebytes(b"openssh-key-v1\0" + len(cipher).to_bytes(4, "big") + cipher + b"\0\0\0\4bcrypt")
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + body + b"-----END OPENSSH PRIVATE KEY-----\n"


PEM = b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("path", "content", "found"),
    [
        ("~/.ssh/id", openssh(b"none"), ""),
        ("/k", PEM, ""),
        ("/k", openssh(b"aes256-ctr"), "passphrase"),
        ("/k", PEM.replace(b"MIIE", b"Proc-Type: 4,ENCRYPTED\nMIIE"), "passphrase"),
        ("/k", PEM.replace(b"RSA", b"ENCRYPTED"), "passphrase"),
        ("/k", b"ssh-ed25519 AAAA me", "no private key"),
        ("/k", None, "file not found: /k"),
        ("id", PEM, "relative"),
    ],
)
def test_private_key(path: str, content: bytes | None, found: str) -> None:
    """I05 before the container would make a directory of a key that is not there."""
    slurped = {"msg": "file not found: /k"} if content is None else {"content": base64.b64encode(content).decode()}
    findings = _installer.private_key_findings(path, slurped)
    assert bool(findings) is bool(found)
    for item in findings:
        assert (item["id"], found in item["found"]) == ("I05", True)


def test_with_server() -> None:
    """Only the address changes."""
    config = {"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6445", "ca": "x"}}], "users": []}
    changed = _installer.with_server(config, "https://192.0.2.11:6443")
    assert changed["clusters"] == [{"name": "c", "cluster": {"server": "https://192.0.2.11:6443", "ca": "x"}}]
    assert config["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6445"  # type: ignore[index]
