# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of /proc, /sys and a few tools -> plain data; private to the collection.

Pure: text in, data out, None for no text. Python 3.6 syntax and the standard library only.
"""

import re

_ROUTE_TYPES = (
    "local",
    "broadcast",
    "unicast",
    "multicast",
    "anycast",
    "unreachable",
    "blackhole",
    "prohibit",
    "throw",
)


def parse_os_release(text):
    """{KEY: value} of /etc/os-release, quotes removed; None for no text."""
    if text is None:
        return None
    pairs = re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.MULTILINE)
    return {key: value.strip().strip("\"'") for key, value in pairs}


def parse_cpu_info(text):
    """{processors, vendor, model, microcode, flags} of /proc/cpuinfo; None for no text.

    Processors are counted as the vendor's installer does.
    """
    if not text:
        return None
    fields = re.findall(r"^([^\t:\n]+?)\s*:[ \t]*(.*)$", text, re.MULTILINE)
    first = {}
    for key, value in fields:
        first.setdefault(key, value)
    return {
        "processors": sum(1 for key, dummy in fields if key == "processor"),
        "vendor": first.get("vendor_id", ""),
        "model": first.get("model name", ""),
        "microcode": first.get("microcode", ""),
        "flags": sorted(set(first.get("flags", "").split())),
    }


def parse_memory_mib(text):
    """MemTotal of /proc/meminfo in MiB, rounded down; None when absent."""
    match = re.search(r"^MemTotal:\s+(\d+) kB", text or "", re.MULTILINE)
    return int(match.group(1)) // 1024 if match else None


def parse_mount(text, path):
    """{device: "major:minor", source, point, filesystem} of the mount that carries a path; None when absent.

    text: /proc/self/mountinfo.
    """
    best = None
    for line in (text or "").splitlines():
        left, separator, right = line.partition(" - ")
        fields = left.split()
        if not separator or len(fields) < 5 or len(right.split()) < 2:
            continue
        point = fields[4].replace("\\040", " ")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        # A later line of the same mount point covers the earlier one.
        if inside and (best is None or len(point) >= len(best[0])):
            kind, source = right.split()[:2]
            best = (point, {"device": fields[2], "source": source, "point": point, "filesystem": kind})
    return best[1] if best else None


def parse_addresses(text):
    """[{interface, address: "a.b.c.d/n"}] of `ip -o address show`; None for no text."""
    if text is None:
        return None
    rows = re.findall(r"^\d+: +(\S+) +inet6? +(\S+)", text, re.MULTILINE)
    return [{"interface": name.split("@")[0], "address": address} for name, address in rows]


def parse_routes(text):
    """[{destination, interface, gateway}] of `ip route show table all`; None for no text."""
    if text is None:
        return None
    routes = []
    for line in text.splitlines():
        words = line.split()
        if words and words[0] in _ROUTE_TYPES:
            words = words[1:]
        if not words:
            continue
        pairs = dict(zip(words[1:], words[2:]))  # noqa: B905 - `strict` is newer than Python 3.6
        routes.append({"destination": words[0], "interface": pairs.get("dev", ""), "gateway": pairs.get("via", "")})
    return routes


def parse_nameservers(text):
    """Addresses of the nameservers in /etc/resolv.conf; None for no text."""
    return None if text is None else re.findall(r"^\s*nameserver\s+(\S+)", text, re.MULTILINE)


def parse_listening(text):
    """Numbers of the local ports in /proc/net/tcp or udp (and tcp6, udp6) that wait for callers; [] for no text."""
    # 0A is LISTEN; a UDP socket that waits for anybody has the state 07.
    rows = re.findall(r"^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0[A7] ", text or "", re.MULTILINE)
    return sorted({int(number, 16) for number in rows})


def parse_resolved(text):
    """Addresses in the answer of `getent ahosts`, each once, in their order."""
    addresses = []
    for line in (text or "").splitlines():
        if line.split() and line.split()[0] not in addresses:
            addresses.append(line.split()[0])
    return addresses


def parse_xfs_ftype(text):
    """The number behind ftype= in the answer of `xfs_info`; None when absent."""
    match = re.search(r"\bftype=(\d)", text or "")
    return int(match.group(1)) if match else None


def parse_packages(text):
    """{name: version} of lines "name<TAB>version<TAB>status"; a package that is not fully installed is left out."""
    packages = {}
    for line in (text or "").splitlines():
        fields = line.split("\t")
        if len(fields) == 3 and fields[2].strip() == "installed":
            packages[fields[0]] = fields[1]
    return packages


def parse_module_options(texts):
    """{module: {parameter: value}} of the texts of /etc/modprobe.d/*.conf, a later text over an earlier one."""
    options = {}
    for text in texts:
        for module, rest in re.findall(r"^\s*options\s+(\S+)\s+(.*)$", text or "", re.MULTILINE):
            pairs = (word.partition("=") for word in rest.split("#")[0].split())
            options.setdefault(module.replace("-", "_"), {}).update((key, value) for key, dummy, value in pairs)
    return options


def is_on(value):
    """True for the spellings in which the kernel and its users say yes."""
    return value in ("1", "Y", "y")
