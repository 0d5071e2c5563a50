"""The review page in a real browser: a converted sheet looked through by keyboard alone, on a laptop and a phone."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import pages
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

import iki

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

LAPTOP, PHONE = (1366, 768), (390, 844)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "iki.cli", *arguments]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One photocopied sheet, converted."""
    place = tmp_path_factory.mktemp("tinjau")
    cv2.imwrite(str(place / "lembar.png"), pages.sheet_page(5, profile="photocopy")[0])
    subprocess.run(command("convert", "lembar.png", "--out", "hasil"), cwd=place, capture_output=True, check=True)
    return place / "hasil"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address that `iki review` prints; the server ends at once, and well, on Ctrl-C."""
    with subprocess.Popen(command("review", str(folder), "--no-browser"), stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = re.search(r"http\S+", running.stdout.readline())
        assert told is not None
        yield told[0]
        running.send_signal(signal.SIGINT)
        assert running.wait() == 0


@pytest.fixture(params=[("light", LAPTOP), ("dark", PHONE)], ids=["laptop", "phone"])
def page(request: pytest.FixtureRequest, address: str) -> Iterator[Page]:
    scheme, (width, height) = request.param
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # root may not use it
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        yield page
        assert complaints == []
        browser.close()


def well(page: Page) -> None:
    """No rule of axe is broken, and nothing but what scrolls by itself is wider than the screen."""
    page.wait_for_load_state("networkidle")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_folder_is_looked_through_by_keyboard(page: Page, folder: Path) -> None:
    tables = iki.load(folder)
    flagged = ";".join([*tables.sheets.perlu_tinjau, *tables.indikator.perlu_tinjau]).split(";")
    doubts = [name for name in flagged if name]
    assert len(doubts) > 1
    assert "token" not in page.url
    well(page)
    page.keyboard.press("r")
    for number, column in enumerate(doubts, start=1):
        page.wait_for_url(f"**/{column}")
        assert f"nilai ragu {number} dari {len(doubts)}" in page.locator("main").inner_text()
        assert page.evaluate("(async () => { await document.images[0]?.decode(); return true })()")
        if number == 1:
            page.keyboard.press("+")
            well(page)
        assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--zoom')") == "1.25"
        if number < len(doubts):
            with page.expect_navigation():
                page.keyboard.press("n")
    page.keyboard.press("l")
    page.wait_for_url("**/lembar/**")
    assert page.locator("svg").count() == 1
    cell = page.locator("td a[data-value='1/indikator']")
    cell.focus()
    assert page.locator("polygon.lit").count() > 0
    assert page.locator("polygon.lit").first.get_attribute("data-value") == "1/indikator"
    well(page)
    page.keyboard.press("t")
    page.wait_for_url("**/tabel")
    page.keyboard.press("/")
    page.keyboard.type("tidak ada yang begini")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "0 baris" in page.get_by_role("status").inner_text()
    page.keyboard.press("m")
    page.wait_for_url(lambda url: url.endswith("/"))


def test_the_keys_are_shown_from_the_table_that_dispatches_them(page: Page) -> None:
    page.keyboard.press("?")
    shown = page.locator("dialog[open] dl")
    assert shown.locator("dt").count() == shown.locator("dd").count() > len("npl")
    assert "→" in shown.inner_text()
    well(page)
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 0
