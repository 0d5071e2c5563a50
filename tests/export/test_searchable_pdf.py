"""Invisible text put into PDFs whose pages lie in every way, looked at with PDFium and in the structure tree."""

import io
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from iki.export.archival_pdf import TextLost, save
from iki.export.picture_pdf import pages_of_pictures
from iki.export.searchable_pdf import PrintedPage, PrintedSheet, Shown, Value, add_text
from iki.ingest.sources import Parcel
from iki.model import Box, Line, Quad, RawValue, Reading, Word

WIDTH, HEIGHT = 800, 1000
"""Size of the scan as it is shown (px)."""
UNITS = 0.5
"""PDF units to a pixel."""


def printed(text: str, at: tuple[float, float], page: int = 1, turns: int = 0) -> Line:
    """A line of letters 10 px wide and 20 px high on a page that lies ``turns`` quarter turns clockwise in its file."""
    words, x = [], at[0]
    for word in text.split():
        words.append(Word(word, Box(x, at[1], x + 10 * len(word), at[1] + 20), 0.9))
        x += 10 * len(word) + 10
    box = Box(at[0], at[1], x - 10, at[1] + 20)
    corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    return Line(page, box, turned(corners, turns), None, (Reading(text, tuple(words), 0.9, "iki"),))


def turned(corners: Quad, turns: int) -> Quad:
    """Corners on the upright page (WIDTH × HEIGHT) where they are once it is turned clockwise."""
    a, b, c, d = (((x, y), (HEIGHT - y, x), (WIDTH - x, HEIGHT - y), (y, WIDTH - x))[turns] for x, y in corners)
    return a, b, c, d


