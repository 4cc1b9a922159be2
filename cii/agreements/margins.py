"""By how many places the agreements let a line go beyond its quota in a measure, and when."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.rules import LIVING_STATES
from cii.agreements.tables import Agreement, AgreementMeasure
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Margin:
    """An agreement lets a line go `places` beyond its quota; `valid_to` is the first day no more."""

    agreement_id: int
    line_id: int
    places: int
    valid_from: date
    valid_to: date | None


def margins_of(work: Work, measure_id: int) -> list[Margin]:
    """The margins that agreements in force state for the measure, by agreement; a draft gives none."""
    rows = work.session.execute(
        select(
            col(Agreement.id),
            col(AgreementMeasure.line_id),
            col(AgreementMeasure.overbooking),
            col(Agreement.valid_from),
            col(Agreement.valid_to),
        )
        .join(Agreement, col(Agreement.id) == col(AgreementMeasure.agreement_id))
        .where(
            col(AgreementMeasure.measure_id) == measure_id,
            col(AgreementMeasure.overbooking) > 0,
            col(Agreement.state).in_(LIVING_STATES),
        )
        .order_by(col(Agreement.id), col(AgreementMeasure.line_id))
    )
    return [Margin(*row) for row in rows]


def measures_bought(work: Work, agreement_id: int) -> list[int]:
    """The measures that an agreement buys, by id."""
    held = select(col(AgreementMeasure.measure_id)).where(col(AgreementMeasure.agreement_id) == agreement_id)
    return list(work.session.scalars(held.distinct().order_by(col(AgreementMeasure.measure_id))))


__all__ = ["Margin", "margins_of", "measures_bought"]
