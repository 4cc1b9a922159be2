"""What was agreed to and passed on about a person, as far as the actor has to do with it.

Open are consents and disclosures of the actor's own units, those that name their institution, and those of
cases that are open to them. What other institutions have among themselves stays theirs, and what belongs to a
case for named readers is for these alone.
"""

from collections.abc import Iterable

from sqlmodel import col, select

from cii.access.restricted import not_restricted
from cii.cases.queries import cases_of
from cii.cases.tables import CaseFile, CaseParty
from cii.people.queries import ConsentRow, consents, disclosures
from cii.people.tables import Disclosure
from cii.store.work import HOUSE, Work


def consents_open(work: Work, person_id: int) -> list[ConsentRow]:
    """The consents of a person that the actor may know of, the newest first."""
    rows = consents(work, person_id)
    if work.actor == HOUSE:
        return rows
    cases = {case.id or 0: case for case in cases_of(work, person_id)}
    parties = work.session.exec(select(CaseParty.unit_id).where(col(CaseParty.case_id).in_(cases)))
    with_me = {*work.actor.units, *parties, *(case.opened_by_unit_id for case in cases.values())}
    mine = set(work.actor.institutions)
    closed = _closed(work, (row.consent.case_id for row in rows))
    return [
        row
        for row in rows
        if row.consent.case_id not in closed
        and (
            row.consent.recorded_unit in with_me
            or mine & set(row.institution_ids)
            or row.consent.case_id in cases
        )
    ]


def disclosures_open(work: Work, person_id: int) -> list[Disclosure]:
    """What was passed on about a person, as far as the actor may know of it, the oldest first."""
    rows = disclosures(work, person_id)
    if work.actor == HOUSE:
        return rows
    cases = {case.id for case in cases_of(work, person_id)}
    mine, closed = set(work.actor.units), _closed(work, (row.case_id for row in rows))
    return [
        row
        for row in rows
        if row.case_id not in closed and (row.case_id in cases or mine & {row.from_unit_id, row.to_unit_id})
    ]


def _closed(work: Work, case_ids: Iterable[int | None]) -> set[int]:
    """Of these cases those that are for named readers, none of them the actor."""
    wanted = {one for one in case_ids if one is not None}
    if not wanted:
        return set()
    open_ = select(CaseFile.id).where(
        col(CaseFile.id).in_(wanted), not_restricted(col(CaseFile.id), work.actor)
    )
    return wanted - {one or 0 for one in work.session.exec(open_)}
