"""Disk speed: the verdict at its limits, what is refused, and a real measurement that leaves nothing behind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _disk_speed as speed
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from unit.hosts import GIB, FakeHost

MIB = 1024**2
ROOT = Path(__file__).resolve().parents[4]
DISK = {"filesystem": "ext4", "free_bytes": 50 * GIB}


def side(iops: int, p99_ms: float = 1.0) -> dict[str, Any]:
    """Summary of one direction."""
    return {"iops": iops, "p50_ms": 1.0, "p99_ms": p99_ms}


@pytest.mark.parametrize(
    ("read", "write", "verdict"),
    [
        (side(5000), side(460), "ok"),
        (side(5000), side(459), "warning"),
        (side(5000), side(400), "warning"),
        (side(5000), side(399), "error"),
        (side(399), side(5000), "error"),
        (side(5000, 80.0), side(5000), "ok"),
        (side(5000), side(5000, 80.1), "warning"),
        (side(399, 500.0), side(5000), "error"),
        (side(0), side(5000), "unknown"),
    ],
)
def test_verdict(read: dict[str, Any], write: dict[str, Any], verdict: str) -> None:
    """The slower direction counts; near the limit a measurement cannot tell; nothing measured is never good."""
    assert speed.judge(read, write)[0] == verdict


@pytest.mark.parametrize(
    ("latencies", "seconds", "expected"),
    [
        ([0.001] * 98 + [0.5, 0.5], 2.0, {"iops": 50, "p50_ms": 1.0, "p99_ms": 500.0}),
        ([0.001] * 99 + [0.5], 1.0, {"iops": 100, "p50_ms": 1.0, "p99_ms": 500.0}),
        ([0.003, 0.001, 0.002], 1.0, {"iops": 3, "p50_ms": 2.0, "p99_ms": 3.0}),
        ([], 1.0, {"iops": 0, "p50_ms": None, "p99_ms": None}),
        ([0.001], 0.0, {"iops": 0, "p50_ms": 1.0, "p99_ms": 1.0}),
    ],
)
def test_summary(latencies: list[float], seconds: float, expected: dict[str, Any]) -> None:
    """Operations in a second, the middle latency and that of the slowest hundredth."""
    assert speed.summary(latencies, seconds) == expected


LEAST = req.DISK_TEST["file_mib"] * MIB + req.DISK_TEST["reserve_gib"] * GIB


@pytest.mark.parametrize(
    ("disk", "member", "text"),
    [
        (DISK, False, ""),
        ({**DISK, "free_bytes": LEAST}, False, ""),
        ({**DISK, "free_bytes": LEAST - 1}, False, "short"),
        ({**DISK, "free_bytes": None}, False, "short"),
        ({**DISK, "filesystem": "tmpfs"}, False, "tmpfs"),
        ({**DISK, "filesystem": "fuse.sshfs"}, False, "fuse"),
        ({**DISK, "filesystem": None}, False, "unknown"),
        (DISK, True, "the platform runs here"),
    ],
)
def test_refusal(disk: dict[str, Any], member: bool, text: str) -> None:
    """Never when space is short, not in memory, and not beside a running platform."""
    reason = speed.refusal(disk, member)
    assert text in reason and bool(reason) == bool(text)


def test_states() -> None:
    """Switched off, a node, unknown and measured: four answers of one shape."""
    host = FakeHost()
    answers = [
        speed.probe_disk_speed(host, "/var/lib", 0, DISK, False),
        speed.probe_disk_speed(host, "/var/lib", 3, DISK, True),
        speed.probe_disk_speed(host, "/var/lib", 3, {**DISK, "free_bytes": 0}, False),
        speed.probe_disk_speed(host, "/var/lib", 3, DISK, False),
    ]
    assert [row["verdict"] for row in answers] == ["off", "off", "unknown", "ok"]
    assert all(set(row) == {"verdict", "reason", "read", "write", "file_mib"} for row in answers)


def test_unmeasurable_is_unknown() -> None:
    """A reason instead of a number."""

    class Refusing(FakeHost):
        def measure_disk(self, directory: str, seconds: float) -> dict[str, Any]:
            raise speed.Unmeasurable("no file for direct access: Read-only file system")

    row = speed.probe_disk_speed(Refusing(), "/var/lib", 3, DISK, False)
    assert (row["verdict"], row["reason"]) == ("unknown", "no file for direct access: Read-only file system")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measurement of a few megabytes."""
    monkeypatch.setattr(req, "DISK_TEST", {**req.DISK_TEST, "file_mib": 8, "operations": 1600})


def direct_access(directory: Path) -> bool:
    """Whether the filesystem of a directory knows O_DIRECT."""
    try:
        os.close(speed.open_unnamed(str(directory)))
    except OSError:
        return False
    return True


@pytest.mark.usefixtures("small")
def test_real_measurement(tmp_path: Path) -> None:
    """Numbers of a real disk, bounded operations, and a directory as empty as before."""
    if not direct_access(tmp_path):
        pytest.skip("the filesystem of the temporary directory refuses O_DIRECT")
    result = speed.measure(str(tmp_path), 1.0)
    assert result["file_mib"] == 8
    for name in ("read", "write"):
        assert result[name]["iops"] > 0
        assert 0 <= result[name]["p50_ms"] <= result[name]["p99_ms"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("small")
def test_filesystem_without_unnamed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the file loses its name before a byte is written."""
    if not direct_access(tmp_path):
        pytest.skip("the filesystem of the temporary directory refuses O_DIRECT")
    original = os.open

    def refusing(path: str, flags: int, *rest: int, **more: Any) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "no")
        return original(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", refusing)
    handle = speed.open_unnamed(str(tmp_path))
    assert list(tmp_path.iterdir()) == [] and os.fstat(handle).st_nlink == 0
    os.close(handle)


def test_killed_measurement_leaves_nothing(tmp_path: Path) -> None:
    """SIGKILL in the middle: the file has no name that could stay."""
    if not direct_access(tmp_path):
        pytest.skip("the filesystem of the temporary directory refuses O_DIRECT")
    program = (
        "import sys; from ansible_collections.dvp.baremetal.plugins.module_utils import _disk_speed as s;"
        "print('go', flush=True); s.measure(sys.argv[1], 20)"
    )
    path = os.pathsep.join([str(ROOT / ".collections"), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}) as process:
        assert process.stdout is not None and process.stdout.readline() == b"go\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        assert list(tmp_path.iterdir()) == []
        process.kill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("directory", ["/proc", "/no/such/directory"])
def test_no_direct_access(directory: str) -> None:
    """A clear reason."""
    with pytest.raises(speed.Unmeasurable, match="no file for direct access"):
        speed.measure(directory, 1.0)


def test_slow_disk_is_no_endless_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot even lay out its file in time is told as such."""
    if not direct_access(tmp_path):
        pytest.skip("the filesystem of the temporary directory refuses O_DIRECT")
    monkeypatch.setattr(os, "writev", lambda handle, buffers: time.sleep(0.001) or 4096)
    with pytest.raises(speed.Unmeasurable, match="only"):
        speed.measure(str(tmp_path), 0.01)
