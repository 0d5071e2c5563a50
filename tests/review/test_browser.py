"""The review page in a real browser: a converted sheet looked through by keyboard alone, on a laptop and a phone."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

import iki
from iki.batch.holdings import given

from .conftest import command

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]

LAPTOP, PHONE = (1366, 768), (390, 844)


@pytest.fixture(scope="module")
def folder(converted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(converted, tmp_path_factory.mktemp("lihat") / "hasil"))


def serving(folder: Path, port: int = 0) -> tuple[subprocess.Popen[str], str]:
    """A server of a folder, and the address that it prints."""
    running = subprocess.Popen(
        command("review", str(folder), "--no-browser", "--user", "Ratri", "--port", str(port)),
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    told = re.search(r"http\S+", running.stdout.readline())
    assert told is not None
    return running, told[0]


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address that `iki review` prints; the server ends at once, and well, on Ctrl-C."""
    running, told = serving(folder)
    with running:
        yield told
        running.send_signal(signal.SIGINT)
        assert running.wait() == 0


@contextmanager
def browsing(address: str, scheme: Literal["dark", "light"], size: tuple[int, int]) -> Iterator[Page]:
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # root may not use it
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        page = browser.new_page(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
        page.goto(address)
        yield page
        browser.close()


@pytest.fixture(params=[("light", LAPTOP), ("dark", PHONE)], ids=["laptop", "phone"])
def page(request: pytest.FixtureRequest, address: str) -> Iterator[Page]:
    with browsing(address, *request.param) as page:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.reload()
        yield page
        assert complaints == []


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
    page.wait_for_url("**/nilai/**")
    seen = []
    for number in range(1, len(doubts) + 1):
        seen.append(page.url.rsplit("/", maxsplit=1)[-1])
        assert f"{len(doubts)} nilai ragu lagi" in page.locator("main").inner_text()
        assert page.evaluate("(async () => { await document.images[0]?.decode(); return true })()")
        if number == 1:
            page.keyboard.press("+")
            well(page)
        assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--zoom')") == "1.25"
        if number < len(doubts):
            with page.expect_navigation():
                page.keyboard.press("n")
    assert sorted(seen) == sorted(doubts)
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


def pressed(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def first_doubt(page: Page, column: str) -> None:
    page.goto(f"{page.url.split('/nilai')[0].rstrip('/')}/nilai?kolom={column}")


def decide_some(page: Page) -> None:
    """Every verdict by its key, and an undo: one typed, one unreadable, one blank, one right as read."""
    first_doubt(page, "pihak_kedua_nama")
    assert page.locator("button[data-do='confirm']").count() == 0  # a name: typed first
    assert page.locator("form.decide input[data-do='edit']").count() == 1
    pressed(page, "v")
    pressed(page, "b")
    left = page.locator("main").inner_text()
    pressed(page, "u")
    pressed(page, "v")
    pressed(page, "b")
    assert page.locator("main").inner_text() == left
    first_doubt(page, "indikator")
    page.keyboard.press("e")
    page.keyboard.type("Jumlah <b>pegawai</b> =1+1")
    pressed(page, "Enter")
    for key in ("x", "k"):
        first_doubt(page, "indikator")
        pressed(page, key)


def decide_the_rest(page: Page) -> None:
    """All that is left is right as read."""
    pressed(page, "r")
    while "/nilai/" in page.url:
        if page.locator("button[data-do='confirm']").count() == 0:
            pressed(page, "v")
        pressed(page, "b")


def test_a_whole_review_by_keyboard(converted: Path, tmp_path: Path) -> None:
    """The server is killed in the middle; afterwards all that was decided is in the tables."""
    folder = Path(shutil.copytree(converted, tmp_path / "hasil"))
    running, address = serving(folder)
    with running, browsing(address, "light", LAPTOP) as page:
        decide_some(page)
        running.kill()
    running, address = serving(folder)
    with running, browsing(address, "light", LAPTOP) as page:
        decide_the_rest(page)
        assert "Tidak ada nilai yang perlu diperiksa" in page.locator("main").inner_text()
        well(page)
        running.send_signal(signal.SIGINT)
        assert running.wait() == 0
    tables = iki.load(folder)
    assert set(tables.sheets.perlu_tinjau) | set(tables.indikator.perlu_tinjau) == {""}
    assert "Jumlah <b>pegawai</b> =1+1" in set(tables.indikator.indikator)
    assert list(tables.indikator.indikator).count("") == 2
    settled = tables.koreksi[tables.koreksi.aturan.str.startswith("tinjauan")]
    assert set(settled.oleh) == {"Ratri"}


def test_what_is_not_acknowledged_is_sent_again(converted: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(converted, tmp_path / "hasil"))
    running, address = serving(folder)
    with running, browsing(address, "dark", PHONE) as page:
        page.goto(f"{address.split('?')[0]}nilai?kolom=indikator")
        page.route("**/nilai/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
        page.keyboard.press("x")
        page.get_by_text("Belum tersimpan; dicoba lagi").wait_for()
        assert given(folder) == []
        page.unroute("**/nilai/**")
        page.wait_for_url(lambda url: "indikator" not in url, timeout=10_000)
        assert len(given(folder)) == 1
        running.send_signal(signal.SIGINT)
        assert running.wait() == 0
