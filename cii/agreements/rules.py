"""Pure rules of an agreement's life: its moves, what hinders a signature, numbers of enterprises."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stdnum.ch import uid as enterprise_number
from stdnum.exceptions import ValidationError

from cii.agreements.vocabulary import AgreementEvent, AgreementState, Direction, Instrument, Profile
from cii.kernel.errors import Refusal

MOVES: Mapping[AgreementState, Mapping[AgreementEvent, AgreementState]] = {
    AgreementState.DRAFT: {
        AgreementEvent.NEGOTIATE: AgreementState.NEGOTIATION,
        AgreementEvent.SIGN: AgreementState.SIGNED,
        AgreementEvent.DROP: AgreementState.DROPPED,
    },
    AgreementState.NEGOTIATION: {
        AgreementEvent.SIGN: AgreementState.SIGNED,
        AgreementEvent.DROP: AgreementState.DROPPED,
    },
    AgreementState.SIGNED: {AgreementEvent.PUT_IN_FORCE: AgreementState.IN_FORCE},
    AgreementState.IN_FORCE: {
        AgreementEvent.CORRECT: AgreementState.UNDER_CORRECTION,
        AgreementEvent.RENEW: AgreementState.RENEWED,
        AgreementEvent.TERMINATE: AgreementState.TERMINATED,
        AgreementEvent.EXPIRE: AgreementState.EXPIRED,
    },
    AgreementState.UNDER_CORRECTION: {
        AgreementEvent.CLEAR: AgreementState.IN_FORCE,
        AgreementEvent.TERMINATE: AgreementState.TERMINATED,
        AgreementEvent.EXPIRE: AgreementState.EXPIRED,
    },
}
"""The life of an agreement (product.md P8)."""

OPEN_STATES = (AgreementState.DRAFT, AgreementState.NEGOTIATION)
"""States in which the text may still change."""
LIVING_STATES = (AgreementState.IN_FORCE, AgreementState.UNDER_CORRECTION)
"""States in which an agreement takes placements, within its term."""
UNBOUND = (*OPEN_STATES, AgreementState.SIGNED, AgreementState.DROPPED)
"""States in which nothing is owed yet, or never was."""


class UidInvalid(Refusal):
    """The enterprise number (UID/IDE) has a wrong form or check digit."""

    code, kind = "uid-invalid", "unfit"


class NumberTaken(Refusal):
    """Another agreement has this number."""

    code, kind = "agreement-number-taken", "conflict"


class BoughtTwice(Refusal):
    """A measure is bought for a line once in an agreement."""

    code, kind = "bought-twice", "unfit"


class NotOpenForChange(Refusal):
    """The agreement is signed: its text changes by an amendment only."""

    code, kind = "agreement-signed-already", "conflict"


class AgreementNotInForce(Refusal):
    """The agreement is not in force, or has no price in use today."""

    code, kind = "agreement-not-in-force", "conflict"


class SignedByDrafter(Refusal):
    """Whoever prepared an agreement does not sign it."""

    code, kind = "signed-by-drafter", "forbidden"


class NeedsAccount(Refusal):
    """Only a person with an account may do this, never a job or a link."""

    code, kind = "needs-account", "forbidden"


class NothingBought(Refusal):
    """An agreement buys at least one measure for one funding line (000 i.13)."""

    code, kind = "agreement-buys-nothing", "unfit"


class IndicatorsMissing(Refusal):
    """An agreement of the AC states target values and indicators (OACI 81d; 000 i.11, i.12)."""

    code, kind = "agreement-without-indicators", "unfit"


class MinimumBeyondTarget(Refusal):
    """The minimum of an indicator lies beyond its target (000 i.11)."""

    code, kind = "minimum-beyond-target", "unfit"


class AgreementOverlaps(Refusal):
    """Another agreement is in force for the same measure and funding line on these days."""

    code, kind = "agreement-overlaps", "conflict"


class ClosureOverlaps(Refusal):
    """The measure is closed on some of these days already."""

    code, kind = "closure-overlaps", "unfit"


class TariffOverlaps(Refusal):
    """Another tariff is in force on these days."""

    code, kind = "tariff-overlaps", "conflict"


class OutsideAgreement(Refusal):
    """The measure and funding line are no part of the agreement, or the date lies outside its term."""

    code, kind = "outside-agreement", "unfit"


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement as its signature sees it; `without_tariff`: days on which a measure has no price."""

    profile: Profile
    instrument: Instrument
    prepared_by: int | None
    measures: int
    indicators: int
    without_tariff: tuple[Refusal, ...] = field(default=())


def signature_faults(draft: Draft, signer: int | None) -> list[Refusal]:
    """Everything that stands in the way of this person's signature.

    Source: OACI 81d (AC), 000 i.11-13; house rule of four eyes.
    """
    found: list[Refusal] = []
    if signer is None or draft.prepared_by is None:
        found.append(NeedsAccount())
    elif signer == draft.prepared_by:
        found.append(SignedByDrafter())
    if not draft.measures:
        found.append(NothingBought())
    if draft.profile is Profile.AC and draft.instrument is Instrument.AGREEMENT and not draft.indicators:
        found.append(IndicatorsMissing())
    return [*found, *draft.without_tariff]


def indicator_faults(rows: str, wishes: Iterable[tuple[str, Direction, int, int | None]]) -> list[Refusal]:
    """Indicators (code, direction, target, minimum) whose minimum lies beyond the target.

    Each at its field; `rows` names the list that holds them.
    """
    return [
        MinimumBeyondTarget(field=f"{rows}-{at}-minimum", indicator=code, target=target, minimum=minimum)
        for at, (code, direction, target, minimum) in enumerate(wishes)
        if minimum is not None and (minimum > target if direction is Direction.UP else minimum < target)
    ]


def enterprise_uid(written: str) -> str:
    """The enterprise number as the register writes it, CHE-123.456.788; refuses UidInvalid."""
    try:
        return str(enterprise_number.format(enterprise_number.validate(written)))
    except ValidationError as fault:
        raise UidInvalid(text=written[:30]) from fault
