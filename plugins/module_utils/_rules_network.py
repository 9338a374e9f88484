# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host's network lacks: H11, H12, H20; private to the collection.

Pure: (facts, options) -> findings, see _host_rules. A missing fact is a finding, never a pass.
Python 3.6 syntax and the standard library only.
"""

import ipaddress

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._endpoints import OFF, REACHED, UNKNOWN
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import FIX_UNMEASURED, NOTHING, UNMEASURED, finding


def _advice(row, advice):
    return FIX_UNMEASURED if row["state"] == UNKNOWN else advice


def _not_reached(rows, requirement_id, advice, **fields):
    """A finding for each endpoint that was not reached."""
    return [
        finding(requirement_id, "%s: %s" % (row["name"], row["reason"]), _advice(row, advice), **fields)
        for row in rows
        if row["state"] != REACHED
    ]


def check_registry(facts, options):
    """H11."""
    row = facts.get("registry")
    if not row:
        return [finding("H11", NOTHING, "Run the check again; it did not come to this.")]
    if row["state"] == OFF:
        return [finding("H11", "not asked: no registry is given", "Set dvp_registry_images_repo.", severity=req.INFO)]
    advice = "Open the way to it, or correct dvp_registry_images_repo, _username, _password and _ca."
    return _not_reached([row], "H11", advice)


def check_repositories(facts, options):
    """H12."""
    rows = facts.get("repositories")
    if rows is None and facts.get("python") is None:
        return [finding("H12", UNMEASURED, FIX_UNMEASURED)]
    if rows is None:
        return [finding("H12", NOTHING, "Use a supported system (H08); its list of repositories was not found.")]
    if not rows:
        return [finding("H12", "no enabled repository", "Enable the repositories of the system.")]
    return _not_reached(rows, "H12", "Open the way to it, set a proxy for the package tool, or disable the repository.")


def check_endpoints(facts, options):
    """H14 and H00: the installer's tunnel, by the name of its master, and what else there is to ask."""
    rows = facts.get("endpoints") or []
    tunnels = [row for row in rows if row["type"] == "tunnel" and row["state"] != REACHED]
    others = [row for row in rows if row["type"] != "tunnel"]
    advice = "Open %s/TCP from the installer machine to the masters. Older installers need it." % req.INSTALLER_PORT
    return [finding("H14", row["reason"], _advice(row, advice), host=row["name"]) for row in tunnels] + _not_reached(
        others, "H00", "Open the way to it.", checked="Endpoint", needed="an endpoint that is reached"
    )


def _network(text):
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _host_networks(facts):
    """[(what, network)] of a host's interfaces, routes, gateways and nameservers, without the platform's own."""
    rows = []
    for row in facts["addresses"]:
        if not row["interface"].startswith(req.PLATFORM_INTERFACES):
            rows.append(("interface %s" % row["interface"], row["address"]))
    for row in facts["routes"]:
        if not row["interface"].startswith(req.PLATFORM_INTERFACES):
            if row["destination"] != "default":
                rows.append(("route to %s" % row["destination"], row["destination"]))
            if row["gateway"]:
                rows.append(("gateway %s" % row["gateway"], row["gateway"]))
    rows.extend(("nameserver %s" % address, address) for address in facts.get("nameservers") or [])
    networks = [(what, _network(text.split("%")[0])) for what, text in rows]
    # A route to everything is the default route under another name.
    return [(what, network) for what, network in networks if network is not None and network.prefixlen > 0]


def _check_nameservers(facts):
    """H20: without a nameserver no registry is found, and an unread one cannot be compared."""
    if facts.get("nameservers"):
        return []
    return [
        finding(
            "H20",
            NOTHING if facts.get("nameservers") is None else "none",
            "Name one in /etc/resolv.conf, or set up systemd-resolved.",
            checked="Nameservers",
            needed="at least one nameserver",
            severity=req.WARNING,
        )
    ]


def check_addresses(facts, options):
    """H20: pod and service networks against the host's own, and the host's place in the internal networks."""
    if facts.get("addresses") is None or facts.get("routes") is None:
        return [finding("H20", NOTHING, "Install iproute2; the check reads `ip address` and `ip route`.")]
    found = _check_nameservers(facts)
    for cidr in options["cidrs"]:
        planned = _network(cidr)
        if planned is None:
            found.append(finding("H20", cidr, "Write networks as address/prefix.", needed="a network"))
            continue
        hits = [
            what
            for what, network in _host_networks(facts)
            if network.version == planned.version and network.overlaps(planned)
        ]
        if hits:
            found.append(
                finding(
                    "H20",
                    "%s overlaps %s" % (cidr, ", ".join(sorted(set(hits)))),
                    "Choose another network in the inventory, or change the host's.",
                )
            )
    internal = [network for network in map(_network, options["internal_cidrs"]) if network is not None]
    own = [ipaddress.ip_interface(row["address"]).ip for row in facts["addresses"] if _network(row["address"])]
    if internal and not any(address in network for address in own for network in internal):
        found.append(
            finding(
                "H20",
                ", ".join(str(address) for address in own) or "no address",
                "Give the host an address there, or correct dvp_internal_cidrs.",
                checked="Address in the internal network",
                needed="an address in " + ", ".join(options["internal_cidrs"]),
            )
        )
    return found
