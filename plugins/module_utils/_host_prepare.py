# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What prepare may do on a host, and what it says of it: pure functions over facts and wishes.

Wishes are the options of the module host_check: prepare_follows, prepare_parts, wanted_hostname,
hostname_change_allowed, removable_runtimes, kernel_package, kernel_release, reboot_allowed. Dangerous acts are done
only by name: without consent they are told instead. Python 3.6 syntax and the standard library only.
"""

import ipaddress

from ansible_collections.dvp.baremetal.plugins.module_utils import _host_rules as rules
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._finding import NOTHING, announced, finding, mended
from ansible_collections.dvp.baremetal.plugins.module_utils._host_upkeep import kernel_order
from ansible_collections.dvp.baremetal.plugins.module_utils._rules_kernel import check_kernel
from ansible_collections.dvp.baremetal.plugins.module_utils._rules_system import check_hostname
from ansible_collections.dvp.baremetal.plugins.module_utils._runtimes import is_node, runtime_packages

_KERNEL = "Wanted kernel"
_ORDER = [row.id for row in req.REQUIREMENTS]


# --- What is to be done: facts, wishes -> plain data ------------------------------------------------------------------


def time_remedy(facts):
    """{package, unit} to install and to start where no time service runs; empty texts for nothing (H19)."""
    services = facts.get("time_services")
    if services is None or is_node(facts) or "active" in services.values():
        return {"package": "", "unit": ""}
    package, unit = req.TIME_PACKAGES.get(facts.get("family"), ("", ""))
    present = [name for name in req.TIME_SERVICES if name in services and services[name] != "masked"]
    return {"package": "", "unit": present[0]} if present else {"package": package, "unit": unit}


def _is_name(text):
    """True for a hostname that is not an address: an inventory may name its hosts by either."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return rules.valid_hostname(text)
    return False


def hostname_remedy(facts, wishes):
    """The name to set, "" for none: only by consent, only a valid one, never on a node (H10)."""
    name = wishes.get("wanted_hostname") or ""
    if not wishes.get("hostname_change_allowed") or is_node(facts) or not facts.get("hostname") or not _is_name(name):
        return ""
    return name if name != facts["hostname"] else ""


def kernel_remedy(facts, wishes):
    """How to come to the wanted kernel (H18), from what the host says now: a run that was cut off goes on from there.

    Returns {package: to install or "", repository, release: that should run, "" while nobody knows; hold: packages;
    lock_package: what holds them on rpm hosts; restart: bool; refusal: why not, a sentence, or ""}.
    """
    kernel, running = facts.get("kernel_wanted"), facts.get("kernel") or ""
    plan = {"package": "", "repository": "", "release": "", "hold": [], "lock_package": "", "restart": False}
    plan["refusal"] = ""
    if not wishes.get("kernel_package"):
        return plan
    if kernel is None:
        return dict(plan, refusal="The package tool did not answer; look at the package database of the host.")
    if not kernel["package"]:
        return dict(plan, refusal="No lasting name is known for this system: name the package in dvp_kernel_package.")
    plan.update(repository=kernel["repository"], lock_package=kernel["lock_package"])
    plan["release"] = wishes.get("kernel_release") or kernel["release"]
    if not kernel["installed"]:
        release = wishes.get("kernel_release") or ""
        return dict(plan, package=kernel["package"], release=release, restart=release != running)
    plan["hold"] = kernel["loose"]
    if plan["release"] == running and running:
        return plan
    if plan["release"] not in kernel["releases"]:
        return dict(
            plan,
            hold=[],
            refusal="Package %s brings no kernel %s: give what it brings, as uname -r will say it, in "
            "dvp_kernel_release." % (kernel["package"], plan["release"] or "that can be told"),
        )
    newer = [name for name in kernel["releases"] if kernel_order(name) > kernel_order(plan["release"])]
    # Elsewhere the boot loader is told which one to start; these take the newest.
    if newer and facts.get("family") != "rhel":
        return dict(plan, refusal="The boot loader would start %s: remove its package first." % ", ".join(newer))
    return dict(plan, restart=True)


def kernel_follows(facts, wishes):
    """True when the host runs the wanted kernel, or will after prepare, which then has consent to restart it."""
    plan = kernel_remedy(facts, wishes)
    if not wishes.get("kernel_package") or plan["refusal"]:
        return False
    return not plan["restart"] or bool(wishes["prepare_follows"] and wishes.get("reboot_allowed"))


def remedies(facts, wishes):
    """What prepare has to do on this host, and whether there is anything, as `needed`.

    The acts of _host_rules.remedies as far as their part is switched on, and time: {package, unit}, the package also
    among `packages`; cloud_init: text of its settings file, hostname: text, runtime_packages: names to remove, kernel:
    see kernel_remedy. Empty texts and lists are nothing to do. A restart is no part of `needed`: it happens later, in
    batches.
    """
    acts, parts = rules.remedies(facts, wishes["backends"]), wishes.get("prepare_parts", req.PREPARE_PARTS)
    if "packages" not in parts:
        acts.update(packages=[], packages_interrupted=False)
    if "kernel_modules" not in parts:
        acts.update(kernel_modules=[])
    if "nested_virtualization" not in parts:
        acts.update(nested_module="", nested_reload=False)
    cloud_init = facts.get("cloud_init") or {"installed": False, "tamed": True}
    fights = not cloud_init["tamed"] and (cloud_init["installed"] or "cloud-init" in acts["packages"])
    acts["cloud_init"] = req.CLOUD_INIT_SETTINGS if fights and "cloud_init" in parts else ""
    acts["time"] = time_remedy(facts) if "time" in parts else {"package": "", "unit": ""}
    acts["packages"] = acts["packages"] + [name for name in [acts["time"]["package"]] if name]
    acts["hostname"] = hostname_remedy(facts, wishes)
    acts["hostname_follows"] = bool(acts["hostname"] and wishes["prepare_follows"])
    acts["runtime_packages"] = runtime_packages(facts, wishes)
    acts["kernel"] = dict(kernel_remedy(facts, wishes), follows=kernel_follows(facts, wishes))
    simple = [value for name, value in acts.items() if name not in ("needed", "time", "kernel")]
    acts["needed"] = any(simple + [acts["time"]["unit"], acts["kernel"]["package"], acts["kernel"]["hold"]])
    return acts


