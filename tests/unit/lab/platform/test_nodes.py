# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which instances CAPS takes and gives back."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import pytest
from lab.platform.nodes import chosen, decode_key


def instance(name: str, phase: str = "Pending", **labels: str) -> dict[str, Any]:
    meta = {"name": name, "labels": {"role": "worker", **labels}}
    return {"metadata": meta, "status": {"currentStatus": {"phase": phase}}}


def group(count: int) -> dict[str, Any]:
    return {"spec": {"staticInstances": {"count": count, "labelSelector": {"matchLabels": {"role": "worker"}}}}}


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["metadata"]["name"] for one in found]


@pytest.mark.parametrize(
    ("count", "instances", "begin", "clean"),
    [
        (2, [instance("a"), instance("b"), instance("c")], ["a", "b"], []),
        (2, [instance("a", "Running"), instance("b")], ["b"], []),
        (1, [instance("a", "Bootstrapping"), instance("b")], [], []),
        (1, [instance("a", "Error"), instance("b")], [], []),
        (1, [instance("a", "Running"), instance("b", "Running")], [], ["b"]),
        (1, [instance("a", role="other")], [], []),
        (0, [instance("a")], [], []),
        (2, [instance("a", "Running", **{"node.deckhouse.io/allow-bootstrap": "false"})], [], ["a"]),
    ],
)
def test_chosen(count: int, instances: list[dict[str, Any]], begin: list[str], clean: list[str]) -> None:
    found = chosen(group(count), instances)
    assert (names(found[0]), names(found[1])) == (begin, clean)


def test_a_group_without_the_section_takes_nothing() -> None:
    assert chosen({"spec": {}}, [instance("a")]) == ([], [])


def test_keys_are_read_as_base64_and_as_pem() -> None:
    pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----\n"
    assert decode_key(base64.b64encode(pem.encode()).decode()) == pem
    assert decode_key(pem) == pem
    with pytest.raises(binascii.Error):
        decode_key("not base64!")
