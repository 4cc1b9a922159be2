"""The agreements in force with what they buy, all of them in one statement: for many stays at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from cii.agreements.rules import LIVING_STATES
from cii.agreements.tables import Agreement, AgreementMeasure
from cii.kernel.period import Period
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Living:
    """An agreement under which a line places persons in a measure; `valid_to` is the first day no more.

    `takes_until`: from when on an amendment takes new stays; `overbooking`: by how many places the line may
    go beyond its quota.
    """

    agreement_id: int
    valid_from: date
    valid_to: date | None
    takes_until: date | None
    overbooking: int

    def on(self, day: date) -> bool:
        """Whether it takes placements that begin on that day."""
        ends = [one for one in (self.valid_to, self.takes_until) if one is not None]
        return self.valid_from <= day < min(ends, default=date.max)


def living(
    work: Work,
    *,
    day: date | None = None,
    line_ids: Collection[int] | None = None,
    measure_ids: Collection[int] | None = None,
) -> Mapping[tuple[int, int], list[Living]]:
    """The agreements in force, whatever their term, by measure and line; the first signed first.

    Narrowed to those that take placements from `day`, to these lines, to these measures.
    """
    wanted: list[ColumnElement[bool]] = [col(Agreement.state).in_(LIVING_STATES)]
    if day is not None:
        wanted.append(col(Agreement.valid_from) <= day)
        wanted.append(or_(col(Agreement.valid_to).is_(None), col(Agreement.valid_to) > day))
    if line_ids is not None:
        wanted.append(col(AgreementMeasure.line_id).in_(line_ids))
    if measure_ids is not None:
        wanted.append(col(AgreementMeasure.measure_id).in_(measure_ids))
    found: dict[tuple[int, int], list[Living]] = {}
    for measure, line, *row in work.session.execute(
        select(
            col(AgreementMeasure.measure_id),
            col(AgreementMeasure.line_id),
            col(Agreement.id),
            col(Agreement.valid_from),
            col(Agreement.valid_to),
            col(Agreement.takes_until),
            col(AgreementMeasure.overbooking),
        )
        .join(Agreement, col(Agreement.id) == col(AgreementMeasure.agreement_id))
        .where(*wanted)
        .order_by(col(Agreement.id))
    ):
        found.setdefault((measure, line), []).append(Living(*row))
    return found


def bearing(held: Sequence[Living], stay: Period) -> tuple[int | None, date | None]:
    """The agreement that bears the stay; else None, with the day on which the one of its first day ends.

    The one that decides on the first day decides: where it ends during the stay, no other steps in.
    """
    first = next((one for one in held if one.on(stay.start)), None)
    if first is None:
        return None, None
    if first.valid_to is not None and first.valid_to < stay.end:
        return None, first.valid_to
    return first.agreement_id, None


def agreement_in_force(work: Work, measure_id: int, line_id: int, at: date) -> Agreement | None:
    """The agreement under which that line may place persons in the measure on that day, or None.

    An agreement that is not signed, not yet begun, ended or terminated takes no placement.
    """
    return work.session.scalars(
        select(Agreement)
        .join(AgreementMeasure, col(AgreementMeasure.agreement_id) == col(Agreement.id))
        .where(
            col(AgreementMeasure.measure_id) == measure_id,
            col(AgreementMeasure.line_id) == line_id,
            col(Agreement.state).in_(LIVING_STATES),
            col(Agreement.valid_from) <= at,
            or_(col(Agreement.valid_to).is_(None), col(Agreement.valid_to) > at),
            or_(col(Agreement.takes_until).is_(None), col(Agreement.takes_until) > at),
        )
        .order_by(col(Agreement.id))
        .limit(1)
    ).first()


def agreements_in_force(work: Work, at: date) -> dict[tuple[int, int], int]:
    """The agreement in force of each (measure, line) on that day, by id: one statement for a place search."""
    rows = work.session.execute(
        select(col(AgreementMeasure.measure_id), col(AgreementMeasure.line_id), col(Agreement.id))
        .join(Agreement, col(Agreement.id) == col(AgreementMeasure.agreement_id))
        .where(
            col(Agreement.state).in_(LIVING_STATES),
            col(Agreement.valid_from) <= at,
            or_(col(Agreement.valid_to).is_(None), col(Agreement.valid_to) > at),
            or_(col(Agreement.takes_until).is_(None), col(Agreement.takes_until) > at),
        )
        .order_by(col(Agreement.id).desc())
    )
    return {(row[0], row[1]): row[2] for row in rows}


__all__ = ["Living", "agreement_in_force", "agreements_in_force", "bearing", "living"]
