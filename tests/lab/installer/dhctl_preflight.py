# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer's preflight checks of a static cluster (facts/core.md section 3): what they ask and their limits."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import dhctl_config
from dhctl_ssh import Host, SshError

Seen = dict[str, Any]

# Everything the checks ask of the master, in one login.
PROBE = r"""
python3 - <<'PROBE_END'
import json, os, shutil, socket, subprocess, time
def read(path):
    try:
        with open(path) as stream: return stream.read()
    except OSError: return ""
def run(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
    except OSError:
        return 127, ""
    return done.returncode, done.stdout
def modules(*names):
    for name in names:
        try: __import__(name)
        except ImportError: return False
    return True
disk = run("df", "-Pk", "/var/lib")[1].splitlines()[-1].split()
path = os.environ["PATH"] + ":/usr/sbin:/sbin:/usr/local/bin"
try: socket.gethostbyname("localhost"); localhost = True
except OSError: localhost = False
print("SEEN " + json.dumps({
    "cpus": read("/proc/cpuinfo").count("processor\t:"),
    "memory_kib": int(read("/proc/meminfo").split("MemTotal:")[1].split()[0]),
    "disk_kib": int(disk[1]), "free_kib": int(disk[3]), "kernel": os.uname().release,
    "package_manager": any(shutil.which(t, path=path) for t in ("apt-get", "apt", "dnf", "yum", "rpm", "zypper")),
    "systemd": run("systemctl", "--version")[0] == 0,
    "modules": {name: run("modprobe", "-n", "-q", name)[0] == 0 for name in ("br_netfilter", "overlay", "erofs")},
    "leftovers": [found for found in (shutil.which(tool, path=path)
                                      for tool in ("containerd", "dockerd", "kubelet", "crio")) if found]
                 + [p for p in ("/var/lib/bashible/bashible.sh",) if os.path.exists(p)],
    "uuid": read("/var/lib/bashible/cluster_uuid").strip(),
    "addresses": json.loads(run("ip", "-j", "address")[1] or "[]"),
    "routes": json.loads(run("ip", "-j", "-4", "route", "show", "table", "all")[1] or "[]"),
    "nameservers": [l.split()[1] for l in read("/etc/resolv.conf").splitlines() if l.startswith("nameserver ")],
    "hostname": socket.gethostname(), "localhost": localhost,
    "python_modules": modules("urllib.request", "urllib.error", "configparser", "http.server"),
    "deckhouse_user": any(l.startswith("deckhouse:") for l in read("/etc/passwd").splitlines()),
    "time": time.time(),
}))
PROBE_END
"""


class Failure(NamedTuple):
    """A failed check, as the installer prints it."""

    observed: str
    expected: str
    fix: str


@dataclass(frozen=True)
class Check:
    """One check over what was seen on the master. None means passed."""

    name: str
    ask: Callable[[Seen, list[dhctl_config.Document]], Failure | None]


def probe(host: Host) -> Seen:
    """Look at the master; raises SshError."""
    output = host.run(PROBE)
    line = next((one for one in output.splitlines() if one.startswith("SEEN ")), None)
    if line is None:
        raise SshError(f"{host.address}: Python 3 is missing or does not work")
    found: Seen = json.loads(line.removeprefix("SEEN "))
    return found


