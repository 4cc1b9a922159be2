"""Offers come in: from whoever makes them, sealed until the time for offers is closed, or on paper.

What a provider hands in here nobody of the office reads before the closing: not its content, not its maker,
not how many there are. An offer on paper stays in its envelope and is recorded once the others are open.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from cii.agreements.known import provider_columns
from cii.agreements.queries import provider_by_ref
from cii.calls.actions import LANGS
from cii.calls.queries import call_by_ref, folder, made_by, offers_of, own_offer, points_of, published_call
from cii.calls.rules import (
    MOST_PAPERS,
    CallPublished,
    OfferAhead,
    OfferLate,
    OffersSealed,
    OfferTwice,
    OfferWithoutConcept,
    TooManyPapers,
)
from cii.calls.tables import Call, CallLetter, CallOffer, OfferPaper
from cii.calls.vocabulary import CallKind, CallState, PaperKind
from cii.documents.cleaning import clean
from cii.documents.keeping import keep, sweep
from cii.documents.store import sniff
from cii.institutions.queries import institution_of
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.money import Chf
from cii.store.work import HOUSE, Work


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came: what it is, its bytes, the type it was sent as."""

    kind: PaperKind
    data: bytes
    claimed: str | None = None


@dataclass(frozen=True)
class HandIn:
    """The own enterprise's offer on a published call; it takes the place of one that was handed in before."""

    call_ref: str
    price: Chf = field(metadata={"min": Chf(0)})
    lang: str = field(default="fr", metadata={"choices": LANGS})
    address: str = field(default="", metadata={"max": 300})
    wording: str = field(default="", metadata={"max": 4000})


def hand_in(work: Work, ask: HandIn, files: Sequence[Sent]) -> CallOffer:
    """Hand in an offer with its files, sealed until the time for offers is closed.

    Types of files are read from their content, what they say about their maker is cut out, names are not
    kept. Refuses: UnknownThing (no such call is published, or the actor is no provider), CallPublished where
    it takes no offers, OfferLate, OfferWithoutConcept, TooManyPapers; EmptyFile, FileTooLarge,
    UnsupportedFile, LockedFile.
    """
    provider_id, unit_id = _own_provider(work)
    call = published_call(work, ask.call_ref).call
    work.session.refresh(call, with_for_update=True)
    _in_time(work, call)
    if not any(one.kind is PaperKind.CONCEPT for one in files):
        raise OfferWithoutConcept(field=PaperKind.CONCEPT.value)
    name = institution_of(work, unit_id).name
    mine = select(CallOffer).where(
        col(CallOffer.call_id) == call.id, made_by(work.actor), col(CallOffer.withdrawn_at).is_(None)
    )
    for former in work.session.exec(mine):
        former.withdrawn_at = work.now
    work.session.flush()
    made = CallOffer(
        call_id=call.id or 0, provider_id=provider_id, name=name, lang=ask.lang, price=ask.price,
        wording=ask.wording.strip(), address=ask.address.strip(), received_on=work.today,
        recorded_at=work.now, account_id=work.actor.account_id,
    )  # fmt: skip
    _kept(work, made, files)
    wrote(work, "offer_handed_in", "call", call.id, ref=call.ref)
    return made


def withdraw_offer(work: Work, ref: str) -> CallOffer:
    """Take one's own offer back while offers can still be made; nobody will read it.

    Refuses: UnknownThing, CallPublished once offers are open, OfferLate.
    """
    offer, call = own_offer(work, ref)
    work.session.refresh(call, with_for_update=True)
    _in_time(work, call)
    offer.withdrawn_at = work.now
    work.session.flush()
    wrote(work, "offer_withdrawn", "call", call.id, ref=call.ref)
    return offer


@dataclass(frozen=True)
class RecordOffer:
    """An offer that came on paper; `provider_ref` where the register knows who makes it."""

    call_ref: str
    name: str = field(metadata={"min": 1, "max": 200})
    price: Chf = field(metadata={"min": Chf(0)})
    received_on: date
    wording: str = field(default="", metadata={"max": 4000})
    lang: str = field(default="fr", metadata={"choices": LANGS})
    address: str = field(default="", metadata={"max": 300})
    provider_ref: str | None = None


