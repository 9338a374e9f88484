# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes and their default, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from lab.platform.claims import share_script, volume
from lab.platform.storage import DEFAULT, default_changes, refusal, storage_class


def nfs(**connection: Any) -> dict[str, Any]:
    given = {"host": "192.0.2.50", "share": "/exports/dvp", "nfsVersion": "4.2", **connection}
    spec = {"connection": given, "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}
    return {"metadata": {"name": "nfs"}, "spec": {**spec, "mountOptions": {"mountMode": "hard", "timeout": 60}}}


def a_class(name: str, default: bool) -> dict[str, Any]:
    return {"metadata": {"name": name, "annotations": {DEFAULT: "true"} if default else {}}}


@pytest.mark.parametrize(
    ("classes", "wanted", "changes"),
    [
        ([a_class("a", False)], "a", {"a": "true"}),
        ([a_class("a", True)], "a", {}),
        ([a_class("a", True), a_class("b", False)], "b", {"a": None, "b": "true"}),
        ([a_class("a", True)], "missing", {}),
    ],
)
def test_default_changes(classes: list[dict[str, Any]], wanted: str, changes: dict[str, str | None]) -> None:
    assert default_changes(classes, wanted) == changes


def test_storage_class() -> None:
    made = storage_class(nfs())
    assert made["provisioner"] == "nfs.csi.k8s.io"
    assert made["mountOptions"] == ["nfsvers=4.2", "hard", "timeo=60"]
    assert made["allowVolumeExpansion"] is True


@pytest.mark.parametrize(
    ("body", "settings", "edition", "words"),
    [
        (nfs(), {}, "ee", ""),
        (nfs(nfsVersion="3"), {}, "ee", "v3support"),
        (nfs(nfsVersion="3"), {"v3support": True}, "ee", ""),
        (nfs(tls=True), {}, "ce", "CE edition"),
        (nfs(tls=True), {}, "ee", "tlsParameters.ca"),
    ],
)
def test_refusal(body: dict[str, Any], settings: dict[str, Any], edition: str, words: str) -> None:
    found = refusal(body, settings, edition)
    assert (words in found) if words else found == ""


def test_a_volume_is_a_directory_of_the_share() -> None:
    claim = {
        "metadata": {"name": "data", "namespace": "space", "uid": "1234"},
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    made = volume(claim, storage_class(nfs()))
    assert made["spec"]["csi"]["volumeAttributes"]["subdir"] == "pvc-1234"
    script = share_script(made, "192.0.2.21", "true")
    assert "addr=192.0.2.50,vers=4.2,clientaddr=192.0.2.21,hard,timeo=60" in script
    assert "192.0.2.50:/exports/dvp" in script
