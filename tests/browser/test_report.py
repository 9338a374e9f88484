"""The page of a report, used as a person would."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils._host_rules import finding
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report import report_data
from playwright.sync_api import Locator, Page, expect
from unit import reports
from unit.hosts import good_facts

Open = Callable[..., Page]
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&--></script>"
NO_VMX = reports.worker(reports.NO_VMX[0])


def rows(page: Page) -> Locator:
    """The hosts that are shown."""
    return page.locator("#matrix tbody tr:not(.detail):visible")


def detail(page: Page) -> Locator:
    """The details that are open."""
    return page.locator("#matrix tr.detail")


def button(page: Page, host: str) -> Locator:
    """The host's name, which opens its details."""
    return page.get_by_role("button", name=host, exact=True)


def test_errors_only(show: Open) -> None:
    """The filter leaves the hosts with errors; and back."""
    page = show(reports.report(100))
    expect(rows(page)).to_have_count(103)
    page.get_by_label("Errors only").check()
    wrong = len(reports.NO_VMX) + len(reports.FEW_CORES) + len(reports.DEAD)
    expect(rows(page)).to_have_count(wrong)
    expect(page.locator("#shown")).to_have_text(f"{wrong} of 103 hosts")
    assert page.locator("#matrix tbody tr:visible td.error").count() == wrong
    page.get_by_label("Not checked").check()
    expect(rows(page)).to_have_count(len(reports.DEAD))
    page.get_by_label("All", exact=True).check()
    expect(rows(page)).to_have_count(103)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (NO_VMX, 1), ("MASTER", 3), ("10.20.0.7/", 1), ("h04", len(reports.FEW_CORES)), ("amd epyc rack01", 5),
        ("nobody", 0),
    ],
)  # fmt: skip
def test_search(show: Open, words: str, count: int) -> None:
    """Names, addresses, processors and IDs; several words all have to fit."""
    page = show(reports.report(100))
    page.get_by_label("Search").fill(words)
    expect(rows(page)).to_have_count(count)
    page.get_by_label("Search").fill("")
    expect(rows(page)).to_have_count(103)


def test_details_of_a_host(show: Open) -> None:
    """A click shows facts and findings, another one hides them."""
    page = show(reports.report(100))
    button(page, NO_VMX).click()
    expect(button(page, NO_VMX)).to_have_attribute("aria-expanded", "true")
    for text in ("Intel Xeon Gold 6240R", "64 GB", "H03", "no CPU flag vmx or svm", "Switch on VT-x or AMD-V."):
        expect(detail(page)).to_contain_text(text)
    button(page, NO_VMX).click()
    expect(detail(page)).to_have_count(0)


def test_cause_leads_to_its_hosts(show: Open) -> None:
    """Hosts with one cause stand behind their number; each leads to its row, also to one that is filtered away."""
    page = show(reports.report(100))
    cause = page.locator(".causes tr", has_text="no CPU flag vmx or svm")
    expect(cause).to_have_count(1)
    page.get_by_label("Search").fill("nobody")
    cause.get_by_text(f"{len(reports.NO_VMX)} hosts").click()
    cause.get_by_role("link", name=NO_VMX, exact=True).click()
    expect(button(page, NO_VMX)).to_be_focused()
    expect(detail(page)).to_contain_text("no CPU flag vmx or svm")
    expect(rows(page)).to_have_count(103)


