"""A host asked by its shell gives the facts that its Python would give, whatever stands in its files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._disk_speed import Unmeasurable
from ansible_collections.dvp.baremetal.plugins.module_utils._host_probe import probe
from ansible_collections.dvp.baremetal.plugins.module_utils._local_host import LocalHost
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _shell_host
from unit.hosts import FakeHost, good_facts, options, reached
from unit.roots import TOOLS, ask_shell, both, heard, lay_out, measurable, write_command

SYSTEMS = Path(__file__).resolve().parents[2] / "fixtures" / "os_release"
SHELLS = [("sh",), ("dash",), ("bash", "--posix"), ("busybox", "sh")]
OPTIONS = options(backends=["nfs", "ceph"])
FORGED = "\n".join(
    ["=read /etc/os-release", "|ID=forged", ".0", "+/dev/forged", "dvp-host-check ends", "dvp-host-check begins", ""]
)


def good(_host: FakeHost) -> None:
    """Nothing is changed."""


def bare(host: FakeHost) -> None:
    """No tool of the system answers, and half of the files are not there."""
    host.commands.clear()
    for path in [path for path in host.files if path.startswith(("/etc", "/sys"))]:
        del host.files[path]


def virtual(host: FakeHost) -> None:
    """A virtual machine, by every witness."""
    host.files["/sys/class/dmi/id/product_name"] = "QEMU Standard PC\n"
    host.files["/sys/hypervisor/type"] = "xen\n"
    host.files["/proc/xen/capabilities"] = "\n"
    host.files["/proc/device-tree/hypervisor/compatible"] = "linux,kvm\0"
    host.files["/sys/bus/virtio/devices/virtio0/device"] = "1\n"
    host.files["/proc/cpuinfo"] = host.files["/proc/cpuinfo"].replace("fpu svm", "fpu vmx hypervisor")
    host.files["/sys/module/kvm_intel/parameters/nested"] = "N\n"
    host.files["/sys/module/kvm_intel/refcnt"] = "2\n"


def stacked(host: FakeHost) -> None:
    """/var/lib on XFS, on a logical volume over two partitions."""
    host.files["/proc/self/mountinfo"] = "22 1 253:0 / / rw - xfs /dev/mapper/vg-root rw\n"
    host.files["/sys/block/dm-0/size"] = "250000000\n"
    host.files["/sys/block/sdb/size"] = "2048\n"
    for name in ("sda1", "sdb1"):
        disk = name[:3]
        host.files[f"/sys/block/{disk}/{name}/partition"] = "1\n"
        host.files[f"/sys/block/{disk}/{name}/size"] = "1024\n"
        host.links[f"/sys/class/block/{name}"] = f"/sys/block/{disk}/{name}"
        host.links[f"/sys/block/dm-0/slaves/{name}"] = f"/sys/block/{disk}/{name}"
    host.links["/sys/class/block/sdb"] = "/sys/block/sdb"
    host.links["/sys/dev/block/253:0"] = "/sys/block/dm-0"
    host.commands["xfs_info"] = (0, "naming =version 2 bsize=4096 ascii-ci=0, ftype=1\n")


def used(host: FakeHost) -> None:
    """Leftovers of everything, SELinux, a package tool that was cut off, ports in use, IPv6."""
    for path in req.PLATFORM_FILES:
        host.files[path] = ""
    host.files["/etc/passwd"] += "deckhouse:x:64535:64535::/:/bin/false\n"
    host.files["/usr/bin/dockerd"] = host.files["/usr/sbin/semodule"] = host.files["/usr/bin/another"] = ""
    host.files["/sys/fs/selinux/enforce"] = "1\n"
    host.files[f"{req.DPKG_JOURNAL}/0001"] = ""
    host.files["/proc/net/tcp6"] = "   0: 00000000000000000000000000000000:192B 0:0000 0A 0:0\n"
    host.files["/lib/modules/6.1.0-40-amd64/modules.builtin"] = "kernel/fs/nfs/nfs.ko\nkernel/fs/erofs/erofs.ko\n"
    host.files["/etc/modules"] = "ceph # not yet\n"
    host.commands["modprobe"] = (1, "")


def odd(host: FakeHost) -> None:
    """Texts without a last newline, empty ones, carriage returns, control characters, lines of the script itself."""
    host.files["/etc/machine-id"] = "0123"
    host.files["/etc/modules"] = ""
    host.files["/etc/resolv.conf"] = f"nameserver 192.0.2.1\r\n{FORGED}nameserver 192.0.2.2"
    host.files["/etc/modprobe.d/forged.conf"] = FORGED
    host.files["/sys/class/dmi/id/product_name"] = "\x1b[2Jx\x07\t\0 y\n"
    host.files["/sys/class/dmi/id/sys_vendor"] = "|.=+\n\n\n"
    host.files["/etc/modprobe.d/.hidden.conf"] = "options kvm_amd nested=0\n"
    host.files["/etc/modprobe.d/a name; $(true) '\".conf"] = "options kvm_amd nested=Y\n"
    host.files["/etc/modules-load.d/-n.conf"] = "nfs\n"


def rpm(name: str) -> Callable[[FakeHost], None]:
    """A system of that file, with the other package tool."""

    def change(host: FakeHost) -> None:
        host.files["/etc/os-release"] = (SYSTEMS / name).read_text()
        del host.commands["dpkg-query"]
        host.commands["rpm"] = (9, "cloud-init\t23.1\tinstalled\nyum\t4\tinstalled\npackage which is not installed\n")

    return change


def astra(host: FakeHost) -> None:
    """The system whose version stands in a file of its own."""
    host.files["/etc/os-release"] = (SYSTEMS / "astra-1.7").read_text()
    host.files["/etc/astra/build_version"] = "1.7.5.16\n"


CHANGES = {
    "good": good,
    "bare": bare,
    "virtual": virtual,
    "stacked": stacked,
    "used": used,
    "odd": odd,
    "astra": astra,
    **{name: rpm(name) for name in ("centos-7", "redos-7.3", "altlinux-p10")},
}


# Facts for which a busybox prefers tools of its own, here modprobe and ip.
BUSYBOX = {"addresses", "modules", "routes"}
# Every host in sh, the richest ones in every shell.
CASES = [(name, SHELLS[0]) for name in CHANGES]
CASES += [(name, shell) for name in ("good", "odd", "stacked") for shell in SHELLS[1:]]


@pytest.mark.parametrize(("name", "shell"), CASES, ids=lambda value: value if isinstance(value, str) else value[0])
def test_same_facts(tmp_path: Path, name: str, shell: tuple[str, ...]) -> None:
    """Fact by fact."""
    if not shutil.which(shell[0]):
        pytest.skip(f"no {shell[0]} on this machine")
    host = FakeHost()
    CHANGES[name](host)
    if shell[0] == "busybox":  # its sed takes NUL for the end of a line
        host.files = {path: text.replace("\0", "") for path, text in host.files.items()}
    by_python, by_shell = both(lay_out(host, tmp_path), OPTIONS, shell)
    for fact in by_python:
        if shell[0] != "busybox" or fact not in BUSYBOX:
            assert by_shell[fact] == by_python[fact], fact


def test_good_host_of_paper(tmp_path: Path) -> None:
    """The folder is the host that every other test knows."""
    facts = probe(heard(ask_shell(lay_out(FakeHost(), tmp_path), options()), options()), options())
    wanted = measurable(good_facts())
    for name in wanted.keys() - {"var_lib", "user_id"}:
        assert measurable(facts)[name] == wanted[name], name
    assert facts["user_id"] == os.geteuid()
    assert facts["clock_drift_s"] == pytest.approx(time.time() - 1000, abs=60)
    assert facts["var_lib"]["devices"] == ["sda"]


def test_this_machine() -> None:
    """A real one, with all its tools."""
    text = _shell_host.script(OPTIONS)
    output = subprocess.run(["sh", "-c", text], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=120)
    assert output.stderr == b""
    by_shell = probe(heard(output.stdout.decode("utf-8", "surrogateescape"), OPTIONS), OPTIONS)
    here = LocalHost()
    here.ask = lambda endpoints: [reached(row["name"]) for row in endpoints]  # type: ignore[method-assign]
    by_python = probe(here, {**OPTIONS, "disk_test_seconds": 0})
    for moving in ("listening",):
        by_shell.pop(moving), by_python.pop(moving)
    shell, python = measurable(by_shell), measurable(by_python)
    for fact in python:
        assert shell[fact] == python[fact], fact


def test_nothing_of_a_host_is_run(tmp_path: Path) -> None:
    """Names and values that a shell would obey; a file name with a newline is left out."""
    mark = tmp_path / "mark"
    evil = f"$(touch {mark}-a)`touch {mark}-b`;touch {mark}-c|'\"&"
    host = FakeHost()
    host.files["/proc/sys/kernel/hostname"] = f"{evil}\n"
    host.files["/proc/sys/kernel/osrelease"] = "../../etc/" + "$(touch x)\n"
    host.files[f"/etc/modprobe.d/{evil.replace('/', '_')}.conf"] = "options kvm_amd nested=1\n"
    host.files["/etc/modprobe.d/x\n=read _etc_os-release\n|ID=forged\n.0\n.conf"] = "options kvm_amd nested=0\n"
    host.commands["getent"] = (0, "192.0.2.1\n")
    root = lay_out(host, tmp_path)
    told = heard(ask_shell(root, OPTIONS), OPTIONS)
    facts = probe(told, OPTIONS)
    assert not list(tmp_path.glob("mark*"))
    assert facts["hostname"] == evil
    assert facts["resolved"][evil] == ["192.0.2.1"]
    assert facts["system"]["id"] == "debian"
    assert facts["nested"]["configured"] is True
    assert not any("\n" in name for name in told.names("/etc/modprobe.d") or [])


@pytest.mark.parametrize("missing", ["sed", "head", "cat", "timeout", "date", "df", "readlink"])
def test_a_tool_is_missing(tmp_path: Path, missing: str) -> None:
    """Each text is read all the same; what only that tool knows is unknown."""
    root = lay_out(FakeHost(), tmp_path, tuple(tool for tool in TOOLS if tool != missing))
    by_python, by_shell = both(root, OPTIONS)
    if missing == "df":
        for facts in (by_python, by_shell):
            facts["var_lib"].update(size_bytes=None, free_bytes=None)
    assert by_shell == by_python


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_no_command_at_all(tmp_path: Path, shell: tuple[str, ...]) -> None:
    """An empty PATH: the shell alone reads the files."""
    if not shutil.which(shell[0]):
        pytest.skip(f"no {shell[0]} on this machine")
    host = FakeHost()
    odd(host)
    host.files["/sys/class/dmi/id/product_name"] = "PowerEdge\n"  # a shell's variable holds no NUL
    root = lay_out(host, tmp_path)
    facts = probe(heard(ask_shell(root, OPTIONS, shell, path=str(tmp_path / "nothing")), OPTIONS), OPTIONS)
    if shell[0] != "busybox":  # whose tools are inside of it
        assert facts["clock_drift_s"] is None
        assert (facts["architecture"], facts["packages"], facts["systemd"]) == (None, None, None)
    assert facts["machine_id"] == "0123"
    assert facts["cpu"] == good_facts()["cpu"]
    assert facts["nameservers"] == ["192.0.2.1", "192.0.2.2"]
    assert facts["system"]["id"] == "debian"
    assert facts["user_id"] == os.geteuid()


def test_unreadable(tmp_path: Path) -> None:
    """A file that is there and refuses is unknown, not empty; one on which a reader would wait is not opened."""
    root = lay_out(FakeHost(), tmp_path)
    write_command(root, "cat", f'case $1 in *machine-id) exit 1;; esac\nexec {shutil.which("cat")} "$@"')
    (root / "etc/os-release").unlink()
    os.mkfifo(root / "etc/os-release")
    facts = probe(heard(ask_shell(root, OPTIONS), OPTIONS), OPTIONS)
    assert (facts["machine_id"], facts["system"]) == (None, None)
    assert facts["kernel"] == "6.1.0-40-amd64"


def test_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text without an end is cut on the host, and then it is unknown."""
    monkeypatch.setattr(_shell_host, "_ANSWER_BYTES", 4096)
    host = FakeHost()
    host.files["/etc/resolv.conf"] = "nameserver 192.0.2.1\n" * 100000
    root = lay_out(host, tmp_path)
    write_command(root, "systemctl", "while :; do echo systemd 252; done")
    output = ask_shell(root, OPTIONS)
    assert len(output) < 50000
    facts = probe(heard(output, OPTIONS), OPTIONS)
    assert (facts["nameservers"], facts["systemd"]) == (None, None)


