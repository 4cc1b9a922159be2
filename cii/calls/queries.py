"""Reads of calls: those of my sector, one with its offers, what everybody may read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, or_, select, true
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.known import provider_columns
from cii.agreements.queries import ALL_READERS
from cii.calls.facts import CallFacts
from cii.calls.rules import Points, Ranked, may_see_all, ranking, scorers_done
from cii.calls.tables import Call, CallAward, CallCriterion, CallLetter, CallOffer, OfferPaper, OfferScore
from cii.calls.vocabulary import CallKind, CallState, LetterKind, SpecPart
from cii.conventions.parts import Text
from cii.conventions.queries import read_text
from cii.documents import store
from cii.documents.store import FileRef
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.store.work import HOUSE, Actor, Work


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Calls of the actor's own sector; some roles read all. Providers read what is published."""
    if actor == HOUSE or actor.has_role(*ALL_READERS):
        return true()
    sectors = actor.sectors()
    return col(Call.sector).in_(sectors) if sectors else false()


def made_by(actor: Actor) -> ColumnElement[bool]:
    """Offers of the actor's own enterprise."""
    units = {seat.unit_id for seat in actor.seats if seat.role == Role.PROVIDER}
    mine = select(provider_columns.c.provider_id).where(provider_columns.c.unit_id.in_(units))
    return col(CallOffer.provider_id).in_(mine) if units else false()


_living = col(CallOffer.withdrawn_at).is_(None)
opened: ColumnElement[bool] = and_(
    _living,
    or_(
        col(Call.kind) == CallKind.DIRECT,
        col(Call.state).not_in((CallState.DRAFTED, CallState.PUBLISHED)),
    ),
)
"""Offers that an office may read: not withdrawn, and the time for offers is closed.

Whatever shows an office something of an offer goes through this, and so does the house itself; a direct award
has nothing to seal.
"""


def calls_list(work: Work) -> Sequence[Row[Any]]:
    """The calls that the actor may see, newest first.

    Rows: ref, title, kind, sector, state, published_on, offers_until.
    """
    names = ("ref", "title", "kind", "sector", "state", "published_on", "offers_until")
    shown = (col(getattr(Call, name)) for name in names)
    return work.session.execute(
        select(*shown).where(visible_to(work.actor)).order_by(col(Call.id).desc()).limit(200)
    ).all()


def call_by_ref(work: Work, ref: str) -> Call:
    """The call, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(select(Call).where(col(Call.ref) == ref, visible_to(work.actor))).first()
    if found is None:
        raise UnknownThing(field="call_ref")
    return found


def criteria_of(work: Work, call_id: int) -> Sequence[CallCriterion]:
    """The criteria of a call in their order."""
    return work.session.scalars(
        select(CallCriterion).where(col(CallCriterion.call_id) == call_id).order_by(col(CallCriterion.id))
    ).all()


def offers_of(work: Work, call: Call) -> Sequence[CallOffer]:
    """The offers of a call in the order in which they came; none while they are sealed."""
    return work.session.scalars(
        select(CallOffer).join(Call, col(Call.id) == col(CallOffer.call_id))
        .where(col(Call.id) == call.id, opened).order_by(col(CallOffer.id))
    ).all()  # fmt: skip


def offer_seen(work: Work, ref: str) -> tuple[CallOffer, Call]:
    """An offer with its call: for whoever made it, for the office once it is open; refuses UnknownThing."""
    return _offer(work, ref, or_(made_by(work.actor), and_(visible_to(work.actor), opened)))


def own_offer(work: Work, ref: str) -> tuple[CallOffer, Call]:
    """An offer of the actor's own enterprise, with its call; refuses UnknownThing."""
    return _offer(work, ref, made_by(work.actor))


def _offer(work: Work, ref: str, seen: ColumnElement[bool]) -> tuple[CallOffer, Call]:
    found = work.session.execute(
        select(CallOffer, Call).join(Call, col(Call.id) == col(CallOffer.call_id))
        .where(col(CallOffer.ref) == ref, _living, seen)
    ).first()  # fmt: skip
    if found is None:
        raise UnknownThing(field="offer_ref")
    return found[0], found[1]


def letters_of(work: Work, call_id: int) -> dict[int, CallLetter]:
    """The letters of a call that were sent, by offer; the caller started its read."""
    rows = work.session.scalars(
        select(CallLetter).join(CallOffer, col(CallOffer.id) == col(CallLetter.offer_id))
        .where(col(CallOffer.call_id) == call_id)
    )  # fmt: skip
    return {row.offer_id: row for row in rows}


