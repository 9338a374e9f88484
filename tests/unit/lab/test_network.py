# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network is made again from whatever an earlier one has left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import network, shell

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace is made by root")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A network beside that of a lab which may be up."""
    name = f"dvp-t{os.getpid()}"
    monkeypatch.setattr(network, "NAMESPACE", name)
    monkeypatch.setattr(network, "MOUNT", Path("/run/netns", name))
    monkeypatch.setattr(network, "HOST_LINK", name)
    monkeypatch.setattr(network, "HOST_ADDRESS", "198.19.255.1")
    yield
    network.remove()


def works() -> bool:
    answer = shell.run(["ip", "-netns", network.NAMESPACE, "-brief", "link", "show", "master", network.BRIDGE])
    return network.UPLINK in answer and "LOWER_UP" in answer


@pytest.mark.usefixtures("names")
def test_made_once_and_removed() -> None:
    network.ensure()
    network.ensure()
    assert works()
    network.remove()
    assert not network.exists()
    assert not shell.succeeds(["ip", "link", "show", network.HOST_LINK])
    network.remove()


@pytest.mark.usefixtures("names")
def test_a_name_without_a_namespace_is_taken_over() -> None:
    network.MOUNT.parent.mkdir(exist_ok=True)
    network.MOUNT.touch()
    assert not network.exists()
    network.ensure()
    assert works()


@pytest.mark.usefixtures("names")
def test_a_link_into_a_lost_namespace_is_laid_again() -> None:
    shell.run(["ip", "link", "add", network.HOST_LINK, "type", "veth", "peer", "name", "elsewhere"])
    network.ensure()
    assert works()
