"""Probabilities and flags."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.normalize import confidence
from iki.normalize.confidence import FlagSettings, flags, logit, sigmoid

PROBABILITIES = st.floats(0, 1)
DOUBTS = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.sampled_from("xyz")), st.tuples(PROBABILITIES, st.booleans())
)


def test_the_shipped_model_is_readable_and_whole() -> None:
    model = confidence.model()
    assert {"nip", "nama", "pangkat", "tanggal"} <= set(model.structure)
    assert msgspec.json.decode(confidence.MODEL.read_bytes(), type=confidence.Model) == model


@given(PROBABILITIES)
def test_logit_and_sigmoid_are_inverse_within_what_engines_may_claim(p: float) -> None:
    assert sigmoid(logit(p)) == pytest.approx(min(max(p, confidence.EPSILON), 1 - confidence.EPSILON))


@given(st.lists(PROBABILITIES, max_size=20), PROBABILITIES)
def test_more_doubt_never_helps(words: list[float], geometry: float) -> None:
    sure = confidence.text_probability(words, [], 1.0)
    assert confidence.text_probability(words, [], geometry) <= sure + 1e-9
    assert confidence.text_probability([*words, 0.5], [], 1.0) <= sure + 1e-9


@given(DOUBTS, st.none() | PROBABILITIES)
def test_flags(doubts: dict[tuple[str, int, str], tuple[float, bool]], budget: float | None) -> None:
    wanted = flags(doubts, FlagSettings(review_budget=budget))
    demanded = {key for key, (_, must) in doubts.items() if must}
    assert demanded <= wanted
    extra = wanted - demanded
    if budget is not None:
        assert len(wanted) <= max(len(demanded), int(budget * len(doubts)))
    spared = [p for key, (p, _) in doubts.items() if key not in wanted]
    assert (
        not extra
        or not spared
        or budget is None
        or max(doubts[k][0] for k in extra)
        <= min([p for p in spared if FlagSettings().cost_of_wrong * (1 - p) > 1], default=1.0)
    )
    if budget is None:
        assert all(FlagSettings().cost_of_wrong * (1 - p) <= 1 for p in spared)
