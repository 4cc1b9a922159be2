"""Rests of a case until a day: kept with the reason, ended by hand or on that day by the night."""

from datetime import date

from sqlmodel import col, select

from cii.cases.tables import CaseFile
from cii.cases.tables_follow import CaseRest
from cii.kernel.errors import Refusal
from cii.store.work import Work


class ResumeDayPast(Refusal):
    """A case rests until a day that is yet to come."""

    code, kind = "resume-day-past", "unfit"


def lies_ahead(work: Work, resume_on: date) -> None:
    """Let only a day pass that is yet to come; refuses ResumeDayPast."""
    if resume_on <= work.today:
        raise ResumeDayPast(field="resume_on", day=resume_on)


def rest(work: Work, case: CaseFile, resume_on: date, reason: str, unit_id: int) -> CaseRest:
    """Keep until which day a case rests; refuses ResumeDayPast."""
    lies_ahead(work, resume_on)
    end_rest(work, case)
    row = CaseRest(
        case_id=case.id or 0, since=work.now, resume_on=resume_on, reason=reason, unit_id=unit_id,
        account_id=work.actor.account_id,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row


def end_rest(work: Work, case: CaseFile) -> None:
    """The case goes on, or rests otherwise."""
    live = rest_of(work, case.id or 0)
    if live is not None:
        live.ended_at = work.now
        work.session.add(live)
        work.session.flush()


def rest_of(work: Work, case_id: int) -> CaseRest | None:
    """The rest with a last day in which a case is now."""
    return work.session.exec(
        select(CaseRest).where(col(CaseRest.case_id) == case_id, col(CaseRest.ended_at).is_(None))
    ).first()


def rests_due(work: Work, day: date) -> list[CaseFile]:
    """The cases whose rest is over on that day or before, in the order of their rests."""
    return list(
        work.session.exec(
            select(CaseFile)
            .join(CaseRest, col(CaseRest.case_id) == col(CaseFile.id))
            .where(col(CaseRest.ended_at).is_(None), col(CaseRest.resume_on) <= day)
            .order_by(col(CaseRest.id))
        )
    )
