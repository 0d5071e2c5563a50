"""What stands in the generated lines: running words, lists, formulas, names, numbers, dates, signatures.

Every function takes a numpy generator, so that a line is a pure function of its seed. ``,`` and ``.`` are drawn equally
often at the same places, and words are sometimes scrambled: the shape must decide, not the language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from iki.lab.synthetic.text_lines import words
from iki.lab.synthetic.text_lines.alphabet import ASCII, TYPOGRAPHIC

Maker = Callable[[Generator, bool], str]


@dataclass(frozen=True, slots=True)
class WordingSettings:
    """Shares (0–1) unless said otherwise."""

    length: tuple[float, float] = (20.0, 0.6)
    """Median (characters) of the lines' lengths and the standard deviation of their logarithm."""
    longest: int = 60
    """Longest line in characters; a longer one costs more than it teaches."""
    term: float = 0.4
    abbreviation: float = 0.06
    scrambled: float = 0.05
    """Words whose letters are shuffled or drawn at random."""
    stop: float = 0.16
    """Words followed by a comma or a full stop, each half of the time."""
    mark: float = 0.09
    """Words with another mark (colon, slash, brackets, quotes …) at or around them."""
    number: float = 0.05
    """Words replaced by a number."""
    wording: float = 0.22
    """Words replaced by a wording of the forms, several words long; only in training, since it holds no words set
    aside."""
    hyphen_at_end: float = 0.06
    """Lines whose last word is cut by a hyphen."""
    capital: float = 0.12
    """Words in running text that begin with a capital."""


SETTINGS = WordingSettings()


