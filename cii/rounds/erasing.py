"""Words about a person in a round go; its days, order, sums and what came of it stay, for figures."""

from cii.rounds.tables import RoundCandidate, RoundPin
from cii.store.erasing import GONE, Erased

_BY_CASE = (("case_id", "case_file.person_id"),)

ROWS = (
    Erased(RoundCandidate, _BY_CASE, keep={"refused": ()}),
    Erased(RoundPin, _BY_CASE, blank={"reason": GONE}),
)
