"""How near the disk speed of host_check (H07) comes to a disk of a known speed, and to fio where it is installed.

    sudo env PYTHONPATH=.collections python tests/bench/disk_speed.py [directory] [IOPS ...]

The kernel throttles this process (the I/O controller of cgroups, version 1 or 2), so the right answer is known.
Prints a table; asserts nothing. Needs root and a directory on a real disk.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.dvp.baremetal.plugins.module_utils import _disk_speed as speed
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

SECONDS = 4
LIMITS = (200, 400, 460, 1000, 2000)
CGROUPS = Path("/sys/fs/cgroup")


def whole_disk(directory: str) -> str:
    """Device number, as major:minor, of the disk that carries a directory; limits are set on whole disks only."""
    device = os.stat(directory).st_dev
    node = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()
    return ((node.parent if (node / "partition").exists() else node) / "dev").read_text().strip()


@contextmanager
def throttled(disk: str, iops: int) -> Iterator[None]:
    """This process, and what it starts, at so many reads and so many writes in a second."""
    old = (CGROUPS / "blkio").is_dir()
    parent = CGROUPS / "blkio" if old else CGROUPS
    group = parent / "dvp-bench"
    group.mkdir(exist_ok=True)
    try:
        if old:
            for name in ("read", "write"):
                (group / f"blkio.throttle.{name}_iops_device").write_text(f"{disk} {iops}")
        else:
            (group / "io.max").write_text(f"{disk} riops={iops} wiops={iops}")
        (group / "cgroup.procs").write_text(str(os.getpid()))
        yield
    finally:
        (parent / "cgroup.procs").write_text(str(os.getpid()))
        group.rmdir()


def fio(directory: str, kind: str) -> str:
    """IOPS that fio finds with the same block, depth and size; "-" where it is not installed."""
    program = shutil.which("fio")
    if program is None:
        return "-"
    name = Path(directory) / ".dvp-bench-fio"
    options = {
        "name": "x",
        "filename": name,
        "rw": kind,
        "bs": "4k",
        "direct": 1,
        "size": f"{req.DISK_TEST['file_mib']}M",
        "ioengine": "psync",
        "numjobs": req.DISK_TEST["queue_depth"],
        "runtime": SECONDS // 2,
        "output-format": "json",
    }
    switches = ["--thread", "--time_based", "--group_reporting"]
    command = [program, *switches, *(f"--{key}={value}" for key, value in options.items())]
    try:
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    finally:
        name.unlink(missing_ok=True)
    return str(round(answer["jobs"][0][kind.removeprefix("rand")]["iops"]))


def main(arguments: list[str]) -> None:
    """One line for each limit and direction."""
    directory = arguments[0] if arguments else "/var/lib"
    print(f"{'limit':>6} {'kind':<6} {'measured':>8} {'off by':>7} {'fio':>6} {'p50 ms':>7} {'p99 ms':>7}")
    for limit in [int(text) for text in arguments[1:]] or LIMITS:
        with throttled(whole_disk(directory), limit):
            result = speed.measure(directory, SECONDS)
            for kind in ("read", "write"):
                row, other = result[kind], fio(directory, f"rand{kind}")
                off = f"{(row['iops'] - limit) / limit:+.1%}"
                print(
                    f"{limit:>6} {kind:<6} {row['iops']:>8} {off:>7} {other:>6} {row['p50_ms']:>7} {row['p99_ms']:>7}"
                )


if __name__ == "__main__":
    main(sys.argv[1:])