def _pick(rng: Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _digits(rng: Generator, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def word(rng: Generator, set_aside: bool, settings: WordingSettings = SETTINGS) -> str:
    """One word: a general one, one of the forms, an abbreviation, a number or a scramble; or a wording of the forms."""
    draw = rng.random()
    if draw < settings.number:
        return number(rng)
    if draw < settings.number + settings.abbreviation:
        return _pick(rng, words.ABBREVIATIONS)
    if not set_aside and rng.random() < settings.wording:
        return _pick(rng, words.wordings()[int(rng.integers(2))])
    if rng.random() < settings.term:
        chosen = _pick(rng, words.terms(set_aside))
    else:
        vocabulary, cumulative = words.general(set_aside)
        chosen = vocabulary[min(int(np.searchsorted(cumulative, rng.random())), len(vocabulary) - 1)]
    return _scramble(rng, chosen) if rng.random() < settings.scrambled else chosen


def _scramble(rng: Generator, chosen: str) -> str:
    thin = "iIl1jtfr.,!|'"
    kind = rng.integers(3)
    if kind == 0:
        return "".join(rng.permutation(list(chosen)))
    if kind == 1:
        return "".join(_pick(rng, thin) if rng.random() < 1 / 3 else letter for letter in chosen)
    return "".join(_pick(rng, ASCII) for _ in range(int(rng.integers(2, 8))))


def number(rng: Generator, _set_aside: bool = False) -> str:
    """A number as forms print it: plain, with thousands, decimals, per cent, money, year, ordinal."""
    separator, decimal = ((".", ","), (",", "."))[int(rng.integers(2))]
    plain = str(rng.integers(0, 10 ** int(rng.integers(1, 5))))
    grouped = separator.join([str(rng.integers(1, 1000)), *(_digits(rng, 3) for _ in range(int(rng.integers(1, 4))))])
    return _pick(
        rng,
        (
            plain, plain, f"{plain}%", f"{plain} %", f"{rng.integers(0, 101)}{decimal}{_digits(rng, 2)}%",
            f"{rng.integers(0, 101)}{decimal}{_digits(rng, 1)}", grouped, f"Rp {grouped}", f"Rp. {grouped}{decimal}00",
            f"Rp{grouped},-", str(rng.integers(1990, 2036)), f"{plain}/{_digits(rng, 2)}", f"{plain}-{_digits(rng, 1)}",
            f"ke-{rng.integers(1, 20)}", f"{rng.integers(1, 24):02d}.{rng.integers(0, 60):02d}", f"{plain}°",
            f"{plain} m²", f"{plain} m³", f"≥ {plain}", f"≤ {plain}%", f"± {plain}", f"{plain}½",
            f"{_digits(rng, 2)}×{_digits(rng, 2)}",
        ),
    )  # fmt: skip


def _marked(rng: Generator, chosen: str) -> str:
    before, after = (
        ("", ":"), ("", " :"), ("", ";"), ("", "/"), ("", " /"), ("", " -"), ("", " –"), ("", " —"), ("", "?"), ("",
        "!"),
        ("", " &"), ("", " ="), ("", " x"), ("", " ×"), ("", " :"), ("", " +"), ("", " →"), ("(", ")"), ("(", ""),
        ("", ")"), ("(", "),"), ("(", ")."), ('"', '"'), ("“", "”"), ("‘", "’"), ("'", "'"), ("[", "]"), ("", "*"),
        ("", " ÷"), ("", "..."), ("/", ""), ("- ", ""), ("• ", ""), ("", "-"), ("<", ">"), ("“", "”,"), ("", " ✓"),
        ("", "_"),
    )[int(rng.integers(38))]  # fmt: skip
    return f"{before}{chosen}{after}"


def running(rng: Generator, set_aside: bool, settings: WordingSettings = SETTINGS) -> str:
    """A stretch of running words of random length, cased like prose, a title or a heading."""
    median, spread = settings.length
    budget = min(settings.longest, median * float(np.exp(rng.normal(0, spread))))
    case = rng.choice(4, p=(0.55, 0.2, 0.15, 0.1))
    parts: list[str] = []
    size = 0
    while size < budget or not parts:
        chosen = word(rng, set_aside, settings)
        if case == 1 or (case == 0 and rng.random() < settings.capital):
            chosen = " ".join(part[:1].upper() + part[1:] for part in chosen.split(" "))
        if case == 2:  # noqa: PLR2004
            chosen = chosen.upper()
        draw = rng.random()
        if draw < settings.stop:
            chosen += ",."[int(rng.integers(2))]
        elif draw < settings.stop + settings.mark:
            chosen = _marked(rng, chosen)
        if parts and size + len(chosen) > settings.longest:
            break
        parts.append(chosen)
        size += len(chosen) + 1
    text = " ".join(parts)
    if rng.random() < settings.hyphen_at_end and text[-1].isalpha():
        return text[: max(2, len(text) - int(rng.integers(0, 5)))].rstrip() + "-"
    return text


def listed(rng: Generator, set_aside: bool) -> str:
    """Running words behind a number, a letter or a bullet."""
    n = int(rng.integers(1, 30))
    letter = chr(ord("a") + n % 12)
    bullet = _pick(
        rng, (f"{n}.", f"{n})", f"({n})", f"{letter}.", f"{letter})", "-", "•", ":", f"{n}.{n % 7}", "–", "*", "✓")
    )
    return f"{bullet} {running(rng, set_aside)}"[: SETTINGS.longest].rstrip()


def short(rng: Generator, set_aside: bool) -> str:
    """What fills a narrow cell: an ordinal, a dash, a roman numeral, a unit, one word."""
    n = int(rng.integers(1, 40))
    roman = _pick(rng, ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIV", "XVII"))
    chosen = word(rng, set_aside)
    return _pick(
        rng,
        (
            str(n), f"{n}.", f"{n})", f"({n})", "-", "–", roman, f"{roman}.", chosen, chosen.capitalize(),
            chosen.upper(),
            f"{n} %", f"{n}%", f"{n} Dokumen", f"{n} Laporan", f"{n} Bulan", f"{n} Kegiatan", f"{n} Orang", f"{n} kali",
            f"{chosen},", f"{chosen}.", "s.d.", "dan", "di", "dan/atau", "✓", f"{letter(rng)}.", number(rng),
        ),
    )  # fmt: skip


def letter(rng: Generator) -> str:
    """One Latin letter, small or capital."""
    return _pick(rng, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def formula(rng: Generator, set_aside: bool) -> str:
    """Part of a formula of an indicator."""
    what = " ".join(word(rng, set_aside) for _ in range(int(rng.integers(1, 4))))
    times, over = _pick(rng, ("x", "X", "×", "*")), _pick(rng, (":", "/", "÷", "dibagi"))
    return _pick(
        rng,
        (
            f"(Jumlah {what} {over}", f"{times} 100%", f"{times} 100 %", f"Jumlah {what} {times} 100%",
            f"= {what} {over}",
            f"{what}) {times} 100", f"{what} = A {over} B", f"{number(rng)} {times} {number(rng)}", f"(A+B){over}2",
            f"∑ {what}".replace("∑ ", "Total "), f"{what} ≥ {number(rng)}", f"{what} ≤ {number(rng)}",
        ),
    )  # fmt: skip


def nip(rng: Generator, _set_aside: bool = False) -> str:
    """A made-up NIP (18 digits: birth date, appointment, sex, ordinal), or a PPPK number, as printed."""
    born = f"{rng.integers(1958, 2003)}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}"
    month = "21" if rng.random() < 0.15 else f"{rng.integers(1, 13):02d}"  # noqa: PLR2004
    appointed, sex, ordinal = (
        f"{rng.integers(1980, 2026)}{month}",
        str(rng.integers(1, 3)),
        f"{rng.integers(1, 100):03d}",
    )
    gap = _pick(rng, (" ", " ", ""))
    label = _pick(rng, ("NIP. ", "NIP ", "NIP : ", "NIP: ", "Nip. ", "NIP.", "NIPPPK. ", ""))
    return label + gap.join((born, appointed, sex, ordinal))


def date(rng: Generator, _set_aside: bool = False) -> str:
    """A place and a date, or a date alone."""
    day, month, year = rng.integers(1, 32), _pick(rng, words.MONTHS), rng.integers(2005, 2036)
    place = _pick(rng, words.PLACES)
    return _pick(
        rng,
        (
            f"{place}, {day} {month} {year}", f"{place}, {day:02d} {month} {year}", f"{place}. {day} {month} {year}",
            f"{day} {month} {year}", f"{day:02d}-{rng.integers(1, 13):02d}-{year}",
            f"{day}/{rng.integers(1, 13)}/{year}",
            f"{place.upper()}, {day} {month.upper()} {year}", f"{month} {year}", f"TAHUN {year}", f"Tahun {year}",
            f"TAHUN ANGGARAN {year}", f"{place},      {month} {year}".replace("      ", " "),
        ),
    )  # fmt: skip


def name(rng: Generator, _set_aside: bool = False) -> str:
    """A made-up person with titles, in any case."""
    parts = [_pick(rng, words.GIVEN_NAMES) for _ in range(int(rng.integers(1, 4)))]
    if rng.random() < 0.2:  # noqa: PLR2004
        parts.insert(int(rng.integers(len(parts) + 1)), letter(rng).upper() + ".")
    person = " ".join(parts)
    person = person.upper() if rng.random() < 0.5 else person  # noqa: PLR2004
    before = [_pick(rng, words.TITLES_BEFORE) for _ in range(int(rng.choice(3, p=(0.6, 0.3, 0.1))))]
    after = [_pick(rng, words.TITLES_AFTER) for _ in range(int(rng.choice(3, p=(0.35, 0.45, 0.2))))]
    comma = ", ,. "[int(rng.choice((0, 0, 0, 2, 3)))]
    glue = f"{comma} " if rng.random() < 0.8 else comma  # noqa: PLR2004
    return glue.join([" ".join([*before, person]), *after]).replace("  ", " ").strip()


def rank(rng: Generator, _set_aside: bool = False) -> str:
    """A pangkat with its golongan, as signature blocks print it."""
    title = _pick(rng, tuple(words.RANKS))
    grade = words.RANKS[title]
    title = _pick(rng, (title, title.replace("Tk. I", "Tingkat I"), title.replace("Tk. I", "Tk.I"), title.upper()))
    return _pick(
        rng,
        (
            f"{title} ({grade})", f"{title}, {grade}", f"{title} / {grade}", f"{title}/{grade}", title, grade,
            f"({grade})",
            f"{title} - {grade}", f"Pangkat : {title}", f"Gol. {grade}", f"{title} Gol. {grade}", f"{title}, ({grade})",
        ),
    )  # fmt: skip


def post(rng: Generator, set_aside: bool) -> str:
    """A made-up post or unit: ``Kepala Bidang …``, ``SUB BAGIAN …``."""
    head = _pick(
        rng,
        (
            "Kepala Bidang", "Kepala Seksi", "Kepala Sub Bagian", "Kepala Dinas", "Kepala Badan", "Sekretaris",
            "Pengelola",
            "Pengadministrasi", "Analis", "Penyusun", "Pranata", "Bendahara", "Camat", "Lurah", "Sub Bagian", "Bidang",
            "DINAS", "BADAN", "Staf", "Pengawas", "Arsiparis", "Verifikator", "SUB BAGIAN", "KEPALA SEKSI",
            "Plt. Kepala",
        ),
    )  # fmt: skip
    tail = [_pick(rng, words.terms(set_aside)) for _ in range(int(rng.integers(1, 4)))]
    if len(tail) > 2:  # noqa: PLR2004
        tail.insert(2, _pick(rng, ("dan", "&", "serta")))
    text = f"{head} {' '.join(tail)}"
    return _pick(rng, (text.title(), text.upper(), text, f"{text.title()},", f": {text.title()}"))


def heading(rng: Generator, _set_aside: bool = False) -> str:
    """A heading of the forms."""
    text = _pick(rng, words.HEADINGS)
    return text.title() if rng.random() < 0.3 else text  # noqa: PLR2004


def code(rng: Generator, set_aside: bool) -> str:
    """Numbers of letters and regulations, e-mail addresses, codes: where every character can follow every other."""
    chosen = word(rng, set_aside)
    return _pick(
        rng,
        (
            f"Nomor {rng.integers(1, 200)} Tahun {rng.integers(1999, 2030)}",
            f"{_digits(rng, 3)}/{_digits(rng, 2)}/{_pick(rng, words.ABBREVIATIONS)}/{rng.integers(2010, 2030)}",
            f"{_digits(rng, 1)}.{_digits(rng, 2)}.{_digits(rng, 2)}.{_digits(rng, 1)}.{_digits(rng, 2)}",
            f"{chosen}{_digits(rng, 2)}@{_pick(rng, words.GIVEN_NAMES).lower()}.go.id", f"www.{chosen}.go.id",
            f"{_pick(rng, words.ABBREVIATIONS)}/{_pick(rng, words.ABBREVIATIONS)}",
            f"{_pick(rng, words.ABBREVIATIONS)}-{_pick(rng, words.ABBREVIATIONS)}",
            "".join(_pick(rng, ASCII) for _ in range(int(rng.integers(3, 14)))),
            " ".join(_pick(rng, ASCII + TYPOGRAPHIC) for _ in range(int(rng.integers(2, 9)))),
            f"{chosen} {_pick(rng, TYPOGRAPHIC)} {word(rng, set_aside)}",
        ),
    )  # fmt: skip


MAKERS: tuple[tuple[Maker, float], ...] = (
    (running, 0.56), (listed, 0.08), (short, 0.08), (formula, 0.05), (nip, 0.035), (date, 0.035), (name, 0.045),
    (rank, 0.025), (post, 0.03), (heading, 0.02), (code, 0.04),
)  # fmt: skip
"""What a line may be, and how often."""


def line(rng: Generator, set_aside: bool = False) -> str:
    """The text of one line: 1 to ``TextSettings.longest`` characters, single spaces, only characters of the alphabet.

    ``set_aside`` draws the words from those that training never sees.
    """
    shares = np.array([share for _, share in MAKERS])
    maker = MAKERS[int(rng.choice(len(MAKERS), p=shares / shares.sum()))][0]
    return " ".join(maker(rng, set_aside)[: SETTINGS.longest].split())
