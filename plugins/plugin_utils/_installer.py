# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's installer container: command lines, its progress, and what the master and the API tell about an
installation. Pure; private to this collection."""

from __future__ import annotations

import base64
import json
import re
import typing as t

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding

Finding = dict[str, t.Any]
LABEL = "dvp.baremetal.fingerprint"
# Not "created": a container that could not be started stays so for ever.
_RUNNING = {"running", "stopping", "restarting", "paused"}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")


class Container(t.NamedTuple):
    """What the engine knows about a container; C(fingerprint) tells with which configuration it was started."""

    running: bool
    exit_code: int
    fingerprint: str


def docker_config(registry: str, username: str, password: str) -> str:
    """JSON of a docker configuration for one registry (host[:port]), anonymous without a password (core.md 1.2)."""
    entry: dict[str, str] = {}
    if password:
        # One from a vault is an object of its own before ansible-core 2.19; only its text can be dumped.
        login = base64.b64encode(f"{username}:{password}".encode()).decode()
        entry = {"username": username, "password": str(password), "auth": login}
    return json.dumps({"auths": {registry: entry}})


def engine_kind(version_output: str) -> str:
    """C(podman) or C(docker), from the output of C(--version)."""
    return "podman" if "podman" in version_output.lower() else "docker"


def login_options(engine_output: str, directory: str) -> dict[str, list[str]]:
    """Options that make an engine use the login (and CA) in a directory: C(before) and C(after) the subcommand.

    Podman takes both per call. Docker has no option for a CA: it reads /etc/docker/certs.d/<registry>/ca.crt.
    """
    if engine_kind(engine_output) == "docker":
        return {"before": ["--config", directory], "after": []}
    return {"before": [], "after": [f"--authfile={directory}/config.json", f"--cert-dir={directory}/certs"]}


def run_command(engine: str, container: t.Mapping[str, t.Any]) -> list[str]:
    """Command line that starts the container detached, so that it outlives whoever started it.

    C(container): name, image, network, volumes (list), command (list), fingerprint.
    """
    line = [engine, "run", "--detach", "--pull=never", f"--name={container['name']}"]
    line += [f"--label={LABEL}={container['fingerprint']}", f"--network={container['network']}"]
    # The mounted files belong to the operator; relabelling ~/.ssh for SELinux would be worse than not confining.
    line += ["--security-opt=label=disable"]
    line += [f"--volume={volume}" for volume in container["volumes"]]
    return [*line, container["image"], *container["command"]]


def container_of(inspect_output: str) -> Container | None:
    """The container that C(inspect) prints as JSON; None when there is none."""
    try:
        found = json.loads(inspect_output)
    except ValueError:
        return None
    if not found:
        return None
    state = found[0]["State"]
    labels = found[0].get("Config", {}).get("Labels") or {}
    running = str(state.get("Status", "")).lower() in _RUNNING
    return Container(running, int(state.get("ExitCode") or 0), labels.get(LABEL, ""))


def progress_lines(text: str) -> list[str]:
    """Sentences for people, one per record of the installer's progress log (JSON lines); anything else is left out."""
    sentences = []
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        phase = _name(record.get("phase")) if isinstance(record, dict) else ""
        if phase:
            parts = [_name(part) for part in record.get("subPhases") or []]
            current = _name(record.get("subPhase") or record.get("currentSubPhase")) or ", ".join(filter(None, parts))
            words = [phase, current and f"({current})", _name(record.get("action"))]
            sentences.append(" ".join(filter(None, words)))
    return sentences


def _name(value: t.Any) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("phase")
    return value if isinstance(value, str) else ""


def complete_lines(text: str) -> str:
    """The text up to and with its last newline: a record that is still being written is read next time."""
    return text[: text.rfind("\n") + 1]


def last_words(log: str, count: int = 15) -> str:
    """The end of a log, without colours and empty lines."""
    lines = [line.rstrip() for line in _ANSI.sub("", log).splitlines() if line.strip()]
    return "\n".join(lines[-count:])


