"""The values that people have entered for the indicators of an agreement, with what corrected them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import agreement_view
from cii.agreements.tables import Indicator
from cii.figures.rules import definition_of
from cii.figures.tables import IndicatorEntry
from cii.figures.vocabulary import Definition
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """A value as it was entered; `corrected`: a later one has taken its place. Francs are centimes."""

    ref: str
    code: str
    effective_on: date
    numerator: int
    denominator: int
    people: int | None
    source: str
    recorded_at: datetime
    corrected: bool


def entered_indicators(work: Work, agreement_ref: str) -> list[Indicator]:
    """The indicators of an agreement that people have to enter; refuses UnknownThing."""
    found = agreement_view(work, agreement_ref).indicators
    return [one for one in found if definition_of(one.source) is Definition.ENTERED]


def entered_values(work: Work, indicators: Sequence[Indicator]) -> list[EnteredValue]:
    """What was entered for these indicators, the newest day first, in one statement."""
    codes = {one.id: one.code for one in indicators}
    rows = work.session.scalars(
        select(IndicatorEntry)
        .where(col(IndicatorEntry.indicator_id).in_(codes))
        .order_by(col(IndicatorEntry.effective_on).desc(), col(IndicatorEntry.id).desc())
    ).all()
    corrected = {row.replaces for row in rows}
    return [
        EnteredValue(
            row.ref,
            codes[row.indicator_id],
            row.effective_on,
            row.numerator,
            row.denominator,
            row.people,
            row.source,
            row.recorded_at,
            row.id in corrected,
        )
        for row in rows
    ]
