"""A call and an offer as programs are told them: what is sealed or somebody else's is not in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cii.agreements.queries import agreements_by_id
from cii.calls.queries import (
    CallView,
    call_view,
    letters_of,
    own_offer,
    papers_of,
    published_call,
    takes_offers,
)
from cii.calls.tables import CallCriterion, CallLetter, CallOffer, OfferPaper
from cii.calls.vocabulary import CallKind, CallState, LetterKind, PaperKind
from cii.institutions.vocabulary import Sector
from cii.kernel.money import Chf
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """A criterion of award; `weight` in percent."""

    code: str
    wording: str
    weight: int
    evidence: str


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A file of an offer: what it is, its size in bytes, its SHA-256."""

    ref: str
    kind: PaperKind
    size: int
    media_type: str
    sha256: str
    cleaned: str


@dataclass(frozen=True, slots=True)
class OfferShown:
    """An offer with its files and, once sent, the decision."""

    ref: str
    name: str
    lang: str
    price: Chf
    received_on: date
    wording: str
    address: str
    refusal: str | None
    papers: tuple[PaperShown, ...]
    letter: LetterKind | None
    sent_on: date | None


@dataclass(frozen=True, slots=True)
class PointsShown:
    """Points of a person for an offer by a criterion; `mine`: the reader's own."""

    offer_ref: str
    criterion: str
    points: int
    mine: bool


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A place of the ranking: weighted points out of 5 with three decimals, widest gap between scorers."""

    offer_ref: str
    total: str
    spread: int


@dataclass(frozen=True, slots=True)
class AwardShown:
    """The award, confirmed once a second person says so."""

    offer_ref: str
    reason: str
    proposed_at: datetime
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class CallShown:
    """A call at the office; while it is `sealed` there is no offer in it, however many have come.

    `points` are the reader's own until both persons are done, and `ranked` is empty until then.
    """

    ref: str
    title: str
    kind: CallKind
    sector: Sector
    state: CallState
    lang: str
    base_requirements: str
    offers_until: date | None
    published_on: date | None
    version: int
    specification: dict[str, Any]
    criteria: tuple[CriterionShown, ...]
    sealed: bool
    offers: tuple[OfferShown, ...]
    points: tuple[PointsShown, ...]
    scorers: int
    ranked: tuple[PlaceShown, ...]
    award: AwardShown | None
    agreement_ref: str | None


@dataclass(frozen=True, slots=True)
class PublishedShown:
    """A published call as everybody reads it; `open`: it takes offers today."""

    ref: str
    title: str
    kind: CallKind
    sector: Sector
    state: CallState
    lang: str
    base_requirements: str
    offers_until: date | None
    published_on: date | None
    open: bool
    specification: dict[str, Any]
    criteria: tuple[CriterionShown, ...]


@dataclass(frozen=True, slots=True)
class OwnOfferShown:
    """An offer of the reader's own enterprise, with its call."""

    call_ref: str
    call_title: str
    call_state: CallState
    offers_until: date | None
    open: bool
    offer: OfferShown


def call_shown(work: Work, ref: str) -> CallShown:
    """One call at the office; refuses UnknownThing."""
    view = call_view(work, ref)
    call, refs = view.call, {one.id: one.ref for one in view.offers}
    drafted = agreements_by_id(work, [call.agreement_id] if call.agreement_id else [])
    return CallShown(
        ref=call.ref,
        title=call.title,
        kind=call.kind,
        sector=call.sector,
        state=call.state,
        lang=call.lang,
        base_requirements=call.base_requirements,
        offers_until=call.offers_until,
        published_on=call.published_on,
        version=call.version,
        specification=call.specification,
        criteria=_criteria(view.criteria),
        sealed=view.sealed,
        offers=tuple(
            _offer(one, view.papers.get(one.id or 0, []), view.letters.get(one.id or 0))
            for one in view.offers
        ),
        points=tuple(
            PointsShown(
                refs[one.offer_id], one.criterion, one.points, one.account_id == work.actor.account_id
            )
            for one in view.points
        ),
        scorers=view.scorers,
        ranked=tuple(
            PlaceShown(refs[one.offer_id], f"{float(one.total):.3f}", one.spread) for one in view.ranked
        ),
        award=_award(view, refs),
        agreement_ref=next((one.ref for one in drafted.values()), None),
    )


def published_shown(work: Work, ref: str) -> PublishedShown:
    """One published call as everybody reads it; refuses UnknownThing."""
    found = published_call(work, ref)
    call = found.call
    return PublishedShown(
        call.ref, call.title, call.kind, call.sector, call.state, call.lang, call.base_requirements,
        call.offers_until, call.published_on, takes_offers(call, work.today), call.specification,
        _criteria(found.criteria),
    )  # fmt: skip


def own_offer_shown(work: Work, ref: str) -> OwnOfferShown:
    """One offer of the reader's own enterprise; refuses UnknownThing."""
    offer, call = own_offer(work, ref)
    held = offer.id or 0
    letter = letters_of(work, call.id or 0).get(held)
    told = _offer(offer, papers_of(work, [held]).get(held, []), letter, of_office=False)
    return OwnOfferShown(
        call.ref, call.title, call.state, call.offers_until, takes_offers(call, work.today), told
    )


def _criteria(rows: Sequence[CallCriterion]) -> tuple[CriterionShown, ...]:
    return tuple(CriterionShown(one.code, one.wording, one.weight, one.evidence) for one in rows)


def _offer(
    one: CallOffer, papers: Sequence[OfferPaper], letter: CallLetter | None, *, of_office: bool = True
) -> OfferShown:
    """The offer; the reason of a refusal is for the office until the letter tells it."""
    return OfferShown(
        one.ref, one.name, one.lang, one.price, one.received_on, one.wording, one.address,
        one.refusal if of_office or letter is not None else None,
        tuple(PaperShown(each.ref, each.kind, each.size, each.media_type, each.sha256, each.cleaned)
              for each in papers),
        letter.kind if letter else None, letter.sent_on if letter else None,
    )  # fmt: skip


def _award(view: CallView, refs: dict[int | None, str]) -> AwardShown | None:
    held = view.award
    if held is None:
        return None
    return AwardShown(refs[held.offer_id], held.reason, held.proposed_at, held.confirmed_on)


__all__ = [
    "CallShown", "CriterionShown", "OfferShown", "OwnOfferShown", "PublishedShown", "call_shown",
    "own_offer_shown", "published_shown",
]  # fmt: skip
