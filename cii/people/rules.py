"""The legal bases as code: each with its preconditions, all that fail named at once; the AVS number."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from stdnum.ch import ssn
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from cii.access.vocabulary import Section
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.kernel.folding import folded as folded  # noqa: PLC0414 - named here for those who fold names
from cii.people.vocabulary import Basis, Likeness, StatusKind

SHORTEST_REASON = 20
DECIDED = frozenset({StatusKind.BENEFIT, StatusKind.REFUSED, StatusKind.ENDED})
"""Statuses by which disability insurance has decided: from then on it is clear which insurance pays."""


class AvsShape(Refusal):
    """Not thirteen digits."""

    code = "avs-shape"


class AvsPrefix(Refusal):
    """A Swiss number begins with 756."""

    code = "avs-prefix"


class AvsCheckDigit(Refusal):
    """The last digit does not fit the others: mistyped."""

    code = "avs-check-digit"


def avs_number(written: str) -> str:
    """The thirteen digits of an AVS number, however it was written.

    Refuses AvsShape, AvsPrefix, AvsCheckDigit.
    EAN-13 check digit, prefix 756 (756.9217.0769.85 is valid).
    """
    plain = "".join(written.replace(".", " ").split())
    if not plain.isascii():
        raise AvsShape(field="avs")
    try:
        return str(ssn.validate(plain))
    except InvalidChecksum:
        raise AvsCheckDigit(field="avs") from None
    except InvalidComponent:
        raise AvsPrefix(field="avs") from None
    except ValidationError:
        raise AvsShape(field="avs") from None


def avs_written(number: str) -> str:
    """The number as people write it: 756.9217.0769.85."""
    return f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"


@dataclass(frozen=True, slots=True)
class Known:
    """A person as somebody writes them; `number` is anything that is the same for the same AVS number."""

    last_name: str
    first_name: str
    birth_date: date
    number: str | None = None


def likeness(asked: Known, known: Known) -> Likeness | None:
    """Why these two may be one person, or None; two different numbers are two persons.

    Names count without accents and case, also the other way round; dates of birth that differ in one digit,
    or in the order of day and month, are near.
    """
    if asked.number and known.number:
        return Likeness.SAME_NUMBER if asked.number == known.number else None
    names = folded(asked.last_name, asked.first_name)
    straight = names == folded(known.last_name, known.first_name)
    swapped = names == folded(known.first_name, known.last_name)
    if not straight and not swapped:
        return None
    if asked.birth_date == known.birth_date:
        return Likeness.SAME if straight else Likeness.SWAPPED_NAMES
    return Likeness.NEAR_BIRTH if _near(asked.birth_date, known.birth_date) else None


def _near(one: date, other: date) -> bool:
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)) == 1


@dataclass(frozen=True, slots=True)
class BasisFacts:
    """What decides whether data may pass from one unit to another.

    `consented`: a live consent covers recipient, purpose and sections · `receives_benefits`: the person
    receives benefits of the receiving body · `reciprocity`: a reciprocal agreement binds both institutions ·
    `ai_open`: early detection or an AI claim under evaluation · `named_body`: the receiver is a body that the
    agreement names.
    """

    from_sector: Sector | None
    to_sector: Sector | None
    sections: Section = Section.IDENTITY
    same_unit: bool = False
    consented: bool = False
    receives_benefits: bool = False
    reciprocity: bool = False
    ai_open: bool = False
    named_body: bool = False
    overriding_private_interest: bool = False
    payer_clear: bool = False
    written_reason: str = ""
    proportional: bool = False
    same_purpose: bool = False
    coordination_member: bool = False
    on_agenda: bool = False


class BasisFault(Refusal):
    """A precondition of a legal basis that is not met; `basis` names the basis."""

    code = "basis-fault"


class NotOwnCase(BasisFault):
    """The case is not the unit's own."""

    code = "basis-not-own-case"


class NoConsent(BasisFault):
    """No live consent covers this recipient and these sections."""

    code = "basis-no-consent"


class NoBenefit(BasisFault):
    """The person does not receive benefits of the receiving body."""

    code = "basis-no-benefit"


class NoReciprocity(BasisFault):
    """No reciprocal collaboration agreement binds the two institutions."""

    code = "basis-no-reciprocity"


