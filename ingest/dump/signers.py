"""The signature block of a sheet in a dump: place and date, and two signers whose lines are told apart.

The superior stands left, the employee right. Labels come first, then order (left before right), then the employee's
jabatan, which the form above the table names too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from iki.ingest.dump import line_kinds
from iki.ingest.dump.fields import FoundValue
from iki.ingest.dump.stream import LinePart, StreamLine
from iki.terms import PARTIES
from iki.vocab.labels import squeezed

_MOST_WORDS = 14
"""A line across both signers has at most so many words."""


@dataclass(frozen=True, slots=True)
class DumpSignatureSettings:
    post: float = 0.78
    """Likeness (0–1) to a jabatan from which a line is one."""
    own_post: float = 0.8
    """Likeness (0–1) to the jabatan of the sheet from which a post is the employee's."""
    official: float = 0.5
    """Share (0–1) of words known from jabatan and offices from which a line is no name."""
    name_words: int = 8
    """A name has at most so many words, titles and stops counted."""
    labelled: float = 0.95
    ordered: float = 0.85
    guessed: float = 0.4
    """Certainty of a value in its signer's own block, of one told apart by order, and of one that was only guessed."""
    level: int = 4
    """Lines that say something, beyond which two labels do not stand level."""
    early: int = 8
    """Lines between a label and headings that come after it, up to which they are the foot of the table read early."""


DEFAULT = DumpSignatureSettings()


@dataclass(slots=True)
class _Block:
    """What has been found of one signer."""

    post: list[LinePart] = field(default_factory=list)
    name: list[LinePart] = field(default_factory=list)
    rank: list[LinePart] = field(default_factory=list)
    number: list[LinePart] = field(default_factory=list)
    certain: dict[str, float] = field(default_factory=dict)


def find(
    lines: Sequence[StreamLine], jabatan: str, settings: DumpSignatureSettings = DEFAULT
) -> tuple[dict[str, FoundValue], set[int]]:
    """The fields of the block, and the numbers of the lines that belong to it.

    ``lines`` are those below the form; ``jabatan`` is that of the sheet, as read.
    """
    return _BlockReader(jabatan, settings).run(lines)


def in_order(lines: Sequence[StreamLine], settings: DumpSignatureSettings = DEFAULT) -> list[StreamLine]:
    """The lines with the foot of a page put behind its table: a layout analysis that goes by columns may read what
    stands below the left ones, a signer's label and what is beside it, before the headings of the others."""
    last = _last_headings(lines)
    label = next((i for i in range(last - 1, -1, -1) if line_kinds.parties(lines[i].text, whole_line=True)), None)
    if label is None:
        return list(lines)
    head = next(i for i in range(label + 1, last + 1) if line_kinds.headings(lines[i].text))
    foot = lines[label:head]
    complete = any(line_kinds.numbers(line.text) for line in foot)
    if complete or sum(not line.blank for line in foot) > settings.early:
        return list(lines)
    end = next((i for i in range(last, len(lines)) if _signs(lines[i].text, whole_line=True)), len(lines))
    return [*lines[:label], *lines[head:end], *foot, *lines[end:]]


def _last_headings(lines: Sequence[StreamLine]) -> int:
    """Index of the last line with the headings of several columns; −1 for none."""
    return next((i for i in range(len(lines) - 1, -1, -1) if len(line_kinds.headings(lines[i].text)) > 1), -1)


def _signs(text: str, *, whole_line: bool = False) -> bool:
    return line_kinds.dated(text) or bool(line_kinds.parties(text, whole_line=whole_line))


def parts(line: StreamLine) -> tuple[StreamLine, ...]:
    """A line that runs across both signers cut where a label or the date begins or ends."""
    words = line.text.split()
    if len(words) > _MOST_WORDS or line_kinds.numbers(line.text) or _signs(line.text, whole_line=True):
        return (line,)
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    found = max(halves, key=lambda h: (_signs(h[0]) + _signs(h[1]), len(h[0])), default=None)
    if found is None or not (_signs(found[0]) or _signs(found[1])):
        return (line,)
    return replace(line, text=found[0]), replace(line, text=found[1])


