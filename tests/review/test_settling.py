"""What a person settles: kept once, in the tables afterwards, against another decision shown, and taken back."""

import csv
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from iki.batch.holdings import given
from iki.normalize.fields.nip import LENGTH
from iki.review import server
from iki.review.checks import remarks
from iki.review.collection import Collection, Place
from iki.review.settling import Publisher

from .conftest import command

PORT, TOKEN = 8765, "rahasia"
HOME = f"http://127.0.0.1:{PORT}"
ORIGIN = {"origin": HOME}
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(converted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(converted, tmp_path / "hasil"))


class Desk:
    """A review page on a folder, and the client of one person."""

    def __init__(self, folder: Path, user: str) -> None:
        self.folder, self.collection = folder, Collection(folder)
        self.publisher = Publisher(self.collection)
        app = server.application(self.collection, PORT, TOKEN, user, self.publisher)
        self.client = TestClient(app, HOME, follow_redirects=False)
        self.client.get("/", params={"token": TOKEN})

    def say(self, place: Place, verdict: str, text: str = "", key: str = "a1", seen: str | None = None) -> str:
        """Answer about a value; gives where the page goes on."""
        form = {"putusan": verdict, "teks": text, "kunci": key, "tampak": seen or self.collection.text(place)}
        answer = self.client.post(address(place), data=form, headers=ORIGIN)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    made = Desk(folder, "Ratri")
    yield made
    made.publisher.finish()


def address(place: Place) -> str:
    return f"/nilai/{place.sheet_id}/{place.row}/{place.column}"


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cells(desk: Desk) -> list[Place]:
    return [place for place in desk.collection.doubts if place.column == "indikator"]


def test_a_decision_is_in_the_tables_and_the_queue_goes_on(desk: Desk) -> None:
    place = cells(desk)[0]
    count = len(desk.collection.doubts)
    assert desk.say(place, "edited", "Jumlah  pegawai yang hadir") == address(desk.collection.next(place) or place)
    assert len(desk.collection.doubts) < count
    assert "Diputuskan oleh Ratri" in desk.client.get(address(place)).text
    desk.publisher.finish()
    row = rows(desk.folder, "indikator")[int(place.row) - 1]
    assert row["indikator"] == "Jumlah pegawai yang hadir"
    assert "indikator" not in row["perlu_tinjau"].split(";")
    told = [r for r in rows(desk.folder, "koreksi") if r["aturan"] == "tinjauan" and r["kolom"] == "indikator"]
    assert [(r["bersih"], r["oleh"]) for r in told if r["baris"] == place.row] == [(row["indikator"], "Ratri")]


@pytest.mark.parametrize(("verdict", "text"), [("confirmed", None), ("unreadable", ""), ("blank", "")])
def test_verdicts_without_text(desk: Desk, verdict: str, text: str | None) -> None:
    place = cells(desk)[0]
    read = desk.collection.text(place)
    desk.say(place, verdict)
    assert desk.collection.text(place) == (read if text is None else text)
    assert not desk.collection.is_doubtful(place)


def test_an_answer_sent_twice_is_one(desk: Desk) -> None:
    place = cells(desk)[0]
    seen = desk.collection.text(place)
    for _ in range(2):
        desk.say(place, "edited", "Jumlah pegawai", key="b2", seen=seen)
    assert [d.key for d in given(desk.folder)] == ["b2"]


def test_what_somebody_else_decided_is_shown_and_not_overwritten(desk: Desk) -> None:
    place = cells(desk)[0]
    seen = desk.collection.text(place)
    other = Desk(desk.folder, "Wira")
    other.say(place, "edited", "Jumlah peserta", key="c3")
    other.publisher.finish()
    where = desk.say(place, "edited", "Jumlah pegawai", key="d4", seen=seen)
    shown = desk.client.get(where).text
    assert "Jumlah peserta" in shown and "Jumlah pegawai" in shown and "Diputuskan oleh Wira" in shown
    assert desk.collection.text(place) == "Jumlah peserta"
    desk.say(place, "edited", "Jumlah pegawai", key="e5")
    assert desk.collection.text(place) == "Jumlah pegawai"


def test_an_undo_brings_back_the_reading_and_its_doubt(desk: Desk) -> None:
    place = cells(desk)[0]
    before, doubts = desk.collection.text(place), {*desk.collection.doubts}
    desk.say(place, "edited", "Jumlah pegawai")
    undone = desk.client.post("/urung", data={"kunci": "f6"}, headers=ORIGIN)
    assert undone.headers["location"] == address(place)
    assert (desk.collection.text(place), {*desk.collection.doubts}) == (before, doubts)
    assert len(given(desk.folder)) == 2
    assert desk.client.post("/urung", data={"kunci": "g7"}, headers=ORIGIN).headers["location"] == "/"


def test_what_was_decided_and_not_yet_published_is_there_after_a_restart(desk: Desk) -> None:
    place = cells(desk)[0]
    desk.say(place, "edited", "Jumlah pegawai")
    again = Collection(desk.folder)
    again.refresh()
    assert again.text(place) == "Jumlah pegawai"
    assert not again.is_doubtful(place)


def test_a_value_is_typed_before_the_reading_is_shown(desk: Desk) -> None:
    place = next(p for p in desk.collection.doubts if p.column.endswith("_nip"))
    read = desk.collection.text(place)
    assert read not in re_shown(desk.client.get(address(place)).text)
    assert read in desk.client.get(f"{address(place)}?lihat=ya").text
    where = desk.say(place, "typed", "1" * LENGTH)
    assert where == f"{address(place)}?milik={'1' * LENGTH}"
    assert desk.collection.is_doubtful(place)
    desk.say(place, "typed", f" {read[:8]} {read[8:]}", key="h8")
    assert desk.collection.text(place) == read
    assert not desk.collection.is_doubtful(place)


