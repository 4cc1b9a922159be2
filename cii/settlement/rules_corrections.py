"""Why a stated month costs something else by now: told from the computation as it was and as it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from cii.settlement.vocabulary import CorrectionCause

Told = Mapping[str, Any]
"""A stored computation of one piece."""


def causes(now: Sequence[Told], then: Sequence[Told]) -> tuple[CorrectionCause, ...]:
    """What differs: the days of the stay, the tariff, or what was attested; in this order.

    A computation that changed for none of these has changed by its attendance: its days count otherwise.
    """
    found = []
    if _stay(now) != _stay(then):
        found.append(CorrectionCause.STAY)
    if _prices(now) != _prices(then):
        found.append(CorrectionCause.TARIFF)
    if not found or (_stay(now) == _stay(then) and _days(now) != _days(then)):
        found.append(CorrectionCause.ATTENDANCE)
    return tuple(found)


def _stay(told: Sequence[Told]) -> object:
    if not told:
        return None
    breaks = [span for one in told for span in one.get("breaks", ())]
    return min(one["first"] for one in told), max(one["last"] for one in told), breaks


def _prices(told: Sequence[Told]) -> object:
    return sorted({(one["amount"], one["basis"]) for one in told}) if told else None


def _days(told: Sequence[Told]) -> object:
    return [(one.get("attended"), one.get("unpaid"), one.get("absences")) for one in told]
