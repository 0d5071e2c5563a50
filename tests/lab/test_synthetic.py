"""The generator of pages: what it says it printed is on the page, where it says, whatever was done to the page."""

from __future__ import annotations

import datetime
import io
import itertools
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import iki
from iki.lab.synthetic.bundle import gathered, write_pdf, write_tiff
from iki.lab.synthetic.content import agencies, compose, wordings
from iki.lab.synthetic.damage import PROFILES
from iki.lab.synthetic.fonts import FAMILIES, Face
from iki.lab.synthetic.foreign import Divider, blank, letter, receipt
from iki.lab.synthetic.layout import lay_out, syllable_cuts, wrap
from iki.lab.synthetic.rendering import render, to_pixels
from iki.lab.synthetic.samples import samples
from iki.lab.synthetic.specimen import Order, specimen
from iki.lab.synthetic.templates import TEMPLATES, typeset
from iki.lab.synthetic.vector import write_vector_pdf
from iki.lab.synthetic.warps import Bend, Chain, Homography

ROOT = Path(iki.__file__).resolve().parent
FORMS = [(slug, template) for template in TEMPLATES for slug in ("dinkes", "rsud", "setwan")]


def letters(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def test_the_set_is_wide_enough() -> None:
    every = agencies().values()
    items = {item for agency in every for topics in agency.topics.values() for topic in topics for item in topic.items}
    assert len(every) >= 10 and len(items) >= 200 and len(TEMPLATES) >= 8
    assert len({agency.kind for agency in every}) >= 8
    assert {"office", "clean", "lowres", "photocopy", "phone", "fax", "rough", "stamped", "faded", "folded", "turned",
            "norules"} <= set(PROFILES)  # fmt: skip


def test_held_out_words_do_not_reach_training() -> None:
    kept = [agency for agency in agencies().values() if agency.held_out]
    words = " ".join(wordings())
    assert kept
    for agency in kept:
        for topics in agency.topics.values():
            assert not any(topic.sasaran in words for topic in topics)


@pytest.mark.parametrize(("slug", "template"), FORMS)
def test_every_cell_is_printed_as_gold_says(slug: str, template: str) -> None:
    form = typeset(compose(agencies()[slug], 5, rows=30), TEMPLATES[template])
    pages = lay_out(form, TEMPLATES[template])
    said: dict[tuple[int, int], str] = {}
    for page in pages:
        for cell in page.cells:
            said.setdefault((cell.row, cell.column), "")
            said[cell.row, cell.column] += "".join(page.lines[i].text for i in cell.lines)
    for row, cells in enumerate(form.gold["rows"]):  # type: ignore[arg-type, var-annotated]
        for column, (key, _) in enumerate(form.columns):
            if cells[key] is not None:
                assert letters(said[row, column]) == letters(cells[key])


@pytest.mark.parametrize(("slug", "template"), FORMS)
def test_all_ink_stays_where_it_belongs(slug: str, template: str) -> None:
    form = typeset(compose(agencies()[slug], 6, rows=24), TEMPLATES[template])
    for page in lay_out(form, TEMPLATES[template]):
        for line in page.lines:
            assert line.box.x0 >= 0 and line.box.x1 <= page.width and line.box.y1 <= page.height
            assert all(line.face.has(letter) for letter in line.text if not letter.isspace())
        for cell in page.cells:
            for line in (page.lines[i] for i in cell.lines):
                assert cell.box.x0 <= line.box.x0 and line.box.x1 <= cell.box.x1 + 0.5
                assert cell.box.y0 - 1 <= line.box.y0 and line.box.y1 <= cell.box.y1 + 1


def test_tables_break_in_every_way() -> None:
    cut = alone = repeated = bare = False
    for template in ("sempit", "mendatar", "rapat", "besar"):
        for seed in range(12):
            form = typeset(compose(agencies()["dinkes"], seed, rows=8 + 2 * seed), TEMPLATES[template])
            pages = lay_out(form, TEMPLATES[template])
            for before, after in itertools.pairwise(pages):
                ends = {cell.row for cell in before.cells if cell.row_span == 1 and cell.row >= 0}
                cut |= any(cell.continued and cell.lines and cell.row in ends for cell in after.cells if cell.row >= 0)
                alone |= not after.cells
                repeated |= any(cell.row == -1 for cell in after.cells)
                bare |= bool(after.cells) and all(cell.row >= 0 for cell in after.cells)
    assert cut and alone and repeated and bare


def test_row_pages_follow_the_print() -> None:
    made = specimen("dinkes", "besar", "lowres", 5, rows=12, dpi=60)
    assert made.gold["pages"] == len(made.scans) >= 2
    pages = made.gold["row_pages"]
    assert isinstance(pages, list) and pages == sorted(pages) and pages[0] == 1 and pages[-1] > 1
    assert made.gold["page_break_before_row"] == pages.index(2)


def test_people_are_plausible_and_stay_themselves() -> None:
    seen: dict[str, str] = {}
    pppk = regents = 0
    for agency in agencies().values():
        for post in range(len(agency.posts)):
            sheet = compose(agency, post, rows=3, post=post)
            for person in (sheet.pihak_kedua, sheet.pihak_pertama):
                key = f"{agency.slug} {person.jabatan}"
                assert seen.setdefault(key, person.nama + person.nip) == person.nama + person.nip
                regents += not person.nip
                pppk += person.pppk
                if person.nip:
                    assert re.fullmatch(r"\d{18}", person.nip)
                    born = datetime.date(int(person.nip[:4]), int(person.nip[4:6]), int(person.nip[6:8]))
                    assert born.year + 18 <= int(person.nip[8:12]) <= sheet.tanggal.year
                    assert person.nip[12:14] == "21" if person.pppk else 1 <= int(person.nip[12:14]) <= 12
                    assert person.nip[14] in "12"
    assert pppk and regents


def test_the_same_seed_gives_the_same_page_and_another_seed_another() -> None:
    first, second, other = (specimen("bpkad", "tebal", "phone", seed, dpi=60, rows=5) for seed in (3, 3, 4))
    assert first.gold == second.gold and first.gold != other.gold
    assert np.array_equal(first.scans[0].image, second.scans[0].image)
    assert first.scans[0].image.shape != other.scans[0].image.shape or not np.array_equal(
        first.scans[0].image, other.scans[0].image
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_damage_keeps_the_text_where_the_map_says(profile: str) -> None:
    made = specimen("kecamatan", "lazim", profile, 9, rows=6, dpi=max(100, PROFILES[profile].dpi / 2))
    image = made.scans[0].image
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    page = made.pages[0]
    darker = 0
    lines = [page.lines[i] for cell in page.cells for i in cell.lines]
    for line in lines:
        corners = np.array(made.quad(0, line.box), np.float32)
        assert corners.min() >= 0 and corners[:, 0].max() < grey.shape[1] and corners[:, 1].max() < grey.shape[0]
        target = np.array([[0, 0], [120, 0], [120, 20], [0, 20]], np.float32)
        patch = cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners, target), (120, 20))
        darker += float(np.percentile(patch, 3)) < float(np.percentile(patch, 90)) - 30
    assert darker >= 0.97 * len(lines)
    if PROFILES[profile].mode == "bilevel":
        assert set(np.unique(image)) == {0, 255}
    assert (image.ndim == 3) == (PROFILES[profile].mode == "colour")


