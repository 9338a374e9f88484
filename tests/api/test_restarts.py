# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node is drained before its host restarts and given back afterwards, by the tasks of host_prepare."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from api.cluster import Site, add_workers
from lab.platform.api import Object
from lab.platform.kinds import NODE, POD

ROOT = Path(__file__).resolve().parents[2]
MARK = "dvp.baremetal/restarting"


@pytest.fixture(scope="module")
def kubeconfig(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The administrator's kubeconfig of a cluster with two workers."""
    add_workers(shared_site)
    shared_site.wait("both workers", lambda: len(shared_site.admin.objects(NODE)) == 3)
    path = tmp_path_factory.mktemp("kubeconfig") / "config"
    control_plane = shared_site.platform.control_plane
    path.write_text(control_plane.kubeconfig(control_plane.url), encoding="utf-8")
    return path


def run(folder: Path, kubeconfig: Path, tasks: str, **variables: Any) -> str:
    """Run tasks of the role against the cluster, as the host worker-1 would; return the output."""
    values = {
        "ansible_python_interpreter": sys.executable,
        "host_prepare_kubeconfig": str(kubeconfig),
        "host_prepare_installer": "localhost",
        "host_prepare_drain_tries": 5,
        "host_prepare_drain_delay_s": 1,
        **variables,
    }
    task = {"name": "Go", "ansible.builtin.include_tasks": str(ROOT / f"roles/host_prepare/tasks/{tasks}.yml")}
    playbook = folder / "play.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "vars": values, "tasks": [task]}]))
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", "-i", "localhost,", "-c", "local", playbook],
        capture_output=True, text=True, cwd=folder, check=False, timeout=240,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node(site: Site) -> Object:
    """The node of the host."""
    return site.admin.get(NODE, "worker-1") or {}


def annotations(site: Site) -> dict[str, str]:
    """What the node is marked with."""
    return node(site)["metadata"].get("annotations", {})


def start_pod(site: Site) -> None:
    """A pod on the node that its owner would make again elsewhere."""
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "1", "controller": True}
    spec = {
        "nodeName": "worker-1", "terminationGracePeriodSeconds": 0, "automountServiceAccountToken": False,
        "containers": [{"name": "web", "image": "web"}],
    }  # fmt: skip
    metadata = {"name": "web-1", "namespace": "default", "ownerReferences": [owner]}
    site.admin.apply(POD, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


def test_a_node_is_drained_and_given_back(shared_site: Site, kubeconfig: Path, tmp_path: Path) -> None:
    """Cordoned and marked, empty; then schedulable, and the mark is gone."""
    restart = {"node": "worker-1", "uncordon": True}
    start_pod(shared_site)
    run(tmp_path, kubeconfig, "drain_node", host_prepare_restart=restart)
    assert node(shared_site)["spec"]["unschedulable"] is True
    assert annotations(shared_site).get(MARK) == "cordoned"
    assert shared_site.admin.get(POD, "web-1", "default") is None
    assert "changed=0" in run(tmp_path, kubeconfig, "drain_node", host_prepare_restart=restart)

    look = {"facts": {"kernel": node(shared_site)["status"]["nodeInfo"]["kernelVersion"]}}
    back = {"host_prepare_restart": restart, "__host_prepare_look": look}
    run(tmp_path, kubeconfig, "return_node", **back)
    assert "unschedulable" not in node(shared_site)["spec"]
    assert MARK not in annotations(shared_site)
    assert "changed=0" in run(tmp_path, kubeconfig, "return_node", **back)


def test_a_node_that_somebody_else_cordoned_stays_so(shared_site: Site, kubeconfig: Path, tmp_path: Path) -> None:
    """It is drained, but carries no mark and is not given back."""
    shared_site.admin.patch(NODE, "worker-1", "", {"spec": {"unschedulable": True}})
    restart = {"node": "worker-1", "uncordon": False}
    look = {"facts": {"kernel": node(shared_site)["status"]["nodeInfo"]["kernelVersion"]}}
    run(tmp_path, kubeconfig, "drain_node", host_prepare_restart=restart)
    run(tmp_path, kubeconfig, "return_node", host_prepare_restart=restart, __host_prepare_look=look)
    assert node(shared_site)["spec"]["unschedulable"] is True
    assert MARK not in annotations(shared_site)
