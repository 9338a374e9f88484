"""The table on the terminal."""

from __future__ import annotations

from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report_text as text
from unit import reports

ROWS = [
    finding("H15", "not installed", "Prepare will install it.", severity="warning", host="w1"),
    finding("H04", "3", "Use a server with more cores.", host="w1"),
    finding("C03", "2 masters", "Add one."),
    finding("H13", "unreachable", "Check power.", host="w2"),
    {**finding("H07", "310 IOPS", "Use a faster disk.", host="w2"), "accepted": True},
]


def test_table() -> None:
    """Columns side by side, errors first, what to do below what was found."""
    assert text.findings_text(ROWS).splitlines() == [
        "  ID   What          Where    Found, needed, what to do",
        "Errors: 2",
        "  H04  CPU cores     w1       found 3, needs at least 4",
        "                              → Use a server with more cores.",
        "  H13  SSH and sudo  w2       found unreachable, needs SSH login by key and root rights without a password",
        "                              → Check power.",
        "Warnings: 2",
        "  H15  Packages      w1       found not installed, needs cloud-init and cloud-utils installed",
        "                              → Prepare will install it.",
        "  C03  Masters       cluster  found 2 masters, needs one master, or an odd number for high availability",
        "                              → Add one.",
        "Accepted: 1",
        "  H07  Disk speed    w2       found 310 IOPS, needs at least 400 IOPS on the filesystem of /var/lib",
        "                              → Use a faster disk.",
    ]
    assert text.findings_text([]) == "No findings."


def test_hosts_with_one_cause_share_a_row() -> None:
    """What sixty hosts have in common is said once; of the values found on them, the first ones are shown."""
    rows = [finding("H05", str(number), "Add memory.", needed="8 GiB", host=f"w{number}") for number in range(60)]
    assert text.findings_text(rows).splitlines()[1:] == [
        "Errors: 60",
        "  H05  RAM   w0, w1, w2, w3 and 56 more  found 0; 1; 2 and 57 more, needs 8 GiB",
        "                                         → Add memory.",
    ]


def test_lines_are_short_and_words_are_whole() -> None:
    """120 columns, except for a word that is longer: it is there to be copied."""
    word = "https://registry.example.com/" + "x" * 120
    rows = [finding("I04", "it refuses " * 20, f"Open {word} and look.", host="a-host-of-a-very-long-name.example.com")]
    lines = text.findings_text(rows).splitlines()
    assert any(word in line for line in lines)
    assert all(len(line) <= text.WIDTH for line in lines if word not in line)
    assert all(line == line.rstrip() for line in lines)


def test_nothing_moves_the_cursor() -> None:
    """What a host says is printed, not obeyed."""
    rows = [finding("H04", "\x1b[2J\r\x07", "\x1b]0;x\x07", host="w\x1b[1m1")]
    assert text.findings_text(rows).replace("\n", "").isprintable()


def test_in_russian() -> None:
    """Headings, titles and what is needed are Russian; what a rule found stays as it is."""
    lines = text.findings_text(ROWS, "ru").splitlines()
    assert lines[1:4] == [
        "Ошибки: 2",
        "  H04  Ядра процессора  w1       есть: 3; нужно: не меньше 4",
        "                                 → Use a server with more cores.",
    ]
    own = finding("H04", "3", "Fix.", checked="Cores of a socket", needed="two")
    assert "Cores of a socket" in text.findings_text([own], "ru")
    assert "нужно: two" in text.findings_text([own], "ru")


def test_last_line() -> None:
    """How much of what, and where the rest is read."""
    assert text.told(ROWS, "/r/report.html", "en") == "Errors: 2, warnings: 2, accepted: 1. Report: /r/report.html"
    assert text.told(ROWS, "", "ru") == "Ошибок: 2, предупреждений: 2, принято: 1."


def test_a_fleet_is_told_in_a_screen() -> None:
    """A thousand hosts with six causes are six rows."""
    found, *_rest = reports.fleet(1000)
    assert len(text.findings_text(found).splitlines()) < 40
