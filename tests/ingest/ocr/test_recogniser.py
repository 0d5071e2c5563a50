"""From the probabilities of frames to words and how sure they are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from iki.ingest.ocr.recogniser import STOCK, decode, own
from iki.model import Box, Word

ALPHABET = ("", *"ab.,", " ")
STRIDE = 8.0


def words(path: str, doubts: dict[int, tuple[str, float]]) -> tuple[Word, ...]:
    """The words of a line in which the network is sure of ``path`` (``_`` for the blank) but for some frames, where
    another character has a chance."""
    told = np.zeros((len(path), len(ALPHABET)), np.float32)
    for i, symbol in enumerate(path):
        other, chance = doubts.get(i, ("a", 0.0))
        told[i, ALPHABET.index(symbol.replace("_", ""))] = 1 - chance
        told[i, ALPHABET.index(other)] += chance
    return decode(told, ALPHABET, "iki", Box(0, 0, STRIDE * len(path), 20), STRIDE, STOCK).words


@pytest.mark.parametrize(
    ("path", "doubts", "wanted"),
    [
        ("_a_b_ _a_", {}, [("ab", 1.0), ("a", 1.0)]),
        ("_a_b_ _a_", {3: ("a", 0.1)}, [("ab", 0.9), ("a", 1.0)]),
        ("_a_b_ _a_", {4: (",", 0.3)}, [("ab", 0.7), ("a", 1.0)]),  # a comma may have been lost
        ("_a_b_ _a_", {8: (".", 0.2)}, [("ab", 1.0), ("a", 0.8)]),  # a full stop at the end
        ("_a_b_ _a_", {2: (",", 0.3)}, [("ab", 1.0), ("a", 1.0)]),  # none stands within a word
        ("_a_b, _a_", {5: (".", 0.3)}, [("ab,", 1.0), ("a", 1.0)]),  # it has one
    ],
)
def test_a_word_is_as_sure_as_its_worst_letter_and_the_lack_of_a_mark(
    path: str, doubts: dict[int, tuple[str, float]], wanted: list[tuple[str, float]]
) -> None:
    found = words(path, doubts)
    assert [word.text for word in found] == [text for text, _ in wanted]
    assert [word.confidence for word in found] == pytest.approx([sure for _, sure in wanted], abs=1e-3)


def printed(text: str, gap: float, apart: float = 0.0, em: int = 28) -> np.ndarray:
    """A line (grey) with spaces of ``gap`` and letters ``apart`` by so much more than usual, both in em."""
    face = ImageFont.load_default(em)
    page = Image.new("L", (round(em * (len(text) * (1 + apart) + gap * text.count(" "))), round(1.3 * em)), 255)
    draw, x = ImageDraw.Draw(page), em / 2
    for letter in text:
        if letter != " ":
            draw.text((x, em), letter, 0, face, anchor="ls")
        x += gap * em if letter == " " else face.getlength(letter) + apart * em
    return np.asarray(page)[:, : round(x + em / 2)]


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("Kepala Seksi", 5.0),
        ("dokumen rencana kerja yang disusun", 0.25),
        ("dokumen rencana kerja yang disusun", 0.8),
        ("dokumen rencana kerja yang disusun", 2.5),
        ("1.2.1 Jumlah laporan x 100%", 1.6),
    ],
)
def test_spaces_of_any_width_are_read_for_sure(text: str, gap: float) -> None:
    picture = printed(text, gap)
    reading = own().read(picture, Box(0, 0, picture.shape[1], picture.shape[0]))
    assert reading.text == text
    assert reading.confidence > 0.9


def test_words_whose_letters_stand_apart_are_read_whole() -> None:
    picture = printed("INDIKATOR KINERJA INDIVIDU", 1.2, apart=0.3)
    box = Box(0, 0, picture.shape[1], picture.shape[0])
    assert own().read(picture, box).text == "INDIKATOR KINERJA INDIVIDU"
