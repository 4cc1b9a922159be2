"""Drafts: what somebody is writing in a form of a case is kept until it is sent; nobody else reads it.

Rows of the house, never of the browser. The physician's part has no draft: what is not yet said about a
health lies nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.permits import Permit
from cii.access.vocabulary import NOTHING, Section
from cii.cases.acts import need
from cii.cases.queries import case_by_ref, cases_by_id
from cii.cases.rules import CaseClosed
from cii.cases.vocabulary import CaseStatus
from cii.desk.tables import Draft
from cii.desk.vocabulary import DraftPlace
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.routing.queries import referral_by_ref
from cii.store.work import Work

WRITES: Mapping[DraftPlace, tuple[tuple[Permit, ...], Section]] = {
    DraftPlace.NOTE: ((Permit.WRITE_NOTE,), Section.NOTES),
    DraftPlace.SYNTHESIS: ((Permit.SIGN_ASSESSMENT,), Section.PLAN),
    DraftPlace.PLAN: ((Permit.PROPOSE_PLAN,), Section.PLAN),
    DraftPlace.REFERRAL: ((Permit.SEND_REFERRAL,), Section.PLAN),
    DraftPlace.REPLY: ((Permit.ANSWER_REFERRAL, Permit.SEND_REFERRAL), NOTHING),
}
"""Who writes there: a permit of the act, and the section that must be open to be written."""
WRITERS = tuple(dict.fromkeys(one for permits, _ in WRITES.values() for one in permits))
"""Who writes anywhere."""
_OF = "-"
"""Between the referral and its move."""
LISTED = 8
"""How many texts begun the desk names."""


@dataclass(frozen=True)
class SaveDraft:
    """What stands in a form of a case while it is being written; empty: nothing any more.

    `case_ref`: the case; of a reply the referral, whose move is the `part` (`reply_part`).
    """

    case_ref: str
    place: DraftPlace
    text: str = field(default="", metadata={"max": 8000})
    part: str = field(default="", metadata={"max": 20})


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as its page brings it back."""

    text: str
    saved_at: datetime
    part: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A form in which I have begun a text and not sent it; `closed`: the case was closed meanwhile."""

    case_ref: str
    number: str
    place: DraftPlace
    saved_at: datetime
    closed: bool
    referral_ref: str | None = None


def save_draft(work: Work, ask: SaveDraft) -> None:
    """Keep what the actor is writing, in place of what was kept before.

    Nobody else reads it. It outlives the session and goes when the text is sent or emptied; that of a closed
    case can still be emptied. Refuses: UnknownThing, NotAllowed, SectionNotYours, CaseClosed.
    """
    reply = ask.place is DraftPlace.REPLY
    case = None if reply else case_by_ref(work, ask.case_ref)
    case_id = referral_by_ref(work, ask.case_ref).case_id if case is None else case.id or 0
    permits, section = WRITES[ask.place]
    if not any(one.value in work.actor.permits for one in permits):
        raise NotAllowed(act="save_draft")
    if reply and not ask.part.startswith(f"{ask.case_ref}{_OF}"):
        raise UnknownThing(field="part")
    if not ask.text.strip():
        discard_draft(work, case_id, ask.place, ask.part)
        return
    if case is not None:
        need(work, case, section)
        if case.status is CaseStatus.CLOSED:
            raise CaseClosed(number=case.number, open="reopen")
    if work.actor.account_id is not None:
        _keep(work, case_id, ask)


def _keep(work: Work, case_id: int, ask: SaveDraft) -> None:
    kept = work.session.execute(
        update(Draft)
        .where(*_mine(work, case_id, ask.place), col(Draft.part) == ask.part)
        .values(text=ask.text, saved_at=work.now)
        .returning(col(Draft.id))
        .execution_options(synchronize_session=False)
    ).first()
    if kept is not None:
        return
    row = Draft(
        account_id=work.actor.account_id or 0,
        case_id=case_id,
        place=ask.place,
        part=ask.part,
        text=ask.text,
        saved_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:
        """Two windows saved at the same moment; the other's text is kept until the next keystroke."""


def kept_drafts(work: Work, case_id: int, place: DraftPlace) -> dict[str, Kept]:
    """What the actor has written there and not sent yet, by field; the caller has shown the case."""
    rows = work.session.execute(
        select(col(Draft.text), col(Draft.saved_at), col(Draft.part)).where(*_mine(work, case_id, place))
    ).all()
    return {part: Kept(text, saved_at, part) for text, saved_at, part in rows}


def discard_draft(work: Work, case_id: int, place: DraftPlace, part: str | None = None) -> None:
    """The draft was sent or emptied: of one field, or of the whole form."""
    where = [*_mine(work, case_id, place), *([col(Draft.part) == part] if part is not None else [])]
    work.session.execute(delete(Draft).where(*where).execution_options(synchronize_session=False))


def sent(work: Work, case_ref: str, place: DraftPlace) -> None:
    """The form was sent, or its writer gives it up: what was kept of it goes; refuses UnknownThing."""
    discard_draft(work, case_by_ref(work, case_ref).id or 0, place)


def reply_part(referral_ref: str, event: str) -> str:
    """The field of a reply: a case may have had several referrals, and each move its own text."""
    return f"{referral_ref}{_OF}{event}"


def kept_replies(work: Work, case_id: int, referral_ref: str) -> dict[str, Kept]:
    """What the actor has written in reply to a referral and not sent; the caller has shown the referral."""
    kept = kept_drafts(work, case_id, DraftPlace.REPLY)
    return {part: one for part, one in kept.items() if part.startswith(f"{referral_ref}{_OF}")}


def replied(work: Work, referral_ref: str) -> None:
    """A reply was sent, or its writer gives it up: what was kept of it goes; refuses UnknownThing."""
    case_id = referral_by_ref(work, referral_ref).case_id
    for part in kept_replies(work, case_id, referral_ref):
        discard_draft(work, case_id, DraftPlace.REPLY, part)


def begun(work: Work) -> list[Begun]:
    """The forms in which I have begun a text, the latest first; of cases that are open to me."""
    rows = work.session.execute(
        select(col(Draft.case_id), col(Draft.place), col(Draft.saved_at), col(Draft.part))
        .where(col(Draft.account_id) == (work.actor.account_id or 0))
        .order_by(col(Draft.saved_at).desc(), col(Draft.id).desc())
    ).all()
    latest: dict[tuple[int, DraftPlace, str | None], datetime] = {}
    for case_id, place, saved_at, part in rows:
        referral = part.partition(_OF)[0] if place == DraftPlace.REPLY else None
        latest.setdefault((case_id, DraftPlace(place), referral), saved_at)
    cases = cases_by_id(work, {case_id for case_id, _, _ in latest}) if latest else {}
    return [
        Begun(case.ref, case.number, place, at, case.status is CaseStatus.CLOSED, referral)
        for (case_id, place, referral), at in latest.items()
        if (case := cases.get(case_id)) is not None
    ][:LISTED]


def _mine(work: Work, case_id: int, place: DraftPlace) -> tuple[Any, ...]:
    return (
        col(Draft.account_id) == (work.actor.account_id or 0),
        col(Draft.case_id) == case_id,
        col(Draft.place) == place,
    )
