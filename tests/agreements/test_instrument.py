"""Case by case below ten placements a year, an agreement from ten on; the number is dated."""

import pytest

from cii.agreements.rules_instrument import proposed_instrument
from cii.agreements.vocabulary import Instrument


@pytest.mark.parametrize(
    ("placements", "threshold", "proposed"),
    [
        (0, 10, Instrument.CASE_BY_CASE),
        (9, 10, Instrument.CASE_BY_CASE),
        (10, 10, Instrument.AGREEMENT),
        (10, 12, Instrument.CASE_BY_CASE),
    ],
)
def test_the_instrument_follows_the_number_of_placements(placements, threshold, proposed):
    assert proposed_instrument(placements, threshold) is proposed
