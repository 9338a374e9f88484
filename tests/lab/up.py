# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lay the lab, and remove it. Every step asks whether it is needed, so an interrupted `up` is simply run again."""

from __future__ import annotations

import concurrent.futures
import json
import shutil
from pathlib import Path

from lab import (
    cache,
    control_plane,
    daemons,
    hosts,
    image,
    installer_image,
    network,
    owner,
    packages,
    platform_daemon,
    podman,
    qemu,
    registry,
    shell,
)
from lab.errors import LabError
from lab.machine import Machine
from lab.paths import LabPaths
from lab.progress import say, step

NEWS_S = 30


def up(lab: LabPaths) -> None:
    """Build what is missing, start what does not run, and return when everything answers."""
    control_plane.check()
    owner.take(lab)
    packages.ensure()
    network.ensure()
    hosts.new_key(lab.key, "lab")
    podman.ensure(lab)
    # The two long ways run side by side; the short one waits for neither.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        built = pool.submit(control_plane.binaries)
        parts = [
            pool.submit(_machines, lab),
            pool.submit(lambda: installer_image.ensure(registry.ensure(lab))),
            pool.submit(lambda: platform_daemon.ensure(lab, built.result())),
        ]
        _finish(parts)
    say("lab", f"up: {', '.join(machine.name for machine in hosts.inventory_machines())}; {lab.directory}")


def _finish(parts: list[concurrent.futures.Future[None]]) -> None:
    """Wait for all; the first failure, or an interrupt, ends the others."""
    try:
        for part in concurrent.futures.as_completed(parts):
            part.result()
    except BaseException:
        shell.stop_all()
        raise


def _machines(lab: LabPaths) -> None:
    """Start the inventory's machines and wait for them."""
    machines = hosts.inventory_machines()
    start(lab, machines)


def start(lab: LabPaths, machines: list[Machine], wait: bool = True) -> None:
    """Start those machines that do not run, and wait until all answer."""
    missing = [machine for machine in machines if not hosts.is_running(lab, machine.name)]
    if missing:
        kvm = accelerator(lab, image.base())
        bases = {machine.name: image.base(machine.suite) for machine in missing}
        names = ", ".join(machine.name for machine in missing)
        with step("machines", f"starting {names} ({'with KVM' if kvm else 'emulated: no usable KVM here'})"):
            for machine in missing:
                hosts.start(lab, machine, bases[machine.name], kvm)
            if wait:
                _wait(lab, machines)
    elif wait:
        _wait(lab, machines)


def _wait(lab: LabPaths, machines: list[Machine]) -> None:
    with concurrent.futures.ThreadPoolExecutor(len(machines)) as pool:
        booting = {pool.submit(hosts.wait_ready, lab, machine): machine.name for machine in machines}
        while booting:
            done, _rest = concurrent.futures.wait(booting, NEWS_S, concurrent.futures.FIRST_COMPLETED)
            for future in done:
                future.result()
                say("machines", f"{booting.pop(future)} answers")
            if not done:
                say("machines", f"still booting: {', '.join(booting.values())}")


def accelerator(lab: LabPaths, base: Path) -> bool:
    """Whether to use KVM; tried once for each lab."""
    answer = lab.directory / "machines" / "accelerator.json"
    if not answer.exists():
        kvm = qemu.kvm_works(base, lab.logs)
        answer.parent.mkdir(parents=True, exist_ok=True)
        answer.write_text(json.dumps({"kvm": kvm}), encoding="utf-8")
    return bool(json.loads(answer.read_text(encoding="utf-8"))["kvm"])


def down(lab: LabPaths) -> None:
    """Remove every trace of the lab; the cache of what was built stays."""
    other = owner.owner()
    if other and other != lab.directory:
        say("lab", f"this checkout has no lab; the one of {other} stays up")
        return
    problems = []
    for remove in (_daemons, podman.remove, _guests, _network, _folder):
        try:
            remove(lab)
        except LabError as problem:  # the rest is removed all the same
            problems.append(str(problem))
    if problems:
        raise LabError("Something of the lab is left:\n" + "\n".join(problems))
    owner.release(lab)
    cache.prune()
    say("lab", "down: nothing is left of it")


def _daemons(lab: LabPaths) -> None:
    daemons.stop(d for d in daemons.running() if d.lab == lab.directory or not d.lab.is_dir())


def _guests(_lab: LabPaths) -> None:
    daemons.stop(owner.guests())


def _network(_lab: LabPaths) -> None:
    network.remove()


def _folder(lab: LabPaths) -> None:
    shutil.rmtree(lab.directory, ignore_errors=True)
    if lab.directory.exists():
        raise LabError(f"{lab.directory} cannot be removed: something is mounted or written there.")
