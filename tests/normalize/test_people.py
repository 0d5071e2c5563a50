"""Who signs: keyed counts and the keyed search for names against plain counting and a search through all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from iki.normalize.fields import nip
from iki.normalize.people import SAME_NAME, Names, People, Signer

FEW = st.sampled_from(["", "a", "b"])
SIGNERS = st.builds(Signer, FEW, FEW, FEW, st.tuples(FEW, FEW), FEW)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["", "x", "é"])), max_size=4)


def edited(text: str, edits: Sequence[tuple[float, str]]) -> str:
    """``text`` with characters inserted, or where that is none, taken out, each at a share of its length."""
    for share, sign in edits:
        at = int(share * len(text))
        text = text[:at] + sign + text[at + (not sign) :]
    return text


@st.composite
def keys_and_edited(draw: st.DrawFn) -> tuple[list[str], str]:
    keys = draw(st.lists(st.text("abc de", max_size=40), min_size=1, max_size=20, unique=True))
    edits = [draw(EDITS) for _ in range(4)]
    forms = [edited(draw(st.sampled_from(keys)), each) for each in edits]
    return sorted({*keys, *forms[1:]}), forms[0]


@given(keys_and_edited())
def test_the_nearest_name_is_that_of_a_search_through_all(given_names: tuple[list[str], str]) -> None:
    keys, key = given_names
    likeness = {other: fuzz.ratio(key, other) for other in keys if other != key}
    best = max(likeness.values(), default=0)
    wanted = min((other for other, ratio in likeness.items() if ratio == best >= SAME_NAME), default="")
    assert Names.of(keys).nearest(key) == wanted


@given(st.lists(SIGNERS), SIGNERS)
def test_votes_are_those_of_all_other_sheets(signers: list[Signer], me: Signer) -> None:
    people = People.of(Counter([*signers, me]))
    mates = [other for other in signers if me.nip and other.nip == me.nip]
    assert people.names(me) == Counter(other.name for other in mates if other.name)
    assert people.posts(me) == Counter(other.post for other in mates if other.post)
    assert people.ranks(me) == Counter(other.rank for other in mates if any(other.rank))
    namesakes = [other for other in signers if me.key and other.key == me.key]
    numbers = Counter(other.nip for other in namesakes if other.nip)
    assert people.nips(me) == numbers


def test_a_name_that_stands_alone_is_taken_for_the_nearest() -> None:
    signers = [Signer("siti rahmawati", "", "1", ("", ""), ""), Signer("budi santoso", "", "2", ("", ""), "")]
    me = Signer("sitl rahmawati", "", "", ("", ""), "")
    people = People.of(Counter([*signers, me]))
    assert people.nips(me) == Counter(["1"])
    assert people.nips(Signer("sukarno", "", "", ("", ""), "")) == Counter()


@given(st.lists(st.text("12", min_size=17, max_size=18), max_size=6), st.integers(0, 18), st.booleans())
def test_a_number_cut_off_is_completed_as_by_a_search_through_all(known: list[str], left: int, start: bool) -> None:
    people = People.of(Counter(Signer("", "", number, ("", ""), "") for number in known))
    whole = known[0] if known else "1" * 18
    part = whole[:left] if start else whole[len(whole) - left :]
    assert people.completed(part) == nip.completed(part, known)
