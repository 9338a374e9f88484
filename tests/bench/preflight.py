"""What a preflight over SSH costs the control machine: `python -m bench.preflight [HOSTS ...]`, as root.

Beside it, with the same parallelism: `ssh host python3 -` without Ansible, and `ansible -m setup`. Hosts and control
machine share the processors here, so ratios tell more than seconds; a number that is given twice is measured twice.
Then the control machine alone: a false `ssh` answers at once what a host has answered before.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from lab.paths import ROOT

from bench.cost import Cost, cost
from bench.world import INTERPRETER, enter, furnish

FORKS = 20
SIZES = (100, 200)
ALONE_SIZES = (100, 1000)
TARGET = "at most 2.0 times the empty program, faster than setup; at most 3 tasks per host"
ARGUMENTS = {
    "node_role": "worker", "internal_cidrs": ["127.0.0.0/8"], "controller_time_s": 0,
    "registry": {"images_repo": "127.0.0.1:1/none"},
}  # fmt: skip
# Looking for Python needs an answer of its own, and leaves the input open.
RECORDER = """#!/bin/sh
case "$*" in *FOUND*) exec ssh "$@" ;; esac
cat > {folder}/program
ssh "$@" < {folder}/program > {folder}/answer
cat {folder}/answer
"""
FALSE_SSH = """#!/bin/sh
case "$*" in *FOUND*) printf 'PLATFORM\\nLinux\\nFOUND\\n{interpreter}\\nENDFOUND\\n' ;;
*) cat > /dev/null; cat {folder}/answer ;; esac
"""


def table(header: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    """Print a table, each row as soon as it is known; the first column is text."""
    for number, row in enumerate(itertools.chain([header], rows)):
        cells = [f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row]
        print(f"{cells[0]:<40}" + "".join(f"{cell:>11}" for cell in cells[1:]), flush=True)
        if number == 0:
            print("-" * (40 + 11 * (len(cells) - 1)))


def inventory(folder: Path, hosts: int) -> Path:
    """A site of so many hosts, three of them masters, on addresses of their own."""
    names = {
        f"h{number:04}": {"ansible_host": f"127.{1 + number // 250}.0.{number % 250 + 1}"} for number in range(hosts)
    }
    masters = dict(itertools.islice(names.items(), 3))
    site = {
        "all": {
            "vars": {
                "ansible_user": "root",
                "dvp_state_dir": str(folder / "state"),
                "dvp_internal_cidrs": ["127.0.0.0/8"],
                "dvp_registry_images_repo": "127.0.0.1:1/none",
                # All of these hosts have one disk.
                "dvp_disk_test_seconds": 0,
            }
        },
        "dvp_installer": {
            "hosts": {
                "localhost": {
                    "ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                }
            }
        },
        "dvp_masters": {"hosts": masters},
        "dvp_workers": {"hosts": {name: own for name, own in names.items() if name not in masters}},
    }  # fmt: skip
    path = folder / f"hosts-{hosts}.json"
    path.write_text(json.dumps(site))
    return path


class Bench:
    """Commands against one site, with one ansible-core."""

    def __init__(
        self, folder: Path, hosts: int, binaries: Path = Path(sys.executable).parent, ssh: str = "ssh"
    ) -> None:
        self.folder, self.hosts, self.binaries = folder, hosts, binaries
        self.inventory = inventory(folder, hosts)
        dependencies = next(path for path in sys.path if (Path(path) / "ansible_collections/kubernetes").exists())
        self.env = {
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": f"{ROOT / '.collections'}:{dependencies}",
            "ANSIBLE_FORKS": str(FORKS),
            "ANSIBLE_SSH_EXECUTABLE": ssh,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "PATH": f"{binaries}:{os.environ['PATH']}",
        }

    def bare(self, program: Path) -> Cost:
        """`ssh host python3 -` on each host, by xargs."""
        names = self.folder / "addresses"
        groups = json.loads(self.inventory.read_text())
        rows = [own["ansible_host"] for key in ("dvp_masters", "dvp_workers") for own in groups[key]["hosts"].values()]
        names.write_text("\n".join(rows))
        line = f"ssh -o BatchMode=yes {{}} {INTERPRETER} - < {program} > /dev/null"
        return cost(["xargs", "-a", str(names), "-P", str(FORKS), "-I", "{}", "sh", "-c", line], self.env)

    def ad_hoc(self, *arguments: str) -> Cost:
        """`ansible` on all hosts."""
        hosts = "dvp_masters:dvp_workers"
        return cost([str(self.binaries / "ansible"), hosts, "-i", str(self.inventory), *arguments], self.env)

    def preflight(self) -> Cost:
        """The whole of it, the report included; it has to have an answer of each host."""
        playbook = str(ROOT / "playbooks/preflight.yml")
        result = cost([str(self.binaries / "ansible-playbook"), "-i", str(self.inventory), playbook], self.env)
        report = self.folder / "state/reports/report.json"
        checked = json.loads(report.read_text())["summary"]["hosts_checked"] if report.exists() else 0
        report.unlink(missing_ok=True)
        if checked != self.hosts:
            raise SystemExit(
                f"{checked} of {self.hosts} hosts have answered:\n" + "\n".join(t for _s, t in result.lines)
            )
        return result


def record(folder: Path) -> None:
    """Keep the program that one host gets, and what it answers."""
    recorder = folder / "recorder"
    recorder.write_text(RECORDER.format(folder=folder))
    recorder.chmod(0o755)
    arguments = json.dumps(ARGUMENTS)
    Bench(folder, 1, ssh=str(recorder)).ad_hoc("-m", "dvp.baremetal.host_check", "-a", arguments)
    answer = (folder / "answer").read_bytes()
    print(f"A host gets a program of {(folder / 'program').stat().st_size:,} bytes and answers {len(answer):,}.\n")


def stages(result: Cost) -> list[tuple[str, float]]:
    """Seconds of each play, from the lines that Ansible prints."""
    marks = [(when, match[1]) for when, line in result.lines if (match := re.match(r"PLAY (?:\[(.*)\]|RECAP)", line))]
    pairs = itertools.pairwise([(0.0, "start of Ansible"), *marks])
    return [(name, later - when) for (when, name), (later, _next) in pairs]


def over_ssh(folder: Path, hosts: int) -> None:
    """One table: the preflight and what it is compared with."""
    empty = folder / "empty"
    empty.write_text("pass\n")
    bench = Bench(folder, hosts)
    measures: dict[str, Callable[[], Cost]] = {
        "ssh host python3 -, an empty program": lambda: bench.bare(empty),
        "ssh host python3 -, the check itself": lambda: bench.bare(folder / "program"),
        "ansible -m ping": lambda: bench.ad_hoc("-m", "ping"),
        "ansible -m setup": lambda: bench.ad_hoc("-m", "setup"),
        "preflight": bench.preflight,
    }
    done: list[Cost] = []

    def rows() -> Iterator[tuple[object, ...]]:
        for name, measure in measures.items():
            done.append(measure())
            r, base = done[-1], done[0]
            yield name, r.wall_s, r.wall_s / base.wall_s, r.cpu_s, r.main_s, r.peak_mb

    table((f"{hosts} hosts over SSH, {FORKS} forks", "wall s", "times", "CPU s", "main CPU s", "peak MB"), rows())
    print("\nOf the preflight: " + "; ".join(f"{name} {s:.1f} s" for name, s in stages(done[-1])) + ".\n", flush=True)


def alone(folder: Path, cores: dict[str, Path]) -> None:
    """One table: the control machine, with hosts that answer at once."""
    false = folder / "false-ssh"
    false.write_text(FALSE_SSH.format(folder=folder, interpreter=INTERPRETER))
    false.chmod(0o755)

    def rows() -> Iterator[tuple[object, ...]]:
        for (core, binaries), hosts in itertools.product(cores.items(), ALONE_SIZES):
            bench = Bench(folder, hosts, binaries, str(false))
            ping = partial(bench.ad_hoc, "-m", "ping")
            for name, measure in (("ansible -m ping", ping), ("preflight", bench.preflight)):
                r = measure()
                each = (1000 * r.main_s / hosts, 1000 * r.cpu_s / hosts)
                yield f"{name}, {hosts} hosts, core {core}", r.wall_s, *each, r.peak_mb

    table(("The control machine alone", "wall s", "main ms", "all ms", "peak MB"), rows())
    print("\nMilliseconds of the processor for each host: of Ansible's main process, and of all its processes.")


def environments(folder: Path) -> dict[str, Path]:
    """ansible-core -> where its commands are."""
    from conftest import CORES
    from integration.environment import Site

    sites = [Site(folder, core, ROOT / "requirements.txt") for core in CORES]
    for site in sites:
        site.make()
    return {site.core: site.venv / "bin" for site in sites}


def main(arguments: list[str]) -> int:
    """Measure in namespaces, with nothing but loopback."""
    if os.geteuid():
        print("Preflight over SSH: not measured, since only root can make the hosts.")
        return 0
    if arguments[:1] != ["--inside"]:
        with tempfile.TemporaryDirectory(prefix="dvp-bench-") as name:
            known = json.dumps({core: str(path) for core, path in environments(Path(name)).items()})
            return enter("bench.preflight", Path(name), [known, *arguments])
    folder, cores = Path(arguments[1]), {core: Path(path) for core, path in json.loads(arguments[2]).items()}
    furnish(folder)
    print(f"Preflight on the control machine. Target: {TARGET}.")
    record(folder)
    for hosts in map(int, arguments[3:] or SIZES):
        over_ssh(folder, hosts)
    alone(folder, cores)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
