"""Chromium of Debian, installed when it is missing, which opens reports from files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_page import report_html
from lab import packages
from playwright.sync_api import Browser, Page, sync_playwright

# No page of ours needs a network; as root there is no sandbox, and in a container little shared memory.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
PATIENCE_MS = 15_000
SIZE = {"width": 1500, "height": 950}

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    packages.ensure({"chromium": "chromium"})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of, which a test that provokes it takes out."""
    return []


@pytest.fixture
def show(browser: Browser, tmp_path: Path, complaints: list[str]) -> Iterator[Open]:
    """Open a report as a page; at the end, no page may have complained or asked for anything but itself."""
    asked: list[str] = []
    contexts = []

    def opened(report: dict[str, Any], language: str = "en", **options: Any) -> Page:
        path = tmp_path / "report.html"
        path.write_text(report_html(report, language), encoding="utf-8")
        context = browser.new_context(viewport=SIZE, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        page.set_default_timeout(PATIENCE_MS)
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert set(asked) <= {(tmp_path / "report.html").as_uri()}
