# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m lab``: the commands of the lab."""

from __future__ import annotations

import argparse
import dataclasses
import os
import signal
import sys
from typing import NoReturn

from lab import demo, hosts, owner, roots, shell, status, up
from lab.errors import LabError
from lab.machine import DISK_GIB, SUITE, Machine
from lab.paths import LAB
from lab.progress import say

INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m lab", description="Machines and a platform to try the collection on.")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="build what is missing, start what does not run")
    commands.add_parser("down", help="remove every trace of the lab (the cache of what was built stays)")
    commands.add_parser("status", help="a table of the lab's parts")
    commands.add_parser("demo", help="up, then the playbook dvp.baremetal.site, then a summary")
    verbs = commands.add_parser("machine", help="one machine more, or one less").add_subparsers(
        dest="verb", required=True
    )
    start = verbs.add_parser("start", help="start a machine and wait for it; without options: as the inventory says")
    start.add_argument("name")
    start.add_argument("--address", help="its address in 198.18.0.0/24; makes it a machine beside the inventory's")
    start.add_argument("--hostname", help="default: its name")
    start.add_argument("--smp", type=int, default=4, help="cores")
    start.add_argument("--memory", type=int, default=8192, dest="memory_mib", help="MiB")
    start.add_argument("--data-disk", type=int, default=0, dest="data_disk_gib", help="GiB; 0: none")
    start.add_argument("--suite", choices=roots.TITLES, default=SUITE, help="Debian's name of its system")
    start.add_argument("--disk", type=int, default=DISK_GIB, dest="disk_gib", help="GiB")
    start.add_argument("--clock-ahead", type=int, default=0, dest="clock_ahead_s", help="seconds")
    start.add_argument("--iops", type=int, default=0, help="I/O operations a second of the root disk; 0: unlimited")
    start.add_argument("--no-svm", action="store_false", dest="svm", help="without hardware virtualization")
    start.add_argument("--hypervisor", action="store_true", help="does not hide that it is virtual")
    start.add_argument("--no-wait", action="store_false", dest="wait", help="the same command waits later")
    stop = verbs.add_parser("stop", help="stop a machine and remove its disks")
    stop.add_argument("name")
    return top


def machine_of(arguments: argparse.Namespace) -> Machine:
    """The machine that `machine start` means. LabError for a name that the inventory does not have, without address."""
    known = {machine.name: machine for machine in hosts.inventory_machines()}
    if arguments.address is None:
        if arguments.name not in known:
            raise LabError(f"{arguments.name} is not in {hosts.INVENTORY}: give it an --address.")
        return known[arguments.name]
    fields = {field.name for field in dataclasses.fields(Machine)} & set(vars(arguments)) - {"hostname"}
    return Machine(**{name: getattr(arguments, name) for name in fields}, hostname=arguments.hostname or arguments.name)


def machine(arguments: argparse.Namespace) -> None:
    """Start or stop one machine of a lab that is up."""
    if owner.owner() != LAB.directory:
        raise LabError("The lab of this checkout is not up: python -m lab up")
    if arguments.verb == "stop":
        hosts.remove(LAB, arguments.name)
        say("machines", f"{arguments.name} is gone")
    else:
        up.start(LAB, [machine_of(arguments)], arguments.wait)


def dispatch(arguments: argparse.Namespace) -> int:
    """Run the command and return the exit code."""
    if arguments.command == "status":
        print(status.text(LAB))
        return 0
    with owner.exclusive():
        if arguments.command == "up":
            up.up(LAB)
        elif arguments.command == "down":
            up.down(LAB)
        elif arguments.command == "machine":
            machine(arguments)
        else:
            return demo.demo(LAB)
    return 0


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> int:
    """Parse, run, and say what went wrong in one paragraph."""
    arguments = parser().parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts background jobs with SIGINT ignored
        signal.signal(number, _interrupt)
    if os.geteuid() != 0:
        print("The lab makes a network and machines: run it as root.", file=sys.stderr)
        return 1
    try:
        return dispatch(arguments)
    except LabError as problem:
        print(f"lab: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "lab: interrupted. The same command goes on from here; `python -m lab down` removes everything.",
            file=sys.stderr,
        )
        return INTERRUPTED
    finally:
        shell.stop_all()


if __name__ == "__main__":
    sys.exit(main())
