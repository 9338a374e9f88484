"""Package repositories: what the files of apt, apt-rpm, yum and dnf say -> what is asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _repositories as repositories
from unit.hosts import FakeHost

STANZAS = """# made by hand
Types: deb deb-src
URIs: http://deb.example.com/debian
  http://mirror.example.com/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 URIs: http://not.example.com

Types: deb
URIs: http://off.example.com/debian
Suites: bookworm
Components: main
Enabled: no
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deb http://h/debian bookworm main", [("deb", "http://h/debian", "bookworm")]),
        ("deb [arch=amd64 signed-by=/k] http://h/d s main # x", [("deb", "http://h/d", "s")]),
        ("# deb http://h/d s main\n\ndeb http://h/d\n", []),
        ("rpm [p10] http://alt/p10 branch/x86_64 classic", [("rpm", "http://alt/p10", "branch/x86_64")]),
        (None, []),
    ],
)
def test_apt_lines(text: str | None, expected: list[tuple[str, str, str]]) -> None:
    """One repository a line."""
    assert repositories.parse_apt_lines(text) == expected


def test_apt_stanzas() -> None:
    """Every combination of a stanza; folded fields belong to their own, and what is disabled is nobody's."""
    rows = repositories.parse_apt_stanzas(STANZAS)
    assert len(rows) == 8
    assert {uri for dummy, uri, suite in rows} == {"http://deb.example.com/debian", "http://mirror.example.com/debian/"}
    assert {suite for dummy, uri, suite in rows} == {"bookworm", "bookworm-updates"}


@pytest.mark.parametrize(
    ("row", "first"),
    [
        (("deb", "http://h/debian/", "bookworm"), "http://h/debian/dists/bookworm/InRelease"),
        (("deb", "http://h/flat", "./"), "http://h/flat/./InRelease"),
        (("deb", "http://h/flat", "/"), "http://h/flat/InRelease"),
        (("rpm", "http://alt/p10", "branch/x86_64"), "http://alt/p10/branch/x86_64/base/release"),
    ],
)
def test_apt_urls(row: tuple[str, str, str], first: str) -> None:
    """Where apt itself looks first."""
    assert repositories.apt_urls(*row)[0] == first


def test_apt_host() -> None:
    """Each repository once, with apt's proxy and certificates; discs and folders are not asked."""
    host = FakeHost()
    host.files["/etc/apt/sources.list"] = (
        "deb cdrom:[Debian]/ bookworm main\ndeb file:/srv/repo ./\n"
        "deb https://user:pa55@closed.example.com/d s main\ndeb-src http://deb.example.com/debian bookworm main\n"
        "deb mirror+http://direct.example.com/d s main\n"
    )
    host.files["/etc/apt/sources.list.d/x.sources"] = STANZAS
    host.files["/etc/apt/sources.list.d/x.sources.save"] = "Types: deb\nURIs: http://old\nSuites: s\n"
    host.commands["apt-config dump"] = (
        0,
        'Acquire "";\nAcquire::http::Proxy "http://proxy:3128";\nAcquire::http::Proxy::direct.example.com "DIRECT";\n'
        'Acquire::https::CAInfo "/etc/ca.pem";\n',
    )
    rows = {row["name"]: row for row in repositories.apt_endpoints(host)}
    assert len(rows) == 6
    assert rows["http://deb.example.com/debian bookworm"]["proxy"] == "http://proxy:3128"
    assert rows["http://direct.example.com/d s"]["proxy"] == ""
    closed = rows["https://closed.example.com/d s"]
    assert (closed["username"], closed["password"], closed["ca"]) == ("user", "pa55", "/etc/ca.pem")
    assert "pa55" not in json.dumps([closed["name"], closed["urls"]])
    assert "proxy" not in closed


def yum_host(text: str, **files: str) -> FakeHost:
    """A host of the rhel family with one .repo file."""
    host = FakeHost()
    host.files["/etc/yum.repos.d/one.repo"] = text
    host.files.update(files)
    host.commands["rpm -q --whatprovides system-release --provides"] = (
        0,
        "rocky-release = 9.4-1.7.el9\nsystem-release = 9.4-1.7.el9\nsystem-release(releasever) = 9\n",
    )
    return host


def test_yum_host() -> None:
    """Variables, several base URLs, mirror lists, proxies of a section and of all; what is disabled is not asked."""
    text = """[base]
name=Base
baseurl=http://h/$releasever/${basearch}/os/
        http://m/$releasever/$stream
[mirrors]
mirrorlist=http://mirrors/?repo=$releasever
proxy=_none_
[off]
baseurl=http://off
enabled=0
[local]
baseurl=file:///srv
[odd]
baseurl=http://user:pa55@h/$unknown
enabled = True
sslcacert=/etc/ca.pem
"""
    host = yum_host(text, **{"/etc/dnf/vars/stream": "stable\n", "/etc/dnf/dnf.conf": "[main]\nproxy=http://p:1\n"})
    base, mirrors, odd = repositories.yum_endpoints(host)
    assert base["urls"] == ["http://h/9/x86_64/os/repodata/repomd.xml", "http://m/9/stable/repodata/repomd.xml"]
    assert (base["proxy"], base["mirrored"]) == ("http://p:1", False)
    assert (mirrors["urls"], mirrors["mirrored"], mirrors["proxy"]) == (["http://mirrors/?repo=9"], True, "")
    assert odd["urls"] == ["http://h/$unknown/repodata/repomd.xml"]
    assert (odd["password"], odd["ca"]) == ("pa55", "/etc/ca.pem")


@pytest.mark.parametrize("text", ["", "no section\n", "[a\nb", "[a]\nbaseurl\n"])
def test_strange_files(text: str) -> None:
    """Damaged files are no repositories, and no exceptions."""
    rows: list[dict[str, Any]] = repositories.yum_endpoints(yum_host(text))
    assert [row["urls"] for row in rows] in ([], [[""]])


@pytest.mark.parametrize(
    ("provides", "packaged", "expected"),
    [
        ("system-release(releasever) = 9\n", "9.4\n", "9"),
        ("distribution-release(releasever) = 12.5\n", "", "12.5"),
        ("centos-release = 7-9\n", "7\n", "7"),
        ("", "no package provides system-release", ""),
        (None, None, ""),
    ],
)
def test_release_version(provides: str | None, packaged: str | None, expected: str) -> None:
    """As dnf finds it, or not at all."""
    assert repositories.release_version(provides, packaged) == expected


def test_families() -> None:
    """A family without a known tool, and files that are not there, are unknown."""
    host = FakeHost()
    del host.files["/etc/apt/sources.list"]
    for family in ("debian", "altlinux", "rhel", "", "suse"):
        assert repositories.repository_endpoints(host, family) is None
    assert len(repositories.repository_endpoints(FakeHost(), "debian")) == 1
