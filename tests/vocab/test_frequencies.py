"""The lists of wordfreq as we read them are those that the library gives."""

from __future__ import annotations

import pytest
import wordfreq

from iki.vocab.frequencies import frequencies


@pytest.mark.parametrize("language", ["id", "en"])
def test_frequencies_are_those_of_the_library(language: str) -> None:
    assert list(frequencies(language).items()) == list(wordfreq.get_frequency_dict(language, "best").items())
