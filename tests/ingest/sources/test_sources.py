"""Opening sources: every odd file ends as the right picture or as one sentence."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path

import numpy as np
import odd_files
import pikepdf
import pytest
from odd_files import CASES, DPI, HEIGHT, PAPER, WIDTH, art, fax, saved, scan
from pdf2image import convert_from_bytes
from pikepdf import Array, Name
from PIL import Image

from iki.ingest.sources import (
    Parcel,
    SourceProblem,
    SourceSettings,
    find,
    identify,
    opened,
    pages,
    passed_over,
    picture,
    problems,
    unchanged,
)
from iki.ingest.sources.pixels import squared

BAD = [case for case in CASES if case.problem is not None]
GOOD = [case for case in CASES if case.problem is None]
NOT_THE_ART = {
    "kecil.pdf", "miring.pdf", "tanpa-isi.pdf", "isi-rusak.pdf", "formulir-melingkar.pdf", "pohon-dalam.pdf",
    "utf16.txt", "latin1.txt", "tanpa-kotak.pdf", "putar-ngawur.pdf", "nol-kotak.pdf",
}  # fmt: skip
"""Files that must be read, but don't show the whole test picture upright on A4."""


def test_there_are_enough_odd_files() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_bad_file_ends_in_one_sentence(case: odd_files.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case.make(tmp_path / case.name)
    with pytest.raises(SourceProblem) as caught:
        list(pages(tmp_path / case.name))
    assert type(caught.value) is case.problem
    for language in ("id", "en"):
        monkeypatch.setenv("IKI_LANG", language)
        said = str(caught.value)
        assert said.endswith(".") and "\n" not in said and ";" in said


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_odd_file_is_read(case: odd_files.Case, tmp_path: Path) -> None:
    case.make(tmp_path / case.name)
    read = list(pages(tmp_path / case.name))
    assert [page.number for page in read] == list(range(1, len(read) + 1))
    assert bool(read) != case.name.endswith(("utf16.txt", "latin1.txt"))
    for page in read:
        assert page.pixels.dtype == np.uint8 and page.pixels.ndim in (2, 3)
        assert page.dpi is None or 50 <= page.dpi <= 1300
        if case.name not in NOT_THE_ART:
            assert_art(page.pixels)


def assert_art(pixels: np.ndarray) -> None:
    """The test picture, upright, dark on light, its bar blue (in BGR) where there is colour."""
    height, width = pixels.shape[:2]
    assert abs(width / height - WIDTH / HEIGHT) < 0.01
    down, across = height / HEIGHT, width / WIDTH

    def at(x: int, y: int) -> np.ndarray:
        return pixels[round(y * down), round(x * across)].astype(int)

    paper = 170  # a masked page is translucent
    assert np.all(at(400, 600) > paper) and np.all(at(30, 30) > paper)
    assert np.all(at(110, 600) < 100), "the block at the left"
    bar = at(700, 90)
    assert np.mean(bar) < 128
    if pixels.ndim == 3 and np.ptp(pixels[::50, ::50].astype(int), axis=2).any():
        assert bar[0] > bar[2] + 20, "blue comes first"


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("flip", ["", "x", "y", "xy"])
@pytest.mark.parametrize("lying", [False, True])
def test_placement_of_the_only_image_is_honoured(rotate: int, flip: str, lying: bool) -> None:
    """The untouched image, turned as the page shows it, is what poppler draws."""
    width, height = reversed(PAPER) if lying else PAPER
    a, d = (-1 if "x" in flip else 1), (-1 if "y" in flip else 1)
    e, f = (width if "x" in flip else 0), (height if "y" in flip else 0)
    matrix = f"0 {d * height} {a * width} 0 {e} {f}" if lying else f"{a * width} 0 0 {d * height} {e} {f}"
    with pikepdf.open(io.BytesIO(scan(content=f"q {matrix} cm /I Do Q"))) as pdf:
        pdf.pages[0].MediaBox = Array([0, 0, width, height])
        pdf.pages[0].Rotate = rotate
        data = odd_files.finished(pdf)
    assert_same_as_poppler(data)


@pytest.mark.parametrize("black_is_1", [None, True, False])
@pytest.mark.parametrize("compression", ["group3", "group4"])
@pytest.mark.parametrize("decode", [None, [1, 0]])
def test_bilevel_polarity(black_is_1: bool | None, compression: str, decode: list[int] | None) -> None:
    parameters = pikepdf.Dictionary(K=-1 if compression == "group4" else 0, Columns=WIDTH, Rows=HEIGHT)
    if black_is_1 is not None:
        parameters.BlackIs1 = black_is_1
    entries = {"Filter": Name.CCITTFaxDecode, "DecodeParms": parameters}
    if decode:
        entries["Decode"] = Array(decode)
    page = assert_same_as_poppler(scan(art("1"), fax(art("1"), compression), **entries))
    assert page.ndim == 2 and set(np.unique(page)) == {0, 255}


@pytest.mark.parametrize("decode", [None, [1, 0]])
def test_stencil_mask_is_black_ink(decode: list[int] | None) -> None:
    entries = {"ImageMask": True, **({"Decode": Array(decode)} if decode else {})}
    with pikepdf.open(io.BytesIO(scan(art("1"), **entries))) as pdf:
        del pdf.pages[0].Resources.XObject.I["/ColorSpace"]
        data = odd_files.finished(pdf)
    assert_same_as_poppler(data)


@pytest.mark.parametrize(
    "entries",
    [{"Decode": Array([1, 0] * 3)}, {"ColorSpace": Array([Name.CalRGB, pikepdf.Dictionary(WhitePoint=[1, 1, 1])])}],
)
def test_samples_mean_what_poppler_says(entries: dict[str, object]) -> None:
    assert_same_as_poppler(scan(art(), **entries))


def assert_same_as_poppler(data: bytes) -> np.ndarray:
    page = picture(Parcel(1, "pdf", data))
    assert page.dpi == pytest.approx(DPI, rel=0.01)
    drawn = np.asarray(convert_from_bytes(data, dpi=DPI)[0].convert("RGB"))[..., ::-1].astype(int)
    mine = page.pixels[..., None] if page.pixels.ndim == 2 else page.pixels
    assert np.abs(np.array(mine.shape[:2]) - drawn.shape[:2]).max() <= 1
    height, width = np.minimum(mine.shape[:2], drawn.shape[:2])
    assert np.abs(mine[:height, :width] - drawn[:height, :width]).mean() < 3
    return page.pixels


def test_exif_within_a_pdf_turns_nothing() -> None:
    """Viewers show a picture in a PDF by its placement alone, and so do we."""
    exif = Image.Exif()
    exif[274] = 6
    assert_same_as_poppler(scan(data=saved(art(), "JPEG", exif=exif), Filter=Name.DCTDecode))


def test_scan_keeps_its_own_samples() -> None:
    """A page that is one image comes out sample by sample, an invisible text layer or not."""
    exact = np.asarray(art())[..., ::-1]
    for content in (odd_files.PLACED, odd_files.PLACED + " BT 3 Tr (x) Tj ET"):
        assert np.array_equal(picture(Parcel(1, "pdf", scan(art(), content=content))).pixels, exact)


@pytest.mark.parametrize(
    ("content", "dpi"),
    [
        (odd_files.PLACED + " 0 0 50 50 re f", DPI),
        (odd_files.PLACED + " BT /F 20 Tf 50 50 Td (tampak) Tj ET", DPI),
        ("q 100 0 0 140 0 0 cm /I Do Q", 300),
        (odd_files.PLACED + " q 60 0 0 60 0 0 cm /I Do Q", DPI),
    ],
)
def test_page_of_more_than_one_image_is_rendered(content: str, dpi: int) -> None:
    page = picture(Parcel(1, "pdf", scan(content=content)))
    assert page.dpi == pytest.approx(dpi, rel=0.01)
    assert page.pixels.shape[1] == pytest.approx(PAPER[0] / 72 * dpi, abs=2)


def test_annotation_is_seen(tmp_path: Path) -> None:
    """What was filled into a form is part of the page."""
    case = next(c for c in CASES if c.name == "formulir.pdf")
    case.make(tmp_path / "f.pdf")
    (page,) = pages(tmp_path / "f.pdf")
    x, y = round(250 / 72 * DPI), round((PAPER[1] - 310) / 72 * DPI)
    assert page.pixels[y, x].max() < 100


@pytest.mark.parametrize("orientation", [6])
def test_exif_turns_resolution_too(orientation: int) -> None:
    data = odd_files.turned(orientation)
    page = picture(Parcel(1, "raster", data))
    assert page.pixels.shape[:2] == (HEIGHT, WIDTH) and page.dpi == DPI


@pytest.mark.parametrize(
    ("dpi", "kept"),
    [((100, 100), 100), ((1, 1), None), ((72, 72), 72), ((2000, 2000), None), ((20, 20), None), (None, None)],
)
def test_absurd_resolution_is_none(dpi: tuple[int, int] | None, kept: float | None) -> None:
    page = picture(Parcel(1, "raster", saved(art(), "JPEG", **({"dpi": dpi} if dpi else {}))))
    assert page.dpi == kept


def test_a_large_photo_at_72_dpi_is_of_no_paper() -> None:
    pixels = np.zeros((4000, 3000), np.uint8)
    assert squared(pixels, (72, 72), SourceSettings())[1] is None


def test_fax_pixels_become_square() -> None:
    """204 × 98 dpi, the coarse mode of a fax machine."""
    coarse = art("1").resize((WIDTH * 204 // DPI, HEIGHT * 98 // DPI))
    page = picture(Parcel(1, "raster", saved(coarse, "TIFF", dpi=(204, 98))))
    assert page.dpi == pytest.approx(204, abs=0.5)
    assert_art(page.pixels)


def test_tiff_pages_travel_alone(tmp_path: Path) -> None:
    path = tmp_path / "b.tif"
    path.write_bytes(odd_files.pages_tiff(40))
    settings = SourceSettings()
    with opened(path, identify(path, settings), settings) as document:
        assert document.pages == 40
        assert len(document.parcel(33).data) < path.stat().st_size / 20
        assert_art(picture(document.parcel(33)).pixels)


def test_limits_are_settings(tmp_path: Path) -> None:
    path = tmp_path / "b.tif"
    path.write_bytes(odd_files.pages_tiff(3))
    for settings, problem in (
        (SourceSettings(max_pages=2), problems.TooManyPages),
        (SourceSettings(max_file_bytes=500), problems.TooLarge),
        (SourceSettings(max_page_bytes=500), problems.PageTooHeavy),
        (SourceSettings(max_pixels=1000), problems.PageTooLarge),
    ):
        with pytest.raises(problem):
            list(pages(path, settings))


def test_file_written_to_while_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(scan())
    identity = identify(path, SourceSettings())
    path.write_bytes(scan() + b"\n")
    with pytest.raises(problems.Changed):
        unchanged(path, identity)
    path.unlink()
    with pytest.raises(problems.Vanished):
        unchanged(path, identity)


def test_denied_and_failing_disks_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(scan())
    for error, problem in ((PermissionError(13, "denied"), problems.Denied), (OSError(5, "I/O"), problems.Unreadable)):

        def fail(*args: object, error: OSError = error, **options: object) -> None:
            raise error

        monkeypatch.setattr(Path, "open", fail)
        with pytest.raises(problem):
            identify(path, SourceSettings())


def test_missing_poppler_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(problems.NoRenderer):
        picture(Parcel(1, "pdf", odd_files.drawn("0 0 9 9 re f", PAPER)))


def test_problems_survive_travel() -> None:
    problem = pickle.loads(pickle.dumps(problems.PageDamaged(page=3)))
    assert type(problem) is problems.PageDamaged and str(problem) == str(problems.PageDamaged(page=3))


# --- finding ----------------------------------------------------------------------------------------------------------


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def names(*sources: Path, **options: object) -> list[str]:
    return [source.name for source in find(sources, **options)]


def test_folder_is_walked_in_order(tmp_path: Path) -> None:
    for name in ("b/2.pdf", "a.TIF", "b/1.jpeg", "ç.png", "lain.xlsx", "b/._1.jpeg", ".git/x.pdf", "t.txt", "~$s.docx"):
        touch(tmp_path / name)
    assert names(tmp_path) == ["a.TIF", "b/1.jpeg", "b/2.pdf", "t.txt", "ç.png"]
    assert names(tmp_path / "b" / "1.jpeg", tmp_path / "lain.xlsx") == ["1.jpeg", "lain.xlsx"]


@pytest.mark.parametrize("name", ["lembar", "lembar.pdf.bak", "lembar.PDF_"])
def test_a_pdf_under_another_name_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(scan())
    (tmp_path / "catatan.md").write_text("BM %PDF-1.4 hanya kata")
    assert names(tmp_path) == [name]
    assert [source.name for source in passed_over([tmp_path])] == ["catatan.md"]


def test_several_folders_are_told_apart(tmp_path: Path) -> None:
    one, two = touch(tmp_path / "satu" / "x.pdf"), touch(tmp_path / "dua" / "x.pdf")
    assert names(one.parent, two.parent) == ["dua/x.pdf", "satu/x.pdf"]
    assert names(one, two) == ["dua/x.pdf", "satu/x.pdf"]
    touch(tmp_path / "l" / "satu" / "x.pdf")
    assert names(tmp_path / "l" / "satu", one.parent) == names(one.parent, tmp_path / "l" / "satu")
    assert len(set(names(tmp_path / "l" / "satu", one.parent))) == 2
    assert names(one.parent, one) == ["x.pdf"]


def test_output_folder_is_passed_over(tmp_path: Path) -> None:
    touch(tmp_path / "a.pdf")
    touch(tmp_path / "hasil" / "b.txt")
    assert names(tmp_path, excluding=[tmp_path / "hasil"]) == ["a.pdf"]


def test_links_in_a_ring(tmp_path: Path) -> None:
    touch(tmp_path / "z" / "a.pdf")
    (tmp_path / "z" / "lagi").symlink_to(tmp_path)
    (tmp_path / "a").symlink_to(tmp_path / "z")
    assert names(tmp_path) == ["z/a.pdf"]


def test_link_to_a_folder_elsewhere_is_followed(tmp_path: Path) -> None:
    touch(tmp_path / "jauh" / "a.pdf")
    (tmp_path / "dekat").mkdir()
    (tmp_path / "dekat" / "t").symlink_to(tmp_path / "jauh")
    assert names(tmp_path / "dekat") == ["t/a.pdf"]


def test_names_of_any_bytes(tmp_path: Path) -> None:
    odd = [
        "baris\nbaru.pdf",
        "kutip\"'.pdf",
        "عربي.pdf",
        " spasi .pdf",
        "=1+1.pdf",
        "a,b;c.pdf",
        "🙂.pdf",
        "x" * 250 + ".pdf",
    ]
    for name in odd:
        touch(tmp_path / name)
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff\xfe.pdf", os.O_CREAT | os.O_WRONLY))
    found = names(tmp_path)
    odd[0] = "baris\\nbaru.pdf"
    assert set(odd) < set(found) and "\\xff\\xfe.pdf" in found
    for name in found:
        name.encode("utf-8")


def test_missing_source(tmp_path: Path) -> None:
    with pytest.raises(problems.Missing):
        find([tmp_path / "tidak-ada"])


def test_what_is_passed_over_is_named(tmp_path: Path) -> None:
    for name in ("a.pdf", "surat.xlsx", "unit/arsip.zip", "unit/.DS_Store", "Thumbs.db", "~$surat.docx", "._a.pdf"):
        touch(tmp_path / name)
    assert names(tmp_path) == ["a.pdf"]
    assert [source.name for source in passed_over([tmp_path])] == ["surat.xlsx", "unit/arsip.zip"]
    assert passed_over([tmp_path / "surat.xlsx"]) == [], "given directly, it is read"


def test_a_pdf_whose_name_is_no_utf8_is_read(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/kafe\xe9.pdf"
    Path(os.fsdecode(path)).write_bytes(scan())
    assert len(list(pages(Path(os.fsdecode(path))))) == 1


@pytest.mark.parametrize("text", ["BMW adalah mobil", "MZ 12", "Berkas ini memuat %PDF-1.4 sebagai kata"])
def test_a_text_is_a_text_whatever_it_begins_with(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    identity = identify(tmp_path / "a.txt", SourceSettings())
    with opened(tmp_path / "a.txt", identity, SourceSettings()) as found:
        assert found.kind == "teks"


@pytest.mark.parametrize(("name", "kind"), [("IMG_1.HEIC", "HEIF"), ("IMG_2.jpg", "HEIF"), ("foto.avif", "AVIF")])
def test_photos_of_telephones_are_read_under_any_name(name: str, kind: str, tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    odd_files.art().convert("RGB").save(tmp_path / name, kind)
    (page,) = pages(tmp_path / name)
    assert page.pixels.shape[:2] == (odd_files.HEIGHT, odd_files.WIDTH)


def test_files_attached_to_a_pdf_are_named(tmp_path: Path) -> None:
    path = tmp_path / "berkas.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for name in ("lembar.pdf", "faktur.xml"):
            pdf.attachments[name] = b"%PDF-1.4"
        pdf.save(path)
    settings = SourceSettings()
    with opened(path, identify(path, settings), settings) as document:
        assert "lembar.pdf" in str(document.note)
        assert "faktur.xml" not in str(document.note)


@pytest.mark.parametrize("there", [True, False])
def test_a_document_is_printed_by_libreoffice_where_that_is_installed(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lembar.docx"
    path.write_bytes(odd_files.zipped(word__document="<w/>"))
    printed = odd_files.scan()
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    if there:
        (tmp_path / "asli.pdf").write_bytes(printed)
        (bin_ / "soffice").write_text(
            '#!/bin/sh\nfor last; do :; done\nout=$(dirname "$last")/cetak\n/bin/mkdir "$out"\n'
            f'/bin/cp "{tmp_path}/asli.pdf" "$out/naskah.pdf"\n'
        )
        (bin_ / "soffice").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin" if there else str(bin_))
    if there:
        assert len(list(pages(path))) == 1
    else:
        with pytest.raises(problems.NoOffice, match="DOCX"):
            list(pages(path))
