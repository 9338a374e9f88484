# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory says, judged before any host is touched; private to the collection.

The inventory is read through `hostvars` (host -> variable -> value) and the collection's own argument spec, so a name,
a type or a default stands in one place. Everything here is pure: mappings in, findings out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding, valid_hostname
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cidr
from ansible_collections.dvp.baremetal.plugins.plugin_utils._acceptance import check_accepted
from ansible_collections.dvp.baremetal.plugins.plugin_utils._inventory_values import (
    SECRET,
    Finding,
    HostVars,
    Spec,
    nearest,
    raw_variables,
    read_settings,
    read_value,
    unusable,
    value_findings,
)

Groups = Mapping[str, Sequence[str]]

PREFIX = "dvp_"
# Each host has its own; every other variable of the collection is one value for the whole cluster.
HOST_VARIABLES = ("dvp_node_address", "dvp_node_labels", "dvp_kernel_package", "dvp_kernel_release")
# What host_prepare reads as each host sees it; everything else is read as the installer machine sees it.
READ_ON_HOSTS = (
    "dvp_demo_mode_enabled",
    "dvp_prepare_enabled",
    "dvp_prepare_parts",
    "dvp_hostname_change_allowed",
    "dvp_removable_runtimes",
    "dvp_kernel_package",
    "dvp_kernel_release",
    "dvp_reboot_allowed",
    "dvp_storage_classes",
)
_QUANTITY = re.compile(r"[1-9][0-9]*(\.[0-9]+)?([KMGTPE]i?)?")
_KUBERNETES_VERSION = re.compile(r"Automatic|1\.[0-9]{2}")
_IMAGES_REPO = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+")
# Name, lowest and highest number, what is needed, and what to do.
_RANGES = (
    ("dvp_worker_failure_budget", 0, 100, "a percentage from 0 to 100", "Correct it; 0 lets no worker be lost."),
    ("dvp_reboot_batch_percent", 1, 100, "a percentage from 1 to 100",
     "Correct it; 1 restarts one worker at a time in clusters of up to 199 workers, 100 all of them at once."),
    ("dvp_reboot_timeout_s", 60, 86400, "a number of seconds from 60 to 86400",
     "Correct it; a server takes minutes to start."),
)  # fmt: skip
_NETWORK_LISTS = ("dvp_internal_cidrs", "dvp_vm_cidrs")
_NETWORKS = ("dvp_pod_cidr", "dvp_service_cidr", *_NETWORK_LISTS)


def check_groups(groups: Groups) -> list[Finding]:
    """INV01 and INV04: who is there, and nobody twice."""
    found = []
    titles = {"installer": "exactly one host", "masters": "at least one host", "workers": "at least one host"}
    for name, needed in titles.items():
        count, checked = len(groups[name]), f"Group {PREFIX}{name}"
        if count == 0:
            found.append(finding("INV01", "no host", "Add the group to the inventory.", checked=checked, needed=needed))
        elif name == "installer" and count > 1:
            fix = "Keep one; it runs the installer and talks to the API."
            found.append(finding("INV01", f"{count} hosts", fix, checked=checked, needed=needed))
    for host in groups["masters"]:
        if host in groups["workers"]:
            fix = "Keep it in one of the two groups."
            found.append(finding("INV04", f"{PREFIX}masters and {PREFIX}workers", fix, host=host))
    for host in groups["installer"]:
        if host in groups["masters"] or host in groups["workers"]:
            fix = "Use another machine as the installer; it outlives the hosts it installs."
            found.append(finding("I01", "a host of the cluster", fix, host=host))
    return found


