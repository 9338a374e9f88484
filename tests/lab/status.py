# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the lab is: one table, one row for each part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lab import daemons, hosts, network, platform_daemon, registry
from lab.machine import HOST_ADDRESS
from lab.paths import LabPaths

COLUMNS = ("PART", "STATE", "PID", "WHERE", "WHAT")


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as text in aligned columns."""
    lines = [tuple(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(f"{c:{w}}" for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def rows(lab: LabPaths) -> list[tuple[str, ...]]:
    """The parts of the lab as they are now."""
    pids = {daemon.name: daemon.pid for daemon in daemons.running() if daemon.leader and daemon.lab == lab.directory}

    def row(part: str, name: str, answers: bool, where: str, what: str) -> tuple[str, ...]:
        state = ("up" if answers else "silent") if name in pids else "stopped"
        return part, state, str(pids.get(name, "")), where, what

    found: list[tuple[str, ...]] = [
        ("network", "up" if network.exists() else "absent", "", str(HOST_ADDRESS), network.NAMESPACE)
    ]
    known = {machine.name: machine for machine in [*hosts.inventory_machines(), *hosts.started_machines(lab)]}
    for machine in known.values():
        name = hosts.daemon_name(machine.name)
        answers = name in pids and hosts.is_ready(lab, machine, timeout_s=20)
        what = f"{machine.smp} CPU, {machine.memory_mib} MiB" + (", NFS server" if machine.nfs_server else "")
        found.append(row(machine.name, name, answers, machine.address, what))
    login = (lab.registry / "config.json").exists() and registry.Client(lab.registry).answers()
    found.append(
        row("registry", registry.NAME, login, f"{HOST_ADDRESS}:{registry.PORT}", "images over TLS, with a login")
    )
    where = f"{HOST_ADDRESS}:{platform_daemon.PORT}"
    found.append(row("platform", platform_daemon.NAME, platform_daemon.answers(), where, "the platform's stand-in"))
    return found


def text(lab: LabPaths) -> str:
    """The table."""
    return table([COLUMNS, *rows(lab)])
