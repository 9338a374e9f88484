# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins from a checkout of any name, and a wait that ends when it says."""

from __future__ import annotations

import itertools
import shlex
import time
from pathlib import Path

import pytest
import yaml
from lab import hosts, shell
from lab.errors import LabError
from lab.machine import Machine
from lab.paths import CONNECTIONS, ROOT, LabPaths

LAB = LabPaths(Path("/some where/.lab"))
SOCKET_LIMIT = 107
# Ansible's ten letters, and what ssh adds while it begins to listen.
SOCKET_NAME = 1 + 10 + 1 + 16
VARIABLES = yaml.safe_load((ROOT / "inventories" / "lab" / "group_vars" / "all.yml").read_text(encoding="utf-8"))


def test_a_blank_in_the_path_is_no_second_file() -> None:
    # ssh takes the value apart at blanks that are not in double quotes.
    assert 'UserKnownHostsFile="/some where/.lab/ssh/known_hosts"' in hosts.ssh(LAB, "198.18.0.11", "true")


def test_ansible_hands_ssh_the_same() -> None:
    line = VARIABLES["ansible_ssh_common_args"].replace("{{ lab_dir }}", str(LAB.directory))
    words = shlex.split(line)
    assert words[:2] == ["-o", 'UserKnownHostsFile="/some where/.lab/ssh/known_hosts"']
    assert words[2::2] == ["-o", "-o"] and len(words) == 6


def test_shared_connections_listen_where_they_are_looked_for() -> None:
    assert VARIABLES["ansible_control_path_dir"] == str(CONNECTIONS)
    assert len(str(CONNECTIONS)) + SOCKET_NAME <= SOCKET_LIMIT


def test_patience_is_measured_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A login that hangs takes its time from the whole, however often it is tried."""
    clock, logins = itertools.count(step=100), []
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(hosts, "is_ready", lambda _lab, _machine, timeout_s: bool(logins.append(timeout_s)))
    monkeypatch.setattr(hosts, "is_running", lambda _lab, _name: True)
    monkeypatch.setattr(shell, "pause", lambda _seconds: None)
    with pytest.raises(LabError, match="not ready after 600 s"):
        hosts.wait_ready(LAB, Machine("a", "198.18.0.31", "a"))
    assert logins == [120, 120, 120, 120, 100]
