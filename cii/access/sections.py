"""Which sections of a case a role may see and write: the table of product.md §10, in this one place.

What a person really sees is the smaller of two: what the grant opens to the unit, and what this table opens
to the role. A combination that is not written here opens nothing.

Read beside the design: "R b" (only with a valid basis) is the grant's part, never this table's. Another party
writes its own parts of grid, plan and placement, and keeps notes of its own unit, which no other unit reads.
Social aid reads and writes its own content also where it does not lead; every other party its yes/no facts.
A former lead reads what it read. The group sees an agenda case only; other cases reach it as figures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cii.access.vocabulary import EVERYTHING, NOTHING, Relation, Role, Section

S = Section


@dataclass(frozen=True, slots=True)
class Mask:
    """Sections that may be read, and those of them that may be written."""

    reads: Section = NOTHING
    writes: Section = NOTHING

    def __or__(self, other: "Mask") -> "Mask":
        return Mask(self.reads | other.reads, self.writes | other.writes)

    def __and__(self, other: "Mask") -> "Mask":
        reads = self.reads & other.reads
        return Mask(reads, self.writes & other.writes & reads)


_MANAGER_READS = S.IDENTITY | S.FUNCTIONAL | S.SOCIAL_FACTS | S.PLAN | S.PLACEMENT | S.NOTES
_MANAGER: Mapping[Relation, Mask] = {
    Relation.OWN: Mask(_MANAGER_READS, S.IDENTITY | S.SOCIAL_FACTS | S.PLAN | S.PLACEMENT | S.NOTES),
    Relation.PARTY: Mask(_MANAGER_READS, S.PLAN | S.PLACEMENT | S.NOTES),
    Relation.FORMER: Mask(_MANAGER_READS),
    Relation.AGENDA: Mask(S.IDENTITY | S.PLAN | S.PLACEMENT),
    Relation.BREAK_GLASS: Mask(S.IDENTITY | S.FUNCTIONAL | S.PLAN | S.PLACEMENT),
}
_PHYSICIAN = Mask(S.IDENTITY | S.MEDICAL | S.FUNCTIONAL | S.PLAN | S.PLACEMENT, S.MEDICAL | S.FUNCTIONAL)
_AGENDA = {Relation.AGENDA: Mask(S.IDENTITY | S.PLAN | S.PLACEMENT)}
_FINANCE = Mask(S.IDENTITY | S.PLACEMENT)
_REFERRAL = Mask(S.IDENTITY | S.PLAN | S.PLACEMENT, S.IDENTITY | S.PLAN)

TABLE: Mapping[Role, Mapping[Relation, Mask]] = {
    Role.CASE_MANAGER: _MANAGER,
    Role.SUPERVISOR: _MANAGER,
    Role.PHYSICIAN: {Relation.OWN: _PHYSICIAN, Relation.PARTY: _PHYSICIAN},
    Role.FINANCE: {Relation.OWN: _FINANCE, Relation.PARTY: _FINANCE},
    Role.COORDINATION_MEMBER: _AGENDA,
    Role.COORDINATION_GUEST: _AGENDA,
    Role.REFERRAL_SERVICE: {Relation.OWN: _REFERRAL, Relation.PARTY: Mask(_REFERRAL.reads)},
    Role.PROVIDER: {Relation.PROVIDER: Mask(S.IDENTITY | S.FUNCTIONAL | S.PLACEMENT, S.PLACEMENT)},
    Role.AUDITOR: {Relation.BREAK_GLASS: Mask(S.IDENTITY | S.PLAN | S.PLACEMENT)},
    Role.CONTRACT_MANAGER: {},
    Role.DASHBOARD_REFERENCE: {},
    Role.STEERING: {},
    Role.DATA_PROTECTION_OFFICER: {},
    Role.ADMINISTRATOR: {},
}
"""Role → relation → sections; an empty row is a role without case content."""

_MANAGERS = frozenset({Role.CASE_MANAGER, Role.SUPERVISOR})
SECTOR_ADDS: Mapping[tuple[str, Relation], Mask] = {
    ("AS", Relation.OWN): Mask(S.SOCIAL | S.SOCIAL_FACTS, S.SOCIAL | S.SOCIAL_FACTS),
    ("AS", Relation.PARTY): Mask(S.SOCIAL | S.SOCIAL_FACTS, S.SOCIAL | S.SOCIAL_FACTS),
    ("AS", Relation.FORMER): Mask(S.SOCIAL | S.SOCIAL_FACTS),
    ("AI", Relation.OWN): Mask(S.MEDICAL),
    ("AI", Relation.PARTY): Mask(S.MEDICAL),
}
"""What managers of a sector see beyond the table: social aid its own content, the AI office medical data."""

LINK_MASK = Mask(EVERYTHING & ~S.NOTES, EVERYTHING & ~S.NOTES)
"""A signed link opens what its grant says, never a unit's internal notes."""


def mask_for(role: str, relation: str, sector: str | None = None) -> Mask:
    """What this role may see and write in that relation; nothing when the table does not say so."""
    known, tied = Role(role), Relation(relation)
    mask = TABLE[known].get(tied, Mask())
    if known in _MANAGERS and sector is not None:
        mask |= SECTOR_ADDS.get((sector, tied), Mask())
    return mask


def effective(masks: Iterable[tuple[Mask, Mask]]) -> Mask:
    """The sum over pairs (what the grant opens, what the role may): one pair that opens is enough."""
    total = Mask()
    for granted, allowed in masks:
        total |= granted & allowed
    return total


def lead_grant() -> Mask:
    """What the unit that leads a case is granted; its members see of it what their role allows.

    Medical data is never part of it: it opens by a disclosure of its own.
    """
    return Mask(EVERYTHING & ~S.MEDICAL, EVERYTHING & ~S.MEDICAL)


def party_grant() -> Mask:
    """What another party is granted as a rule; cut it to the sections that the basis covers."""
    return Mask(EVERYTHING & ~S.MEDICAL, EVERYTHING & ~S.MEDICAL & ~S.IDENTITY)


def physician_grant() -> Mask:
    """What the medical team is granted: it alone writes medical data and functional limits."""
    return _PHYSICIAN


def provider_grant() -> Mask:
    """What a provider is granted for its participant."""
    return Mask(S.IDENTITY | S.FUNCTIONAL | S.PLACEMENT, S.PLACEMENT)