def re_shown(page: str) -> str:
    """A page without what a form carries unseen."""
    return "".join(part for part in page.split("<") if not part.startswith('input type="hidden"'))


def test_a_number_is_checked_while_it_is_typed(desk: Desk) -> None:
    place = next(p for p in desk.collection.doubts if p.column.endswith("_nip"))
    check = address(place).replace("/nilai/", "/periksa/")
    assert "18 angka" in desk.client.get(check, params={"teks": "1972"}).text
    assert desk.client.get(check, params={"teks": desk.collection.text(place)}).text == ""
    assert remarks("pihak_pertama_nip", "19990101 201503 1 001", "2020-01-01") != []
    assert remarks("indikator", "apa saja", "") == []


@pytest.mark.parametrize(
    "form",
    [
        {}, {"putusan": "undo", "kunci": "a", "tampak": "", "teks": ""}, {"putusan": "edited", "kunci": "../a"},
        {"putusan": "edited", "kunci": "", "teks": "x"}, {"putusan": "edited", "kunci": "a" * 99, "teks": "x"},
        {"putusan": "edited", "kunci": "a", "teks": "x" * 5000},
    ],
)  # fmt: skip
def test_a_form_that_is_no_answer_decides_nothing(desk: Desk, form: dict[str, str]) -> None:
    place = cells(desk)[0]
    assert desk.client.post(address(place), data=form, headers=ORIGIN).status_code == 422
    assert given(desk.folder) == []


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}, {"origin": "null"}])
def test_only_the_page_itself_may_send(desk: Desk, headers: dict[str, str]) -> None:
    place = cells(desk)[0]
    form = {"putusan": "blank", "kunci": "a", "tampak": "x", "teks": ""}
    assert desk.client.post(address(place), data=form, headers=headers).status_code == 403
    assert given(desk.folder) == []


def test_a_form_that_is_too_long_is_refused(desk: Desk) -> None:
    answer = desk.client.post(address(cells(desk)[0]), data={"teks": "x" * 70_000}, headers=ORIGIN)
    assert answer.status_code == 413


def test_what_was_read_the_same_is_decided_together_but_for_what_is_left_out(converted: Path, tmp_path: Path) -> None:
    """The same sheet handed in three times, each as another file."""
    place = tmp_path / "tiga"
    place.mkdir()
    picture = (converted.parent / "lembar.png").read_bytes()
    for name in ("a", "b", "c"):  # the bytes after a PNG's end are no part of it
        (place / f"{name}.png").write_bytes(picture + name.encode())
    subprocess.run(command("convert", str(place), "--out", str(tmp_path / "hasil")), capture_output=True, check=True)
    desk = Desk(tmp_path / "hasil", "Ratri")
    first = cells(desk)[0]
    others = [p for p in cells(desk) if p.row == first.row and p != first]
    assert len(others) == 2
    where = desk.say(first, "edited", "Jumlah pegawai", key="i9")
    assert where == "/sama/i9"
    shown = desk.client.get(where).text
    assert all(f"/potongan/{p.sheet_id}/{p.row}/{p.column}" in shown for p in others)
    form = {"putusan": "pilihan", "nilai": address(others[0])}
    assert desk.client.post(where, data=form, headers=ORIGIN).status_code == 303
    assert [desk.collection.text(p) for p in (first, others[0])] == ["Jumlah pegawai"] * 2
    assert desk.collection.is_doubtful(others[1])
    assert desk.client.post(where, data={"putusan": "semua"}, headers=ORIGIN).status_code == 303
    assert desk.collection.text(others[1]) == "Jumlah pegawai"
    assert desk.client.get("/sama/zz").status_code == 404
    desk.publisher.finish()
    assert [r["indikator"] for r in rows(desk.folder, "indikator") if r["baris"] == first.row] == ["Jumlah pegawai"] * 3


def test_unflagged_values_are_drawn_by_lot_and_their_errors_counted(desk: Desk) -> None:
    assert desk.collection.prepared is not None
    assert "Periksa contoh acak" in desk.client.get("/").text
    first = desk.collection.sample()
    assert first is not None and not desk.collection.is_doubtful(first)
    assert desk.client.get("/contoh").headers["location"] == f"{address(first)}?contoh=ya"
    assert "contoh acak" in desk.client.get(f"{address(first)}?contoh=ya").text
    for n, text in enumerate(("", "lain")):
        place = desk.collection.sample()
        assert place is not None
        form = {"putusan": "edited" if text else "confirmed", "teks": text, "kunci": f"s{n}", "sebab": "sampel"}
        desk.client.post(address(place), data=form | {"tampak": desk.collection.text(place)}, headers=ORIGIN)
    audit = desk.collection.audit
    assert (audit.looked_at, audit.wrong) == (2, 1)
    assert 0.5 < audit.most < 1
    assert "2 nilai tak ditandai" in desk.client.get("/").text


def test_one_value_in_twenty_is_drawn_by_lot(desk: Desk) -> None:
    shown = []
    place = desk.collection.doubts[0] if desk.collection.prepared is not None else None
    while place is not None and len(shown) < 25:
        shown.append(desk.collection.is_doubtful(place))
        form = {"putusan": "confirmed", "teks": "", "kunci": f"t{len(shown)}", "tampak": desk.collection.text(place)}
        desk.client.post(address(place), data=form | ({} if shown[-1] else {"sebab": "sampel"}), headers=ORIGIN)
        place = desk.collection.next(place)
    assert shown.count(False) == 1
