"""The review page as a browser asks for it: what is shown, who is refused, and text that would like to run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from iki.export import tables
from iki.export.schema import FileRow
from iki.messages import Problem
from iki.model import CleanRow, CleanSheet, CleanValue
from iki.review import server
from iki.review.collection import PAGE_ROWS, Collection, Place, Wanted
from iki.review.settling import Publisher

PORT, TOKEN = 8765, "rahasia"
HOME = f"http://127.0.0.1:{PORT}"
HOSTILE = '<script>alert("x")</script>=cmd()'


def value(text: str, *, flagged: bool = False) -> CleanValue:
    return CleanValue(text, text, 0.6 if flagged else 0.99, flagged)


def sheet(ordinal: int, rows: int, unit: str = "") -> CleanSheet:
    fields = {"judul": value(HOSTILE, flagged=True), "unit": value(unit), "tahun": value("2023")}
    return CleanSheet(
        f"0123456789ab-{ordinal:03}", "a<b>.pdf", "0123456789ab".ljust(64, "0"), ordinal, ordinal, fields,
        tuple(
            CleanRow(ordinal, {"no": value(str(n)), "indikator": value(f"Jumlah {n} {HOSTILE}", flagged=n == 1)})
            for n in range(1, rows + 1)
        ),
    )  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """Two sheets in tables alone: no ledger, no scan."""
    files = [FileRow("a<b>.pdf", "0" * 64, 2, 2, "sebagian", f"Halaman 2: {HOSTILE}", 1.0)]
    tables.write(list(map(tables.rendered, (sheet(1, 2, "ARSIP"), sheet(2, 2 * PAGE_ROWS)))), files, tmp_path, {})
    return Collection(tmp_path)


@pytest.fixture
def stranger(collection: Collection) -> Iterator[TestClient]:
    publisher = Publisher(collection)
    yield TestClient(server.application(collection, PORT, TOKEN, "Ratri", publisher), HOME, follow_redirects=False)
    publisher.finish()


@pytest.fixture
def client(stranger: TestClient) -> TestClient:
    stranger.get("/", params={"token": TOKEN})
    return stranger


VALUE, CROP, SHEET = (f"/{view}/0123456789ab-001" for view in ("nilai", "potongan", "lembar"))
VIEWS = ("/", f"{VALUE}/-/judul", f"{VALUE}/1/indikator", f"{VALUE}/2/no", SHEET, "/tabel", "/tabel?tinjau=on")


def test_the_token_becomes_a_cookie_and_leaves_the_address(stranger: TestClient) -> None:
    entered = stranger.get("//elsewhere.example/", params={"token": TOKEN}, headers={"sec-fetch-site": "cross-site"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith(f"iki_{PORT}=")
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize("view", [*VIEWS, "/aset/tinjau.js", f"{CROP}/1/indikator", "/nothing"])
def test_whoever_brings_no_token_sees_nothing(stranger: TestClient, view: str) -> None:
    for question in ({}, {"token": "guessed"}, {"token": "rahasiä"}):
        refused = stranger.get(view, params=question)
        assert refused.status_code == 403
        assert "Jumlah" not in refused.text


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:8765"},
        {"host": "127.0.0.1:1"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_hosts_and_sites_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/", headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    assert client.request(method, "/tabel", content=b"x").status_code == 405


@pytest.mark.parametrize("view", [*VIEWS, "/aset/tinjau.css", "/nothing", "/nilai"])
def test_every_answer_is_sealed(client: TestClient, view: str) -> None:
    headers = client.get(view).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("view", VIEWS)
def test_text_of_a_scan_never_becomes_markup(client: TestClient, view: str) -> None:
    page = client.get(view)
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "a<b>" not in page.text
    assert not re.search(r"<[^>]*\s(style|on\w+)=", page.text)


@pytest.mark.parametrize(
    "path",
    [
        "/nilai/0123456789ab-009/-/judul", f"{VALUE}/9/indikator", f"{VALUE}/-/indikator", f"{VALUE}/-/sheet_id",
        f"{VALUE}/1/skor", f"{CROP}/1/indikator", "/lembar/..%2F..%2Fetc", "/halaman/0123456789ab-001/1",
        "/aset/..%2fserver.py", "/aset/%2e%2e/server.py",
    ],
)  # fmt: skip
def test_what_is_not_in_the_folder_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_doubtful_values_follow_one_another(client: TestClient, collection: Collection) -> None:
    first, second, *_ = collection.doubts
    assert first == Place("0123456789ab-001", "-", "judul")
    assert client.get("/nilai").headers["location"] == "/nilai/0123456789ab-001/-/judul"
    assert client.get("/nilai?kolom=indikator").headers["location"] == f"{VALUE}/1/indikator"
    assert client.get("/nilai?kolom=nothing").headers["location"] == "/"
    page = client.get(f"{VALUE}/-/judul").text
    assert f'href="{VALUE}/{second.row}/{second.column}" data-do="after"' in page
    assert 'data-do="before"' not in page


def test_the_table_is_narrowed_and_paged(client: TestClient, collection: Collection) -> None:
    assert [len(collection.rows(w)) for w in (Wanted(), Wanted(unit="ARSIP"), Wanted(flagged=True))] == [202, 2, 2]
    assert len(collection.rows(Wanted(text="jumlah 150 <SCRIPT"))) == 1
    assert "202 baris, halaman 1 dari 3" in client.get("/tabel").text
    last = client.get("/tabel?hal=99").text
    assert "halaman 3 dari 3" in last
    assert "Jumlah 200 " in last
    for odd in ("-1", "x", "²", "9" * 5000):
        assert "halaman 1 dari 3" in client.get("/tabel", params={"hal": odd}).text


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem):
        Collection(tmp_path)


def test_a_port_in_use_is_told(collection: Collection) -> None:
    def again(address: str) -> None:
        port = int(address.split(":")[2].split("/", maxsplit=1)[0])
        with pytest.raises(Problem, match=str(port)):
            server.serve(collection.directory, port, "Ratri", print, browser=False)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        server.serve(collection.directory, 0, "Ratri", again, browser=False)
