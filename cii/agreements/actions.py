"""Acts on agreements: draft, price, sign with four eyes, put in force, end."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from cii.agreements.actions_common import changed, moved, writable
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
from cii.agreements.queries import agreement_by_ref, price_book, provider_by_ref
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
    FollowsAs,
    Instrument,
    LegalForm,
    Profile,
)
from cii.institutions.queries import institution_by_ref, line_by_ref, unit_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.moves import move
from cii.kernel.period import Period
from cii.measures.queries import measure_by_ref
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
    made = moved(work, agreement, AgreementEvent.NEGOTIATE)
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
    moved(work, agreement, AgreementEvent.PUT_IN_FORCE)
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


__all__ = [
    "AddClosure", "AddDeliverable", "AddObjective", "AddProvider", "AddTariff", "AgreeMargin", "Bought",
    "DraftAgreement", "IndicatorWish", "add_closure",
    "add_deliverable", "add_objective", "add_provider", "add_tariff", "agree_margin", "draft_agreement",
    "negotiate", "put_in_force",
    "receive_deliverable", "sign", "signature_hindrances",
]  # fmt: skip
