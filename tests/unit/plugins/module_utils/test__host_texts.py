"""Parsers that the probes share, and probes that are little more than one."""

from __future__ import annotations

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_probe as probe
from ansible_collections.dvp.baremetal.plugins.module_utils import _host_texts as texts
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from unit.hosts import FakeHost

TCP6 = """  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:192B 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 0000000000000000FFFF0000150200C0:192B 0000000000000000FFFF0000150200C0:ABCD 01 00000000:00000000
"""
UDP = """   sl  local_address rem_address   st tx_queue rx_queue
  461: 00000000:10CA 00000000:0000 07 00000000:00000000
  462: 150200C0:A000 350200C0:0035 01 00000000:00000000
"""


@pytest.mark.parametrize(("text", "ports"), [(TCP6, [6443]), (UDP, [4298]), ("", []), (None, [])])
def test_listening(text: str | None, ports: list[int]) -> None:
    """Sockets that wait for anybody; connections that are under way are nobody's obstacle."""
    assert texts.parse_listening(text) == ports


def test_listening_in_both_families() -> None:
    """One list for IPv4 and IPv6."""
    host = FakeHost()
    host.files["/proc/net/tcp6"] = TCP6
    host.files["/proc/net/udp"] = UDP
    assert probe.probe_listening(host) == {"tcp": [22, 6443], "udp": [4298]}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("naming =version 2 bsize=4096, ftype=1\n", 1),
        ("ftype=0", 0),
        ("naming =version 2", None),
        (None, None),
    ],
)
def test_xfs(answer: str | None, expected: int | None) -> None:
    """xfs_info is asked for the mount point, and only where the filesystem is XFS."""
    host = FakeHost()
    if answer is not None:
        host.commands["xfs_info /srv"] = (0, answer)
    host.files["/proc/self/mountinfo"] = "1 0 8:1 / /srv rw - xfs /dev/sda1 rw\n"
    assert probe.probe_disk(host, "/srv/x")["ftype"] == expected
    host.files["/proc/self/mountinfo"] = "1 0 8:1 / /srv rw - ext4 /dev/sda1 rw\n"
    assert probe.probe_disk(host, "/srv/x")["ftype"] is None


@pytest.mark.parametrize(
    ("enforce", "tools", "expected"),
    [
        (None, [], {"enforcing": False, "missing": []}),
        ("0", [], {"enforcing": False, "missing": []}),
        ("1", ["semodule"], {"enforcing": True, "missing": ["checkmodule", "semodule_package"]}),
        ("1", list(req.SELINUX_TOOLS), {"enforcing": True, "missing": []}),
    ],
)
def test_selinux(enforce: str | None, tools: list[str], expected: dict[str, object]) -> None:
    """Tools count only while it enforces."""
    host = FakeHost()
    host.files.update({f"/usr/sbin/{name}": "" for name in tools})
    if enforce:
        host.files["/sys/fs/selinux/enforce"] = enforce
    assert probe.probe_selinux(host) == expected


def test_names() -> None:
    """A name that is unknown to getent resolves to nothing; no getent is no answer."""
    host = FakeHost()
    host.commands["getent ahosts worker-1"] = (2, "")
    assert probe.probe_names(host, "worker-1") == {"localhost": ["::1", "127.0.0.1"], "worker-1": []}
    del host.commands["getent ahosts localhost"]
    assert probe.probe_names(host, "worker-1") is None


def test_nameservers() -> None:
    """An unread file is no empty one."""
    assert texts.parse_nameservers("# nameserver 1.1.1.1\nnameserver 192.0.2.53\nsearch x\n") == ["192.0.2.53"]
    assert texts.parse_nameservers("") == []
    assert texts.parse_nameservers(None) is None


def test_mtus() -> None:
    """Bytes by interface; what has none is left out."""
    host = FakeHost()
    host.files["/sys/class/net/bonding_masters"] = "\n"
    assert probe.probe_mtus(host) == {"eth0": 1500}