def papers_of(work: Work, offer_ids: Iterable[int]) -> dict[int, list[OfferPaper]]:
    """The files of offers that were read, by offer."""
    rows = work.session.scalars(
        select(OfferPaper).where(col(OfferPaper.offer_id).in_(set(offer_ids))).order_by(col(OfferPaper.id))
    )
    held: dict[int, list[OfferPaper]] = {}
    for row in rows:
        held.setdefault(row.offer_id, []).append(row)
    return held


def offer_paper(work: Work, ref: str, paper_ref: str) -> tuple[FileRef, str, Iterator[bytes]]:
    """A file of an offer, piece by piece, and the name to hand it out under: for who may read the offer.

    Refuses UnknownThing: a sealed one, another's, of another offer, unknown.
    """
    offer, call = offer_seen(work, ref)
    held = papers_of(work, [offer.id or 0]).get(offer.id or 0, [])
    found = next((one for one in held if one.ref == paper_ref), None)
    if found is None:
        raise UnknownThing(field="paper")
    work.saw("call", [call.id or 0], 0, "offer")
    kept = FileRef(found.sha256, found.size, found.media_type)
    ending = kept.name.rpartition(".")[2]
    return kept, f"cii-{found.ref}.{ending}", store.pieces(folder(work), found.sha256)


def folder(work: Work) -> Path:
    """Where the files of calls lie."""
    return work.settings.data_dir / "calls"


def award_of(work: Work, call_id: int) -> CallAward | None:
    """The award of a call, proposed or confirmed."""
    return work.session.scalars(select(CallAward).where(col(CallAward.call_id) == call_id)).first()