def record_offer(work: Work, ask: RecordOffer, files: Sequence[Sent] = ()) -> CallOffer:
    """Record an offer on paper: of a call once its time is closed and nobody scores yet, of a direct award.

    Refuses: OffersSealed before the closing, CallPublished where it takes none any more, OfferLate,
    OfferAhead, OfferTwice, TooManyPapers, NotAllowed, UnknownThing, and what a file is refused for.
    """
    call = call_by_ref(work, ask.call_ref)
    if work.actor != HOUSE and call.sector not in work.actor.sectors():
        raise NotAllowed
    work.session.refresh(call, with_for_update=True)
    _takes_paper(work, call)
    if ask.received_on > work.today:
        raise OfferAhead(field="received_on", today=work.today)
    if call.offers_until is not None and ask.received_on > call.offers_until:
        raise OfferLate(field="received_on", last=call.offers_until)
    if any(one.name == ask.name for one in offers_of(work, call)):
        raise OfferTwice(field="name", name=ask.name)
    provider = provider_by_ref(work, ask.provider_ref) if ask.provider_ref else None
    made = CallOffer(
        call_id=call.id or 0, provider_id=provider.id if provider else None, name=ask.name, lang=ask.lang,
        price=ask.price, wording=ask.wording, address=ask.address.strip(), received_on=ask.received_on,
        recorded_at=work.now, account_id=work.actor.account_id,
    )  # fmt: skip
    _kept(work, made, files)
    call.version += 1
    work.session.flush()
    wrote(work, "offer_recorded", "call", call.id, ref=call.ref, payload={"price": ask.price})
    return made


def sweep_calls(work: Work) -> int:
    """Erase the bytes that no letter and no offer names; returns how many files went."""

    def named(hashes: Collection[str]) -> set[str]:
        letters = select(CallLetter.sha256).where(col(CallLetter.sha256).in_(hashes))
        papers = select(OfferPaper.sha256).where(col(OfferPaper.sha256).in_(hashes))
        return {*work.session.exec(letters), *work.session.exec(papers)}

    return sweep(work, folder(work), named)


def _own_provider(work: Work) -> tuple[int, int]:
    """Id and unit of the provider for whom the actor acts."""
    units = {seat.unit_id for seat in work.actor.seats if seat.role == "provider"}
    row = work.session.execute(
        select(provider_columns.c.provider_id, provider_columns.c.unit_id)
        .where(provider_columns.c.unit_id.in_(units))
        .order_by(provider_columns.c.provider_id)
    ).first()
    if row is None:
        raise UnknownThing(field="provider_ref")
    return row[0], row[1]


def _in_time(work: Work, call: Call) -> None:
    """Whether offers can be made here and now."""
    if call.kind is not CallKind.CALL or call.state is not CallState.PUBLISHED:
        raise CallPublished(state=call.state)
    if call.offers_until is not None and work.today > call.offers_until:
        raise OfferLate(last=call.offers_until)


def _takes_paper(work: Work, call: Call) -> None:
    if call.kind is CallKind.DIRECT:
        if call.state is not CallState.PUBLISHED:
            raise CallPublished(state=call.state)
        return
    if call.state is CallState.PUBLISHED:
        raise OffersSealed(last=call.offers_until)
    if call.state is not CallState.OFFERS_CLOSED or points_of(work, call.id or 0):
        raise CallPublished(state=call.state)


def _kept(work: Work, offer: CallOffer, files: Sequence[Sent]) -> None:
    if len(files) > MOST_PAPERS:
        raise TooManyPapers(field=PaperKind.EVIDENCE.value, most=MOST_PAPERS)
    work.session.add(offer)
    work.session.flush()
    for one in files:
        media_type = sniff(one.data, one.claimed)
        made = clean(one.data, media_type)
        kept = keep(work, folder(work), made.data, media_type)
        work.session.add(OfferPaper(offer_id=offer.id or 0, kind=one.kind, sha256=kept.sha256, size=kept.size,
                                    media_type=kept.media_type, cleaned=made.what))  # fmt: skip
    work.session.flush()


__all__ = ["HandIn", "RecordOffer", "Sent", "hand_in", "record_offer", "sweep_calls", "withdraw_offer"]
