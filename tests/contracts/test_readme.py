"""What the README shows is what stands in the checkout."""

from __future__ import annotations

import re
import subprocess

from contracts.house import ROOT

README = ROOT / "README.md"


def test_inventory_is_the_example() -> None:
    """The inventory of the README is inventories/example, and fits on a screen."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    example = (ROOT / "inventories/example/hosts.yml").read_text()
    assert example in blocks
    assert len(example.splitlines()) <= 30


def test_verbs_exist() -> None:
    """Every `make` verb that a document names exists, and every verb is listed by `make help`."""
    listed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    verbs = {line.split()[0] for line in listed.splitlines() if line.strip()}
    for name in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`make ([a-z-]+)", (ROOT / name).read_text()))
        assert named <= verbs, name


def test_links_lead_somewhere() -> None:
    """Every relative link of a document names a file of the checkout."""
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "roles").glob("*/README.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_ci_runs_make_test() -> None:
    """CI runs what a developer runs."""
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert len(commands) == 1
    assert commands[0].endswith("exec make test")
