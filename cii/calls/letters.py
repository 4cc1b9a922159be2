"""The letters of an award: one to each who made an offer, with reasons, own points and means of appeal.

They are written in the language of the offer, sent once, and kept as they were sent. Nobody reads the points
of another. Source: 000 §3.4, i.40; AIMP art. 51 (what a decision tells), art. 56 (appeal).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, func, select

from cii.access.queries import account_names
from cii.agreements.known import provider_columns
from cii.calls.queries import award_of, call_by_ref, criteria_of, folder, letters_of, offer_seen, offers_of
from cii.calls.queries import points_of as all_points
from cii.calls.rules import AppealUntold, AwardNotProposed, CallNotAwarded, LettersSentAlready, scores_of
from cii.calls.tables import Call, CallAward, CallLetter, CallOffer
from cii.calls.vocabulary import CallState, LetterKind
from cii.documents import pdf, store
from cii.documents.keeping import keep
from cii.documents.layout import Letter, Letterhead
from cii.documents.table import Column, Table
from cii.institutions.queries import shown_units
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.notices.actions import tell
from cii.store.settings import canton_directory
from cii.store.work import HOUSE, Work
from cii.texts import formats
from cii.texts.speech import say

_TOLD = {LetterKind.AWARD: "award-given", LetterKind.REFUSAL: "award-refused"}
"""The notice that goes with a letter."""
_DECIDED = frozenset({CallState.AWARDED, CallState.AGREEMENT_DRAFTED})


@dataclass(frozen=True, slots=True)
class Paper:
    """A file and its name."""

    name: str
    content: bytes


def send_letters(work: Work, ref: str) -> Call:
    """Keep a letter for each offer and tell those who have an account here; the others get theirs by post.

    Refuses: UnknownThing, NotAllowed (another sector), CallNotAwarded, LettersSentAlready, AppealUntold.
    """
    call = call_by_ref(work, ref)
    if work.actor != HOUSE and call.sector not in work.actor.sectors():
        raise NotAllowed
    award = _decided(work, call)
    if letters_of(work, call.id or 0):
        raise LettersSentAlready
    offers = offers_of(work, call)
    units = _units(work, [one.provider_id for one in offers if one.provider_id is not None])
    for offer in offers:
        kind = _kind(award, offer)
        data = pdf.letter(_written(work, call, award, offer), created=work.now, lang=offer.lang)
        kept = keep(work, folder(work), data, pdf.MEDIA_TYPE)
        work.session.add(
            CallLetter(offer_id=offer.id or 0, kind=kind, sha256=kept.sha256, size=kept.size,
                       sent_on=work.today, recorded_at=work.now, account_id=work.actor.account_id)
        )  # fmt: skip
        if offer.provider_id in units:
            tell(work, unit_id=units[offer.provider_id], kind=_TOLD[kind], subject="call_offer",
                 subject_ref=offer.ref, title=call.title)  # fmt: skip
    call.version += 1
    work.session.flush()
    wrote(work, "award_letters_sent", "call", call.id, ref=call.ref, payload={"letters": len(offers)})
    return call


def appeal_until(work: Work, agreement_id: int) -> date | None:
    """The last day on which somebody whose offer was refused may appeal; None when nobody was refused.

    Counted from the day on which the letters went. Source: AIMP art. 42, 56.
    """
    sent = work.session.scalars(
        select(func.max(col(CallLetter.sent_on)))
        .join(CallOffer, col(CallOffer.id) == col(CallLetter.offer_id))
        .join(Call, col(Call.id) == col(CallOffer.call_id))
        .where(col(Call.agreement_id) == agreement_id, col(CallLetter.kind) == LetterKind.REFUSAL)
    ).one()
    return sent + timedelta(days=work.parameter("award_appeal_days", sent)) if sent else None


def letter_paper(work: Work, offer_ref: str) -> Paper:
    """The letter to whoever made this offer: as it was sent, or its draft for the office that will send it.

    Refuses: UnknownThing, for whoever made the offer until it is sent; CallNotAwarded, AppealUntold.
    """
    offer, call = offer_seen(work, offer_ref)
    sent = letters_of(work, call.id or 0).get(offer.id or 0)
    name = f"cii-{offer.ref}.pdf"
    if sent is not None:
        return Paper(name, b"".join(store.pieces(folder(work), sent.sha256)))
    if work.actor != HOUSE and call.sector not in work.actor.sectors():
        raise UnknownThing(field="offer_ref")
    page = _written(work, call, _decided(work, call), offer, draft=True)
    return Paper(name, pdf.letter(page, created=work.now, lang=offer.lang))


def _decided(work: Work, call: Call) -> CallAward:
    award = award_of(work, call.id or 0)
    if call.state not in _DECIDED or award is None:
        raise CallNotAwarded
    return award


def _kind(award: CallAward, offer: CallOffer) -> LetterKind:
    return LetterKind.AWARD if offer.id == award.offer_id else LetterKind.REFUSAL


def _units(work: Work, provider_ids: Sequence[int]) -> dict[int | None, int]:
    """The unit of each registered provider."""
    rows = work.session.exec(
        select(provider_columns.c.provider_id, provider_columns.c.unit_id).where(
            provider_columns.c.provider_id.in_(provider_ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def _written(work: Work, call: Call, award: CallAward, offer: CallOffer, *, draft: bool = False) -> Letter:
    lang, told = offer.lang, _canton(work)
    taken = next((one for one in offers_of(work, call) if one.id == award.offer_id), None)
    if taken is None:
        raise AwardNotProposed
    mine = _kind(award, offer) is LetterKind.AWARD
    key = "call-letter.subject.award" if mine else "call-letter.subject.refusal"
    subject = say(key, lang, title=call.title)
    scores = _scores(work, call, offer)
    return Letter(
        _head(work, call, lang),
        (offer.name, *(line.strip() for line in offer.address.splitlines() if line.strip())),
        told["place"].get(lang, ""),
        work.today,
        say("call-letter.draft", lang, subject=subject) if draft else subject,
        say("call-letter.salutation", lang),
        _award_said(award, offer, scores) if mine else _refusal_said(award, offer, taken, scores),
        say("call-letter.closing", lang),
        _signatures(work, award, lang),
        reference=call.ref,
        facts=(
            (say("call-letter.procedure", lang), say(f"word.call_kind.{call.kind.value}", lang)),
            (say("web.calls.subject", lang), call.title),
            (say("call-letter.offer-of", lang), formats.day(offer.received_on, lang)),
            (say("call-letter.price", lang), formats.money(offer.price)),
        ),
        tables=scores,
        remedies=told["appeal"][lang].format(days=work.parameter("award_appeal_days")),
    )  # fmt: skip


def _award_said(award: CallAward, offer: CallOffer, scores: Sequence[Table]) -> tuple[str, ...]:
    return (
        say("call-letter.award", offer.lang),
        say("call-letter.award-reason", offer.lang, reason=award.reason),
        say("call-letter.agreement", offer.lang),
        *([say("call-letter.scores", offer.lang)] if scores else []),
    )


def _refusal_said(
    award: CallAward, offer: CallOffer, taken: CallOffer, scores: Sequence[Table]
) -> tuple[str, ...]:
    return (
        say("call-letter.refusal", offer.lang),
        say("call-letter.refusal-reason", offer.lang, reason=offer.refusal or ""),
        say("call-letter.taken", offer.lang, name=taken.name, price=taken.price, reason=award.reason),
        *([say("call-letter.scores", offer.lang)] if scores else []),
    )


def _scores(work: Work, call: Call, offer: CallOffer) -> tuple[Table, ...]:
    """The offer's own points by criterion; no table for a direct award, which has none."""
    lang, criteria = offer.lang, criteria_of(work, call.id or 0)
    given = all_points(work, call.id or 0)
    scored = scores_of(offer.id or 0, given, {one.code: one.weight for one in criteria})
    if not scored:
        return ()
    wording = {one.code: one.wording for one in criteria}
    columns = (
        Column(say("web.calls.criterion", lang)),
        Column(say("web.calls.weight", lang), kind="integer"),
        Column(say("call-letter.points", lang), kind="number"),
        Column(say("call-letter.weighted", lang), kind="number"),
    )
    rows: list[Any] = [(wording[one.criterion], one.weight, one.mean, one.weighted) for one in scored]
    total = (say("documents.total", lang), sum(one.weight for one in scored), None,
             sum(one.weighted for one in scored))  # fmt: skip
    return (Table("", columns, rows, total),)


def _head(work: Work, call: Call, lang: str) -> Letterhead:
    """The canton, and the office of whoever sends."""
    seat = next((one for one in work.actor.seats if one.sector == call.sector), None)
    unit = shown_units(work, [seat.unit_id]).get(seat.unit_id) if seat else None
    office = unit.name if unit else ""
    return Letterhead(say("reports.canton", lang), office, (office,) if office else ())


def _signatures(work: Work, award: CallAward, lang: str) -> tuple[tuple[str, str], ...]:
    both = [(award.proposed_by, "call-letter.proposed"), (award.confirmed_by, "call-letter.confirmed")]
    names = account_names(work, [who for who, _ in both if who is not None])
    return tuple((names[who], say(key, lang)) for who, key in both if who in names)


def _canton(work: Work) -> dict[str, Any]:
    """Where decisions are dated, and how they are appealed against, as the canton's directory says."""
    told = canton_directory(work.settings.canton).get("awards", {})
    if not all(told.get("appeal", {}).get(lang) for lang in ("fr", "de", "en")):
        raise AppealUntold
    return {"place": told.get("place", {}), "appeal": told["appeal"]}


__all__ = ["Paper", "letter_paper", "send_letters"]
