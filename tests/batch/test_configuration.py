"""What makes pages be read anew: what a module does, not how it is written."""

from __future__ import annotations

import pytest

from iki.batch.configuration import _statements

WRITTEN = (
    b'"""What it is."""\nFEW = 3\n"""So many."""\n\n\ndef more(n: int) -> int:\n    """One more."""\n    return n + 1\n'
)


@pytest.mark.parametrize(
    "source",
    [
        WRITTEN.replace(b"One more", b"The next number"),
        WRITTEN.replace(b"So many", b"As many as that"),
        WRITTEN.replace(b"    return", b"    # counting\n    return"),
        b"FEW = 3\ndef more(n: int) -> int: return n + 1",
    ],
)
def test_comments_docstrings_and_layout_change_nothing(source: bytes) -> None:
    assert _statements(source) == _statements(WRITTEN)


@pytest.mark.parametrize(
    "source", [WRITTEN.replace(b"3", b"4"), WRITTEN.replace(b"n + 1", b"n + 2"), WRITTEN + b"FEW = 2\n"]
)
def test_a_statement_changes_it(source: bytes) -> None:
    assert _statements(source) != _statements(WRITTEN)


def test_a_function_of_nothing_but_words_is_kept() -> None:
    assert _statements(b'def f() -> None:\n    """Nothing."""\n') == b"def f() -> None:\n    pass"
