"""Thresholds that keep a promised risk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.model import CleanValue
from iki.normalize import risk
from iki.normalize.risk import Measured, RiskTable, Step, design_effect, promised, step_for, upper_bound

TABLE = RiskTable(
    {"scan_cell": Measured(5000, 200, [Step(0.999, 0.001, 0.4), Step(0.99, 0.004, 0.2), Step(0.9, 0.003, 0.1)])},
    "made up",
)


def test_the_bound_is_clopper_and_pearsons() -> None:
    assert upper_bound(0, 2995) == pytest.approx(1 - 0.05 ** (1 / 2995), rel=1e-6)  # no wrong value: in closed form
    assert upper_bound(2, 100) == pytest.approx(0.06162, abs=5e-5)  # 95 % one-sided, as tables have it
    assert upper_bound(7, 7) == 1.0 == upper_bound(0, 0)


@given(st.integers(0, 50), st.integers(1, 5000))
def test_the_bound_lies_above_what_was_seen_and_falls_with_more_looks(wrong: int, more: int) -> None:
    looked_at = wrong + more
    assert wrong / looked_at <= upper_bound(wrong, looked_at) <= 1
    assert upper_bound(wrong, 2 * looked_at) <= upper_bound(wrong, looked_at)


def test_values_that_go_wrong_together_tell_less() -> None:
    apart = [(1, 20), (0, 20)] * 20
    together = [(20, 20), *[(0, 20)] * 39]
    assert design_effect(apart) == pytest.approx(1.0, abs=0.05)
    assert design_effect(together) == pytest.approx(20, rel=0.1)
    assert design_effect([]) == design_effect([(0, 9), (0, 9)]) == 1.0


def test_steps_are_tried_from_strict_to_loose_until_one_fails() -> None:
    assert step_for("scan_cell", 0.001, TABLE) == Step(0.999, 0.001, 0.4)
    assert step_for("scan_cell", 0.003, TABLE) == Step(0.999, 0.001, 0.4), "a looser one behind one that fails is luck"
    assert step_for("scan_cell", 0.004, TABLE) == Step(0.9, 0.003, 0.1)
    assert step_for("scan_cell", 0.0005, TABLE) is None is step_for("dump_cell", 1.0, TABLE)


def test_a_kind_without_proof_is_flagged_whole_and_what_a_rule_demands_stays() -> None:
    values = {
        ("s", 1, "sure"): CleanValue("a", "a", 0.9995, False),
        ("s", 1, "doubtful"): CleanValue("a", "a", 0.99, False),
        ("s", 1, "demanded"): CleanValue("a", "a", 1.0, True),
        ("s", 0, "field"): CleanValue("a", "a", 1.0, False),
    }
    found = {column for (_, _, column), doubt in promised(values, 0.001, TABLE).items() if doubt.demanded}
    assert found == {"doubtful", "demanded", "field"}


def test_the_shipped_table_knows_its_kinds() -> None:
    table = risk.measured()
    assert set(table.kinds) <= set(risk.KINDS)
    for measured in table.kinds.values():
        assert [step.threshold for step in measured.steps] == sorted(
            (s.threshold for s in measured.steps), reverse=True
        )
        assert all(0 <= step.bound <= 1 and 0 <= step.flagged <= 1 for step in measured.steps)