def test_rules_lie_where_the_cells_say() -> None:
    made = specimen("dinkes", "lazim", "camera", 2, rows=6, dpi=150)
    grey = cv2.cvtColor(made.scans[0].image, cv2.COLOR_BGR2GRAY).astype(float)
    cells = made.pages[0].cells
    scale = 150 / 72
    hits = 0
    for cell in cells:
        middle = np.array([[cell.box.x0, (cell.box.y0 + cell.box.y1) / 2]]) * scale
        x, y = made.scans[0].warp.forward(middle)[0].round().astype(int)
        near, wide = grey[y - 2 : y + 3, x - 2 : x + 3].min(), np.median(grey[y - 9 : y + 10, x - 9 : x + 10])
        hits += near < wide - 40
    assert hits >= 0.9 * len(cells)


@given(st.floats(-40, 40), st.floats(-10, 10), st.floats(0.5, 1.5), st.floats(-0.5, 0.5))
@settings(max_examples=30, deadline=None)
def test_warps_can_be_undone(rise: float, lean: float, waves: float, phase: float) -> None:
    turn = np.array([[0.99, -0.05, 12.0], [0.06, 1.02, -7.0], [2e-5, -1e-5, 1.0]])
    chain = Chain((Bend(rise, lean, 1600, 2300, waves, phase), Homography(turn)))
    points = np.array([[0.0, 0.0], [1600.0, 0.0], [800.0, 1150.0], [33.0, 2299.0]])
    assert np.allclose(chain.inverse(chain.forward(points)), points, atol=1e-6)