def points_of(work: Work, call_id: int) -> list[Points]:
    """All points given in a call; only for decisions, what is shown goes through `call_view`."""
    rows = work.session.execute(
        select(col(OfferScore.offer_id), col(CallCriterion.code), col(OfferScore.account_id),
               col(OfferScore.points))
        .join(CallCriterion, col(CallCriterion.id) == col(OfferScore.criterion_id))
        .where(col(CallCriterion.call_id) == call_id).order_by(col(OfferScore.id))
    )  # fmt: skip
    return [Points(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """An offer of one's own enterprise as a list tells it; `letter`: the decision, once it is sent."""

    ref: str
    call_ref: str
    title: str
    kind: CallKind
    state: CallState
    received_on: date
    price: Chf
    sent_on: date | None
    letter: LetterKind | None


def own_offers(work: Work) -> list[OwnOffer]:
    """The offers of the actor's own enterprise, newest first."""
    shown: list[Any] = [
        col(CallOffer.ref), col(Call.ref).label("call_ref"), col(Call.title), col(Call.kind), col(Call.state),
        col(CallOffer.received_on), col(CallOffer.price), col(CallLetter.sent_on),
        col(CallLetter.kind).label("letter"),
    ]  # fmt: skip
    rows = work.session.execute(
        select(*shown).select_from(CallOffer).join(Call, col(Call.id) == col(CallOffer.call_id))
        .outerjoin(CallLetter, col(CallLetter.offer_id) == col(CallOffer.id))
        .where(made_by(work.actor), _living).order_by(col(CallOffer.id).desc()).limit(200)
    )  # fmt: skip
    return [OwnOffer(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class CallView:
    """A call with all that the actor may see of it: until both are done, only the own points.

    `ranked` is empty until then; `scorers` counts the persons who have scored every offer. While offers are
    `sealed` there is none, however many have come; `begun` says whether somebody has scored.
    """

    call: Call
    text: Text
    criteria: tuple[CallCriterion, ...]
    offers: tuple[CallOffer, ...]
    points: tuple[Points, ...]
    scorers: int
    ranked: tuple[Ranked, ...]
    award: CallAward | None
    letters: dict[int, CallLetter]
    papers: dict[int, list[OfferPaper]]
    sealed: bool
    begun: bool


def call_view(work: Work, ref: str) -> CallView:
    """One call, when the actor may see it; refuses UnknownThing."""
    call = call_by_ref(work, ref)
    own = call.id or 0
    criteria, offers, given = criteria_of(work, own), offers_of(work, call), points_of(work, own)
    ids = [one.id or 0 for one in offers]
    whole = may_see_all(given, ids)
    seen = given if whole else [one for one in given if one.account_id == work.actor.account_id]
    return CallView(
        call,
        read_text(call.specification),
        tuple(criteria),
        tuple(offers),
        tuple(seen),
        len(scorers_done(given, ids)) if offers else 0,
        ranking(given, {one.code: one.weight for one in criteria}) if whole else (),
        award_of(work, own),
        letters_of(work, own),
        papers_of(work, ids),
        call.kind is CallKind.CALL and call.state is CallState.PUBLISHED,
        bool(given),
    )


def open_calls(work: Work) -> Sequence[Row[Any]]:
    """Calls that take offers today, the nearest last day first. Rows: ref, title, sector, offers_until."""
    shown = (col(getattr(Call, name)) for name in ("ref", "title", "sector", "offers_until"))
    return work.session.execute(
        select(*shown).where(col(Call.kind) == CallKind.CALL, col(Call.state) == CallState.PUBLISHED,
                             col(Call.offers_until) >= work.today)
        .order_by(col(Call.offers_until), col(Call.id)).limit(100)
    ).all()  # fmt: skip


def takes_offers(call: Call, today: date) -> bool:
    """Whether an offer can be handed in today."""
    running = call.kind is CallKind.CALL and call.state is CallState.PUBLISHED
    return running and (call.offers_until is None or today <= call.offers_until)


def published_calls(work: Work) -> Sequence[Call]:
    """What everybody may read: calls and direct awards that were published, newest first."""
    return work.session.scalars(
        select(Call).where(col(Call.published_on).is_not(None))
        .order_by(col(Call.published_on).desc(), col(Call.id).desc()).limit(100)
    ).all()  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishedCall:
    """A published call as everybody reads it: no offers, no points, no award."""

    call: Call
    text: Text
    criteria: tuple[CallCriterion, ...]


def published_call(work: Work, ref: str) -> PublishedCall:
    """One published call; refuses UnknownThing, for a draft too."""
    found = work.session.scalars(
        select(Call).where(col(Call.ref) == ref, col(Call.published_on).is_not(None))
    ).first()
    if found is None:
        raise UnknownThing(field="call_ref")
    return PublishedCall(found, read_text(found.specification), tuple(criteria_of(work, found.id or 0)))


def told_parts(call: Call, criteria: Sequence[CallCriterion]) -> frozenset[SpecPart]:
    """What the specification tells of all that decides (i.42)."""
    text = read_text(call.specification)
    held = {
        SpecPart.AIMS: bool(text.aims.purpose.strip()),
        SpecPart.SERVICES: bool(text.services.offers),
        SpecPart.PRINCIPLES: bool(text.principles.duties or text.principles.standards),
        SpecPart.BASE_REQUIREMENTS: bool(call.base_requirements.strip()),
        SpecPart.AWARD_CRITERIA: bool(criteria),
    }
    return frozenset(one for one, told in held.items() if told)


def criteria_called(work: Work, agreement_id: int) -> dict[str, str]:
    """The criteria of the call from which an agreement comes, code → wording; the caller started its read."""
    rows = work.session.execute(
        select(col(CallCriterion.code), col(CallCriterion.wording))
        .join(Call, col(Call.id) == col(CallCriterion.call_id))
        .where(col(Call.agreement_id) == agreement_id)
        .order_by(col(CallCriterion.id))
    )
    return {row.code: row.wording for row in rows}


def call_facts(work: Work, agreement_id: int) -> CallFacts | None:
    """The call from which an agreement comes, None when it comes from none; the caller started its read."""
    call = work.session.scalars(
        select(Call).where(col(Call.agreement_id) == agreement_id)
    ).first()  # fmt: skip
    if call is None:
        return None
    criteria = criteria_of(work, call.id or 0)
    told = told_parts(call, criteria)
    both = {SpecPart.BASE_REQUIREMENTS, SpecPart.AWARD_CRITERIA}
    return CallFacts(
        ref=call.ref,
        kind=call.kind,
        criteria={one.code: one.weight for one in criteria},
        scored=frozenset(one.criterion for one in points_of(work, call.id or 0)),
        parts=told,
        base_requirements=call.base_requirements,
        published_on=call.published_on,
        direct_published=call.kind is CallKind.DIRECT and call.published_on is not None and both <= told,
        text=read_text(call.specification),
    )


__all__ = [
    "CallView", "OwnOffer", "PublishedCall", "award_of", "call_by_ref", "call_facts", "call_view",
    "calls_list", "criteria_of", "folder", "letters_of", "made_by", "offer_paper", "offer_seen", "offers_of",
    "open_calls", "opened", "own_offer", "own_offers", "papers_of", "points_of", "published_call",
    "published_calls", "takes_offers", "told_parts", "visible_to",
]  # fmt: skip
