# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon as a process: it resumes its cluster, counts writes, and refuses another installation."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api.cluster import MASTER, Site, documents, make_site
from api.fakes import facts
from lab.platform import kinds
from lab.platform.daemon import Platform

TESTS = Path(__file__).resolve().parents[1]


class Daemon:
    """A daemon of its own process on fixed ports."""

    def __init__(self, folder: Path, assets: Path) -> None:
        self._folder, self._assets = folder, assets
        self.port, self.api_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "lab.platform", "--state-dir", str(self._folder), "--pace", "0.05"]
        command += ["--listen", f"127.0.0.1:{self.port}", "--api-listen", f"127.0.0.1:{self.api_port}"]
        command += ["--assets-dir", str(self._assets)]
        environment = {**os.environ, "PYTHONPATH": str(TESTS)}
        with (self._folder.parent / "daemon.log").open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.wait(lambda: "uuid" in self.call("/status"))

    def end(self, number: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(number)
            self._process.wait(30)

    def call(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)
        except OSError:
            return {}

    def wait(self, predicate: Any, timeout_s: float = 120) -> None:
        deadline = time.monotonic() + timeout_s
        while not predicate():
            assert time.monotonic() < deadline, (self._folder.parent / "daemon.log").read_text(encoding="utf-8")
            time.sleep(0.1)


@pytest.fixture
def daemon(tmp_path: Path, assets: Path) -> Iterator[Daemon]:
    made = Daemon(tmp_path / "state", assets)
    try:
        made.start()
        yield made
    finally:
        made.end(signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_restarted_daemon_resumes_its_cluster(daemon: Daemon, number: signal.Signals) -> None:
    master = {**facts("master-1"), "address": MASTER}
    body = {"uuid": "one", "master": master, "documents": documents()}
    first = daemon.call("/bootstrap", body)
    assert f"https://{MASTER}:6443" in first["kubeconfig"]
    assert daemon.call("/deckhouse", {"uuid": "two"})["message"] == "Cluster UUIDs are not equal"
    daemon.call("/deckhouse", {"uuid": "one"})
    daemon.wait(lambda: daemon.call("/status").get("deckhouse"))
    daemon.end(number)
    daemon.start()
    daemon.wait(lambda: daemon.call("/status") == {"uuid": "one", "deckhouse": True, "master": True})
    assert daemon.call("/bootstrap", body)["kubeconfig"] == first["kubeconfig"]


def test_wrong_module_settings_are_told_before_anything_is_made(daemon: Daemon) -> None:
    wrong = documents()
    wrong[1]["spec"]["settings"]["bundle"] = "Huge"
    found = daemon.call("/validate", {"documents": wrong})["errors"]
    assert len(found) == 1
    assert 'ModuleConfig "deckhouse"' in found[0]
    assert daemon.call("/status")["uuid"] == ""


def test_another_installation_takes_the_place_of_a_wiped_one(tmp_path: Path, assets: Path) -> None:
    with make_site(tmp_path / "platform", assets) as site:
        replace(site.platform)
        assert site.platform.status()["uuid"] == "uuid-2"
        assert site.platform.api.get(kinds.CRD, "moduleconfigs.deckhouse.io") is None


def replace(platform: Platform) -> None:
    platform.bootstrap("uuid-2", {**facts("master-1"), "address": MASTER}, documents())


def test_the_audit_log_tells_who_wrote_what(site: Site) -> None:
    before = len(site.audit())
    site.admin.get(kinds.MODULE_CONFIG, "global")
    site.enable("snapshot-controller")
    site.enable("snapshot-controller")
    own = [one for one in site.audit()[before:] if one["user"]["username"] == "kubernetes-admin"]
    assert [one["verb"] for one in own] == ["patch", "patch"]
    assert all("requestObject" not in one for one in own)
    others = {one["user"]["username"] for one in site.audit()}
    assert others <= {"kubernetes-admin", "system:platform"}