def test_keyboard_is_enough(show: Open) -> None:
    """Search, choose a host, read it, go back: without a mouse."""
    page = show(reports.report(100))
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("h03")
    expect(rows(page)).to_have_count(len(reports.NO_VMX))
    page.keyboard.press("ArrowDown")
    expect(button(page, NO_VMX)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(button(page, reports.worker(reports.NO_VMX[1]))).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(detail(page)).to_contain_text("H03")
    page.keyboard.press("Escape")
    expect(detail(page)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(rows(page)).to_have_count(103)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Errors only")).to_be_checked()


def test_text_of_hosts_is_text(show: Open) -> None:
    """Markup that a host has said is shown as it is; nothing of it runs, nothing of it becomes an element."""
    facts = good_facts(hostname=EVIL, kernel=EVIL, system={"title": EVIL}, cpu={"vendor": EVIL, "model": EVIL})
    row = {**finding("H04", EVIL, EVIL, host=EVIL), "checked": EVIL, "needed": EVIL, "docs": EVIL}
    page = show(report_data([row], {EVIL: {"facts": facts}}, [EVIL], ["w1"], EVIL, EVIL))
    rows(page).first.get_by_role("button").click()
    expect(detail(page)).to_contain_text(EVIL)
    expect(page.locator("h1")).to_contain_text(EVIL)
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2


def test_policy_stops_what_is_not_of_the_page(show: Open, complaints: list[str]) -> None:
    """Even markup that somebody adds to the file afterwards runs no script."""
    page = show(reports.report(5))
    ran = page.evaluate(
        """() => new Promise((done) => {
          document.addEventListener("securitypolicyviolation", (event) => done(event.violatedDirective));
          const script = Object.assign(document.createElement("script"), { textContent: "document.title = 'ran'" });
          document.body.append(script);
        })"""
    )
    assert ran == "script-src-elem"
    assert page.title() != "ran"
    assert "Content Security Policy" in complaints.pop()


def test_thousand_hosts(show: Open) -> None:
    """Everything works with a thousand hosts as with ten."""
    page = show(reports.report(1000))
    expect(rows(page)).to_have_count(1003)
    page.get_by_label("Search").fill("h04")
    expect(rows(page)).to_have_count(10 * len(reports.FEW_CORES))
    page.get_by_label("Search").fill("rack25-node40")
    expect(rows(page)).to_have_count(1)
    rows(page).get_by_role("button").click()
    expect(detail(page)).to_have_count(1)
    page.get_by_label("Search").fill("")
    page.get_by_label("Warnings").check()
    expect(rows(page)).to_have_count(10 * len(reports.NO_PACKAGES))


def test_groups_are_drawn(show: Open) -> None:
    """A square for each host of each migration domain, and what would make one of them."""
    page = show(reports.report(100))
    assert page.locator(".squares rect").count() == 103 - len(reports.DEAD)
    expect(page.locator(".group").first).to_contain_text("Migration domain A")
    expect(page.locator(".changes")).to_contain_text(f"Install kernel {reports.KERNELS[0]}")


def test_on_paper(show: Open, tmp_path: Path) -> None:
    """What is clicked is not printed, and what is behind a click is."""
    page = show(reports.report(100))
    link = page.locator(".causes").get_by_role("link", name=NO_VMX, exact=True)
    expect(page.locator("#tools")).to_be_visible()
    assert not link.is_visible()
    page.emulate_media(media="print")
    expect(page.locator("#tools")).to_be_hidden()
    assert page.locator(".causes details a").first.evaluate("element => element.getBoundingClientRect().height") > 0
    assert len(page.pdf(prefer_css_page_size=True)) > 10_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(show: Open, scheme: str) -> None:
    """Text stands out from what is behind it, by the ratio that WCAG asks of small text."""
    page = show(reports.report(100), color_scheme=scheme)

    def brightness(selector: str, name: str) -> float:
        colour = page.locator(selector).first.evaluate(f"element => getComputedStyle(element)['{name}']")
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for front, back in (
        ("body", "body"), (".dim", "body"), (".verdict", ".verdict"), (".needs", ".causes"), ("td.error", "td.error"),
        (".badge .warning", ".badge.warning"), (".badge .accepted", ".badge.accepted"), ("td.unknown", "td.unknown"),
    ):  # fmt: skip
        low, high = sorted([brightness(front, "color"), brightness(back, "backgroundColor")])
        assert (high + 0.05) / (low + 0.05) >= 4.5, (front, scheme)


def test_without_javascript(show: Open) -> None:
    """Findings, groups and the matrix are there; what needs the script says so."""
    page = show(reports.report(100), java_script_enabled=False)
    expect(page.locator("#matrix tbody tr")).to_have_count(103)
    expect(page.locator(".causes").first).to_contain_text("no CPU flag vmx or svm")
    expect(page.get_by_text("need JavaScript")).to_be_visible()
    expect(page.locator("#tools")).to_be_hidden()


def test_in_russian(show: Open) -> None:
    """The page speaks the language that it is asked for, also where the script speaks."""
    page = show(reports.report(100), "ru")
    assert page.locator("html").get_attribute("lang") == "ru"
    expect(page.locator("h1")).to_have_text("Требования к кластеру site-a")
    page.get_by_label("Поиск").fill(NO_VMX)
    expect(page.locator("#shown")).to_have_text("Хостов: 1 из 103")
    button(page, NO_VMX).click()
    expect(detail(page)).to_contain_text("H03 Аппаратная виртуализация")
    expect(detail(page)).to_contain_text("Нужно: флаг процессора vmx или svm")


def test_small_screen(show: Open) -> None:
    """A telephone scrolls the matrix, not the page."""
    page = show(reports.report(20))
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_nothing_wrong(show: Open) -> None:
    """A good site is told so."""
    results: dict[str, Any] = {"m1": {"facts": good_facts()}}
    page = show(report_data([], results, ["m1"], [], "site-a", reports.TIME))
    expect(page.locator(".verdict")).to_contain_text("Nothing stands in the way")
    button(page, "m1").click()
    expect(detail(page)).to_contain_text("Nothing is wrong with this host.")
