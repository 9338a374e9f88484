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

    C(container): name, image, network, mounts (list of {source, target, read_only}), command (list), fingerprint.
    """
    line = [engine, "run", "--detach", "--pull=never", f"--name={container['name']}"]
    line += [f"--label={LABEL}={container['fingerprint']}", f"--network={container['network']}"]
    # The mounted files belong to the operator; relabelling ~/.ssh for SELinux would be worse than not confining.
    line += ["--security-opt=label=disable"]
    line += [f"--mount={_bind(mount)}" for mount in container["mounts"]]
    return [*line, container["image"], *container["command"]]


def _bind(mount: t.Mapping[str, t.Any]) -> str:
    # Unlike --volume it makes no directory of a source that is not there.
    return f"type=bind,source={mount['source']},target={mount['target']}" + (",readonly" * bool(mount["read_only"]))


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


def private_key_findings(path: str, slurped: t.Mapping[str, t.Any]) -> list[Finding]:
    """I05: the private key for SSH, from what slurp has answered about it on the installer machine."""
    text = base64.b64decode(slurped.get("content") or "")
    if not path.startswith(("/", "~")):
        found = "a relative path, which the container engine does not take"
    elif "content" not in slurped:
        found = f"it cannot be read: {last_words(str(slurped.get('msg') or 'no answer'), 1)}"
    elif b"PRIVATE KEY-----" not in text:
        found = "no private key"
    elif _wants_passphrase(text):
        found = "a key with a passphrase, which nobody is there to type"
    else:
        return []
    fix = "Name in dvp_ssh_private_key_file a key that the hosts know, on the installer machine."
    needed = "a private key without passphrase, by its absolute path"
    return [finding("I05", f"{path}: {found}", fix, checked="Private key for SSH", needed=needed)]


def _wants_passphrase(text: bytes) -> bool:
    if b"OPENSSH PRIVATE KEY" not in text:
        return b"ENCRYPTED" in text
    # Magic, then the name of the cipher after its length in four bytes.
    body = base64.b64decode(b"".join(line for line in text.splitlines() if not line.startswith(b"-----")))
    return not body.startswith(b"openssh-key-v1\0\0\0\0\4none")


def platform_state(seen: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """P01: is the platform absent, partly installed or installed? Asked of the API and of the first master.

    C(seen) holds registered results: C(api) and C(api_by_master) of k8s_info for Deployment d8-system/deckhouse,
    C(container) of the engine's C(container inspect), C(master_files) of find on the first master, and C(cache), the
    cluster UUIDs in the installer's cache, which the installer forgets when it has ended well (core.md 2.5); and
    C(master) and C(endpoint), the master's name and the URL of the API. What was not asked is an empty result.
    Returns {state: absent | partial | installed | unknown, version: str, findings: list}.
    """
    deployments = seen["api"].get("resources") or seen["api_by_master"].get("resources") or []
    container = container_of(seen["container"].get("stdout") or "")
    busy = container is not None and container.running
    unfinished = busy or bool(seen["cache"].get("stdout_lines"))
    if deployments and not unfinished:
        annotations = deployments[0]["metadata"].get("annotations") or {}
        return _state("installed", annotations.get("core.deckhouse.io/version", ""))
    if deployments or busy:
        return _state("partial")
    if "files" not in seen["master_files"]:
        return _state("unknown", findings=[_silent_master(seen)])
    files = sorted(item["path"] for item in seen["master_files"]["files"])
    if not files:
        return _state("absent")
    return _state("partial") if unfinished else _state("unknown", findings=[_traces(seen, files)])


def _silent_master(seen: t.Mapping[str, t.Any]) -> Finding:
    said = last_words(str(seen["master_files"].get("msg") or "no answer"), 1)
    fix = "Make the host reachable over SSH, with root rights; nothing is installed over what nobody has looked at."
    needed = "an answer of the API or of the first master"
    return finding("P01", f"the first master cannot be asked: {said}", fix, needed=needed, host=seen["master"])


def _traces(seen: t.Mapping[str, t.Any], files: list[str]) -> Finding:
    answers = [seen["api_by_master"], seen["api"]]
    said = next((last_words(str(answer["msg"]), 1) for answer in answers if answer.get("msg")), "nothing asked it")
    answered = any("resources" in answer for answer in answers)
    api = "an API without the platform" if answered else f"no answer of the API ({said})"
    return finding(
        "P01",
        f"traces of an installation ({', '.join(files)}), {api}, no state of the installer",
        f"Is {seen['endpoint']} reachable from the installer machine, and does the API work on the host? If "
        "the installation was cut off, bring back its state directory (dvp_state_dir). Clean only a host with nothing "
        "to keep: bash /var/lib/bashible/cleanup_static_node.sh --yes-i-am-sane-and-i-understand-what-i-am-doing",
        needed="an API that answers, a clean host, or the state of the interrupted installation",
        host=seen["master"],
    )


def _state(state: str, version: str = "", findings: t.Sequence[Finding] = ()) -> dict[str, t.Any]:
    return {"state": state, "version": version, "findings": list(findings)}


def with_server(kubeconfig: t.Mapping[str, t.Any], server: str) -> dict[str, t.Any]:
    """The master's kubeconfig (parsed), reaching the API from outside: every cluster gets this server URL."""
    clusters = [{**item, "cluster": {**item["cluster"], "server": server}} for item in kubeconfig["clusters"]]
    return {**kubeconfig, "clusters": clusters}
