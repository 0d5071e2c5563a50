"""Probabilities and flags."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.language import odds
from iki.language.odds import logit, sigmoid
from iki.normalize import trust
from iki.normalize.trust import Doubt, FlagSettings, flags

PROBABILITIES = st.floats(0, 1)
DOUBTS = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.sampled_from("xyz")),
    st.builds(Doubt, PROBABILITIES, st.booleans(), st.sampled_from((5.0, 25.0))),
)


def test_the_shipped_model_is_readable_and_whole() -> None:
    model = trust.model()
    assert {"nip", "nama", "pangkat", "tanggal"} <= set(model.structure)
    assert msgspec.json.decode(trust.MODEL.read_bytes(), type=trust.TrustModel) == model


@given(PROBABILITIES)
def test_logit_and_sigmoid_are_inverse_within_what_engines_may_claim(p: float) -> None:
    assert sigmoid(logit(p)) == pytest.approx(min(max(p, odds.EPSILON), 1 - odds.EPSILON))


@given(st.lists(PROBABILITIES, max_size=20), PROBABILITIES)
def test_more_doubt_never_helps(words: list[float], geometry: float) -> None:
    sure = trust.text_probability(words, [], 1.0)
    assert trust.text_probability(words, [], geometry) <= sure + 1e-9
    assert trust.text_probability([*words, 0.5], [], 1.0) <= sure + 1e-9


@given(DOUBTS, st.none() | PROBABILITIES)
def test_flags(doubts: dict[tuple[str, int, str], Doubt], budget: float | None) -> None:
    wanted = flags(doubts, budget)
    demanded = {key for key, doubt in doubts.items() if doubt.demanded}
    assert demanded <= wanted
    looked = [doubts[key].worth for key in wanted - demanded]
    spared = [doubt.worth for key, doubt in doubts.items() if key not in wanted]
    assert all(worth > 1 for worth in looked)
    if budget is None:
        assert all(worth <= 1 for worth in spared)
    else:
        assert len(wanted) <= max(len(demanded), int(budget * len(doubts)))
        assert not looked or max([worth for worth in spared if worth > 1], default=0) <= min(looked)


def test_the_same_doubt_is_flagged_sooner_where_a_look_is_cheap() -> None:
    settings = FlagSettings()
    doubts = {
        ("s", 1, name): Doubt(0.9, False, harm)
        for name, harm in (("scan", settings.cost_of_wrong), ("dump", settings.cost_without_picture))
    }
    assert flags(doubts) == {("s", 1, "scan")}
