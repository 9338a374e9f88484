# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real etcd and kube-apiserver with the lab's controllers, on 127.0.0.1."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from api.cluster import Site, make_site


@pytest.fixture(scope="session")
def assets() -> Path:
    """The folder of kube-apiserver and etcd."""
    given = os.environ.get("DVP_LAB_ASSETS")
    if given:
        return Path(given)
    from lab import control_plane

    return control_plane.binaries()


@pytest.fixture
def site(tmp_path: Path, assets: Path) -> Iterator[Site]:
    """A cluster with its master, nothing else."""
    with make_site(tmp_path / "platform", assets) as made:
        yield made


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory, assets: Path) -> Iterator[Site]:
    """One cluster for a whole module of tests that do not disturb each other."""
    with make_site(tmp_path_factory.mktemp("platform"), assets) as made:
        yield made
