"""How a year of an agreement is settled for a funding line: by statements or by its costs, never both."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cii.agreements.queries import agreements_by_id
from cii.agreements.tables import SettledYear
from cii.agreements.vocabulary import SettledBy
from cii.institutions.queries import lines_by_id
from cii.kernel.errors import Refusal
from cii.store.work import Work


class SettledOtherwise(Refusal):
    """The year is settled in the other way already: paying by both would pay twice."""

    code, kind = "agreement-settled-otherwise", "conflict"


def settled_otherwise(
    work: Work, agreement_id: int, line_id: int, year: int, by: SettledBy, *, field: str | None = None
) -> list[Refusal]:
    """Whether the year is settled in the other way than `by`."""
    found = _settled(work, agreement_id, line_id, year)
    if found is None or found is by:
        return []
    number = agreements_by_id(work, [agreement_id])[agreement_id].number
    line = lines_by_id(work, [line_id])[line_id].code
    return [SettledOtherwise(field=field, agreement=number, line=line, year=year, by=found)]


def settle_by(work: Work, agreement_id: int, line_id: int, year: int, by: SettledBy) -> None:
    """Say how a year is settled, once; refuses SettledOtherwise, also when both ways begin at one moment."""
    for refused in settled_otherwise(work, agreement_id, line_id, year, by):
        raise refused
    if _settled(work, agreement_id, line_id, year) is by:
        return
    try:
        with work.session.begin_nested():
            work.session.add(
                SettledYear(
                    agreement_id=agreement_id,
                    line_id=line_id,
                    year=year,
                    settled_by=by,
                    recorded_at=work.now,
                    account_id=work.actor.account_id,
                )
            )
            work.session.flush()
    except IntegrityError:
        for refused in settled_otherwise(work, agreement_id, line_id, year, by):
            raise refused from None


def _settled(work: Work, agreement_id: int, line_id: int, year: int) -> SettledBy | None:
    return work.session.scalar(
        select(col(SettledYear.settled_by)).where(
            col(SettledYear.agreement_id) == agreement_id,
            col(SettledYear.line_id) == line_id,
            col(SettledYear.year) == year,
        )
    )
