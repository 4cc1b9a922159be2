"""What may be asked and opened: pure decisions over plain values, and what an asker is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cii.access.vocabulary import NOTHING, Section
from cii.kernel.errors import Refusal
from cii.people.vocabulary import Basis
from cii.requests.vocabulary import Answer, GlassState, RequestState

USABLE = (Basis.CONSENT, Basis.LACI_85F_2, Basis.LACI_85F_3, Basis.LAI_68BIS, Basis.LPGA_32, Basis.LASOC_28)
"""The bases on which a unit without part may ask; the own case and the group's mandate are none of them."""

COVERED = {
    Basis.CONSENT: Section.IDENTITY
    | Section.FUNCTIONAL
    | Section.PLAN
    | Section.PLACEMENT
    | Section.SOCIAL_FACTS,
    Basis.LACI_85F_2: Section.IDENTITY
    | Section.FUNCTIONAL
    | Section.PLAN
    | Section.PLACEMENT
    | Section.SOCIAL_FACTS,
    Basis.LACI_85F_3: Section.IDENTITY | Section.FUNCTIONAL | Section.PLAN | Section.PLACEMENT,
    Basis.LAI_68BIS: Section.IDENTITY | Section.FUNCTIONAL | Section.PLAN | Section.PLACEMENT,
    Basis.LPGA_32: Section.IDENTITY | Section.FUNCTIONAL,
    Basis.LASOC_28: Section.IDENTITY | Section.SOCIAL_FACTS,
}
"""Basis → the most that an answer may open on it; never medical data, notes or social aid's own content."""

GLASS = Section.IDENTITY | Section.FUNCTIONAL | Section.PLAN | Section.PLACEMENT
"""What break-glass opens: never medical data, social content or notes."""


class ReasonShort(Refusal):
    """A reason in writing is needed, of at least so many characters."""

    code = "request-reason-short"


class PersonUnnamed(Refusal):
    """A request names the person by AVS number, or by name and date of birth."""

    code = "request-person-unnamed"


class BasisUnfit(Refusal):
    """On this basis nobody asks for access."""

    code = "request-basis-unfit"


class SectionsBeyond(Refusal):
    """The basis does not cover all the sections asked for; `covered` are those that it does."""

    code = "request-sections-beyond"


class SectionsNotAsked(Refusal):
    """An answer opens something, and no more than was asked for."""

    code = "request-sections-not-asked"


class TermUnfit(Refusal):
    """An access granted ends on a day after today and within a year."""

    code = "request-term-unfit"


class Answered(Refusal):
    """The request was answered before."""

    code, kind = "request-answered", "conflict"


class RequestOver(Refusal):
    """The request was taken back or its term is over."""

    code, kind = "request-over", "conflict"


class GlassOver(Refusal):
    """The emergency access has ended."""

    code, kind = "glass-over", "conflict"


class GlassReviewed(Refusal):
    """The emergency access was reviewed before."""

    code, kind = "glass-reviewed", "conflict"


class GlassStillOpen(Refusal):
    """An emergency access is reviewed when it is over."""

    code, kind = "glass-still-open", "conflict"


class OwnGlass(Refusal):
    """Nobody reviews their own emergency access."""

    code, kind = "glass-own", "forbidden"


class GlassNamesNobody(Refusal):
    """An emergency access needs the number of the case or the AVS number."""

    code = "glass-names-nobody"


class PersonInformed(Refusal):
    """The person was informed before."""

    code, kind = "glass-person-informed", "conflict"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request asks for, as plain values."""

    basis: Basis
    sections: Section
    reason: str
    has_number: bool
    has_name: bool
    has_birth: bool


def wish_faults(wish: Wish, shortest: int) -> list[Refusal]:
    """Every reason why this cannot be asked; they say nothing about whether the person is known."""
    faults: list[Refusal] = []
    if not wish.has_number and not (wish.has_name and wish.has_birth):
        faults.append(PersonUnnamed(field="avs"))
    if len(wish.reason.strip()) < shortest:
        faults.append(ReasonShort(field="reason", least=shortest))
    covered = COVERED.get(wish.basis, NOTHING)
    if wish.basis not in USABLE:
        faults.append(BasisUnfit(field="basis", basis=wish.basis))
    elif not wish.sections or int(wish.sections) & ~int(covered):
        faults.append(SectionsBeyond(field="sections", basis=wish.basis))
    return faults


def told(
    answers: Iterable[Answer | None], *, withdrawn: bool, lapses_at: datetime, now: datetime
) -> RequestState:
    """What the asker reads: a refusal, silence and nobody there are told alike, at the same moment."""
    if Answer.GRANTED in set(answers):
        return RequestState.GRANTED
    if withdrawn:
        return RequestState.WITHDRAWN
    return RequestState.TRANSMITTED if now < lapses_at else RequestState.NO_ACCESS


def glass_state(*, until: datetime, ended: bool, reviewed: bool, now: datetime) -> GlassState:
    """Where an opening stands."""
    if reviewed:
        return GlassState.REVIEWED
    return GlassState.OVER if ended or now >= until else GlassState.ACTIVE