# --- What is said of it: facts, wishes -> findings --------------------------------------------------------------------


def check_time_services(facts, wishes):
    """H19: a clock that is right today stays right only with a service."""
    services = facts.get("time_services")
    if is_node(facts) or services is not None and "active" in services.values():
        return []
    words = {"checked": "Time service", "needed": "a running time service", "severity": req.WARNING}
    if services is None:
        return [finding("H19", NOTHING, "Use a system that starts with systemd.", **words)]
    act = time_remedy(facts)
    if not act["unit"]:
        return [finding("H19", "none runs", "Install and start chrony.", **words)]
    what = "install %s and start it" % act["package"] if act["package"] else "start %s" % act["unit"]
    return [mended(wishes, "H19", what, what[0].upper() + what[1:] + ".", part="time", found="none runs", **words)]


def check_cloud_init(facts, wishes):
    """H15: cloud-init must not give a node another name or network at its next start."""
    cloud_init = facts.get("cloud_init") or {"installed": False}
    if not cloud_init["installed"] or cloud_init["tamed"]:
        return []
    return [
        mended(
            wishes,
            "H15",
            "write %s" % req.CLOUD_INIT_FILE,
            "Let %s say preserve_hostname: true, network: {config: disabled} and ssh_deletekeys: false."
            % req.CLOUD_INIT_FILE,
            part="cloud_init",
            found="may change name, network and SSH host keys at a start",
            checked="Settings of cloud-init",
            needed="settings that leave them alone",
            severity=req.INFO,
        )
    ]


def check_wanted_hostname(facts, wishes):
    """H10: the name in the inventory is a wish; it is followed by consent only."""
    name, own = wishes.get("wanted_hostname") or "", facts.get("hostname")
    if not own or own == name or not _is_name(name):
        return []
    row = finding("H10", own, "", checked="Name in the inventory", needed=name, severity=req.INFO)
    if hostname_remedy(facts, wishes) and wishes["prepare_follows"]:
        return [announced(row, "set it")]
    if is_node(facts):
        fix = "A node keeps its name: take it out of the cluster first, or correct the inventory."
    else:
        fix = "If the inventory is right, set dvp_hostname_change_allowed: true."
    return [dict(row, fix=fix)]


def check_wanted_kernel(facts, wishes):
    """H18: the kernel that was asked for, whether it is there, and what keeps the host from running it."""
    plan = kernel_remedy(facts, wishes)
    words = {
        "checked": _KERNEL,
        "needed": plan["release"] or "the kernel of package %s" % (plan["package"] or wishes.get("kernel_package")),
    }
    running = facts.get("kernel") or NOTHING
    if plan["refusal"]:
        return [finding("H18", running, plan["refusal"], **words)]
    if not (plan["package"] or plan["restart"]):
        return []
    if not wishes["prepare_follows"]:
        fix = "Install the package, hold it and restart the host, or set dvp_prepare_enabled: true."
    elif not wishes.get("reboot_allowed"):
        done = "Prepare will install and hold it" if plan["package"] else "It is installed"
        fix = done + "; restart the host, or set dvp_reboot_allowed: true."
    else:
        fix = "Prepare will %srestart the host." % ("install it, hold it and " if plan["package"] else "")
    return [finding("H18", running, fix, severity=req.WARNING, **words)]


def _is_refused(rule, facts, wishes):
    return any(row["severity"] == req.ERROR for row in rule(facts, wishes))


def _with_consent(rule, facts, wishes):
    """Findings of a rule that knows of no consent: no errors where the host will pass it after prepare."""
    rows = rule(facts, wishes)
    if not wishes["prepare_follows"] or not any(row["severity"] == req.ERROR for row in rows):
        return rows
    name = hostname_remedy(facts, wishes)
    if rule is check_hostname and name and not _is_refused(rule, dict(facts, hostname=name), wishes):
        return [announced(row, "set the name %s" % name) for row in rows]
    kernel = kernel_remedy(facts, wishes)
    if rule is check_kernel and kernel["restart"] and wishes.get("reboot_allowed"):
        # Nobody knows the release of a package that is not installed; afterwards the same check proves it.
        if not kernel["release"] or not _is_refused(rule, dict(facts, kernel=kernel["release"]), wishes):
            return [announced(row, "bring another kernel and restart the host") for row in rows]
    return rows


def findings(facts, wishes):
    """All findings of one host, in the order of the requirements: those of the rules, and those of prepare's wishes."""
    rows = [row for rule in rules.RULES for row in _with_consent(rule, facts, wishes)]
    for check in (check_time_services, check_cloud_init, check_wanted_hostname, check_wanted_kernel):
        rows.extend(check(facts, wishes))
    return sorted(rows, key=lambda row: _ORDER.index(row["id"]))