class _BlockReader:
    def __init__(self, jabatan: str, settings: DumpSignatureSettings) -> None:
        self.jabatan, self.settings = jabatan, settings
        self.blocks = {side: _Block() for side in PARTIES}
        self.used: set[int] = set()
        self.date: LinePart | None = None
        self.open: tuple[str, ...] = ()
        self.loose: list[LinePart] = []
        self.ahead: Sequence[StreamLine] = ()
        self.since = 0

    def run(self, lines: Sequence[StreamLine]) -> tuple[dict[str, FoundValue], set[int]]:
        zone = self._zone(lines)
        lines = [part for i, line in enumerate(lines) for part in (parts(line) if i >= zone else (line,))]
        for i, line in enumerate(lines):
            if not line.blank:
                self.ahead = lines[i + 1 :]
                self._line(line, i >= zone)
        self._settle()
        self._lone_number()
        found: dict[str, FoundValue] = {}
        if self.date:
            found["tempat_tanggal"] = FoundValue((self.date,), self.settings.labelled)
        for side, block in self.blocks.items():
            for key, pieces in (
                ("jabatan", block.post), ("nama", block.name),
                ("pangkat_golongan", block.rank), ("nip", block.number),
            ):  # fmt: skip
                if pieces:
                    found[f"{side}_{key}"] = FoundValue(tuple(pieces), block.certain.get(key, self.settings.ordered))
        return found, self.used

    def _zone(self, lines: Sequence[StreamLine]) -> int:
        """Index of the first date or label after which no more headings come."""
        first = _last_headings(lines) + 1
        return next(
            (i for i in range(first, len(lines)) if any(_signs(p.text, whole_line=True) for p in parts(lines[i]))
             or (line_kinds.numbers(lines[i].text) and i > len(lines) - 8)),
            len(lines),
        )  # fmt: skip

    def _line(self, line: StreamLine, inside: bool) -> None:  # noqa: PLR0911 - one return a kind of line
        text = line.text.strip()
        self.since += 1
        sides = line_kinds.parties(text)
        if sides:
            self._take(line)
            if inside or len(sides) == 1:
                self.open = PARTIES if self._level(sides) else sides
                self.since = 0
            return
        if line_kinds.dated(text):
            if self.date is None:
                self.date = LinePart(line, text)
            self._take(line)
            if len(self.open) == 1 and self.blocks[self.open[0]].number:
                self.open = ()
            return
        if numbers := line_kinds.numbers(text):
            self._take(line)
            self._spread("number", [LinePart(line, n) for n in numbers])
            return
        if ranks := line_kinds.ranks(text):
            self._take(line)
            self._spread("rank", [LinePart(line, r) for r in ranks])
            return
        inside = inside or (self._before_rank() and self._post_like(text))
        if not inside or line_kinds.noise(text):
            return
        if not self._wordy(text) and not line_kinds.GRADE.fullmatch(text):
            self._take(line)  # ink of a signature or stamp
            return
        if self._closed() and len(text.split()) > 2 and not self._post_like(text):  # noqa: PLR2004
            return
        self._words(line, text)

    @staticmethod
    def _wordy(text: str) -> bool:
        """Whether a line holds a word at all, and not only strokes of a pen read as letters."""
        return any(sum(map(str.isalpha, w)) > 2 for w in text.split())  # noqa: PLR2004

    def _more(self, kind: str) -> bool:
        """Whether another line of this kind (number, rank) comes before the next label."""
        tell = {"number": line_kinds.numbers, "rank": line_kinds.ranks}[kind]
        for line in self.ahead:
            if line_kinds.parties(line.text):
                return False
            if not line.blank and tell(line.text):
                return True
        return False

    def _level(self, sides: tuple[str, ...]) -> bool:
        """Whether a label stands level with the other one, so that the lines below run across both signers."""
        other = [self.blocks[s] for s in self.open if s not in sides]
        begun = any(b.name or b.rank or b.number for b in other)
        return len(self.open) == len(sides) == len(other) == 1 and not begun and self.since <= self.settings.level

    def _before_rank(self) -> bool:
        """Whether a rank or number comes next: a block may stand between the pages of its table."""
        text = next((line.text for line in self.ahead if not line.blank), "")
        return bool(line_kinds.ranks(text) or line_kinds.numbers(text))

    def _take(self, line: StreamLine) -> None:
        self.used.add(line.number)

    def _closed(self) -> bool:
        """Whether the open block has its number, so that what follows up to the next label is none of it."""
        return len(self.open) == 1 and bool(self.blocks[self.open[0]].number)

    def _post_like(self, text: str) -> bool:
        plain = squeezed(text)
        own = fuzz.ratio(plain, squeezed(self.jabatan)) / 100
        return max(line_kinds.post_like(text), own) >= self.settings.post

    def _spread(self, kind: str, pieces: list[LinePart]) -> None:
        """Give numbers or ranks to the signers: to the open block, else the left one first."""
        order = self.open if len(self.open) == len(PARTIES) else PARTIES
        for piece in pieces:
            side = next((s for s in order if not getattr(self.blocks[s], kind)), order[1])
            sure = self.settings.ordered
            if len(self.open) == 1 and len(pieces) == 1 and not (side != self.open[0] and self._more(kind)):
                if not getattr(self.blocks[self.open[0]], kind):
                    side, sure = self.open[0], self.settings.labelled
            elif len(pieces) == 2:  # noqa: PLR2004
                sure = self.settings.labelled
            block = self.blocks[side]
            getattr(block, kind).append(piece)
            block.certain[{"number": "nip", "rank": "pangkat_golongan"}[kind]] = sure

    def _words(self, line: StreamLine, text: str) -> None:
        """A line of jabatan or name."""
        if line_kinds.GRADE.fullmatch(text.strip()):
            for block in self.blocks.values():
                if (
                    block.rank
                    and not line_kinds.GRADE.search(" ".join(p.text for p in block.rank))
                    and "/" not in block.rank[-1].text
                ):
                    block.rank.append(LinePart(line, text))
                    self._take(line)
                    return
        self._take(line)
        self.loose.append(LinePart(line, text))
        if len(self.open) == 1:
            block = self.blocks[self.open[0]]
            if not block.post and not (self._is_name(text) and line_kinds.official(text) < self.settings.official):
                block.post.append(self.loose.pop())
                block.certain["jabatan"] = self.settings.labelled
            elif block.post and not block.name and not block.number and self._goes_on(block, text):
                block.post.append(self.loose.pop())
            elif self._is_name(text) and not block.name:
                block.name.append(self.loose.pop())
                block.certain["nama"] = self.settings.labelled

    def _goes_on(self, block: _Block, text: str) -> bool:
        before = block.post[-1].text
        if re.search(r"(?:\bdan|\bpada|\bdi|,|&)\s*$", before):
            return True
        return not block.rank and line_kinds.official(text) >= self.settings.official

    def _is_name(self, text: str) -> bool:
        """Whether a line may be a name: few words, each with a capital, or a title after a comma."""
        words = [w for w in re.split(r"[\s,]+", text) if sum(map(str.isalpha, w)) > 1]
        if not words or len(words) > self.settings.name_words or sum(map(str.isalpha, text)) < 4:  # noqa: PLR2004
            return False
        return all(w.lstrip("(.'\"")[:1].isupper() for w in words)

    def _lone_number(self) -> None:
        """A number that stands alone, put left by order alone, is the employee's: the superior's lies under the stamp.
        A lone rank goes with it."""
        first, second = self.blocks["pihak_kedua"], self.blocks["pihak_pertama"]
        if second.number or first.certain.get("nip") != self.settings.ordered:
            return
        second.number, first.number = first.number, []
        second.certain["nip"] = self.settings.guessed
        if not second.rank and first.certain.get("pangkat_golongan") == self.settings.ordered:
            second.rank, first.rank = first.rank, []
            second.certain["pangkat_golongan"] = self.settings.guessed

    def _settle(self) -> None:  # noqa: PLR0912 - one branch a kind of line
        """Give out what no block claimed: pairs of jabatan, then of names, left before right."""
        first, second = self.blocks["pihak_kedua"], self.blocks["pihak_pertama"]
        names: list[LinePart] = []
        rest: list[LinePart] = []
        for piece in self.loose:
            tail = self._tail_of(piece.text)
            pair = self._joint(piece.text)
            if tail:
                self.blocks[tail].post.append(piece)
            elif pair and not first.post and not second.post:
                first.post, second.post = [LinePart(piece.line, pair[0])], [LinePart(piece.line, pair[1])]
                first.certain["jabatan"] = second.certain["jabatan"] = self.settings.ordered
            elif (
                self._is_name(piece.text)
                and line_kinds.official(piece.text) < self.settings.official
                and not self._post_like(piece.text)
            ):
                names.append(piece)
            else:
                own = fuzz.ratio(squeezed(piece.text), squeezed(self.jabatan)) / 100 >= self.settings.own_post
                block = second if not second.post and (own or first.post) else first
                if block.post or line_kinds.official(piece.text) < self.settings.official:
                    rest.append(piece)
                else:
                    block.post, block.certain["jabatan"] = [piece], self.settings.ordered
        free = [b for b in (first, second) if not b.name]
        if len(names) == 1 and len(free) == 2:  # noqa: PLR2004
            pair = self._two_names(names[0].text)
            if pair:
                for block, text in zip(free, pair, strict=True):
                    block.name, block.certain["nama"] = [LinePart(names[0].line, text)], self.settings.guessed
            else:
                block = first if self._above(names[0]) else second
                block.name, block.certain["nama"] = [names[0]], self.settings.guessed
            names, free = [], []
        for block, piece in zip(free, names, strict=False):
            block.name, block.certain["nama"] = (
                [piece],
                self.settings.guessed if len(names) != len(free) else self.settings.ordered,
            )
        for piece in [*rest, *names[len(free) :]]:
            if without := next((b for b in (first, second) if not b.post), None):
                without.post, without.certain["jabatan"] = [piece], self.settings.guessed
            else:
                self.used.discard(piece.line.number)

    def _tail_of(self, text: str) -> str | None:
        """The side whose jabatan a line goes on with."""
        for side in PARTIES:
            post = self.blocks[side].post
            if post and re.search(r"(?:\bdan|\bpada|\bdi|,|&)\s*$", post[-1].text):
                return side
        own = self.blocks["pihak_pertama"].post
        if own and self.jabatan:
            plain, said = squeezed(self.jabatan), squeezed(" ".join(p.text for p in own))
            missing = plain[len(said) :]
            close = fuzz.ratio(squeezed(text), missing) >= 100 * self.settings.own_post
            if len(missing) > 2 and close:  # noqa: PLR2004
                return "pihak_pertama"
        return None

    def _above(self, piece: LinePart) -> bool:
        """Whether a line stands above the first signer's rank or number, and the second's stand below those."""
        left, right = ([*self.blocks[s].rank, *self.blocks[s].number] for s in PARTIES)
        return bool(left and right) and piece.line.number < left[0].line.number < min(p.line.number for p in right)

    def _joint(self, text: str) -> tuple[str, str] | None:
        """The two jabatan that stand on one line, if its end is the jabatan of the sheet or begins a new one."""
        words = text.split()
        best: tuple[float, int] = (self.settings.own_post, 0)
        plain = squeezed(self.jabatan)
        for i in range(1, len(words)):
            right = squeezed(" ".join(words[i:]))
            if not words[i][:1].isupper() or len(right) < 5:  # noqa: PLR2004
                continue
            likeness = fuzz.ratio(right, plain[: len(right) + 1]) / 100 if plain else 0.0
            if likeness > best[0] and line_kinds.post_like(" ".join(words[:i])) >= self.settings.post:
                best = likeness, i
        return (" ".join(words[: best[1]]), " ".join(words[best[1] :])) if best[1] else None

    @staticmethod
    def _two_names(text: str) -> tuple[str, str] | None:
        """Two names on one line, cut after the first one's titles or in the middle; ``None`` for one name."""
        titled = re.match(r"^(.+?,\s*(?:[A-Z]\w{0,3}\.\s?){1,4}\w{0,4}\.?)\s+([A-Z]\w+.*)$", text)
        if titled:
            return titled[1], titled[2]
        words = text.split()
        if len(words) < 3 or "," in text:  # noqa: PLR2004 - of one name with titles, both words and commas
            return None
        return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
