"""When the ground of an access ends or comes back: a payer is decided, a consent is given again.

Who loses sight of a case leaves it in the same transaction; who lost its part with a withdrawn consent comes
back with a new one that covers it. The process itself goes on by an act of its own (`resume_case`).
Source: LACI 85f al. 2 and 3; product.md §9, P15.
"""

from collections.abc import Iterator
from dataclasses import replace

from cii.access.queries import units_reading
from cii.cases.queries import cases_of, live_parties
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.people.actions import GiveConsent, RecordStatus, give_consent, record_status
from cii.people.queries import basis_facts, consents, disclosures, person_by_ref
from cii.people.rules import basis_faults
from cii.people.tables import Consent, Disclosure, SystemStatus
from cii.people.vocabulary import Basis, StatusSource
from cii.routing.actions_case import shut_out
from cii.routing.holding import CASE
from cii.routing.sharing import bring_in, claims_for, role_of
from cii.store.work import HOUSE, Work
from cii.workflow.keeping import keep_parts
from cii.workflow.queries import instance_for, roles_of
from cii.workflow.vocabulary import Status


def record_standing(
    work: Work, ask: RecordStatus, unit_id: int, source: StatusSource = StatusSource.ENTERED
) -> SystemStatus:
    """Add a status; where it decides who pays, units that saw a case under LACI 85f al. 3 leave it at once.

    Refuses what `record_status` refuses.
    """
    person = person_by_ref(work, ask.person_ref)
    cases = cases_of(replace(work, actor=HOUSE), person.id or 0)
    saw = {case.id: units_reading(work, case.id or 0) for case in cases}
    row = record_status(work, ask, unit_id, source)
    for case in cases:
        if gone := saw[case.id] - units_reading(work, case.id or 0):
            shut_out(work, case, instance_for(work, CASE, case.id or 0), gone)
    return row


def keep_consent(work: Work, ask: GiveConsent, unit_id: int) -> tuple[Consent, int]:
    """Keep a consent; units that lost their part with a withdrawn one come back where it covers them.

    Returns the consent and how many came back. Refuses what `give_consent` refuses.
    """
    row = give_consent(work, ask, unit_id)
    back = 0
    for case in cases_of(work, row.person_id):
        if case.status is CaseStatus.OPEN:
            back += sum(_rejoin(work, case, lost) for lost in _lost(work, case))
    return row, back


def _lost(work: Work, case: CaseFile) -> Iterator[Disclosure]:
    """The last disclosure to each unit that has no part any more because its consent was withdrawn."""
    withdrawn = {one.consent.id for one in consents(work, case.person_id) if one.consent.withdrawn_at}
    present = {one.unit_id for one in live_parties(work, case.id or 0)}
    last = {one.to_unit_id: one for one in disclosures(work, case.person_id) if one.case_id == case.id}
    for unit, one in last.items():
        if one.consent_id in withdrawn and unit not in present:
            yield one


def _rejoin(work: Work, case: CaseFile, lost: Disclosure) -> bool:
    """Give the unit its part again, if every precondition of the basis holds today."""
    facts = basis_facts(
        work, case.person_id, case.lead_unit_id, lost.to_unit_id, lost.sections, claims_for(), case_id=case.id
    )
    basis = Basis(lost.basis)
    if basis_faults(basis, facts):
        return False
    role = role_of(work, lost.to_unit_id)
    bring_in(work, case, lost.to_unit_id, role, basis)
    instance = instance_for(work, CASE, case.id or 0)
    if instance is not None and instance.status != Status.CLOSED:
        held = roles_of(work, instance.id or 0)
        units = (*held.get(role.value, ()), lost.to_unit_id)
        keep_parts(work, instance, {**held, role.value: units})
    return True
