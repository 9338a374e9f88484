# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m lab demo``: lay the lab, run the collection on it, and say what came of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import ansible_runner
import yaml

from lab import api, summary
from lab.errors import LabError
from lab.journal import Chapter, Journal
from lab.paths import ROOT, LabPaths
from lab.progress import elapsed_s, say
from lab.up import up

PLAYBOOK = "dvp.baremetal.site"
INVENTORY = ROOT / "inventories" / "lab"
PLATFORM_GROUPS = ("dvp_masters", "dvp_workers")


def demo(lab: LabPaths) -> int:
    """Lab, playbook, summary. The exit code is the playbook's."""
    up(lab)
    lab_s = elapsed_s()
    say("playbook", f"running {PLAYBOOK} on {INVENTORY.relative_to(ROOT)}")
    code, journal = play(lab)
    say("playbook", f"{PLAYBOOK} ended with {code}")
    if code:
        print(
            "\nThe platform is not ready: the messages above say why. Run the same command again to go on.", flush=True
        )
        return code
    try:
        facts = summary.read(lab.state / "kubeconfig")
    except api.UNREADABLE as problem:
        raise LabError(f"The playbook has ended well, but the API does not answer: {api.reason(problem)}.") from problem
    seconds = {"lab": lab_s, **journal.seconds(), "total": elapsed_s()}
    print("\nThe platform is ready.\n")
    print(summary.text(facts, journal.smoke_machine, platform_hosts(), seconds, newest_report(lab)))
    print(f"\n  KUBECONFIG={lab.state / 'kubeconfig'}\n  The lab stays up; remove it with: make demo-down", flush=True)
    return 0


def play(lab: LabPaths) -> tuple[int, Journal]:
    """Run the playbook as a user would; its output goes to the terminal while it lasts."""
    journal = Journal(chapters())
    private = lab.directory / "runner"
    private.mkdir(exist_ok=True)
    tools = str(Path(sys.executable).parent)
    color = "1" if sys.stdout.isatty() else "0"  # the runner's own terminal is none that anybody sees
    run = ansible_runner.run(
        private_data_dir=str(private),
        project_dir=str(ROOT),
        playbook=PLAYBOOK,
        inventory=str(INVENTORY),
        envvars={
            "ANSIBLE_FORCE_COLOR": color,
            "ANSIBLE_NOCOLOR": "" if color == "1" else "1",
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "PATH": os.pathsep.join([tools, os.environ.get("PATH", os.defpath)]),
        },
        event_handler=journal.note,
        rotate_artifacts=3,
    )
    return int(run.rc), journal


def chapters(playbooks: Path = ROOT / "playbooks") -> list[Chapter]:
    """The playbooks that site.yml imports, in its order."""
    found = []
    for entry in yaml.safe_load((playbooks / "site.yml").read_text(encoding="utf-8")):
        stage = entry["ansible.builtin.import_playbook"].removesuffix(".yml").rpartition(".")[2]
        plays = yaml.safe_load((playbooks / f"{stage}.yml").read_text(encoding="utf-8"))
        found.append(Chapter(stage, frozenset(play.get("name", "") for play in plays)))
    return found


def platform_hosts() -> list[str]:
    """The hosts of the platform in the lab's inventory."""
    groups = yaml.safe_load((INVENTORY / "hosts.yml").read_text(encoding="utf-8"))
    return [host for group in PLATFORM_GROUPS for host in groups[group]["hosts"]]


def newest_report(lab: LabPaths) -> Path | None:
    """The page that the run has written."""
    pages = list((lab.state / "reports").glob("*.html"))
    return max(pages, key=lambda page: page.stat().st_mtime, default=None)
