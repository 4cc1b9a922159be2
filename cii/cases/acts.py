"""How every act on a case begins: is it open, is it as the editor saw it, for which unit is the act."""

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.queries import live_parties
from cii.cases.rules import CaseClosed, NoPart, OnlyTheLead, SectionNotYours, section_word
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus, PartyRole
from cii.store.work import HOUSE, Work
from cii.wire.refusals import Stale


def touch(work: Work, case: CaseFile, expected: int | None = None) -> None:
    """Count the version of an open case on and hold its row; refuses CaseClosed, Stale."""
    counted = (
        update(CaseFile)
        .where(col(CaseFile.id) == case.id, col(CaseFile.status) == CaseStatus.OPEN)
        .values(version=col(CaseFile.version) + 1)
        .returning(col(CaseFile.version))
        .execution_options(synchronize_session=False)
    )
    if expected is not None:
        counted = counted.where(col(CaseFile.version) == expected)
    work.session.flush()
    version = work.session.execute(counted).scalar()
    if version is None:
        work.session.refresh(case)
        if case.status is CaseStatus.CLOSED:
            raise CaseClosed(number=case.number, open="reopen")
        raise Stale(current=case.version)
    set_committed_value(case, "version", version)


def acting_unit(work: Work, case: CaseFile, *roles: PartyRole, unit_id: int | None = None) -> int:
    """The actor's unit with such a part in the case, the lead first; the house acts for the unit it names.

    Refuses: OnlyTheLead where only the lead may act, else NoPart.
    """
    if work.actor == HOUSE and unit_id is not None:
        return unit_id
    found = [
        part
        for part in live_parties(work, case.id or 0)
        if (work.actor == HOUSE or part.unit_id in work.actor.units)
        and (not roles or part.role in roles)
        and unit_id in {None, part.unit_id}
    ]
    if not found:
        if roles == (PartyRole.LEAD,):
            raise OnlyTheLead(number=case.number)
        raise NoPart(number=case.number)
    return min(found, key=lambda part: part.role is not PartyRole.LEAD).unit_id


def need(work: Work, case: CaseFile, section: Section) -> None:
    """Let only those pass who may write the section; refuses SectionNotYours."""
    if not sections_on_case(work, case.id or 0)[1] & section:
        raise SectionNotYours(section=section_word(section))
