"""The proof that host_check reads only: each system call of a real run, and a run where nothing can be written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils._shell_host import script
from unit.hosts import options

ROOT = Path(__file__).resolve().parents[4]
MODULE = [sys.executable, "-B", "-m", "ansible_collections.dvp.baremetal.plugins.modules.host_check"]
ARGUMENTS: dict[str, Any] = {
    "node_role": "worker",
    "cidrs": ["10.111.0.0/16"],
    "backends": ["nfs"],
    "registry": {"images_repo": "127.0.0.1:9/x", "password": "x", "timeout_s": 1},
}
# Calls that change something, whatever their arguments; a name that this machine's kernel lacks is left out by "?".
CHANGING = (
    "creat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat chmod fchmod "
    "fchmodat chown fchown lchown fchownat truncate ftruncate mknod mknodat mount umount2 setxattr lsetxattr fsetxattr "
    "removexattr utime utimes utimensat init_module finit_module delete_module sethostname settimeofday clock_settime "
    "swapon swapoff reboot"
).split()
OPENING = ("open", "openat", "openat2")
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
HARMLESS = re.compile(r'"/dev/(null|tty|kvm)"')
# Mounts everything read-only, proves it, and becomes the module.
READ_ONLY = """
cut -d ' ' -f 5 /proc/self/mountinfo | sort -ru | while read -r point; do
    mount -o remount,bind,ro "$point" 2>/dev/null
done
if touch /var/lib/.dvp-read-only 2>/dev/null; then rm /var/lib/.dvp-read-only; echo "writable" >&2; exit 99; fi
exec "$@"
"""


def run(command: list[str], **arguments: Any) -> dict[str, Any]:
    """The answer of the module, started by a command."""
    path = os.pathsep.join([str(ROOT / ".collections"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        command,
        input=json.dumps({"ANSIBLE_MODULE_ARGS": {**ARGUMENTS, **arguments}}),
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def writes(trace: Path) -> list[str]:
    """Lines of a trace that would change something, those of harmless devices left out."""
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        call = re.match(r"\d+\s+(\w+)\(", line)
        if not call or HARMLESS.search(line):
            continue
        if call[1] not in OPENING or WRITING.search(line):
            found.append(line)
    return found


def tracer(tmp_path: Path) -> list[str]:
    """The begin of a command whose changing calls, and those of everything that it starts, are written down."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("no strace on this machine")
    calls = ",".join(f"?{name}" for name in (*CHANGING, *OPENING))
    command = [strace, "-f", "-qq", "-e", f"trace={calls}", "-e", "signal=none", "-o", str(tmp_path / "trace")]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody trace")
    return command


def traced(tmp_path: Path, **arguments: Any) -> tuple[dict[str, Any], list[str]]:
    """Answer and changing calls of the module."""
    return run([*tracer(tmp_path), *MODULE], **arguments), writes(tmp_path / "trace")


def test_trace_sees_what_changes(tmp_path: Path) -> None:
    """The judge can tell: a line of each kind."""
    lines = [
        '1 openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3',
        '1 openat(AT_FDCWD, "/dev/null", O_RDWR) = 3',
        '1 openat(AT_FDCWD, "/etc/x", O_WRONLY|O_CREAT, 0666) = 3',
        '1 unlink("/etc/x") = 0',
    ]
    (tmp_path / "trace").write_text("\n".join(lines))
    assert writes(tmp_path / "trace") == lines[2:]


def test_no_call_changes_anything(tmp_path: Path) -> None:
    """Not one, neither of the module nor of the tools that it asks."""
    answer, found = traced(tmp_path)
    assert answer["facts"]["hostname"]
    assert found == []


def test_the_shell_changes_nothing(tmp_path: Path) -> None:
    """The same of a host without a Python for the module: no file, not even a temporary one."""
    command = [*tracer(tmp_path), "sh", "-c", script(options(), "/usr/bin/python3")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=120)
    assert "=read /proc/cpuinfo" in done.stdout
    assert writes(tmp_path / "trace") == []


def test_disk_test_opens_an_unnamed_file_only(tmp_path: Path) -> None:
    """The one exception: a file without a name under /var/lib, and the descriptors of it."""
    answer, found = traced(tmp_path, disk_test_seconds=0.2)
    if answer["facts"]["disk_speed"]["read"] is None:
        pytest.skip(f"not measured here: {answer['facts']['disk_speed']['reason']}")
    unnamed = re.compile(r'"/var/lib", O_RDWR\S*O_TMPFILE|"/proc/self/fd/\d+", O_RDWR')
    assert found
    assert [line for line in found if not unnamed.search(line)] == []


def test_nothing_can_be_written(tmp_path: Path) -> None:
    """With every filesystem read-only the facts are the same, and the disk test says why there is none."""
    unshare = shutil.which("unshare")
    command = [str(unshare), "--mount", "--propagation", "private", "sh", "-c", READ_ONLY, "sh"]
    if unshare is None or os.geteuid() != 0:
        pytest.skip("needs unshare and root")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine has no mount namespaces, or lets nobody remount")
    free, bound = run(MODULE), run([*command, *MODULE], disk_test_seconds=1)
    restless = {"disk_speed", "var_lib", "listening", "repositories", "registry"}
    assert bound["facts"].keys() == free["facts"].keys()
    for name in free["facts"].keys() - restless:
        assert bound["facts"][name] == free["facts"][name], name
    speed = bound["facts"]["disk_speed"]
    assert speed["verdict"] == "unknown"
    assert "Read-only" in speed["reason"] or "no disk" in speed["reason"] or "short" in speed["reason"]
