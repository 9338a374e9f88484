"""The module as Ansible runs it: a process, arguments as JSON, an answer as JSON; also with the oldest Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from unit.hosts import options

ROOT = Path(__file__).resolve().parents[4]
SOURCES = [ROOT / "plugins/modules/host_check.py", *sorted((ROOT / "plugins/module_utils").glob("_*.py"))]
PYTHONS = sorted((Path.home() / ".pyenv/versions").glob("3.*/bin/python"))
# What the module does between its arguments and its answer; ansible-core's own part decides which Pythons it manages.
PROGRAM = """
import json, sys
from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import probe
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import findings, remedies
from ansible_collections.dvp.baremetal.plugins.module_utils._local_host import LocalHost
options = json.load(sys.stdin)
facts = probe(LocalHost(), options)
print(json.dumps([facts, findings(facts, options), remedies(facts)]))
"""
OLD_PYTHONS = [Path.home() / f".pyenv/versions/3.6.{patch}/bin/python" for patch in range(16)]


def answer(arguments: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Run the module in a process of its own; return exit code and answer."""
    command = [sys.executable, "-m", "ansible_collections.dvp.baremetal.plugins.modules.host_check"]
    path = os.pathsep.join([str(ROOT / ".collections"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        command,
        input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}),
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_answer() -> None:
    """Facts, findings and remedies of the machine that runs the tests, whatever it is."""
    code, result = answer({"node_role": "worker", "cidrs": ["10.111.0.0/16"], "backends": ["nfs"]})
    assert code == 0
    assert result["changed"] is False
    assert {"br_netfilter", "nfs", "overlay"} <= set(result["facts"]["modules"])
    assert {"needed", "packages", "kernel_modules", "nested_module", "nested_reload"} < set(result["remedies"])
    known = {row.id for row in req.REQUIREMENTS}
    for row in result["findings"]:
        assert set(row) == {"id", "checked", "found", "needed", "severity", "fix", "docs", "host"}
        assert all(isinstance(value, str) for value in row.values())
        assert row["id"] in known and row["severity"] in req.SEVERITIES


def test_check_mode_is_the_same() -> None:
    """There is nothing to leave out."""
    arguments = {"node_role": "master"}
    facts = [answer({**arguments, "_ansible_check_mode": mode})[1]["facts"] for mode in (False, True)]
    assert facts[0].keys() == facts[1].keys()


def test_secrets_stay_inside() -> None:
    """Passwords of the registry, of endpoints and of proxies are in no answer: not in facts, findings or arguments."""
    secrets = ("registry-pa55word", "endpoint-pa55word", "proxy-pa55word")
    closed = "127.0.0.1:9"
    code, result = answer(
        {
            "node_role": "worker",
            "registry": {"images_repo": f"{closed}/x", "username": "u", "password": secrets[0], "timeout_s": 1},
            "endpoints": [
                {
                    "name": "one",
                    "type": "http",
                    "urls": [f"http://{closed}/"],
                    "username": "u",
                    "password": secrets[1],
                    "proxy": f"http://u:{secrets[2]}@{closed}",
                    "timeout_s": 1,
                }
            ],
            "_ansible_verbosity": 4,
        }
    )
    assert code == 0
    found = {row["id"] for row in result["findings"]}
    assert {"H11", "H00"} <= found
    assert not [secret for secret in secrets if secret in json.dumps(result)]


BAD_ENDPOINT = {"node_role": "master", "endpoints": [{"name": "x", "type": "tcp"}]}


@pytest.mark.parametrize("arguments", [{}, {"node_role": "boss"}, {"node_role": "master", "cider": []}, BAD_ENDPOINT])
def test_bad_arguments(arguments: dict[str, Any]) -> None:
    """Refused by Ansible's own validation."""
    code, result = answer(arguments)
    assert code != 0 and result["failed"] is True


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_python_36_compiles_it(source: Path, tmp_path: Path) -> None:
    """Hosts have old Pythons; where one is at hand it has the last word (tests/contracts checks the syntax always)."""
    python = next((str(path) for path in OLD_PYTHONS if path.exists()), shutil.which("python3.6"))
    if python is None:
        pytest.skip("no Python 3.6 on this machine")
    shutil.copy(source, tmp_path / source.name)
    subprocess.run([python, "-m", "py_compile", source.name], cwd=tmp_path, check=True)


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: path.parts[-3])
def test_every_python_at_hand_runs_it(python: Path) -> None:
    """The whole check, the disk and the net included, with each Python of this machine."""
    tried = options(
        disk_test_seconds=0.1,
        registry=None,
        endpoints=[{"name": "closed", "type": "tcp", "host": "127.0.0.1", "port": 9, "timeout_s": 1}],
    )
    done = subprocess.run(
        [str(python), "-B", "-c", PROGRAM],
        input=json.dumps(tried),
        env={**os.environ, "PYTHONPATH": str(ROOT / ".collections")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts, findings, _remedies = json.loads(done.stdout)
    assert facts["python"] == python.parts[-3]
    assert facts["endpoints"][0]["state"] == "refused"
    assert "H00" in {row["id"] for row in findings}
