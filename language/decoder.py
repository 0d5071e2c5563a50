"""A noisy channel for words of which nothing is left but text: the likeliest printed words behind a damaged line.

The cost of a candidate is that of the damage (``channel``) plus that of the word after the one before it (``speech``);
the cheapest way through a line wins.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from iki.language import channel
from iki.language.candidates import Guesses, Option
from iki.language.channel import Channel
from iki.language.lexicon import Lexicon
from iki.language.word_model import DEFAULT as SPEECH
from iki.language.word_model import START, Counts, Speech, SpeechSettings, demoted
from iki.terms import WORD


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """Costs in nats."""

    usual: float = 0.06
    """Share of damaged words in the text that the costs of damage are made for; a cleaner text makes changes dearer."""
    damage: float = 9.0
    """Damage up to which an unknown word is taken for a damaged one, when a text is judged as a whole."""
    capitals: int = 5
    """Letters up to which an unknown word in capitals tells nothing: it may be an abbreviation."""
    doubt: float = 0.5
    """Damaged words that every text is taken to have,"""
    unseen: float = 50.0
    """and so many words besides those seen: a few lines prove little."""
    calm: float = 7.0
    """Nats that a change costs more per e-fold of cleanness."""
    rest: float = 6.0
    """More that a change must gain where the word may be part of one that goes on in another line."""
    shortest: int = 3
    """Letters from which a word tells how clean a text is."""
    beam: int = 12
    """Ways through a line that are followed,"""
    hopeless: float = 12.0
    """and by how much they may be dearer than the cheapest."""


DEFAULT = DecoderSettings()
_Path = tuple[float, str, tuple[Option, ...]]
_JOINED = Option("", (), 0.0)


class Corrector:
    """Corrects lines in the light of ``counts``, which must not contain the line itself.

    ``calm`` is the fee of every change in a clean text (see the function); ``damage`` the channel of the text.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        counts: Counts,
        calm: float = 0.0,
        damage: Channel | None = None,
        speech: SpeechSettings = SPEECH,
        settings: DecoderSettings = DEFAULT,
    ) -> None:
        self.lexicon, self.settings = lexicon, settings
        self.speech = Speech(lexicon, counts, damage or channel.standard(), speech)
        self.guesses = Guesses(self.speech, calm)

    def line(self, tokens: Sequence[str], cut: bool = False) -> list[Option]:
        """The likeliest options; as many as tokens, though one may come to hold a space or, joined to the one before,
        be empty.

        ``cut``: a word of the line before goes on in this one, so that any of its unknown small words may be a rest.
        """
        paths: list[_Path] = [(0.0, START, ())]
        joined: list[_Path] = []
        for i, token in enumerate(tokens):
            options = self.guesses.options(token, initial=i == 0 or tokens[i - 1][0].isdigit())
            if cut and token[:1].islower():
                options = [options[0], *(replace(o, cost=o.cost + self.settings.rest) for o in options[1:])]
            following = self._extended(paths, options)
            following += [(c, w, (*t, _JOINED)) for c, w, t in joined]
            joined = self._joined(paths, tokens[i : i + 2])
            best: dict[str, _Path] = {}
            for path in following:
                if path[1] not in best or path[0] < best[path[1]][0]:
                    best[path[1]] = path
            limit = min(path[0] for path in following) + self.settings.hopeless
            ranked = sorted((p for p in best.values() if p[0] <= limit), key=lambda p: (p[0], p[1]))
            paths = ranked[: self.settings.beam]
        return list(paths[0][2])

    def _extended(self, paths: Iterable[_Path], options: Sequence[Option]) -> list[_Path]:
        out = []
        weight = self.guesses.settings.word_weight
        for cost, last, chosen in paths:
            for option in options:
                total, before = cost + option.cost, last
                for word in option.words:
                    total += weight * self.speech.cost(before, word)
                    before = word
                out.append((total, before, (*chosen, option)))
        return out

    def _joined(self, paths: Iterable[_Path], pair: Sequence[str]) -> list[_Path]:
        """Two tokens as one word, where both are made of letters and not both are words."""
        if len(pair) < 2 or not all(p.strip(",.;").isalpha() for p in pair) or not pair[0].isalpha():  # noqa: PLR2004
            return []
        if pair[1][0].isupper() and not pair[0].isupper():
            return []
        whole = "".join(pair)
        small = whole.rstrip(",.;").lower()
        if all(self.lexicon.knows(p.strip(",.;")) for p in pair) or self.lexicon.costs.get(small) is None:
            return []
        return self._extended(paths, [Option(whole, (small,), self.guesses.settings.parted + self.guesses.calm)])


def calm(lexicon: Lexicon, lines: Iterable[str], settings: DecoderSettings = DEFAULT) -> float:
    """How much dearer than usual changes are in a text, by the share of its words that look damaged."""
    words = Counter(m[0] for line in lines for m in WORD.finditer(line) if len(m[0]) >= settings.shortest)
    damaged = sum(n for word, n in words.items() if _damaged(lexicon, word, settings))
    share = (damaged + settings.doubt) / (words.total() + settings.unseen)
    return max(settings.calm * math.log(settings.usual / share), 0.0)


def _damaged(lexicon: Lexicon, word: str, settings: DecoderSettings) -> bool:
    """Whether a word is unknown but like a familiar one."""
    small = word.lower()
    if demoted(lexicon, small):
        return True
    if (
        lexicon.knows(word)
        or small in lexicon.small_abbreviations
        or (word.isupper() and len(word) <= settings.capitals)
    ):
        return False
    return bool(channel.standard().nearest(lexicon.behind(small), small, settings.damage))