def _at_least(key: str, needed: float, unit: str, divisor: float, fix: str) -> Callable[..., Failure | None]:
    def ask(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
        value = seen[key] / divisor
        return None if value >= needed else Failure(f"{value:.0f} {unit}", f"at least {needed:.0f} {unit}", fix)

    return ask


def _flag(key: str, wanted: bool, observed: str, expected: str, fix: str) -> Callable[..., Failure | None]:
    def ask(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
        return None if bool(seen[key]) is wanted else Failure(observed, expected, fix)

    return ask


def _os(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    kernel = tuple(int(part) for part in re.findall(r"\d+", seen["kernel"])[:2])
    if kernel < (5, 8):
        return Failure(seen["kernel"], "kernel 5.8 or newer", "install a newer kernel")
    if not (seen["package_manager"] and seen["systemd"]):
        return Failure("no package manager or no systemd", "both", "use a supported distribution")
    return None


def _modules(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    needed = ["br_netfilter", "overlay"]
    if dhctl_config.of_kind(documents, "ClusterConfiguration").get("defaultCRI") == "ContainerdV2":
        needed.append("erofs")
    missing = [name for name in needed if not seen["modules"][name]]
    if missing:
        return Failure(f"missing: {', '.join(missing)}", ", ".join(needed), "install the kernel's extra modules")
    return None


def _leftovers(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    found = [path for path in seen["leftovers"] if not path.startswith("/opt/deckhouse/bin/")]
    return Failure(", ".join(found), "a bare host", "clean the host") if found else None


def _internal_network(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    ranges = dhctl_config.of_kind(documents, "StaticClusterConfiguration").get("internalNetworkCIDRs", [])
    if not ranges or internal_address(seen, ranges):
        return None
    return Failure("no address of the host", f"an address in one of {', '.join(ranges)}", "set internalNetworkCIDRs")


def internal_address(seen: Seen, ranges: list[str]) -> str:
    """Return the host's first IPv4 address inside the ranges, "" when there is none."""
    networks = [ipaddress.ip_network(one, strict=False) for one in ranges]
    for link in seen["addresses"]:
        for one in link.get("addr_info", []):
            address = ipaddress.ip_address(one["local"])
            if any(address.version == net.version and address in net for net in networks):
                return str(address)
    return ""


def _intersection(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    cluster = dhctl_config.of_kind(documents, "ClusterConfiguration")
    used = [
        ipaddress.ip_interface(f"{one['local']}/{one['prefixlen']}").network
        for link in seen["addresses"]
        for one in link.get("addr_info", [])
        if one["family"] == "inet"
    ]
    gateways = [one["gateway"] for one in seen["routes"] if one.get("dst") == "default" and "gateway" in one]
    for route in seen["routes"]:
        if re.match(r"^[0-9.]+(/[0-9]+)?$", route.get("dst", "")):
            used.append(ipaddress.ip_network(route["dst"]))
    used += [ipaddress.ip_network(one) for one in [*gateways, *seen["nameservers"]] if ":" not in one]
    for key in ("podSubnetCIDR", "serviceSubnetCIDR"):
        if key not in cluster:
            continue
        network = ipaddress.ip_network(cluster[key], strict=False)
        for one in used:
            if network.overlaps(one):
                return Failure(f"{key} {network} overlaps {one} of the host", "no overlap", f"choose another {key}")
    return None


def _hostname(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    if re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?", seen["hostname"]):
        return None
    return Failure(seen["hostname"], "lower case letters, digits, - and ., at most 63", "rename the host")


def _time(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    drift = abs(seen["time"] - time.time())
    return None if drift <= 600 else Failure(f"{drift:.0f} s", "at most 600 s", "synchronise the clocks")


def _registry(seen: Seen, documents: list[dhctl_config.Document]) -> Failure | None:
    """Ask the registry itself, from the installer."""
    account = dhctl_config.registry(documents)
    url = f"{account['scheme']}://{account['host']}/v2/"
    request = urllib.request.Request(url)
    if account["username"]:
        pair = f"{account['username']}:{account['password']}".encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(pair).decode())
    context = ssl.create_default_context(cadata=account["ca"] or None) if account["scheme"] == "https" else None
    try:
        urllib.request.urlopen(request, timeout=15, context=context).close()
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return Failure(f"{url}: {error}", "a login that the registry takes", "check the account of the registry")
        return Failure(f"{url}: {error}", "an answer", "check imagesRepo")
    except (OSError, ssl.SSLError) as error:
        return Failure(f"{url}: {error}", "an answer", "check the network, imagesRepo and the registry's CA")
    return None


_RESOURCES_FIX = "use a bigger server"
BEFORE: tuple[Check, ...] = (Check("registry-credentials", _registry),)
ON_MASTER: tuple[Check, ...] = (
    Check("node-system-requirements", _at_least("cpus", 4, "CPUs", 1, _RESOURCES_FIX)),
    Check("node-system-requirements", _at_least("memory_kib", 7680, "MiB", 1024, _RESOURCES_FIX)),
    Check("node-disk-space", _at_least("disk_kib", 45, "GB", 1e9 / 1024, "use a bigger disk")),
    Check("static-free-disk-space", _at_least("free_kib", 20, "GiB", 1 << 20, "free space at /var/lib")),
    Check("node-os-supported", _os),
    Check("node-kernel-modules", _modules),
    Check("node-leftovers", _leftovers),
    Check("node-internal-network", _internal_network),
    Check("host-network-cidr-intersection", _intersection),
    Check("node-hostname", _hostname),
    Check("resolve-localhost", _flag("localhost", True, "no answer", "127.0.0.1", "mend /etc/hosts")),
    Check("python-modules", _flag("python_modules", True, "modules missing", "urllib, http", "install python3")),
    Check("deckhouse-user", _flag("deckhouse_user", False, "user deckhouse", "no such user", "remove the user")),
    Check("time-drift", _time),
)
NAMES = tuple(dict.fromkeys(["static-single-ssh-host", "static-ssh-credential", *(c.name for c in BEFORE + ON_MASTER)]))