class NotUnemployment(BasisFault):
    """Neither side is unemployment insurance."""

    code = "basis-not-ac"


class OnlyBetweenAcAndAi(BasisFault):
    """The basis holds between unemployment and disability insurance only."""

    code = "basis-ac-ai-only"


class PrivateInterest(BasisFault):
    """An overriding private interest of the person stands against it."""

    code = "basis-private-interest"


class PayerClear(BasisFault):
    """It is settled which insurance pays: the basis has ended."""

    code = "basis-payer-clear"


class NotDisability(BasisFault):
    """Neither side is disability insurance."""

    code = "basis-not-ai"


class NoOpenAiClaim(BasisFault):
    """No early detection, and no AI claim under evaluation."""

    code = "basis-no-open-ai-claim"


class NoWrittenReason(BasisFault):
    """The request is not in writing with its reason."""

    code = "basis-no-written-reason"


class NotSocialInsurance(BasisFault):
    """The receiver is no social insurance."""

    code = "basis-not-social-insurance"


class NotSocialAid(BasisFault):
    """The data are not those of social aid."""

    code = "basis-not-social-aid"


class NotNamedBody(BasisFault):
    """The receiver is not among the bodies named."""

    code = "basis-not-named-body"


class NotProportional(BasisFault):
    """More than the receiver needs."""

    code = "basis-not-proportional"


class OtherPurpose(BasisFault):
    """The data would serve another purpose."""

    code = "basis-other-purpose"


class NotCoordination(BasisFault):
    """The receiver is no member of the coordination group."""

    code = "basis-not-coordination"


class NotOnAgenda(BasisFault):
    """The case is not on the group's agenda."""

    code = "basis-not-on-agenda"


_Check = tuple[type[BasisFault], Callable[[BasisFacts], bool]]
_AC_AI = {Sector.AC, Sector.AI}

PRECONDITIONS: Mapping[Basis, tuple[_Check, ...]] = {
    Basis.OWN_CASE: ((NotOwnCase, lambda f: f.same_unit),),
    Basis.CONSENT: ((NoConsent, lambda f: f.consented),),
    Basis.LACI_85F_2: (
        (NotUnemployment, lambda f: Sector.AC in {f.from_sector, f.to_sector}),
        (NoBenefit, lambda f: f.receives_benefits),
        (NoConsent, lambda f: f.consented),
        (NoReciprocity, lambda f: f.reciprocity),
    ),
    Basis.LACI_85F_3: (
        (OnlyBetweenAcAndAi, lambda f: {f.from_sector, f.to_sector} == _AC_AI),
        (PrivateInterest, lambda f: not f.overriding_private_interest),
        (PayerClear, lambda f: not f.payer_clear),
    ),
    Basis.LAI_68BIS: (
        (NotDisability, lambda f: Sector.AI in {f.from_sector, f.to_sector}),
        (NoOpenAiClaim, lambda f: f.ai_open),
    ),
    Basis.LASOC_28: (
        (NotSocialAid, lambda f: f.from_sector is Sector.AS),
        (NotNamedBody, lambda f: f.named_body),
        (NotProportional, lambda f: f.proportional),
        (OtherPurpose, lambda f: f.same_purpose),
    ),
    Basis.LPGA_32: (
        (NotSocialInsurance, lambda f: f.to_sector in _AC_AI),
        (NoWrittenReason, lambda f: len(f.written_reason.strip()) >= SHORTEST_REASON),
    ),
    Basis.MANDATE_GC_4: (
        (NotCoordination, lambda f: f.coordination_member),
        (NotOnAgenda, lambda f: f.on_agenda),
    ),
}
"""Basis → what must hold (product.md §9); the order is that in which `best_basis` looks."""


def basis_faults(basis: Basis, facts: BasisFacts) -> list[Refusal]:
    """Every precondition of the basis that is not met; none means that the basis carries the disclosure."""
    return [fault(field="basis", basis=basis) for fault, holds in PRECONDITIONS[basis] if not holds(facts)]


def best_basis(facts: BasisFacts) -> Basis | None:
    """The first basis whose preconditions all hold, or None."""
    return next((basis for basis in PRECONDITIONS if not basis_faults(basis, facts)), None)


def ends_soon(today: date, months: int) -> date:
    """The last day that lies within so many months from today: an end up to it is worth a warning."""
    year, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + year, month + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))
