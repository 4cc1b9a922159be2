"""What is agreed: parties, bases, aims, offers, volume, price, surplus (000, table 1; OACI 81d)."""

from dataclasses import dataclass, field

from cii.conventions.fields import line, many, prose, whole
from cii.conventions.vocabulary import (
    ExtraKind,
    PartyRole,
    PricedUnit,
    ReferenceKind,
    RequirementKind,
    Reserves,
    RiskSharing,
    SubsidyNature,
    SurplusRule,
    WarnedEvent,
)
from cii.kernel.money import Chf
from cii.measures.vocabulary import TargetGroup


@dataclass(frozen=True)
class Signatory:
    """Who is to sign, and as what."""

    name: str = line(120)
    function: str = line(120)


@dataclass(frozen=True)
class OtherParty:
    """Somebody who signs or pays beside the two (003)."""

    role: PartyRole
    name: str = line()
    function: str = line(120)


@dataclass(frozen=True)
class Parties:
    """Mandant and mandatary (table 1; OACI 81d: competent authority and organiser)."""

    authority: str = line()
    authority_address: str = line(300)
    authority_signs: tuple[Signatory, ...] = many(6)
    organiser: str = line()
    organiser_address: str = line(300)
    organiser_signs: tuple[Signatory, ...] = many(6)
    others: tuple[OtherParty, ...] = many(12)


@dataclass(frozen=True)
class Reference:
    """A law, rule, concept or annex with the version that is meant (i.2)."""

    kind: ReferenceKind
    title: str = line(300)
    version: str = line(80)
    where: str = line(300)


@dataclass(frozen=True)
class Bases:
    """Object, legal bases, what is referred to, and how far it reaches (i.2; OACI 81d)."""

    subject: str = prose(2000)
    mandate: str = prose(2000)
    references: tuple[Reference, ...] = many()
    scope: str = prose(2000)


@dataclass(frozen=True)
class Requirement:
    """What is asked beside the objectives, under a short name that reports may point to (i.9, i.29)."""

    code: str = line(40)
    kind: RequirementKind = RequirementKind.QUALITY
    wording: str = line(500)


@dataclass(frozen=True)
class Aims:
    """What holds for all objectives: why, what is expected for going on, requirements (i.3, i.4, i.9)."""

    purpose: str = prose(2000)
    expectations: str = prose(2000)
    individual_link: str = prose(1000)
    requirements: tuple[Requirement, ...] = many(30)


@dataclass(frozen=True)
class Offer:
    """A measure as it is offered: content, process, for whom (i.13), concept with its version (i.2)."""

    measure_ref: str = line(10)
    content: str = prose(3000)
    process: str = prose(3000)
    target_groups: tuple[TargetGroup, ...] = ()
    participants: str = prose(1000)
    concept: str = line(200)
    concept_version: str = line(80)


@dataclass(frozen=True)
class Services:
    """The offers and the provider's say in whom it takes."""

    offers: tuple[Offer, ...] = many(30)
    codecision: str = prose(1000)
    instructions: str = prose(1000)


@dataclass(frozen=True)
class OfferVolume:
    """How much of an offer a line buys: places at a time, placements expected a year."""

    measure_ref: str = line(10)
    line_ref: str = line(10)
    places: int | None = whole(0, 10_000)
    placements_a_year: int | None = whole(0, 100_000)


@dataclass(frozen=True)
class EarlyWarning:
    """What is announced before it happens, and how many working days after it is known (i.15)."""

    event: WarnedEvent
    working_days: int | None = whole(0, 60)


@dataclass(frozen=True)
class Volume:
    """The mandate's volume, who bears its risk, how it is adjusted later (i.14, i.15, i.18)."""

    offers: tuple[OfferVolume, ...] = many(60)
    risk: RiskSharing | None = None
    guarantee_percent: int | None = whole(0, 100)
    risk_reason: str = prose(1000)
    responsibilities: str = prose(2000)
    warnings: tuple[EarlyWarning, ...] = many(12)
    adjustment: str = prose(2000)
    retention_criteria: str = prose(2000)


@dataclass(frozen=True)
class Extra:
    """A service paid beyond the price (i.17)."""

    kind: ExtraKind
    unit: PricedUnit
    amount: Chf = field(default=Chf(0), metadata={"min": Chf(0)})
    measure_ref: str = line(10)
    wording: str = line(300)


@dataclass(frozen=True)
class Price:
    """How the price is made up and paid (i.16, i.17); tariffs themselves are dated rows.

    `covers_production`, `covers_support`: the price pays goods and services, and guidance;
    `fixed_percent` of the
    costs do not follow the volume. `extras_none`: it is declared that nothing is paid beyond the price.
    """

    nature: SubsidyNature | None = None
    total: Chf | None = field(default=None, metadata={"min": Chf(0)})
    covers_production: bool = False
    covers_support: bool = False
    fixed_percent: int | None = whole(0, 100)
    eligible_costs: str = prose(2000)
    extras: tuple[Extra, ...] = many(30)
    extras_none: bool = False
    interruption: str = prose(1000)
    invoicing: str = prose(1000)
    reimbursement: str = prose(1000)
    participants_paid: bool = False


@dataclass(frozen=True)
class Surplus:
    """Surplus, loss, reserves (i.19, i.20). `kept_percent`.

    The share of a surplus that stays with the provider.
    """

    rule: SurplusRule | None = None
    kept_percent: int | None = whole(0, 100)
    purpose: str = prose(1000)
    reserves: Reserves | None = None
    reserves_rule: str = prose(1000)
    losses: str = prose(1000)
