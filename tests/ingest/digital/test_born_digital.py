"""Born-digital PDFs, set with ReportLab: read from their own characters and rules, as far as the picture vouches."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas

from iki.ingest.digital import typed_page
from iki.ingest.digital.typed_lines import pieces_of, signs_of
from iki.ingest.form import sheets
from iki.ingest.layout.ruled_table import Lattice
from iki.ingest.ocr.engines import Reader, load
from iki.ingest.page import read_page
from iki.ingest.sources import PageImage, Parcel, picture
from iki.model import TYPED, Grid, Page

WIDTH, HEIGHT = 595.0, 842.0
XS = (60.0, 90.0, 200.0, 320.0, 440.0, 540.0)
YS = (640.0, 610.0, 560.0, 510.0)
HEADINGS = ("No", "Sasaran", "Indikator Kinerja", "Penjelasan", "Sumber Data")
ROWS = (
    ("1", "Tersusunnya rencana", "Jumlah dokumen", "Dokumen yang disahkan", "Bidang Sarana"),
    ("2", "Terlayaninya warga", "Persentase aduan", "Aduan yang selesai", "Subbag Umum"),
)

Drawing = Callable[[Canvas], object]


@cache
def reader() -> Reader:
    return load("auto")


def pdf(*drawings: Drawing) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    for draw in drawings:
        draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def pictured(data: bytes) -> PageImage:
    return picture(Parcel(1, "pdf", data))


def read(*drawings: Drawing) -> Page:
    return read_page(pictured(pdf(*drawings)), reader())


def title(canvas: Canvas) -> None:
    canvas.setFont("Times-Bold", 12)
    canvas.drawCentredString(WIDTH / 2, 780, "INDIKATOR KINERJA INDIVIDU TAHUN 2021")
    canvas.setFont("Times-Roman", 11)
    canvas.drawString(60, 740, "1. Perangkat Daerah")
    canvas.drawString(200, 740, ": Dinas Pertanian")
    canvas.drawString(60, 724, "2. Jabatan")
    canvas.drawString(200, 724, ": Kepala Seksi Benih")


def rules(canvas: Canvas) -> None:
    canvas.setLineWidth(0.7)
    canvas.grid(XS, YS)


def words(canvas: Canvas, rows: Sequence[Sequence[str]] = (HEADINGS, *ROWS), font: str = "Times-Roman") -> None:
    canvas.setFont(font, 10)
    for row, y in zip(rows, YS, strict=False):
        for text, x in zip(row, XS, strict=False):
            canvas.drawString(x + 4, y - 13, text)


def texts(grid: Grid) -> list[list[str]]:
    """The texts of a grid, row by row."""
    return [
        [" ".join(line.text for line in cell.lines) for cell in grid.cells if cell.row == row]
        for row in range(len(grid.ys) - 1)
    ]


def lines_on(*drawings: Drawing) -> list[str]:
    """The lines of a page without tables."""
    layer = pictured(pdf(*drawings)).layer
    assert layer is not None
    return [line.reading.text for line in pieces_of(signs_of(layer))]


def assert_whole(page: Page) -> None:
    (grid,) = page.grids
    assert texts(grid) == [list(HEADINGS), *map(list, ROWS)]
    assert all(line.readings[0].engine == TYPED for cell in grid.cells for line in cell.lines)


def test_page_is_read_to_the_letter() -> None:
    page = read(title, rules, words)
    assert_whole(page)
    seen = sheets.look(page)
    assert {name: " ".join(line.text for line in value.lines) for name, value in seen.form.fields.items()} == {
        "judul": "INDIKATOR KINERJA INDIVIDU TAHUN 2021",
        "perangkat_daerah": ": Dinas Pertanian",
        "jabatan": ": Kepala Seksi Benih",
    }


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("declared", [True, False])
def test_page_may_lie_on_its_side(turn: int, declared: bool) -> None:
    """Whether /Rotate says so or the characters themselves are set sideways, boxes lead back to the page as shown."""
    with pikepdf.open(io.BytesIO(pdf(title, rules, words))) as file:
        page = file.pages[0]
        if declared:
            page.rotate(turn, relative=False)
        else:
            a, b, e, f = {90: (0, -1, 0, WIDTH), 180: (-1, 0, WIDTH, HEIGHT), 270: (0, 1, HEIGHT, 0)}[turn]
            page.contents_add(f"{a} {b} {-b} {a} {e} {f} cm".encode(), prepend=True)
            if turn != 180:
                page.mediabox = [0, 0, HEIGHT, WIDTH]
        out = io.BytesIO()
        file.save(out)
    image = pictured(out.getvalue())
    read_back = read_page(image, reader())
    assert_whole(read_back)
    assert read_back.turned == (360 - turn) % 360
    heading = next(cell for cell in read_back.grids[0].cells if "Penjelasan" in cell.lines[0].text).lines[0]
    assert heading.quad is not None
    x, y = np.array(heading.quad).round().astype(int).T
    assert image.pixels[y.min() : y.max(), x.min() : x.max()].min() < 100


def test_crop_box_and_user_unit_move_and_scale_the_page() -> None:
    with pikepdf.open(io.BytesIO(pdf(title, rules, words))) as file:
        file.pages[0].cropbox = [30, 400, 570, 830]
        file.pages[0].UserUnit = 1.5
        out = io.BytesIO()
        file.save(out)
    image = pictured(out.getvalue())
    assert image.pixels.shape[:2] == (round(430 * 1.5 * 200 / 72), round(540 * 1.5 * 200 / 72))
    assert_whole(read_page(image, reader()))


def test_form_xobject_is_part_of_the_page() -> None:
    def form(canvas: Canvas) -> None:
        canvas.beginForm("f")
        rules(canvas)
        words(canvas)
        canvas.endForm()
        canvas.saveState()
        canvas.translate(20, -30)
        canvas.scale(0.9, 0.9)
        canvas.doForm("f")
        canvas.restoreState()

    assert_whole(read(form))


def rules_of_boxes(canvas: Canvas) -> None:
    for x in XS:
        canvas.rect(x - 0.3, YS[-1], 0.6, YS[0] - YS[-1], stroke=0, fill=1)
    for y in YS:
        canvas.rect(XS[0], y - 0.3, XS[-1] - XS[0], 0.6, stroke=0, fill=1)


def dotted_rules(canvas: Canvas) -> None:
    canvas.setDash(1, 2)
    rules(canvas)
    canvas.setDash()


def doubled_rules(canvas: Canvas) -> None:
    canvas.setLineWidth(0.5)
    for shift in (-1, 1):
        canvas.grid([x + shift for x in XS], [y + shift for y in YS])


def open_rules(canvas: Canvas) -> None:
    for x in XS[1:-1]:
        canvas.line(x, YS[0], x, YS[-1])
    for y in YS:
        canvas.line(XS[0], y, XS[-1], y)


def coloured_cells(canvas: Canvas) -> None:
    for i, (y1, y0) in enumerate(pairwise(YS)):
        canvas.setFillColor(colors.lightblue if i % 2 else colors.lightgrey)
        for x0, x1 in pairwise(XS):
            canvas.rect(x0, y0, x1 - x0, y1 - y0, stroke=0, fill=1)
    canvas.setFillColor(colors.black)


def dark_heading(canvas: Canvas) -> None:
    canvas.setFillColor(colors.darkblue)
    canvas.rect(XS[0], YS[1], XS[-1] - XS[0], YS[0] - YS[1], stroke=0, fill=1)
    rules(canvas)
    canvas.setFillColor(colors.white)
    words(canvas, [HEADINGS])
    canvas.setFillColor(colors.black)


def level_rules_under_a_coloured_heading(canvas: Canvas) -> None:
    canvas.setFillColor(colors.lightgrey)
    for x0, x1 in pairwise(XS):
        canvas.rect(x0, YS[1], x1 - x0, YS[0] - YS[1], stroke=0, fill=1)
    canvas.setFillColor(colors.black)
    for y in YS:
        canvas.line(XS[0], y, XS[-1], y)


def bands_without_upright_lines(canvas: Canvas) -> None:
    """A frame, a coloured heading and every second row coloured: nothing else shows where columns end."""
    canvas.setFillColor(colors.lightgrey)
    for y1, y0 in (YS[:2], YS[2:4]):
        for x0, x1 in pairwise(XS):
            canvas.rect(x0, y0, x1 - x0, y1 - y0, stroke=0, fill=1)
    canvas.setFillColor(colors.black)
    canvas.rect(XS[0], YS[-1], XS[-1] - XS[0], YS[0] - YS[-1], stroke=1, fill=0)
    for y in YS:
        canvas.line(XS[0], y, XS[-1], y)


def test_words_over_a_columns_end_show_that_it_does_not_end_there() -> None:
    """A row without colours: its first two cells are one where words reach over the edge that other rows show."""
    rows = [HEADINGS, ("", "", *ROWS[0][2:]), ROWS[1]]

    def spanning(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(XS[0] + 4, YS[1] - 12, "Urusan pangan dan tani")

    found = texts(read(bands_without_upright_lines, lambda canvas: words(canvas, rows), spanning).grids[0])
    assert found[1] == ["Urusan pangan dan tani", *ROWS[0][2:]]


@pytest.mark.parametrize(
    "drawn",
    [
        bands_without_upright_lines,
        rules_of_boxes,
        dotted_rules,
        doubled_rules,
        open_rules,
        coloured_cells,
        dark_heading,
        level_rules_under_a_coloured_heading,
    ],
)
def test_rules_are_drawn_in_many_ways(drawn: Drawing) -> None:
    rest = (lambda canvas: words(canvas, [(), *ROWS])) if drawn is dark_heading else words
    assert_whole(read(drawn, rest))


def test_table_below_another_stays_a_table_of_its_own() -> None:
    def budget(canvas: Canvas) -> None:
        canvas.grid([XS[0], 300.0, XS[-1]], [460.0, 440.0, 420.0])
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(64, 445, "Kegiatan Penyediaan bibit padi dan jagung")
        canvas.drawString(64, 425, "Kegiatan Perbaikan saluran irigasi desa")

    first = read(level_rules_under_a_coloured_heading, words, budget).grids[0]
    assert texts(first) == [list(HEADINGS), *map(list, ROWS)]


def test_underlined_and_marked_words_make_no_rows() -> None:
    def marked(canvas: Canvas) -> None:
        for row, y in zip(ROWS, YS[1:], strict=False):
            for text, x in zip(row, XS, strict=False):
                width = canvas.stringWidth(text, "Times-Roman", 10)
                canvas.line(x + 4, y - 14.5, x + 4 + width, y - 14.5)
                canvas.setFillColor(colors.yellow)
                canvas.rect(x + 4, y - 17, width, 13, stroke=0, fill=1)
                canvas.setFillColor(colors.black)

    assert_whole(read(rules, marked, words))


def test_guessed_columns_part_no_word() -> None:
    image = pictured(pdf(lambda canvas: canvas.drawString(72, 700, "OKTAVIA MAHENDRA, S.STP.")))
    assert image.layer is not None
    page = typed_page.prepared(image.layer, image.pixels, image.dpi)
    assert page is not None
    line = page.loose[0].box
    xs = np.array([line.x0 - 5, line.x0 + 12, line.x1 - 12, line.x1 + 5])
    ys = np.array([line.y0 - 5, line.y1 + 5])
    guess = Lattice(xs, ys, np.ones((2, 3)), np.ones((1, 4)), ruled=False)
    cut = typed_page.with_tables(page, [guess])
    words = [word.text for line in cut.lines for word in line.words]
    assert words == ["OKTAVIA", "MAHENDRA,", "S.STP."]


def test_gaps_of_justified_and_spaced_out_lines() -> None:
    def set_(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 11)
        x = 60.0
        for word in ("Laporan", "yang", "disusun"):
            canvas.drawString(x, 700, word)
            x += canvas.stringWidth(word, "Times-Roman", 11) + 9
        canvas.drawString(60, 680, "S A S A R A N", charSpace=0)
        canvas.drawString(60, 660, "INDIKATOR KINERJA", charSpace=3)
        canvas.drawString(60, 640, "Jumlah aduan")
        canvas.drawString(330, 640, "Jumlah warga")

    assert lines_on(set_) == [
        "Laporan yang disusun", "S A S A R A N", "INDIKATOR KINERJA", "Jumlah aduan", "Jumlah warga",
    ]  # fmt: skip


def test_bold_by_painting_twice_and_raised_figures() -> None:
    def set_(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 11)
        for shift in (0, 0.3):
            canvas.drawString(60 + shift, 700, "Luas 120 m")
        canvas.setFont("Times-Roman", 7)
        canvas.drawString(60 + canvas.stringWidth("Luas 120 m", "Times-Roman", 11), 704, "2")
        canvas.setFont("Times-Roman", 11)
        canvas.drawString(60, 680, "Menanam padi")

    assert lines_on(set_) == ["Luas 120 m2", "Menanam padi"]


def test_text_that_nobody_sees_is_left_out() -> None:
    def hidden(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 11)
        canvas.setFillColor(colors.white)
        canvas.drawString(95, YS[2] + 5, "putih di atas putih")
        canvas.setFillColor(colors.black)
        canvas.drawString(95, -40, "di luar kertas")
        canvas.drawString(250, 300, "tertutup")
        canvas.setFillColor(colors.white)
        canvas.rect(240, 290, 100, 30, stroke=0, fill=1)
        canvas.setFillColor(colors.black)
        text = canvas.beginText(100, 200)
        text.setTextRenderMode(3)
        text.textOut("tak tampak")
        canvas.drawText(text)

    page = read(rules, words, hidden)
    assert_whole(page)
    assert not page.lines


def test_watermark_is_no_text_of_the_page() -> None:
    def watermark(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillGray(0.8)
        canvas.setFont("Helvetica-Bold", 80)
        canvas.translate(150, 450)
        canvas.rotate(45)
        canvas.drawString(0, 0, "SALINAN")
        canvas.restoreState()

    assert_whole(read(watermark, rules, words))


def with_map(data: bytes, shown: str, told: str) -> bytes:
    """The file with a ToUnicode map in its Times font that tells ``told`` for the letters of ``shown``."""
    pairs = "\n".join(f"<{ord(a):02X}> <{ord(b):04X}>" for a, b in zip(shown, told, strict=True))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange <00> <FF> "
        f"endcodespacerange {len(shown)} beginbfchar {pairs} endbfchar endcmap end end"
    )
    with pikepdf.open(io.BytesIO(data)) as file:
        for font in file.pages[0].Resources.Font.values():
            font.ToUnicode = pikepdf.Stream(file, cmap.encode())
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


@pytest.mark.parametrize("told", ["\ue000\ue001\ue002\ue003\ue004", "\x01\x02\x03\x04\x05", "zqxwk"])
def test_broken_font_map_sends_its_lines_to_the_picture(told: str) -> None:
    data = with_map(pdf(rules, lambda canvas: words(canvas, font="Helvetica")), "aeinu", told)
    page = read_page(pictured(data), reader())
    (grid,) = page.grids
    assert texts(grid) == [list(HEADINGS), *map(list, ROWS)]
    engines = {line.text: line.readings[0].engine for cell in grid.cells for line in cell.lines}
    assert engines["Tersusunnya rencana"] != TYPED


def drawn_picture(box: tuple[float, float, float, float], text: str = "") -> Drawing:
    """A picture, of a few words perhaps, in a box (x, y, width, height)."""

    def draw(canvas: Canvas) -> None:
        from PIL import ImageDraw  # noqa: PLC0415
        from reportlab.lib.utils import ImageReader  # noqa: PLC0415

        image = Image.new("L", (int(box[2] * 3), int(box[3] * 3)), 255)
        ImageDraw.Draw(image).text((6, 6), text, fill=0, font_size=30)
        canvas.drawImage(ImageReader(image), *box)

    return draw


def test_words_that_are_a_picture_are_read_from_it() -> None:
    rows = (HEADINGS, ROWS[0], ("2", "Terlayaninya warga", "", "Aduan yang selesai", "Subbag Umum"))
    pasted = drawn_picture((XS[2] + 3, YS[3] + 15, 110, 30), "Persentase aduan")
    page = read(rules, lambda canvas: words(canvas, rows, "Helvetica"), pasted)
    (grid,) = page.grids
    assert texts(grid)[2][2] == "Persentase aduan"


def test_scan_with_text_over_it_stays_a_scan() -> None:
    data = pdf(drawn_picture((0, 0, WIDTH, HEIGHT), "pindaian"), title, rules, words)
    assert pictured(data).layer is None


def test_text_tells_its_layer_only_where_it_is_visible() -> None:
    def invisible(canvas: Canvas) -> None:
        text = canvas.beginText(100, 200)
        text.setTextRenderMode(3)
        text.textOut("hasil OCR")
        canvas.drawText(text)

    data = pdf(drawn_picture((0, 0, WIDTH, HEIGHT), "pindaian"), invisible)
    assert pictured(data).layer is None
    assert pictured(pdf(rules, invisible)).layer is None