def test_a_command_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs its own time, and its answer is unknown."""
    monkeypatch.setattr(_shell_host, "COMMAND_TIMEOUT_S", 1)
    root = lay_out(FakeHost(), tmp_path)
    write_command(root, "systemctl", "echo systemd 252; exec sleep 30")
    start = time.monotonic()
    facts = probe(heard(ask_shell(root, OPTIONS), OPTIONS), OPTIONS)
    assert facts["systemd"] is None
    assert facts["packages"] is not None
    assert time.monotonic() - start < 20


def test_through_a_terminal(tmp_path: Path) -> None:
    """Each line ends with one carriage return more; others write there, too."""
    host = FakeHost()
    odd(host)
    plain = ask_shell(lay_out(host, tmp_path), OPTIONS)
    lines = plain.split("\n")
    lines.insert(len(lines) // 2, "Broadcast message from root: going down")
    terminal = "Welcome!\r\n=read /etc/os-release\r\n" + "\r\n".join(lines) + "logout\r\n"
    facts = [measurable(probe(heard(text, OPTIONS), OPTIONS)) for text in (plain, terminal)]
    assert facts[0] == facts[1]


@pytest.mark.parametrize(
    "output", ["", "sh: syntax error", "dvp-host-check begins\n=read /etc/os-release\n|ID=x\n.0\n"]
)
def test_cut_off(output: str) -> None:
    """Without its last line it is no answer."""
    assert _shell_host.shell_host(output, OPTIONS) is None


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """They are read as the host's Python would read them."""
    root = lay_out(FakeHost(), tmp_path)
    (root / "sys/class/dmi/id/product_name").write_bytes(b"\xff\xfe\xc3\xa9 x\n")
    by_python, by_shell = both(root, OPTIONS)
    assert by_shell == by_python


