"""Bring a further unit into a case: what it may learn, on which basis, told to the person's file.

Only what the basis covers passes; each precondition that fails is named (see `people.disclose`).
"""

from collections.abc import Mapping

from cii.access.vocabulary import Section
from cii.cases.actions import join
from cii.cases.queries import live_parties
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import PartyRole
from cii.institutions.queries import units_by_id
from cii.people.actions import disclose
from cii.people.queries import BasisClaims, basis_facts, person_by_id
from cii.people.rules import basis_faults
from cii.people.vocabulary import Basis, Purpose
from cii.store.work import Work

SHARED = Section.IDENTITY | Section.FUNCTIONAL | Section.PLAN | Section.PLACEMENT | Section.SOCIAL_FACTS
"""What a party learns; the physician and the AI office also the medical part."""


def sections_for(role: PartyRole) -> Section:
    """What a part in a case learns of what others have gathered."""
    return SHARED | Section.MEDICAL if role in {PartyRole.PHYSICIAN, PartyRole.AI} else SHARED


def own_for(role: PartyRole) -> Section:
    """What a party writes for itself and nobody passed on: its notes, and social aid its own content.

    It opens and ends with the basis, so that a withdrawn consent leaves no door ajar.
    """
    return Section.NOTES | Section.SOCIAL if role is PartyRole.AS else Section.NOTES


def writes_for(role: PartyRole) -> Section:
    """What a part in a case may write of what is shared."""
    if role is PartyRole.PHYSICIAN:
        return Section.MEDICAL | Section.FUNCTIONAL
    return Section.PLAN | Section.PLACEMENT | Section.SOCIAL_FACTS


def claims_for(written_reason: str = "") -> BasisClaims:
    """What the announcing institution claims for its disclosure."""
    return BasisClaims(
        purpose=Purpose.COORDINATION, written_reason=written_reason, proportional=True, same_purpose=True
    )


def role_of(work: Work, unit_id: int) -> PartyRole:
    """The part in which a unit joins: the voice of its system."""
    sector = units_by_id(work, [unit_id])[unit_id].sector
    return PartyRole(sector.value) if sector is not None else PartyRole.PHYSICIAN


def bring_in(  # noqa: PLR0917 - who, in which part, on which ground
    work: Work,
    case: CaseFile,
    unit_id: int,
    role: PartyRole,
    basis: Basis = Basis.CONSENT,
    written_reason: str = "",
) -> None:
    """Give the unit its part and what the basis covers; nothing where it has that part already.

    Refuses with every precondition of the basis that fails.
    """
    if any((one.unit_id, one.role) == (unit_id, role) for one in live_parties(work, case.id or 0)):
        return
    if unit_id == case.lead_unit_id:
        join(work, case, unit_id, role, Section(0), basis=Basis.OWN_CASE)
        return
    person = person_by_id(work, case.person_id)
    _, opened = disclose(
        work, person, case.id, unit_id, sections_for(role), basis, from_unit_id=case.lead_unit_id,
        writes=writes_for(role), claims=claims_for(written_reason),
    )  # fmt: skip
    own = own_for(role)
    join(work, case, unit_id, role, own, own, basis=basis, until=opened.valid_until)


def may_bring_in(work: Work, case: CaseFile, parts: Mapping[PartyRole, int]) -> bool:
    """Whether the person's consent covers each of these units that has no part in the case yet."""
    held = {(one.unit_id, one.role) for one in live_parties(work, case.id or 0)}
    return all(
        not basis_faults(
            Basis.CONSENT,
            basis_facts(
                work, case.person_id, case.lead_unit_id, unit, sections_for(role), claims_for(),
                case_id=case.id,
            ),
        )
        for role, unit in parts.items()
        if (unit, role) not in held and unit != case.lead_unit_id
    )  # fmt: skip
