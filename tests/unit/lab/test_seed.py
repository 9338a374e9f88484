# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cloud-init is told."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

import yaml
from lab.machine import Machine
from lab.seed import documents, network, script, user_data

MACHINE = Machine("worker-1", "198.18.0.21", "worker-1")
HOST_KEY = ("private", "public")


def test_documents_are_what_cloud_init_reads() -> None:
    files = documents(MACHINE, "ssh-ed25519 AAAA", HOST_KEY)
    assert set(files) == {"meta-data", "network-config", "user-data"}
    assert files["user-data"].startswith("#cloud-config\n")
    assert yaml.safe_load(files["user-data"])["users"][0]["ssh_authorized_keys"] == ["ssh-ed25519 AAAA"]
    assert yaml.safe_load(files["meta-data"])["local-hostname"] == "worker-1"


def test_second_card_has_the_cluster_address() -> None:
    cards = network(MACHINE)["ethernets"]
    assert cards["eth0"]["dhcp4"] is True
    assert cards["eth1"]["addresses"] == ["198.18.0.21/24"]


def test_only_the_storage_machine_exports() -> None:
    storage = dataclasses.replace(MACHINE, nfs_server=True)
    assert "/exports/dvp 198.18.0.0/24(" in user_data(storage, "key", HOST_KEY)["write_files"][0]["content"]
    assert "write_files" not in user_data(MACHINE, "key", HOST_KEY)


def test_a_machine_that_shall_not_keep_cloud_init_removes_it() -> None:
    bare = dataclasses.replace(MACHINE, cloud_init_kept=False)
    assert "purge" in str(user_data(bare, "key", HOST_KEY)["runcmd"])
    assert "runcmd" not in user_data(MACHINE, "key", HOST_KEY)


def test_a_machine_without_cloud_init_gets_a_script(tmp_path: Path) -> None:
    """Whole sectors of it, and a shell understands them."""
    text = script(MACHINE, "ssh-ed25519 AAAA", ("private\n", "public"))
    assert len(text.encode()) % 512 == 0
    (tmp_path / "seed").write_text(text)
    subprocess.run(["sh", "-n", str(tmp_path / "seed")], check=True)
    assert "Address=198.18.0.21/24" in text and "ssh-ed25519 AAAA" in text