def check_names(hostvars: HostVars, groups: Groups, spec: Spec) -> list[Finding]:
    """INV02, INV06 and INV07: names of variables, one value per cluster, names of hosts."""
    installer = next(iter(groups["installer"]), "")
    seen = raw_variables(hostvars, installer)
    unknown, differing = defaultdict(list), defaultdict(list)
    for host in dict.fromkeys([*groups["installer"], *groups["masters"], *groups["workers"]]):
        variables = raw_variables(hostvars, host)
        # The host would use the default.
        for name in READ_ON_HOSTS:
            if name not in variables and seen.get(name, spec[name]["default"]) != spec[name]["default"]:
                differing[name].append(host)
        for name in variables:
            if name.startswith(PREFIX) and name not in spec:
                unknown[name].append(host)
            elif name in spec and name not in HOST_VARIABLES and installer and _differs(variables, seen, name):
                differing[name].append(host)
    found = [finding("INV02", name + _on(hosts), nearest(name, spec)) for name, hosts in sorted(unknown.items())]
    fix = "Set it in group_vars/all: the cluster has one value, the one that the installer machine sees."
    found += [finding("INV06", "another value" + _on(hosts), fix, checked=name) for name, hosts in differing.items()]
    for host in dict.fromkeys([*groups["masters"], *groups["workers"]]):
        if not valid_hostname(host):
            fix = "Use lower case letters, digits, - and . only; objects of the cluster carry this name."
            found.append(finding("INV07", host, fix, host=host))
    return found


def _differs(variables: Mapping[str, Any], others: Mapping[str, Any], name: str) -> bool:
    return name not in others or bool(variables[name] != others[name])


def _on(hosts: Sequence[str], most: int = 3) -> str:
    """For a text: on which hosts; nothing when it would list too many."""
    more = f" and {len(hosts) - most} more" if len(hosts) > most else ""
    return f" (on {', '.join(hosts[:most])}{more})"


def node_addresses(hostvars: HostVars, hosts: Iterable[str]) -> dict[str, str]:
    """Host -> the address under which the cluster knows it: dvp_node_address, else ansible_host, else its name."""
    addresses = {}
    for host in dict.fromkeys(hosts):
        raw = raw_variables(hostvars, host)
        name = next((key for key in ("dvp_node_address", "ansible_host") if raw.get(key)), "")
        value = raw[name] if name else host
        try:
            # All variables of a host are put together for one that is evaluated: too dear for a plain text.
            is_plain = isinstance(value, str) and "{" not in value
            addresses[host] = str(value if is_plain else hostvars[host][name])
        except Exception:  # whatever a template of the user raises; its text is then found to be no address
            addresses[host] = str(raw[name])
    return addresses


def check_addresses(
    addresses: Mapping[str, str], installer: Mapping[str, str], internal: Sequence[str]
) -> list[Finding]:
    """INV05, I01 and H20: each host has an address of its own, inside the internal networks, not the installer's."""
    found, owners = [], defaultdict(list)
    for host, address in addresses.items():
        owners[address].append(host)
        if not _cidr.is_ipv4(address):
            fix = "Set dvp_node_address to the IPv4 address of the host inside the cluster network."
            found.append(finding("INV05", address, fix, needed="an IPv4 address", host=host))
        elif internal and not _cidr.contains(internal, address):
            fix = "Correct dvp_node_address or dvp_internal_cidrs."
            needed = f"an address in {', '.join(internal)}"
            found.append(finding("H20", address, fix, checked="Node address", needed=needed, host=host))
    for address, hosts in owners.items():
        for host in hosts if len(hosts) > 1 else []:
            others = ", ".join(other for other in hosts if other != host)
            found.append(finding("INV05", f"{address}, also of {others}", "Correct ansible_host.", host=host))
    for name, address in installer.items():
        for host in owners.get(address, []):
            if host != name:
                fix = "Use another machine as the installer."
                found.append(finding("I01", f"{name} has the address of {host}", fix, host=name))
    return found


