# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One preflight of a fleet of hosts in containers, most of them broken."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from lab import packages, roots, shell

from hosts.fleet import ROOT, Answer, fleet, inventory, preflight, wanted


@pytest.fixture(scope="session")
def answer() -> Iterator[Answer]:
    """The hosts live in namespaces of their own, with what they have to reach, and end with this process."""
    packages.ensure()
    seed = int(os.environ.get("DVP_FLEET_SEED") or random.randrange(10**6))
    print(f"the same fleet again: DVP_FLEET_SEED={seed}")
    hosts = fleet(seed)
    trees = {suite: roots.tree(suite) for suite in ("bullseye", "trixie")}
    present = {host.name: wanted(host, trees) for host in hosts.values() if not (host.fault and host.fault.absent)}
    folder = Path(tempfile.mkdtemp(prefix="dvp-hosts-"))
    (folder / "hosts.json").write_text(json.dumps(present), encoding="utf-8")
    (folder / "hosts.yml").write_text(yaml.safe_dump(inventory(hosts)), encoding="utf-8")
    shutil.copytree(ROOT / "inventories/lab/group_vars", folder / "group_vars")
    line = [*shell.ISOLATED, "--mount-proc", "--net", "--uts", "--ipc", sys.executable, "-m", "hosts.world", folder]
    with subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *map(str, line)], env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as world:  # fmt: skip
        assert world.stdout is not None
        try:
            assert world.stdout.readline() == "ready\n", "the hosts did not come up, see above"
            leader = int(Path(f"/proc/{world.pid}/task/{world.pid}/children").read_text(encoding="utf-8").split()[0])
            output = preflight(folder, leader)
            report = folder / "state/reports/report.json"
            assert report.exists(), output[-6000:]
            yield Answer(hosts, json.loads(report.read_text(encoding="utf-8"))["findings"], output)
        finally:
            world.kill()
            world.wait()
            shutil.rmtree(folder)