def test_what_takes_a_program() -> None:
    """Says so."""
    host = _shell_host.ShellHost({}, (), OPTIONS)
    assert (host.try_kvm(), host.python(), host.time_s(), host.user_id()) == (None, None, None, None)
    with pytest.raises(Unmeasurable, match="needs Python"):
        host.measure_disk("/var/lib", 1)
    (row,) = host.ask([{"name": "http://user:pass@host/", "type": "http"}])
    assert (row["name"], row["state"], row["reason"]) == ("http://host/", "unknown", "not measured: needs Python")


def test_interpreters(tmp_path: Path) -> None:
    """All that are there, the one of the inventory first; by their own word, on whichever stream."""
    root = lay_out(FakeHost(), tmp_path)
    for path, body in {
        "/usr/bin/python": "echo Python 2.7.18 >&2",
        "/usr/bin/python3.6": "echo Python 3.6.8",
        "/usr/bin/python3-config": "echo Python 9.9",
        "/usr/libexec/platform-python": "exit 127",
        "/opt/python/bin/python3": "echo Python 3.11.2+",
    }.items():
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (root / path[1:]).write_text(f"#!/bin/sh\n{body}\n")
        (root / path[1:]).chmod(0o755)
    found = heard(ask_shell(root, OPTIONS, interpreter="/opt/python/bin/python3"), OPTIONS).pythons()
    assert list(found.items()) == [
        ("/opt/python/bin/python3", "3.11.2+"),
        ("/usr/bin/python3.6", "3.6.8"),
        ("/usr/bin/python", "2.7.18"),
        ("/usr/libexec/platform-python", ""),
    ]


@pytest.mark.parametrize("interpreter", ["", "auto", "/usr/bin/env python3", "/bin/x;reboot", "/bin/$(reboot)"])
def test_only_a_path_is_an_interpreter(interpreter: str) -> None:
    assert "reboot" not in (text := _shell_host.script(OPTIONS, interpreter))
    assert "\npython /" not in text


def test_the_script_is_short() -> None:
    """It travels in a command line, inside of quotes, and inside of those of sudo: no comments, few quotes."""
    text = _shell_host.script(OPTIONS, "/usr/bin/python3")
    assert len(text) < 16384
    assert text.count("'") < 30
    library = Path(_shell_host.__file__).with_suffix(".sh").read_text()
    assert "'" not in "\n".join(line for line in library.splitlines() if not line.lstrip().startswith("#"))


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("shellcheck"), reason="no shellcheck on this machine")
def test_shellcheck() -> None:
    subprocess.run(["shellcheck", str(Path(_shell_host.__file__).with_suffix(".sh"))], check=True)


def test_questions_do_not_depend_on_the_host() -> None:
    """The same text for all: whatever a host says, no other question is asked of it."""
    first: Any = _shell_host.script(OPTIONS)
    assert first == _shell_host.script(OPTIONS)
