"""``python -m iki.vocab.wordlist IND.TRAINEDDATA``: make ``words.txt`` anew from Tesseract's Indonesian model.

Tesseract's word list (Apache-2.0, tessdata) lies compiled in its model; the programs that unpack it come with
Tesseract. Of it we keep words of plain letters; those only ever written with a capital (names, places) keep theirs.
Words of up to three letters are kept only where ``wordfreq`` knows them: the rest is noise from the web.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from iki.vocab.files import FOLDER

FILE = FOLDER / "words.txt"
HEAD = """\
# Kata umum bahasa Indonesia, satu per baris; nama dan tempat, yang hanya ditulis dengan huruf besar, memakainya.
# Sumber: daftar kata model "ind" dari Tesseract (tessdata), dipilah oleh vocab/wordlist.py. Lisensi: Apache-2.0
"""
_SMALL = re.compile(r"[a-z]{2,}(?:-[a-z]{2,})*")
_PROPER = re.compile(r"[A-Z][a-z]{2,}")
_SHORT = 3


def unpacked(model: Path) -> list[str]:
    """The words compiled into a Tesseract model. Raises ``CalledProcessError`` where it has none."""
    with tempfile.TemporaryDirectory() as folder:
        base = f"{folder}/x."
        subprocess.run(["combine_tessdata", "-u", str(model), base], check=True, capture_output=True)
        parts = (f"{base}lstm-unicharset", f"{base}lstm-word-dawg", f"{base}txt")
        subprocess.run(["dawg2wordlist", *parts], check=True, capture_output=True)
        return Path(parts[2]).read_text(encoding="utf-8").split()


def kept(words: Iterable[str], common: frozenset[str]) -> list[str]:
    """The words worth keeping, sorted; ``common`` are words that are known to be used."""
    all_words = set(words)
    small = {w for w in all_words if _SMALL.fullmatch(w) and (len(w) > _SHORT or w in common)}
    proper = {w for w in all_words if _PROPER.fullmatch(w) and w.lower() not in small}
    return sorted(small | proper, key=lambda w: (w.lower(), w))


def main() -> None:
    import wordfreq  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m iki.vocab.wordlist", description=__doc__)
    parser.add_argument("model", type=Path, help="ind.traineddata")
    words = kept(unpacked(parser.parse_args().model), frozenset(wordfreq.get_frequency_dict("id", "best")))
    FILE.write_text(HEAD + "\n".join(words) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
