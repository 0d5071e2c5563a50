"""``iki correct``: the lines of an OCR text dump, each corrected, as many out as in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from iki.language import channel, lexicon
from iki.language.candidates import Option
from iki.language.channel import Channel
from iki.language.cleanup import damage, tidied, without_lone_brackets
from iki.language.decoder import Corrector, calm
from iki.language.lexicon import Lexicon
from iki.language.word_model import DEFAULT as SPEECH
from iki.language.word_model import Counts, SpeechSettings
from iki.messages import Problem
from iki.terms import WORD

_TITLE = re.compile(r",\s*(?:S|M|A)\.\s?[A-Z][A-Za-z]*\b|\b(?:Drs|Dra|Hj|Ir|Prof)\b\.")
"""A person's degree: names are not corrected."""
_CUT = re.compile(r"\w{2}-(?:\s|$)")
"""A word that goes on in the next line."""
_EMAIL = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class CorrectionSettings:
    speech: SpeechSettings = SPEECH
    """What counts how much for a word in its place."""
    rounds: int = 2
    """Times that the text is read; from the second on in the light of its corrected lines and its own confusions."""
    noisy: float = 3.0
    """Nats of calmness below which a text is damaged enough for stray marks and letters to be taken away."""
    rests: int = 3
    """Lines after one with a cut word in which the rest of it may stand."""
    same_address: float = 80.0
    """0–100 (rapidfuzz ratio): e-mail addresses this alike may be one."""
    foreign: int = 2
    """English words from which a line may be English."""
    foreign_share: float = 0.3
    """Share of them (0–1) among its words from which it is."""
    votes: int = 2
    """Lines that must have an address for it to replace one that stands only once."""


DEFAULT = CorrectionSettings()


class UnreadableDump(Problem):
    """A text file that is not there or may not be read."""


def correct_lines(
    lines: Sequence[str],
    words: Lexicon | None = None,
    table: Channel | None = None,
    settings: CorrectionSettings = DEFAULT,
) -> list[str]:
    """The lines with OCR damage gone where there is enough evidence; right lines come back as they are.

    ``words`` and ``table`` are the lexicon and the channel, by default those of the package.
    """
    words, table = words or lexicon.load(), table or channel.standard()
    foreign = {line for line in lines if _foreign(line, words, settings)}
    care = calm(words, (line for line in lines if line not in foreign))
    noisy = care < settings.noisy
    shown = damage(lines, noisy)
    tidy = [line if line in foreign else tidied(line, words, shown) for line in lines]
    if noisy:
        tidy = without_lone_brackets(_addressed(tidy, settings))
    done, confusions = tidy, table
    for _ in range(settings.rounds):
        counts = Counts()
        for line in done:
            counts.add(line)
        corrector = Corrector(words, counts, care, confusions, settings.speech)
        fresh: list[str] = []
        changes: set[tuple[str, str]] = set()  # a word that is taken for another again and again teaches no habit
        cut = 0
        for line, before in zip(tidy, done, strict=True):
            counts.add(before, -1)
            options = [Option(line, (), 0.0)] if line in foreign else _options(line, corrector, cut > 0)
            fresh.append(" ".join(option.text for option in options if option.text))
            changes.update(option.change for option in options if option.change)
            counts.add(before)
            cut = settings.rests if _CUT.search(line) else cut - bool(line)
        done, confusions = fresh, table.taught(sorted(changes))
    return done


def _options(line: str, corrector: Corrector, cut: bool) -> list[Option]:
    if not line or _TITLE.search(line):
        return [Option(line, (), 0.0)]
    return corrector.line(line.split(" "), cut)


def _foreign(line: str, words: Lexicon, settings: CorrectionSettings) -> bool:
    """Whether a line is English."""
    found = WORD.findall(line.lower())
    english = sum(word in lexicon.english() and word not in words.curated for word in found)
    return english >= settings.foreign and english >= settings.foreign_share * len(found)


def _addressed(lines: Sequence[str], settings: CorrectionSettings) -> list[str]:
    """The lines with each e-mail address that stands only once as the like one that others have."""
    seen = Counter(address for line in lines for address in _EMAIL.findall(line))
    known = sorted(address for address, count in seen.items() if count >= settings.votes)
    changes: dict[str, str] = {}
    for address in sorted(seen):
        near = process.extractOne(address, known, scorer=fuzz.ratio, score_cutoff=settings.same_address)
        if near and seen[address] == 1:
            changes[address] = near[0]
    return [_EMAIL.sub(lambda found: changes.get(found[0], found[0]), line) for line in lines]


def correct_file(path: Path) -> str:
    """A dump corrected; its line ends become ``\\n``. Raises ``Unreadable``."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        raise UnreadableDump("correct_unreadable", file=path) from None
    text = text.replace("\r\n", "\n")
    return "\n".join(correct_lines(text.split("\n")))
