"""Searchable PDFs of converted sources: a real scan, and files of every odd kind."""

import csv
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import odd_files
import pages
import pikepdf
import pypdfium2
import pytest
from PIL import Image
from typer.testing import CliRunner

from iki.batch import BatchSettings, convert
from iki.cli import app
from iki.export.archival_pdf import save
from iki.export.searchable_pdf import PrintedPage
from iki.ingest import sources
from iki.lab.measure.text_layer import placed
from iki.lab.synthetic.specimen import Specimen
from iki.model import Box, Line, Reading, Word
from iki.review.papers import with_text, write_papers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def specimen() -> Specimen:
    return pages.sheet(11, rows=3)


@pytest.fixture(scope="module")
def folder(specimen: Specimen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet as JPEG, as a PDF that may be read but not changed, and as text, converted into ``tables``."""
    place = tmp_path_factory.mktemp("kertas")
    sources = place / "pindaian"
    (sources / "kotak 1").mkdir(parents=True)
    scan = specimen.scans[0]
    assert len(specimen.scans) == 1
    picture = Image.fromarray(scan.image[:, :, ::-1].copy())
    picture.save(sources / "lembar.jpg", dpi=(scan.dpi, scan.dpi), quality=90)
    picture.crop((0, 0, picture.width, picture.height - 20)).save(place / "a.pdf", resolution=scan.dpi)
    with pikepdf.open(place / "a.pdf") as pdf:
        locked = pikepdf.Encryption(user="", owner="x", allow=pikepdf.Permissions(modify_other=False))
        pdf.save(sources / "kotak 1" / "lembar.PDF", encryption=locked)
    (sources / "catatan.txt").write_text("INDIKATOR KINERJA INDIVIDU\nTAHUN 2024\n", encoding="utf-8")
    convert([sources], place / "tables", BatchSettings(workers=1))
    return place / "tables"


def cells(path: Path) -> list[str]:
    """The ``ActualText`` of all cells of a PDF, each as often as it has rows."""
    with pikepdf.open(path) as pdf:
        tables = [kid for kid in pdf.Root.StructTreeRoot.K[0].K if kid.S == "/Table"]
        tagged = [cell for table in tables for row in table.K for cell in row.K]
        return [
            text
            for cell in tagged
            for text in [str(cell.get("/ActualText", ""))] * int(cell.get("/A", {}).get("/RowSpan", 1))
        ]


def test_the_cells_of_a_scan_are_those_of_the_tables_and_lie_on_their_ink(
    folder: Path, specimen: Specimen, tmp_path: Path
) -> None:
    told = CliRunner().invoke(app, ["export", str(folder), "--format", "pdf", "--out", str(tmp_path)])
    assert told.exit_code == 0, told.output
    written = [tmp_path / "pdf" / "kotak 1" / "lembar.PDF", tmp_path / "pdf" / "lembar.jpg.pdf"]
    assert [Path(line) for line in told.stdout.splitlines()] == written, "a text has no scan"
    with (folder / "indikator.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for path in written:
        own = [row for row in rows if row["sheet_id"].startswith(digest(folder, path.name))]
        wanted = Counter(
            row[name] for row in own for name in ("no", "sasaran", "indikator", "penjelasan", "sumber_data")
        )
        assert Counter(cells(path)) == wanted and wanted.total() == 15
        with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B" and not pdf.is_encrypted
    with pikepdf.open(written[1]) as pdf:
        (image,) = pdf.pages[0].get_images().values()
        assert image.read_raw_bytes() == (folder.parent / "pindaian" / "lembar.jpg").read_bytes()
    found = placed(specimen, written[1])
    assert found.printed > 80 and found.unread <= 0.02 * found.printed
    assert found.share >= 0.98


def digest(folder: Path, name: str) -> str:
    with (folder / "berkas.csv").open(encoding="utf-8") as file:
        stem = name.removesuffix(".pdf")
        return next(row["sha256"][:12] for row in csv.DictReader(file) if row["berkas"].endswith(stem))


def test_a_corrected_table_is_what_the_pdf_says(folder: Path, tmp_path: Path) -> None:
    """The text is that of the tables at the time, whoever changed it."""
    shutil.copytree(folder, tmp_path / "tables")
    with (folder / "indikator.csv").open(encoding="utf-8") as file:
        before = next(csv.DictReader(file))["indikator"]
    table = tmp_path / "tables" / "indikator.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(before, "Diputuskan orang"), encoding="utf-8")
    (_, paper) = write_papers(tmp_path / "tables", tmp_path)
    assert paper.path is not None and "Diputuskan orang" in cells(paper.path)


def test_a_source_that_is_gone_or_changed_is_said_and_the_others_are_made(folder: Path, tmp_path: Path) -> None:
    source = folder.parent / "pindaian" / "lembar.jpg"
    held = source.read_bytes()
    source.write_bytes(held + b"x")
    try:
        told = CliRunner().invoke(app, ["export", str(folder), "--format", "csv,pdf", "--out", str(tmp_path)])
    finally:
        source.write_bytes(held)
    assert told.exit_code == 3
    assert "lembar.jpg" in told.stderr and str(source) in told.stderr.replace("\n", "")
    assert (tmp_path / "pdf" / "kotak 1" / "lembar.PDF").is_file()
    assert not (tmp_path / "pdf" / "lembar.jpg.pdf").exists()


SHOWN = [
    case
    for case in odd_files.CASES
    if case.problem is None and not case.name.endswith((".txt", ".docx", ".odt")) and case.name != "nol-kotak.pdf"
]


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.name)
def test_odd_files_get_their_text_and_are_read_as_before(case: odd_files.Case, tmp_path: Path) -> None:
    source, target = tmp_path / case.name, tmp_path / "hasil.pdf"
    case.make(source)
    before = list(sources.pages(source))
    read = [printed(page) for page in before if isinstance(page, sources.PageImage) and page.layer is None]
    save(lambda: with_text(source, read, []), target)
    document = pypdfium2.PdfDocument(target)
    assert len(document) == len(before)
    for page in read:
        assert "Uji tuntas" in document[page.number - 1].get_textpage().get_text_range()
    document.close()
    for old, new in zip(before, sources.pages(target), strict=True):
        assert isinstance(old, sources.PageImage) and isinstance(new, sources.PageImage)
        assert new.pixels.shape[:2] == old.pixels.shape[:2]
        close = 10 if "cmyk" in case.name else 1  # poppler mixes other colours of the four than Pillow does
        assert np.abs(new.pixels.mean() - old.pixels.mean()) < close


def printed(page: sources.PageImage) -> PrintedPage:
    """The page as if two words had been read in its middle."""
    height, width = page.pixels.shape[:2]
    x, y, letter = width / 4, height / 2, width / 40
    words = (Word("Uji", Box(x, y, x + 3 * letter, y + letter), 0.9),)
    words += (Word("tuntas", Box(x + 4 * letter, y, x + 10 * letter, y + letter), 0.9),)
    box = Box(x, y, x + 10 * letter, y + letter)
    quad = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    line = Line(page.number, box, quad, None, (Reading("Uji tuntas", words, 0.9, "iki"),))
    return PrintedPage(page.number, (width, height), ((line,),), False)