def jpeg() -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (HEIGHT // 4, WIDTH // 4), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", dpi=(72, 72))
    return out.getvalue()


def scan(rotate: int = 0, crop: tuple[float, ...] | None = None) -> tuple[pikepdf.Pdf, Shown]:
    """A PDF of one page that shows a picture WIDTH × HEIGHT px, and how it lies there."""
    pdf = pages_of_pictures([Parcel(1, "raster", jpeg())])
    page = pdf.pages[0]
    size = (WIDTH * UNITS, HEIGHT * UNITS) if rotate % 180 == 0 else (HEIGHT * UNITS, WIDTH * UNITS)
    box = crop or (0, 0, *size)
    page.mediabox = (0, 0, box[2] + 50, box[3] + 50)
    page.cropbox = box
    page.obj.Rotate = rotate
    return pdf, Shown(tuple(box), rotate)  # type: ignore[arg-type]


CELL = RawValue(
    (printed("Jumlah dokurnen", (200, 300)), printed("yang pelak-", (200, 330)), printed("sanakan", (200, 360)))
)
SHEET = PrintedSheet(
    {"jabatan": Value("Juru Pasar", RawValue((printed("Jabatan : Juru Pasar", (100, 100)),)))},
    (
        {
            "no": Value("1", RawValue((printed("1", (100, 300)),))),
            "indikator": Value("Jumlah dokumen yang pelaksanakan", CELL),
        },
        {
            "no": Value("2", RawValue((printed("2", (100, 500)),))),
            "indikator": Value("Jumlah dokumen yang pelaksanakan", CELL),
        },
    ),
)
ORDER = ["Jabatan", ":", "Juru", "Pasar", "1", "Jumlah", "dokumen", "yang", "pelak", "sanakan", "2", "Kaki"]


def page(lines: tuple[Line, ...] = (), **changed: object) -> PrintedPage:
    raws = [v.raw for row in (SHEET.fields, *SHEET.rows) for v in row.values() if v.raw is not None]
    own = tuple(raw.lines for raw in raws)
    told: dict[str, object] = {
        "number": 1, "size": (WIDTH, HEIGHT), "paragraphs": (*own, *((line,) for line in lines)), "typed": False
    }  # fmt: skip
    return PrintedPage(**(told | changed))  # type: ignore[arg-type]


def words(saved: Path) -> dict[str, tuple[float, float, float, float]]:
    """The words of a PDF's first page and where they are shown, as shares of its visible part: x0, y0, x1, y1."""
    document = pypdfium2.PdfDocument(saved)
    shown = document[0]
    text = shown.get_textpage()
    found: dict[str, tuple[float, float, float, float]] = {}
    whole = text.get_text_range()
    at = 0
    (x0, y0, x1, y1), rotate = shown.get_cropbox(), shown.get_rotation()
    for word in whole.replace("\ufffe", " ").replace("\xad", " ").split():
        at = whole.index(word, at)
        boxes = np.array([text.get_charbox(i, loose=True) for i in range(at, at + len(word))])
        at += len(word)
        left, low, right, high = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
        west, east = (left - x0) / (x1 - x0), (right - x0) / (x1 - x0)
        south, north = (low - y0) / (y1 - y0), (high - y0) / (y1 - y0)
        found[word] = {
            0: (west, 1 - north, east, 1 - south),
            90: (south, west, north, east),
            180: (1 - east, south, 1 - west, north),
            270: (1 - north, 1 - east, 1 - south, 1 - west),
        }[rotate]
    document.close()
    return found


@pytest.mark.parametrize("rotate", (0, 90, 180, 270))
@pytest.mark.parametrize("crop", (None, (30.0, 40.0, 330.0, 440.0)))
def test_words_are_shown_on_their_ink_however_the_page_lies(
    tmp_path: Path, rotate: int, crop: tuple[float, ...] | None
) -> None:
    def made() -> tuple[pikepdf.Pdf, list[str]]:
        pdf, shown = scan(rotate, crop)
        return pdf, add_text(pdf, lambda _: shown, [page((printed("Kaki", (100, 900)),))], [SHEET])

    assert save(made, tmp_path / "a.pdf") == ""
    found = words(tmp_path / "a.pdf")
    assert list(found) == ORDER, "in the order in which the page is read"
    inked = {"Juru": (200, 240, 100, 120), "dokumen": (270, 350, 300, 320), "Kaki": (100, 140, 900, 920)}
    for word, (x0, x1, y0, y1) in inked.items():
        box = found[word]
        assert box[0] * WIDTH <= x0 + 3 and box[2] * WIDTH >= x1 - 3
        assert box[1] * HEIGHT <= y0 + 3 and box[3] * HEIGHT >= y1 - 3
        assert box[2] * WIDTH - box[0] * WIDTH < x1 - x0 + 20
        assert box[3] * HEIGHT - box[1] * HEIGHT < 1.6 * (y1 - y0)


@pytest.mark.parametrize("turns", (1, 2, 3))
def test_text_of_a_page_that_lies_on_its_side_runs_along_it(tmp_path: Path, turns: int) -> None:
    line = printed("Laporan bulanan", (100, 200), turns=turns)
    size = (WIDTH, HEIGHT) if turns % 2 == 0 else (HEIGHT, WIDTH)

    def made() -> tuple[pikepdf.Pdf, list[str]]:
        pdf, shown = scan(90 * (turns % 2))
        shown = Shown((0, 0, *(side * UNITS for side in size)), 0)
        pdf.pages[0].mediabox = pdf.pages[0].cropbox = shown.box
        del pdf.pages[0].obj.Rotate
        return pdf, add_text(pdf, lambda _: shown, [PrintedPage(1, size, ((line,),), False)], [])

    save(made, tmp_path / "a.pdf")
    found = words(tmp_path / "a.pdf")
    assert set(found) == {"Laporan", "bulanan"}
    x, y = np.mean(turned(((180, 200), (250, 200), (250, 220), (180, 220)), turns), axis=0)
    box = found["bulanan"]
    assert box[0] * size[0] < x < box[2] * size[0] and box[1] * size[1] < y < box[3] * size[1]


def elements(node: pikepdf.Object) -> list[tuple[str, str, int, list[int]]]:
    """Kind, text, row span and marked content of the leaves of a structure tree."""
    kids = list(node.get("/K", []))
    if any("/S" in kid for kid in kids):
        return [leaf for kid in kids for leaf in elements(kid)]
    span = int(node.get("/A", {}).get("/RowSpan", 1))
    return [(str(node.S), str(node.get("/ActualText", "")), span, [int(kid.MCID) for kid in kids])]


def test_the_table_is_tagged_with_the_values_of_the_tables(tmp_path: Path) -> None:
    def made() -> tuple[pikepdf.Pdf, list[str]]:
        pdf, shown = scan()
        return pdf, add_text(pdf, lambda _: shown, [page()], [SHEET])

    save(made, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        root = pdf.Root.StructTreeRoot
        table = next(kid for kid in root.K[0].K if kid.S == "/Table")
        assert [str(row.S) for row in table.K] == ["/TR", "/TR"]
        assert [leaf[:3] for leaf in elements(table)] == [
            ("/TD", "1", 1), ("/TD", "Jumlah dokumen yang pelaksanakan", 2), ("/TD", "2", 1)
        ]  # fmt: skip
        parents = root.ParentTree.Nums[1]
        for kind, text, _, marks in elements(root.K[0]):
            assert len(marks) == 1
            assert (str(parents[marks[0]].S), str(parents[marks[0]].get("/ActualText", ""))) == (kind, text)
        content = pdf.pages[0].Contents
        stream = b"\n".join(part.read_bytes() for part in content)
        assert stream.count(b"/TD <</MCID") == 3, "a cell is one piece of marked content"


def test_a_cell_over_two_pages_is_one_cell_with_its_text_on_both(tmp_path: Path) -> None:
    raw = RawValue((printed("Laporan", (100, 900)), printed("bulanan", (100, 100), page=2)))
    sheet = PrintedSheet({}, ({"indikator": Value("Laporan bulanan", raw)},))
    pages = [PrintedPage(n, (WIDTH, HEIGHT), ((raw.lines[n - 1],),), False) for n in (1, 2)]

    def made() -> tuple[pikepdf.Pdf, list[str]]:
        pdf = pages_of_pictures([Parcel(n, "raster", jpeg()) for n in (1, 2)])
        shown = Shown(tuple(float(v) for v in pdf.pages[0].mediabox), 0)  # type: ignore[arg-type]
        return pdf, add_text(pdf, lambda _: shown, pages, [sheet])

    assert made()[1] == ["Laporan", "bulanan"]
    save(made, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        (cell,) = elements(pdf.Root.StructTreeRoot.K[0])
        assert cell == ("/TD", "Laporan bulanan", 1, [0, 0])


def test_a_decided_value_without_a_place_is_a_cell_all_the_same() -> None:
    sheet = PrintedSheet(
        {}, ({"no": Value("1", RawValue((printed("1", (100, 300)),))), "target": Value("2 dokumen", None)},)
    )
    pdf, shown = scan()
    add_text(pdf, lambda _: shown, [page()], [sheet])
    table = next(kid for kid in pdf.Root.StructTreeRoot.K[0].K if kid.S == "/Table")
    assert [leaf[1] for leaf in elements(table)] == ["1", "2 dokumen"]


def test_an_earlier_text_layer_is_replaced_and_pictures_stay(tmp_path: Path) -> None:
    def once(base: pikepdf.Pdf, shown: Shown) -> tuple[pikepdf.Pdf, list[str]]:
        return base, add_text(base, lambda _: shown, [page()], [SHEET])

    def again() -> tuple[pikepdf.Pdf, list[str]]:
        base = pikepdf.open(tmp_path / "a.pdf")
        return once(base, scan()[1])

    save(lambda: once(*scan()), tmp_path / "a.pdf")
    save(again, tmp_path / "b.pdf")
    assert list(words(tmp_path / "b.pdf")) == ORDER[:-1]
    with pikepdf.open(tmp_path / "b.pdf") as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() == jpeg()


def test_a_page_with_text_of_its_own_is_left_as_it_is() -> None:
    pdf, shown = scan()
    before = pdf.pages[0].Contents.read_bytes()
    assert add_text(pdf, lambda _: shown, [page(typed=True)], [SHEET]) == [""]
    assert pdf.pages[0].Contents.read_bytes() == before
    assert "/StructTreeRoot" not in pdf.Root


def test_what_cannot_be_pdf_a_becomes_a_plain_pdf_that_does_not_claim_to_be_one(tmp_path: Path) -> None:
    def made() -> tuple[pikepdf.Pdf, list[str]]:
        pdf, shown = scan()
        pdf.pages[0].contents_add(b"0 0 0 1 k 0 0 10 10 re f")
        return pdf, add_text(pdf, lambda _: shown, [page()], [SHEET])

    assert "CMYK" in save(made, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf, pdf.open_metadata() as metadata:
        assert not metadata.pdfa_status
    assert "Juru" in words(tmp_path / "a.pdf")


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    def made() -> tuple[pikepdf.Pdf, list[str]]:
        pdf, shown = scan()
        return pdf, add_text(pdf, lambda _: shown, [page()], [SHEET])

    for name in ("a.pdf", "b.pdf"):
        save(made, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_what_does_not_come_out_again_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(TextLost):
        save(lambda: (scan()[0], ["Hilang"]), tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ("L", "RGB", "RGBA", "1", "P", "LA", "CMYK"))
@pytest.mark.parametrize("kind", ("PNG", "TIFF", "BMP", "WEBP"))
def test_pictures_of_every_kind_keep_their_samples(mode: str, kind: str) -> None:
    grey = np.random.default_rng(2).integers(0, 255, (120, 90), np.uint8)
    out = io.BytesIO()
    try:
        Image.fromarray(grey).convert(mode).save(out, kind)
    except (OSError, KeyError):
        pytest.skip(f"no {mode} in {kind}")
    pdf = pages_of_pictures([Parcel(1, "raster", out.getvalue())])
    (image,) = pdf.pages[0].get_images().values()
    with Image.open(out) as source, pikepdf.PdfImage(image).as_pil_image() as stored:
        white = Image.new("RGBA", source.size, "white")
        shown = Image.alpha_composite(white, source.convert("RGBA")) if "A" in mode else source
        assert np.array_equal(np.asarray(shown.convert("RGB")), np.asarray(stored.convert("RGB")))