def installer_findings(
    engine: str, info: t.Mapping[str, t.Any], registry: str, username: str, login: t.Mapping[str, t.Any]
) -> list[Finding]:
    """I03 and I04 from two command results (C(rc), C(stderr)): C(<engine> version) and the login to the registry.

    An engine that does not work has tried no login, so it is one finding; C(login) is empty without a login to try.
    """
    if info.get("rc", 0) != 0:
        said = last_words(str(info.get("stderr") or info.get("msg") or "no answer"), 3)
        fix = "Install podman or docker on the installer machine, or name it in dvp_container_engine."
        return [finding("I03", f"{engine}: {said}", fix)]
    return _registry_findings(login, registry, username)


def _registry_findings(login: t.Mapping[str, t.Any], registry: str, username: str) -> list[Finding]:
    if login.get("rc", 0) == 0:
        return []
    said = last_words(str(login.get("stderr") or login.get("msg") or "no answer"), 3)
    if re.search(r"unauthorized|invalid username/password|incorrect username|denied|\b40[13]\b", said.lower()):
        found = f"login as {username} refused"
        fix = "Check dvp_registry_username and dvp_registry_password (the licence key for the vendor's registry)."
    elif re.search(r"x509|certificate|tls:", said.lower()):
        found = f"no login, its certificate is not trusted: {said}"
        fix = (
            "Put the registry's root certificate into dvp_registry_ca; docker reads it only from "
            f"/etc/docker/certs.d/{registry}/ca.crt."
        )
    else:
        found = f"no login: {said}"
        fix = "Check the address in dvp_registry_images_repo, the network, and HTTPS_PROXY of the installer machine."
    return [finding("I04", f"{registry}: {found}", fix)]


def platform_state(seen: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """P01: is the platform absent, partly installed or installed? Asked of the API and of the first master.

    C(seen) holds registered results: C(api) and C(api_by_master) of k8s_info for Deployment d8-system/deckhouse,
    C(container) of the engine's C(container inspect), C(master_files) and C(cache) of find on the first master and
    in the installer's state directory; and C(master), its name. What was not asked is an empty result.
    Returns {state: absent | partial | installed | unknown, version: str, findings: list}.
    """
    deployments = seen["api"].get("resources") or seen["api_by_master"].get("resources") or []
    container = container_of(seen["container"].get("stdout") or "")
    busy = container is not None and container.running
    if deployments and not busy:
        annotations = deployments[0]["metadata"].get("annotations") or {}
        return _state("installed", annotations.get("core.deckhouse.io/version", ""))
    files = [item["path"] for item in seen["master_files"].get("files") or []]
    if busy or (files and seen["cache"].get("stdout_lines")):
        return _state("partial")
    if seen["master_files"].get("unreachable"):
        return _state("unknown")  # The host itself is a finding already (H13).
    if not files:
        return _state("absent")
    traces = finding(
        "P01",
        f"traces of an installation ({', '.join(sorted(files))}), an API that does not answer, "
        "no state of the installer",
        "Bring back the state directory of that installation (dvp_state_dir), or clean the host: bash "
        "/var/lib/bashible/cleanup_static_node.sh --yes-i-am-sane-and-i-understand-what-i-am-doing",
        needed="a clean host, or the state of the interrupted installation",
        host=seen["master"],
    )
    return _state("unknown", findings=[traces])


def _state(state: str, version: str = "", findings: t.Sequence[Finding] = ()) -> dict[str, t.Any]:
    return {"state": state, "version": version, "findings": list(findings)}


def with_server(kubeconfig: t.Mapping[str, t.Any], server: str) -> dict[str, t.Any]:
    """The master's kubeconfig (parsed), reaching the API from outside: every cluster gets this server URL."""
    clusters = [{**item, "cluster": {**item["cluster"], "server": server}} for item in kubeconfig["clusters"]]
    return {**kubeconfig, "clusters": clusters}
