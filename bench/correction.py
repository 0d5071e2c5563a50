"""``python -m iki.bench.correction``: how well ``iki correct`` does on dumps of generated sheets, line by line.

Words are those of the invented agencies; damage is that of ``bench.synthetic.dumps``. The same figures as those of a
word error rate: of raw and corrected words, the share of errors that are gone, and of right words that were broken;
and how many words of undamaged text are changed.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from iki.bench.synthetic.content import agencies, compose
from iki.normalize.text import correct_lines

LINE = 5
"""Words on a line."""
SHARES = (0.0, 0.03, 0.08)
"""Of confusable letters that are taken for others."""
CONFUSED = (
    ("l", "i"), ("i", "l"), ("m", "rn"), ("a", "s"), ("e", "a"), ("a", "e"), ("u", "o"), ("g", "q"), ("t", "l"),
    ("h", "b"), ("o", "c"), ("K", "F"), ("S", "5"), ("D", "O"), (",", "."), ("ti", "b"), ("n", "m"), ("y", "v"),
)  # fmt: skip


def damaged(text: str, rng: random.Random, share: float) -> str:
    """Text with ``share`` of its confusable letters taken for others."""
    out, i = "", 0
    while i < len(text):
        fits = [pair for pair in CONFUSED if text.startswith(pair[0], i)]
        pair = rng.choice(fits) if fits and rng.random() < share else (text[i], text[i])
        out, i = out + pair[1], i + len(pair[0])
    return out


def figures(gold: Sequence[str], raw: Sequence[str], clean: Sequence[str]) -> dict[str, float]:
    """Word error rates before and after, share of errors fixed and of right words broken."""
    words = before = after = wrong = right = fixed = broken = 0
    for g, r, c in zip((t.split() for t in gold), (t.split() for t in raw), (t.split() for t in clean), strict=True):
        was, now = _kept(g, r), _kept(g, c)
        words += len(g)
        before += Levenshtein.distance(g, r)
        after += Levenshtein.distance(g, c)
        wrong += len(g) - len(was)
        right += len(was)
        fixed += len(now - was)
        broken += len(was - now)
    return {
        "words": words,
        "wer_raw": before / words,
        "wer_clean": after / words,
        "fixed": fixed / max(wrong, 1),
        "broken": broken / max(right, 1),
    }


def _kept(gold: Sequence[str], got: Sequence[str]) -> set[int]:
    lost = {op.src_pos for op in Levenshtein.editops(gold, got) if op.tag != "insert"}
    return set(range(len(gold))) - lost


def lines_of(seed: int, sheets: int) -> list[str]:
    """Cells of generated sheets of held-out agencies, a few words a line, as a narrow column breaks them."""
    held_out = [agency for _, agency in sorted(agencies().items()) if agency.held_out]
    lines: list[str] = []
    for n in range(sheets):
        sheet = compose(held_out[n % len(held_out)], seed + n)
        for row in sheet.rows:
            for _, text in sorted(row.items()):
                words = (text or "").split()
                lines += [" ".join(words[at : at + LINE]) for at in range(0, len(words), LINE)]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.bench.correction", description=__doc__)
    parser.add_argument("--sheets", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    gold = lines_of(given.seed, given.sheets)
    for share in SHARES:
        rng = random.Random(given.seed)
        raw = [damaged(line, rng, share) for line in gold]
        told = figures(gold, raw, correct_lines(raw))
        print(f"damage {share:.2f}", *(f"{name} {value:.4f}" for name, value in told.items()))


if __name__ == "__main__":
    main()
