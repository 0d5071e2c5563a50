"""What a person settles on the review page: events in the ledger at once, in the tables right after."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Condition, Lock, Thread

from iki.batch.conversion import STATE
from iki.batch.decisions import Decision, Verdict, now, reading_digest, spots
from iki.batch.holdings import renew
from iki.batch.ledger import Ledger
from iki.batch.problems import Busy
from iki.messages import Problem
from iki.normalize.explain import SHEET_ROW
from iki.review.audit import SAMPLED
from iki.review.collection import Collection, Place, row_number

LONGEST = 4000
"""Characters of the longest value that can be typed."""
TYPED = "typed"
"""What a form says of a value that was typed from the picture alone."""
FLAGGED = "ragu"
"""Why a value was shown (``asked`` of its decision): it was flagged."""
CALM = 0.5
"""Seconds without a decision after which tables are written anew."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of a value: the ``verdict``, the ``text`` of one typed or chosen, what the page had ``seen``
    when it was asked, and a ``key`` by which the answer is known when it comes twice. ``sampled``: the value was drawn
    by lot."""

    verdict: Verdict
    text: str
    seen: str
    key: str
    sampled: bool = False

    @staticmethod
    def of(form: Mapping[str, str]) -> Answer | None:
        """The answer that a form brings; ``None`` where it is none."""
        verdict, text, seen, key = (form.get(name, "") for name in ("putusan", "teks", "tampak", "kunci"))
        known = verdict in {*Verdict} - {Verdict.UNDO}
        if not known or not key.isalnum() or len(key) > len(new_key()) or max(len(text), len(seen)) > LONGEST:
            return None
        return Answer(Verdict(verdict), " ".join(text.split()), seen, key, form.get("sebab") == SAMPLED)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another decision about a value than the one that was answered to: what it ``decided`` and by whom."""

    decided: str
    made_by: str


def judged_blind(form: Mapping[str, str]) -> dict[str, str]:
    """The form of a value that was typed from the picture alone: right as read if what was read is the same."""
    same = "".join(form.get("teks", "").split()) == "".join(form.get("tampak", "").split())
    return {**form, "putusan": Verdict.CONFIRMED if same else Verdict.EDITED}


def new_key() -> str:
    """A key for an answer, never given twice."""
    return secrets.token_hex(16)


class Settling:
    """Takes a person's decisions about a folder's values. Safe to be used by several threads."""

    def __init__(self, collection: Collection, user: str) -> None:
        self._collection, self._user = collection, user
        self._lock = Lock()
        self._mine: list[tuple[Decision, Place]] = []

    @property
    def can_undo(self) -> bool:
        """Whether anything was decided here that still holds."""
        return bool(self._mine)

    def decide(self, place: Place, answer: Answer, picture: bytes | None) -> Rival | None:
        """Keep an answer about the value at ``place``, of which ``picture`` (PNG) was looked at.

        Gives what somebody else decided meanwhile, if it is something else: then nothing is kept. Raises ``Problem``
        where the ledger cannot be written, ``KeyError`` where nothing is known of the value's ink.
        """
        held = self._collection
        with self._lock:
            held.refresh()
            value = held.value(place)
            if value is None:
                raise KeyError(place)
            before = held.decision(place)
            if before is not None and before.key == answer.key:
                return None
            shown, decided = held.text(place), _decided(answer)
            if before is not None and shown not in (answer.seen, decided):
                return Rival(shown, before.made_by)
            decision = Decision(
                made_at=now(), made_by=self._user, sheet_id=place.sheet_id,
                baris="" if place.row == SHEET_ROW else place.row, kolom=place.column, seen=shown, decided=decided,
                key=answer.key, kind=answer.verdict, sha256=held.sheets[place.sheet_id].sheet["sha256"],
                place=spots(value), around=held.places.around((place.sheet_id, row_number(place), place.column)),
                reading=reading_digest(value), ink=hashlib.sha256(picture).hexdigest() if picture else "",
                asked=FLAGGED if held.is_doubtful(place) else SAMPLED if answer.sampled else "",
            )  # fmt: skip
            self._keep(decision)
            self._mine.append((decision, place))
        return None

    def made(self, key: str) -> tuple[Decision, Place] | None:
        """A decision of this page that still holds, and its place."""
        return next(((decision, place) for decision, place in self._mine if decision.key == key), None)

    def repeat(self, key: str, places: Iterable[Place], pictures: Callable[[Place], bytes | None]) -> int:
        """Decide other values, of which the same was read, as the one that was decided under ``key``; gives how many
        were. ``pictures`` gives what of each was looked at (PNG)."""
        found = self.made(key)
        if found is None:
            return 0
        decision, first = found
        alike = {*self._collection.alike(first, decision.seen)}
        count = 0
        for place in places:
            if place in alike:
                own = hashlib.sha256(f"{key} {place}".encode()).hexdigest()[: len(new_key())]
                count += (
                    self.decide(place, Answer(decision.kind, decision.decided, decision.seen, own), pictures(place))
                    is None
                )
        return count

    def undo(self, key: str) -> Place | None:
        """Take back what was decided here last; gives its place, ``None`` where there is nothing left."""
        with self._lock:
            if not self._mine:
                return None
            last, place = self._mine.pop()
            self._keep(
                replace(last, made_at=now(), seen=last.decided, decided=last.seen, key=key, kind=Verdict.UNDO,
                        undoes=last.key)
            )  # fmt: skip
        return place

    def _keep(self, decision: Decision) -> None:
        with Ledger(self._collection.directory / STATE) as ledger:
            ledger.decide([decision])
        self._collection.refresh()


def _decided(answer: Answer) -> str:
    if answer.verdict is Verdict.CONFIRMED:
        return answer.seen
    return answer.text if answer.verdict in (Verdict.EDITED, Verdict.CANDIDATE) else ""


class Publisher:
    """Writes the tables of a folder anew in the background, once for all decisions that come close together."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._wanted = Condition()
        self._asked = self._ending = False
        self.problem: Problem | None = None
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Have the tables written soon."""
        with self._wanted:
            self._asked = True
            self._wanted.notify()

    def finish(self) -> None:
        """Write what is still to be written, and end."""
        with self._wanted:
            self._ending = True
            self._wanted.notify()
        self._thread.join()

    def _work(self) -> None:
        ending = False
        while not ending:
            with self._wanted:
                self._wanted.wait_for(lambda: self._asked or self._ending)
                while not self._ending and self._wanted.wait(CALM):
                    pass
                asked, ending, self._asked = self._asked, self._ending, False
            if asked:
                self._write()

    def _write(self) -> None:
        self.problem = None
        try:
            with suppress(Busy):  # a run that is under way writes them itself
                renew(self._collection.directory, prepared=self._collection.prepared)
        except Problem as problem:
            self.problem = problem
