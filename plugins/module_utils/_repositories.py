# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Package repositories of a host (H12): configuration of apt, apt-rpm and yum or dnf -> endpoints; private.

Nothing is installed or refreshed: the files are read, and the metadata of each enabled repository is asked for.
Python 3.6 syntax and the standard library only.
"""

import configparser
import re

from ansible_collections.dvp.baremetal.plugins.module_utils._endpoints import redacted

_APT_TYPES = ("deb", "deb-src", "rpm", "rpm-src", "rpm-dir")
_NOT_ON_THE_NET = ("cdrom", "file", "copy")
_YUM_FILES = ("/etc/yum.conf", "/etc/dnf/dnf.conf")
_YUM_VARIABLES = ("/etc/yum/vars", "/etc/dnf/vars")
_TRUE = ("1", "yes", "true", "on", "enabled")


def parse_apt_lines(text):
    """[(type, uri, suite)] of sources.list; options in brackets and comments left out."""
    rows = []
    for line in (text or "").splitlines():
        words = re.sub(r"\[[^\]]*\]", " ", line.split("#")[0]).split()
        if len(words) >= 3 and words[0] in _APT_TYPES:
            rows.append((words[0], words[1], words[2]))
    return rows


def parse_apt_stanzas(text):
    """[(type, uri, suite)] of a deb822 file (*.sources); stanzas with `Enabled: no` left out."""
    rows = []
    lines = [line for line in (text or "").splitlines() if not line.startswith("#")]
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        unfolded = re.sub(r"\n[ \t]+", " ", stanza)
        fields = {key.lower(): value for key, value in re.findall(r"^([\w-]+):[ \t]*(.*)$", unfolded, re.MULTILINE)}
        if fields.get("enabled", "yes").strip().lower() in ("no", "false", "0", "off", "without"):
            continue
        rows.extend(
            (kind, uri, suite)
            for kind in fields.get("types", "").split()
            for uri in fields.get("uris", "").split()
            for suite in fields.get("suites", "").split()
        )
    return rows


def apt_urls(kind, uri, suite):
    """Where the metadata of an apt repository may be, the usual place first."""
    base = uri.rstrip("/")
    if kind.startswith("rpm"):
        folder = base + "/" + suite.strip("/") + "/base"
        return [folder + "/release", folder + "/pkglist.classic.xz"]
    place = suite.strip("/") if suite.endswith("/") else "dists/" + suite
    folder = (base + "/" + place).rstrip("/")
    return [folder + "/InRelease", folder + "/Release"]


def parse_apt_settings(text):
    """{key in lower case: value} of `apt-config dump`."""
    return {key.lower(): value for key, value in re.findall(r'^(\S+) "([^"]*)";', text or "", re.MULTILINE)}


def _apt_endpoint(row, settings):
    kind, uri, suite = row
    uri = re.sub(r"^(mirror|tor)\+", "", uri)
    scheme, dummy, rest = uri.partition("://")
    host = rest.split("/")[0].rpartition("@")[2].split(":")[0].lower()
    proxy = settings.get("acquire::%s::proxy::%s" % (scheme, host)) or settings.get("acquire::%s::proxy" % scheme)
    endpoint = {
        "name": redacted("%s %s" % (uri, suite)),
        "type": "http",
        "urls": apt_urls(kind, uri, suite),
        "ca": settings.get("acquire::https::cainfo", ""),
    }
    if proxy:
        endpoint["proxy"] = "" if proxy == "DIRECT" else proxy
    return with_login(endpoint)


def with_login(endpoint):
    """An endpoint whose URLs carried a user and a password, with those in fields of their own."""
    match = re.match(r"https?://([^/:@\s]+):([^/@\s]+)@", endpoint["urls"][0]) if endpoint["urls"] else None
    if not match:
        return endpoint
    urls = [redacted(url) for url in endpoint["urls"]]
    return dict(endpoint, urls=urls, username=match.group(1), password=match.group(2))


def apt_endpoints(host):
    """Endpoints of all enabled apt repositories; None when no sources can be read."""
    directory = "/etc/apt/sources.list.d"
    names = host.names(directory) or []
    lists = [host.read("/etc/apt/sources.list")]
    lists += [host.read(directory + "/" + name) for name in names if name.endswith(".list")]
    stanzas = [host.read(directory + "/" + name) for name in names if name.endswith(".sources")]
    if not any(text is not None for text in lists + stanzas):
        return None
    rows = [row for text in lists for row in parse_apt_lines(text)]
    rows += [row for text in stanzas for row in parse_apt_stanzas(text)]
    answer = host.run(["apt-config", "dump"])
    settings = parse_apt_settings(answer[1] if answer else "")
    endpoints = {}
    for row in rows:
        if row[1].split(":")[0] not in _NOT_ON_THE_NET:
            endpoint = _apt_endpoint(row, settings)
            endpoints.setdefault(endpoint["name"], endpoint)
    return list(endpoints.values())


def _ini(text):
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text or "")
    except configparser.Error:
        return {}
    return {name: {key: (value or "").strip() for key, value in parser.items(name)} for name in parser.sections()}


def release_version(provides, packaged):
    """$releasever as dnf knows it: the version that system-release provides, else that of its package; "" for none."""
    match = re.search(r"^(?:system|distribution)-release\(releasever\) = (\S+)", provides or "", re.MULTILINE)
    if match:
        return match.group(1)
    first = (packaged or "").split()
    return first[0] if first and re.match(r"\d", first[0]) else ""


def yum_variables(host):
    """{name: value} of the variables in .repo files."""
    architecture = (host.run(["uname", "-m"]) or (1, ""))[1].strip()
    provides = host.run(["rpm", "-q", "--whatprovides", "system-release", "--provides"])
    packaged = host.run(["rpm", "-q", "--whatprovides", "system-release", "--qf", "%{VERSION}\n"])
    release = release_version(*[answer[1] if answer and answer[0] == 0 else "" for answer in (provides, packaged)])
    major, dummy, minor = release.partition(".")
    variables = {"basearch": architecture, "arch": architecture, "releasever": release}
    variables.update({"releasever_major": major, "releasever_minor": minor})
    for directory in _YUM_VARIABLES:
        for name in host.names(directory) or []:
            variables[name] = (host.read(directory + "/" + name) or "").strip()
    return {name: value for name, value in variables.items() if value}


def expand(text, variables):
    """A text with $name and ${name} replaced; what is not known stays."""
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda m: variables.get(m.group(1) or m.group(2), m.group(0)), text)


def _yum_endpoint(identifier, section, defaults, variables):
    def value(key):
        return expand(section.get(key, defaults.get(key, "")), variables)

    bases = re.split(r"[\s,]+", expand(section.get("baseurl", ""), variables).strip())
    mirrored = not bases[0]
    lists = [value("metalink") or value("mirrorlist")]
    endpoint = {
        "name": identifier,
        "type": "http",
        "urls": lists if mirrored else [base.rstrip("/") + "/repodata/repomd.xml" for base in bases],
        "mirrored": mirrored,
        "ca": value("sslcacert"),
        "username": value("username"),
        "password": value("password"),
    }
    proxy = value("proxy")
    if proxy:
        endpoint["proxy"] = "" if proxy in ("_none_", "none") else proxy
    return with_login(endpoint)


def yum_endpoints(host):
    """Endpoints of all enabled yum or dnf repositories; None when no .repo file can be read."""
    directory = "/etc/yum.repos.d"
    read = [host.read(directory + "/" + name) for name in host.names(directory) or [] if name.endswith(".repo")]
    if not read:
        return None
    defaults = {}
    for path in _YUM_FILES:
        defaults.update(_ini(host.read(path)).get("main", {}))
    variables = yum_variables(host)
    endpoints = []
    for text in read:
        for identifier, section in _ini(text).items():
            if section.get("enabled", "1").lower() in _TRUE:
                endpoint = _yum_endpoint(expand(identifier, variables), section, defaults, variables)
                if endpoint["urls"][0].split(":")[0] not in _NOT_ON_THE_NET:
                    endpoints.append(endpoint)
    return endpoints


def repository_endpoints(host, family):
    """Endpoints of the enabled repositories of a package family; None when they cannot be known."""
    return {"debian": apt_endpoints, "altlinux": apt_endpoints, "rhel": yum_endpoints}.get(family, lambda h: None)(host)