@given(st.text("abcdefghijklmn /-,.1", max_size=120), st.floats(20, 120))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_nothing_and_fits(text: str, width: float) -> None:
    face = Face("arial", 9)
    lines = wrap(text, face, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    assert all(face.width(line) <= width for line in lines if len(line) > 1)


def test_words_are_cut_as_word_processors_do() -> None:
    face = Face("arial", 9)
    assert wrap("peraturan perundang-undangan", face, face.width("peraturan perundang-u")) == [
        "peraturan perundang-", "undangan",
    ]  # fmt: skip
    assert wrap("pertanggungjawaban", face, face.width("pertanggungjawab") + 0.1) == ["pertanggungjawab", "an"]
    cuts = [0, *syllable_cuts("pelaksanaan"), len("pelaksanaan")]
    assert ["pelaksanaan"[a:b] for a, b in itertools.pairwise(cuts)] == ["pe", "lak", "sa", "naan"]


def test_bundle_keeps_pictures_untouched_and_knows_its_pages(tmp_path: Path) -> None:
    office, fax = (specimen("dinkes", "lazim", profile, 1, rows=3, dpi=60) for profile in ("office", "fax"))
    health = agencies()["dinkes"]
    parts = [Divider("SEKRETARIAT"), office, blank(), receipt(health, 1), letter(health, 1), Divider("BIDANG"), fax]
    scans, gold, places = gathered(parts, "b.pdf", PROFILES["lowres"], 0, "Dinas")
    write_pdf(scans, tmp_path / "b.pdf")
    with pikepdf.open(tmp_path / "b.pdf") as pdf:
        assert len(pdf.pages) == len(scans) == 7
        assert [sheet["unit"] for sheet in gold] == ["SEKRETARIAT", "BIDANG"]
        assert [spot["first_page"] for spot in places] == [2, 7]
        jpeg = pdf.pages[1].Resources.XObject.Im0
        shown = cv2.imdecode(np.frombuffer(jpeg.read_raw_bytes(), np.uint8), cv2.IMREAD_COLOR)
        assert shown.shape == scans[1].image.shape and np.abs(shown.astype(int) - scans[1].image).mean() < 6
        picture = pikepdf.PdfImage(pdf.pages[6].Resources.XObject.Im0).as_pil_image().convert("L")
        assert np.array_equal(np.asarray(picture), scans[6].image)
    write_tiff(fax.scans * 2, tmp_path / "f.tif")
    with Image.open(tmp_path / "f.tif") as tiff:
        assert tiff.n_frames == 2 and tiff.info["compression"] == "group4"  # type: ignore[attr-defined]
        assert np.array_equal(np.asarray(tiff.convert("L")), fax.scans[0].image)


def test_vector_page_shows_what_the_raster_shows(tmp_path: Path) -> None:
    from pdf2image import convert_from_path  # noqa: PLC0415

    made = specimen("bpkad", "tebal", "clean", 3, rows=5, dpi=60)
    write_vector_pdf(made.pages, tmp_path / "v.pdf")
    shown = np.asarray(convert_from_path(tmp_path / "v.pdf", dpi=100, grayscale=True)[0])
    drawn = render(made.pages[0], 100)
    for line in made.pages[0].lines:
        box = to_pixels(line.box, 100)
        part = (slice(int(box.y0), int(box.y1) + 1), slice(int(box.x0), int(box.x1) + 1))
        assert shown[part].min() < 140 and drawn[part].min() < 140


def test_fonts_name_their_package() -> None:
    for name in FAMILIES:
        assert Face(name, 9).width("mm") > Face(name, 9).width("ii") > 0
    with pytest.raises(FileNotFoundError, match="apt-get install fonts-none"):
        from iki.lab.synthetic.fonts import load  # noqa: PLC0415

        load("NoSuch.ttf", "fonts-none", 10)


def test_shipped_samples_are_those_of_the_generator() -> None:
    gold = json.loads((ROOT / "tests/gold/samples.json").read_text(encoding="utf-8"))
    spots = json.loads((ROOT / "tests/gold/map_samples.json").read_text(encoding="utf-8"))
    files = {path.name: path.stat().st_size for path in (ROOT / "data/raw").iterdir() if path.name[0] != "."}
    assert len(files) >= 4 and sum(files.values()) < 6e6 and max(files.values()) < 2.5e6
    assert {spot["berkas"] for spot in spots} == set(files)
    assert any(spot["pages"] > 1 for spot in spots)
    written = [part.written().gold for _, _, _, parts, _ in samples() for part in parts if isinstance(part, Order)]
    for shipped, made in zip(gold, written, strict=True):
        assert shipped["rows"] == made["rows"] and shipped["title"] == made["title"]
        assert shipped["pihak_pertama"] == made["pihak_pertama"]
    with Image.open(io.BytesIO((ROOT / "data/raw/foto_kecamatan.jpg").read_bytes())) as photo:
        assert photo.format == "JPEG"


def test_sasaran_may_end_with_a_standard_phrase() -> None:
    for seed in range(6):
        plain, closing = (compose(agencies()["rsud"], seed, rows=8, closing=flag) for flag in (False, True))
        pairs = [(a["sasaran"], b["sasaran"]) for a, b in zip(plain.rows, closing.rows, strict=True) if a["sasaran"]]
        assert any(a != b for a, b in pairs)
        assert all((b or "").startswith(a) for a, b in pairs)
