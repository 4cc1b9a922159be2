"""Data of a person pass to another unit: on a basis whose preconditions hold, and listed for good."""

from datetime import timedelta

from cii.access.actions import AccessGrant, grant
from cii.access.vocabulary import NOTHING, Relation
from cii.institutions.queries import institution_of
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.kernel.errors import refuse
from cii.notices.actions import tell
from cii.people.queries import NO_CLAIMS, BasisClaims, basis_facts, live_consent
from cii.people.rules import basis_faults
from cii.people.tables import Disclosure, Person
from cii.people.vocabulary import Basis
from cii.store.work import Work

RESTS_ON_CONSENT = frozenset({Basis.CONSENT, Basis.LACI_85F_2})
"""Bases that end with the consent."""
INFORM = "case-inform-person"


def disclose(  # noqa: PLR0917 - whose data, for which case, to whom, what, on which ground
    work: Work,
    person: Person,
    case_id: int | None,
    to_unit_id: int,
    sections: int,
    basis: Basis,
    *,
    from_unit_id: int | None = None,
    writes: int = NOTHING,
    claims: BasisClaims = NO_CLAIMS,
    relation: Relation = Relation.PARTY,
) -> tuple[Disclosure, AccessGrant]:
    """Pass sections of a person's data to another unit: the disclosure stays, the grant ends with its basis.

    `from_unit_id` left out is the actor's first unit. What passes under LAI 68bis without consent asks the
    giving unit to inform the person. Refuses with every precondition of the basis that fails.
    """
    giver = from_unit_id if from_unit_id is not None else work.actor.units[0]
    person_id = person.id or 0
    facts = basis_facts(work, person_id, giver, to_unit_id, sections, claims, case_id=case_id)
    refuse(basis_faults(basis, facts))
    consent = None
    if basis in {Basis.CONSENT, Basis.LACI_85F_2, Basis.LAI_68BIS}:
        receiver = institution_of(work, to_unit_id).id or 0
        consent = live_consent(work, person_id, receiver, sections, purpose=claims.purpose, case_id=case_id)
    row = Disclosure(
        person_id=person_id,
        case_id=case_id,
        from_unit_id=giver,
        to_unit_id=to_unit_id,
        sections=int(sections),
        basis=basis,
        reason=claims.written_reason or None,
        consent_id=consent.id if consent else None,
        at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    opened = grant(
        work,
        unit_id=to_unit_id,
        person_id=person_id,
        case_id=case_id,
        reads=sections,
        writes=writes,
        basis=basis,
        cause=f"disclosure:{row.id}",
        relation=relation,
        until=local_midnight(consent.valid_until + timedelta(days=1))
        if consent and basis in RESTS_ON_CONSENT
        else None,
    )
    if basis is Basis.LAI_68BIS and consent is None:
        _inform(work, person, row)
    wrote(
        work,
        "disclose",
        "disclosure",
        row.id,
        ref=row.ref,
        case_id=case_id,
        person_id=person_id,
        unit_id=giver,
        basis=basis,
        payload={"to_unit": to_unit_id, "sections": int(sections)},
    )
    return row, opened


def _inform(work: Work, person: Person, row: Disclosure) -> None:
    """Ask the giving unit to tell the person afterwards (LAI 68bis: exchange without consent)."""
    tell(
        work,
        unit_id=row.from_unit_id,
        kind=INFORM,
        subject="person",
        subject_ref=person.ref,
        person_id=person.id,
        on=work.today,
    )