def network_findings(settings: Mapping[str, Any]) -> list[Finding]:
    """M02 and M03: texts that are no network, and no network at all."""
    found = []
    if not settings["dvp_vm_cidrs"]:
        fix = "Set dvp_vm_cidrs; the module virtualization needs at least one network."
        found.append(finding("M02", "none", fix))
    for name in _NETWORKS:
        for text in _listed(settings[name]):
            try:
                version = _cidr.parse_network(text).version
            except ValueError as exc:
                found.append(finding("M03", str(exc), "Correct the network.", checked=name, needed="a network"))
                continue
            if version != 4:
                fix = "The platform gives IPv4 addresses."
                found.append(finding("M03", text, fix, checked=name, needed="an IPv4 network"))
    return found


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def valid_settings(settings: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """Settings with networks that are none taken out, so that what follows can compute with the others."""
    wrong = {row["checked"] for row in network_findings(settings)}
    return {name: spec[name]["default"] if name in wrong else value for name, value in settings.items()}


def check_networks(settings: Mapping[str, Any], addresses: Mapping[str, str]) -> list[Finding]:
    """M03, C01 and C02: the plan of networks as a whole. Every network in `settings` is valid."""
    pods, machines = settings["dvp_pod_cidr"], settings["dvp_vm_cidrs"]
    plan = {name: _listed(settings[name]) for name in _NETWORKS}
    found = [
        finding("M03", f"{row.first_cidr} ({row.first}) overlaps {row.second_cidr} ({row.second})",
                "Choose networks that share no address; they cannot be changed after the installation.")
        for row in _cidr.overlaps(plan)
    ]  # fmt: skip
    for host, address in addresses.items():
        for name in ("dvp_pod_cidr", "dvp_service_cidr", "dvp_vm_cidrs"):
            for cidr in plan[name]:
                if _cidr.is_ipv4(address) and _cidr.contains([cidr], address):
                    fix = f"Choose another {name}; the network belongs to the hosts."
                    found.append(finding("M03", f"{address} lies in {cidr} ({name})", fix, host=host))
    capacity, planned, nodes = _cidr.vm_capacity(machines), settings["dvp_planned_vms"], len(addresses)
    most = int(str(req.LIMITS["virtual_machines"]))
    if planned > most:
        found.append(finding("C02", f"{planned} planned", "Plan several clusters.", needed=f"at most {most}"))
    if machines and capacity < planned:
        fix = "Add a network to dvp_vm_cidrs."
        needed = f"an address for each of {planned} virtual machines"
        found.append(finding("C02", f"{capacity} addresses", fix, needed=needed))
    prefix, longest = settings["dvp_pod_node_prefix"], int(str(req.LIMITS["pod_node_prefix"]))
    if prefix > longest:
        fix, needed = "Choose a shorter prefix, such as 24.", f"at most {longest}"
        return [*found, finding("INV03", str(prefix), fix, checked="dvp_pod_node_prefix", needed=needed)]
    room = _cidr.node_capacity(pods, prefix)
    if room < nodes:
        fix = "Choose a larger dvp_pod_cidr, or a longer dvp_pod_node_prefix."
        found.append(finding("C01", f"{room} parts of {pods}", fix, needed=f"a part for each of {nodes} nodes"))
    return found


def check_storage(settings: Mapping[str, Any], backends: Sequence[str]) -> list[Finding]:
    """C04: known backends, names that differ, exactly one default class."""
    classes, found = settings["dvp_storage_classes"], []
    names = [item["name"] for item in classes]
    for item in classes:
        if item["backend"] not in backends:
            needed = "one of " + ", ".join(sorted(backends))
            fix = nearest(item["backend"], backends)
            found.append(finding("C04", item["backend"], fix, checked=f"Backend of {item['name']}", needed=needed))
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            fix = "Give each storage class a name of its own."
            found.append(finding("C04", f"{name} {names.count(name)} times", fix, needed="names that differ"))
        if not valid_hostname(name):
            fix = "Use lower case letters, digits, - and . only."
            found.append(finding("C04", name, fix, checked="Name of a storage class", needed="a Kubernetes name"))
    defaults = [item["name"] for item in classes if item.get("default")]
    if len(defaults) != 1:
        found.append(
            finding("C04", ", ".join(defaults) or "none", "Set default: true on one of dvp_storage_classes.",
                    checked="Default storage class", needed="exactly one")
        )  # fmt: skip
    known = {*names, ""}
    if settings["dvp_dvcr_storage_class"] not in known:
        fix = "Name one of dvp_storage_classes, or leave it empty for the default class."
        value = settings["dvp_dvcr_storage_class"]
        found.append(finding("M01", value, fix, checked="dvp_dvcr_storage_class", severity=req.WARNING))
    return found


def check_texts(settings: Mapping[str, Any]) -> list[Finding]:
    """U01, H11, M01, P04 and INV03: values that have a form of their own."""
    found = []
    channels = [spelling for dummy, spelling in req.RELEASE_CHANNELS]
    if settings["dvp_release_channel"] not in channels:
        channel = settings["dvp_release_channel"]
        fix, needed = nearest(channel, channels), "one of " + ", ".join(channels)
        found.append(finding("U01", channel, fix, checked="dvp_release_channel", needed=needed))
    forms: tuple[tuple[str, str, re.Pattern[str], str, str], ...] = (
        ("H11", "dvp_registry_images_repo", _IMAGES_REPO, "host[:port]/path without a scheme, tag or final slash",
         "Write it as registry.example.com/deckhouse/ee."),
        ("INV03", "dvp_kubernetes_version", _KUBERNETES_VERSION, "Automatic, or a version such as 1.33 in quotes",
         "Use Automatic unless you know that the release has this version."),
        ("M01", "dvp_dvcr_size", _QUANTITY, "a quantity such as 50Gi", "Write a number and a unit."),
    )  # fmt: skip
    for requirement_id, name, form, needed, fix in forms:
        value = settings.get(name)
        if value is not None and not form.fullmatch(value):
            found.append(finding(requirement_id, value, fix, checked=name, needed=needed))
    for name, low, high, needed, fix in _RANGES:
        number = settings[name]
        if not low <= number <= high:
            found.append(finding("INV03", str(number), fix, checked=name, needed=needed))
    template, domain = settings["dvp_public_domain_template"], settings["dvp_cluster_domain"]
    if template and template.count("%s") != 1:
        fix, needed = "Write it as %s.dvp.example.com.", "exactly one %s"
        found.append(finding("INV03", template, fix, checked="dvp_public_domain_template", needed=needed))
    elif template and template.endswith(f".{domain}"):
        fix, needed = "Choose a public domain.", f"a domain other than dvp_cluster_domain ({domain})"
        found.append(finding("INV03", template, fix, checked="dvp_public_domain_template", needed=needed))
    if settings["dvp_console_enabled"] and settings["dvp_edition"] != req.CONSOLE_EDITION:
        fix = "Set dvp_console_enabled: false, or use the other edition."
        found.append(finding("P04", settings["dvp_edition"], fix))
    return found


def inventory_settings(hostvars: HostVars, installer: str, spec: Spec) -> dict[str, Any]:
    """Collection-wide values that can be used: what is wrong in the inventory is replaced by its default.

    So the other checks can run and every finding is shown at once; the findings refuse the run afterwards. Passwords
    are left out: no check reads them from here.
    """
    settings = valid_settings(read_settings(hostvars, installer, spec)[0], spec)
    return {name: value for name, value in settings.items() if not SECRET.search(name)}


def inventory_findings(hostvars: HostVars, groups: Groups, spec: Spec, backends: Sequence[str]) -> list[Finding]:
    """Everything that is wrong with an inventory.

    hostvars: host -> variable -> value. groups: {installer, masters, workers} -> host names. spec: options of the
    argument spec of the collection-wide variables. backends: names of the known storage backends.
    """
    hosts = [*groups["masters"], *groups["workers"]]
    found = [*check_groups(groups), *check_names(hostvars, groups, spec)]
    for host in dict.fromkeys(hosts):
        own = raw_variables(hostvars, host)
        for name in HOST_VARIABLES:
            if name in own:
                found += [dict(row, host=host) for row in _host_value_findings(hostvars, host, name, spec)]
    if not groups["installer"]:
        return found
    settings, wrong_values = read_settings(hostvars, groups["installer"][0], spec)
    addresses = node_addresses(hostvars, hosts)
    installer = node_addresses(hostvars, groups["installer"])
    usable = valid_settings(settings, spec)
    replaced = {re.split(r"[\[.]", row["checked"])[0] for row in wrong_values}
    return [
        *found,
        *wrong_values,
        *check_texts(settings),
        *check_accepted(settings["dvp_accepted_findings"], [*groups["installer"], *hosts]),
        # The default that stands in for a wrong value is nobody's choice: no findings about it.
        *(row for row in network_findings(settings) if row["id"] != "M02" or "dvp_vm_cidrs" not in replaced),
        *check_addresses(addresses, installer, usable["dvp_internal_cidrs"]),
        *check_networks(usable, addresses),
        *([] if "dvp_storage_classes" in replaced else check_storage(usable, backends)),
    ]


def _host_value_findings(hostvars: HostVars, host: str, name: str, spec: Spec) -> list[Finding]:
    try:
        value = read_value(hostvars, host, name)
    except Exception as exc:  # whatever a template of the user raises
        return [unusable(name, exc)]
    return value_findings(name, value, spec[name])
