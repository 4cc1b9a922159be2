"""Acts on agreements: draft, price, sign with four eyes, put in force, end."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from cii.agreements.actions_common import changed, writable
from cii.agreements.actions_terms import (
    AddClosure,
    AddDeliverable,
    AddObjective,
    AddTariff,
    AgreeMargin,
    IndicatorWish,
    add_closure,
    add_deliverable,
    add_objective,
    add_tariff,
    agree_margin,
    receive_deliverable,
)
from cii.agreements.owed import hand_over
from cii.agreements.queries import agreement_by_ref, price_book, provider_by_ref, provider_units
from cii.agreements.rules import (
    LIVING_STATES,
    MOVES,
    AgreementOverlaps,
    BoughtTwice,
    Draft,
    NumberTaken,
    enterprise_uid,
    signature_faults,
)
from cii.agreements.rules_dates import Ending, ending_faults
from cii.agreements.rules_tariffs import gap_faults
from cii.agreements.tables import (
    Agreement,
    AgreementMeasure,
    Indicator,
    Provider,
)
from cii.agreements.vocabulary import (
    AgreementEvent,
    AgreementState,
    Award,
    EndGrounds,
    FollowsAs,
    Instrument,
    LegalForm,
    Profile,
)
from cii.institutions.queries import institution_by_ref, line_by_ref, unit_by_ref
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.moves import move
from cii.kernel.period import Period
from cii.measures.queries import measure_by_ref
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class AddProvider:
    """Wish to register an institution as a provider; `unit_ref` is the unit in which its staff work."""

    institution_ref: str
    unit_ref: str
    legal_form: LegalForm
    non_profit: bool = True
    uid: str | None = None


def add_provider(work: Work, ask: AddProvider) -> Provider:
    """Register a provider; refuses UnknownThing, UidInvalid."""
    made = Provider(
        institution_id=institution_by_ref(work, ask.institution_ref).id or 0,
        unit_id=unit_by_ref(work, ask.unit_ref).id or 0,
        uid=enterprise_uid(ask.uid) if ask.uid else None,
        legal_form=ask.legal_form,
        non_profit=ask.non_profit,
    )
    work.session.add(made)
    work.session.flush()
    wrote(work, "provider_added", "provider", made.id, ref=made.ref)
    return made


@dataclass(frozen=True)
class Bought:
    """A measure bought for a funding line; `overbooking`: places beyond the quota that are agreed on."""

    measure_ref: str
    line_ref: str
    overbooking: int = field(default=0, metadata={"min": 0, "max": 100})


@dataclass(frozen=True)
class DraftAgreement:
    """Wish to draft an agreement; `last_day` None means open-ended."""

    number: str
    provider_ref: str
    profile: Profile
    instrument: Instrument
    valid_from: date
    last_day: date | None
    bought: tuple[Bought, ...]
    notice_months: int = 6
    document: dict[str, Any] = field(default_factory=dict)
    follows_ref: str | None = None
    lang: str = field(default="fr", metadata={"choices": ("fr", "de", "en")})
    award: Award | None = None
    follows_as: FollowsAs | None = None
    contract_change: bool = False


def draft_agreement(work: Work, ask: DraftAgreement) -> Agreement:
    """Draft an agreement; whoever drafts it will not sign it.

    Refuses: NumberTaken, BoughtTwice at each repetition, NotAllowed (a line of another sector), UnknownThing,
    PeriodUpsideDown.
    """
    seen: set[tuple[str, str]] = set()
    for at, one in enumerate(ask.bought):
        if (one.measure_ref, one.line_ref) in seen:
            raise BoughtTwice(field=f"bought-{at}-line_ref")
        seen.add((one.measure_ref, one.line_ref))
    sectors = work.actor.sectors()
    if sectors and any(line_by_ref(work, line).sector not in sectors for _, line in seen):
        raise NotAllowed
    taken = select(col(Agreement.id)).where(col(Agreement.number) == ask.number)
    if work.session.scalars(taken).first() is not None:
        raise NumberTaken(field="number", number=ask.number)
    term = Period.through(ask.valid_from, ask.last_day) if ask.last_day else None
    made = Agreement(
        number=ask.number,
        provider_id=provider_by_ref(work, ask.provider_ref).id or 0,
        profile=ask.profile,
        instrument=ask.instrument,
        state=AgreementState.DRAFT,
        valid_from=ask.valid_from,
        valid_to=term.end if term else None,
        notice_months=ask.notice_months,
        lang=ask.lang,
        award=ask.award,
        follows_id=agreement_by_ref(work, ask.follows_ref).id if ask.follows_ref else None,
        follows_as=ask.follows_as,
        contract_change=ask.contract_change,
        prepared_by=work.actor.account_id,
        document=ask.document,
    )
    work.session.add(made)
    work.session.flush()
    for one in ask.bought:
        work.session.add(
            AgreementMeasure(
                agreement_id=made.id or 0,
                measure_id=measure_by_ref(work, one.measure_ref).id or 0,
                line_id=line_by_ref(work, one.line_ref).id or 0,
                overbooking=one.overbooking,
            )
        )
    work.session.flush()
    wrote(work, "agreement_drafted", "agreement", made.id, ref=made.ref)
    return made


def negotiate(work: Work, ref: str) -> Agreement:
    """Open the negotiation with the provider on the draft (000 i.44)."""
    agreement = writable(work, ref)
    made = _move(work, agreement, AgreementEvent.NEGOTIATE)
    made.laid_at = made.laid_at or work.now
    return made


def sign(work: Work, ref: str) -> Agreement:
    """Sign an agreement prepared by somebody else.

    Refuses all at once: SignedByDrafter, NeedsAccount, NothingBought, IndicatorsMissing (AC), TariffMissing
    with the first days on which a measure has no price, TariffOpenEnd; IllegalMove.
    """
    agreement = writable(work, ref)
    state = move(MOVES, agreement.state, AgreementEvent.SIGN)
    refuse(signature_hindrances(work, agreement))
    agreement.signed_by, agreement.signed_at, agreement.state = work.actor.account_id, work.now, state
    changed(work, agreement, "agreement_signed", {})
    return agreement


def signature_hindrances(work: Work, agreement: Agreement) -> list[Refusal]:
    """Everything that `sign` would refuse for the actor, for whoever tells all reasons at once."""
    own = col(AgreementMeasure.agreement_id) == agreement.id
    bought = work.session.scalars(select(AgreementMeasure).where(own)).all()
    book = price_book(work, [agreement.id or 0])
    unpriced = tuple(
        fault
        for one in bought
        for fault in gap_faults(
            agreement.valid_from,
            agreement.valid_to,
            book.rates.get((one.agreement_id, one.measure_id, one.line_id), ()),
        )
    )
    indicators = work.session.scalars(
        select(col(Indicator.id)).where(col(Indicator.agreement_id) == agreement.id)
    ).all()
    draft = Draft(
        agreement.profile,
        agreement.instrument,
        agreement.prepared_by,
        len(bought),
        len(indicators),
        unpriced,
    )
    return signature_faults(draft, work.actor.account_id)


def put_in_force(work: Work, ref: str) -> Agreement:
    """Put a signed agreement in force; refuses AgreementOverlaps for each measure another one covers.

    From its first day an amendment takes the new stays of what it amends.
    """
    agreement = writable(work, ref)
    amended = work.session.get(Agreement, agreement.follows_id or 0) if _amends(agreement) else None
    mine, theirs = AgreementMeasure.__table__.alias("mine"), AgreementMeasure.__table__.alias("theirs")  # type: ignore[attr-defined]
    others = (
        select(col(Agreement.number))
        .join(theirs, theirs.c.agreement_id == col(Agreement.id))
        .join(mine, (mine.c.measure_id == theirs.c.measure_id) & (mine.c.line_id == theirs.c.line_id))
        .where(
            mine.c.agreement_id == agreement.id,
            col(Agreement.id) != agreement.id,
            col(Agreement.id) != (amended.id if amended else None),
            col(Agreement.state).in_(LIVING_STATES),
            or_(col(Agreement.valid_to).is_(None), col(Agreement.valid_to) > agreement.valid_from),
            or_(col(Agreement.takes_until).is_(None), col(Agreement.takes_until) > agreement.valid_from),
        )
        .distinct()
        .order_by(col(Agreement.number))
    )
    if agreement.valid_to is not None:
        others = others.where(col(Agreement.valid_from) < agreement.valid_to)
    refuse(AgreementOverlaps(number=number) for number in work.session.scalars(others).all())
    _move(work, agreement, AgreementEvent.PUT_IN_FORCE)
    if amended is not None:
        _give_way(work, amended, agreement)
    return agreement


def _amends(agreement: Agreement) -> bool:
    return agreement.follows_as is FollowsAs.AMENDMENT


def _give_way(work: Work, amended: Agreement, to: Agreement) -> None:
    """What was amended takes no stay that begins from then on; those that run keep its terms to their end.

    What the provider still owes from that day on, it owes under the amendment.
    """
    amended.takes_until = to.valid_from
    hand_over(work, amended.id or 0, to.valid_from)
    changed(work, amended, "agreement_amended", {"by": to.number, "from": to.valid_from})


@dataclass(frozen=True)
class TerminateAgreement:
    """Wish to end an agreement after its last day; `received_on`: when the notice came, else today."""

    agreement_ref: str
    last_day: date
    reason: str
    grounds: EndGrounds = EndGrounds.ORDINARY
    received_on: date | None = None


def terminate(work: Work, ask: TerminateAgreement) -> Agreement:
    """End an agreement in force: placements after the last day find no tariff and no agreement.

    Refuses all at once: NoticeTooShort with the first possible day, EndInThePast, NoticeNotReceived,
    NoticeBeforeAgreement; before: NotAllowed, UnknownThing, PeriodUpsideDown, IllegalMove.
    """
    agreement = writable(work, ask.agreement_ref)
    received = ask.received_on or work.today
    signed = local_day(agreement.signed_at) if agreement.signed_at else agreement.valid_from
    refuse(
        ending_faults(
            Ending(
                agreement.profile,
                agreement.notice_months,
                ask.last_day,
                ask.grounds,
                received,
                work.today,
                min(signed, agreement.valid_from),
            )
        )
    )
    agreement.valid_to = Period.through(agreement.valid_from, ask.last_day).end
    return _move(
        work,
        agreement,
        AgreementEvent.TERMINATE,
        {"last_day": ask.last_day, "reason": ask.reason, "grounds": ask.grounds, "received_on": received},
    )


@dataclass(frozen=True)
class DropAgreement:
    """Wish to give up a draft or a negotiation."""

    agreement_ref: str
    reason: str = field(metadata={"min": 10, "max": 500})


def drop_agreement(work: Work, ask: DropAgreement) -> Agreement:
    """Give up what was not signed; a provider before whom it was laid is told.

    Refuses: IllegalMove (signed already), NotAllowed, UnknownThing.
    """
    agreement = writable(work, ask.agreement_ref)
    _move(work, agreement, AgreementEvent.DROP, {"reason": ask.reason.strip()})
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    if agreement.laid_at is not None and unit is not None:
        tell(
            work, unit_id=unit, kind="agreement-dropped", subject="agreement", subject_ref=agreement.ref,
            number=agreement.number,
        )  # fmt: skip
    return agreement


def follow_correction(work: Work, agreement_id: int, *, correcting: bool) -> None:
    """Mark an agreement in force as under correction, or as corrected; its provider is told.

    For who decides on corrective measures: the caller has asked who may. Nothing happens in another state.
    """
    agreement = work.session.get_one(Agreement, agreement_id)
    event = AgreementEvent.CORRECT if correcting else AgreementEvent.CLEAR
    if event not in MOVES.get(agreement.state, {}):
        return
    _move(work, agreement, event)
    unit = provider_units(work, [agreement_id]).get(agreement_id)
    if unit is not None:
        tell(
            work, unit_id=unit, kind="agreement-under-correction" if correcting else "agreement-corrected",
            subject="agreement", subject_ref=agreement.ref, number=agreement.number,
        )  # fmt: skip


def expire_agreements(work: Work) -> int:
    """Mark agreements whose term is over, renewed where another carries them on; for the nightly job."""
    over = work.session.scalars(
        select(Agreement).where(
            col(Agreement.state).in_(LIVING_STATES), col(Agreement.valid_to) <= work.today
        )
    ).all()
    for agreement in over:
        renewed = agreement.state is AgreementState.IN_FORCE and _followed(work, agreement)
        _move(work, agreement, AgreementEvent.RENEW if renewed else AgreementEvent.EXPIRE)
    return len(over)


def _followed(work: Work, agreement: Agreement) -> bool:
    """Whether another agreement in force carries it on."""
    after = select(col(Agreement.id)).where(
        col(Agreement.follows_id) == agreement.id, col(Agreement.state).in_(LIVING_STATES)
    )
    return work.session.scalars(after).first() is not None


def _move(
    work: Work, agreement: Agreement, event: AgreementEvent, facts: dict[str, object] | None = None
) -> Agreement:
    agreement.state = move(MOVES, agreement.state, event)
    changed(work, agreement, f"agreement_{agreement.state.value}", facts or {})
    return agreement


__all__ = [
    "AddClosure", "AddDeliverable", "AddObjective", "AddProvider", "AddTariff", "AgreeMargin", "Bought",
    "DraftAgreement", "DropAgreement", "IndicatorWish", "TerminateAgreement", "add_closure",
    "add_deliverable", "add_objective", "add_provider", "add_tariff", "agree_margin", "draft_agreement",
    "drop_agreement", "expire_agreements", "follow_correction", "negotiate", "put_in_force",
    "receive_deliverable", "sign", "signature_hindrances", "terminate",
]  # fmt: skip
