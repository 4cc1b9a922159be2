"""What the bearer of a link answers: each answer spends the link and calls the act of the room it concerns.

The link is spent first, its row held: of two who answer at once one does, and an answer that is refused
leaves the link as it was. A partner answers for their unit and has in this act alone the seat needed there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from cii.access.linking import bearer_of, live_link, open_link, used_link
from cii.access.tables import SignedLink
from cii.access.vocabulary import LinkPurpose, Role, Section
from cii.cases.actions import WriteMedical
from cii.cases.carrying import RecordWord, person_answers
from cii.cases.queries import case_by_id
from cii.cases.vocabulary import PersonReply
from cii.institutions.queries import institution_of
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.partners.actions import tell_maker
from cii.partners.queries import Shown, is_rated, place_of, request_of, shown
from cii.partners.rules import RatedBefore, RatingMissing
from cii.partners.tables import LinkRequest, Satisfaction
from cii.partners.vocabulary import Rated
from cii.people.actions import GiveConsent, give_consent
from cii.people.queries import consents, person_by_id
from cii.people.vocabulary import ConsentHow, Purpose
from cii.placements.life import AnswerPlace, answer_place
from cii.placements.objectives import sign_objectives
from cii.placements.vocabulary import RefusalReason, SignedHow
from cii.routing.actions import RecordMedical, record_medical, take_back_consent
from cii.routing.actions_announce import TEXT_VERSION
from cii.store.work import Seat, Work
from cii.workflow.queries import instance_for, tasks_of
from cii.workflow.vocabulary import Stand

_SCALE = range(1, 6)
_CASE = "case"


@dataclass(frozen=True)
class PlaceByLink:
    """The provider takes the person, or refuses with a reason."""

    accept: bool
    reason: RefusalReason | None = None
    note: str = field(default="", metadata={"max": 2000})


@dataclass(frozen=True)
class OpinionByLink:
    """The physician's statement and, apart from it, what follows for work; the capacity in percent."""

    statement: str = field(metadata={"max": 8000})
    limits: str = field(metadata={"max": 4000})
    capacity: int | None = None


@dataclass(frozen=True)
class SeenByLink:
    """A member of the network has read what concerns them."""


@dataclass(frozen=True)
class ConsentByLink:
    """The person agrees to the terms or not; to withdraw a consent nothing more is said."""

    agree: bool = False


@dataclass(frozen=True)
class PlanByLink:
    """The person agrees to the plan, or says why not."""

    reply: PersonReply
    reason: str | None = field(default=None, metadata={"max": 2000})


@dataclass(frozen=True)
class ObjectivesByLink:
    """The person signs the objectives that are shown."""


@dataclass(frozen=True)
class RateByLink:
    """The person's rating, 1 to 5 for each question, and what they add."""

    informed: int | None = None
    listened: int | None = None
    useful: int | None = None
    overall: int | None = None
    note: str = field(default="", metadata={"max": 4000})


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that its bearer has opened: what they see, and what they are asked."""

    link: SignedLink
    shown: Shown


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was recorded: a word, not the text; `bearer` and `at` as the journal has them."""

    ref: str
    purpose: LinkPurpose
    bearer: str
    answer: str
    at: datetime | None


def opened(work: Work, token: str) -> Opened:
    """What the link shows; the reader is its bearer from here on. Refuses LinkClosed, UnknownThing."""
    link = live_link(work, token)
    work.actor = bearer_of(link)
    return Opened(link, shown(work, link))


def receipt(work: Work, token: str) -> Receipt:
    """What was recorded by the link of that token. Refuses LinkClosed while nothing was."""
    link = used_link(work, token)
    asked = request_of(work, link)
    return Receipt(link.ref, link.purpose, link.bearer, asked.answer or "", asked.answered_at)


def command_of(link: SignedLink) -> type[Any]:
    """What the bearer of such a link says."""
    return ANSWERS[link.purpose][0]


def answer(work: Work, token: str, ask: object) -> Receipt:
    """Record the answer and spend the link; refuses LinkClosed and what the act of its room refuses."""
    link, bearer = open_link(work, token, use=True)
    work.actor = bearer
    asked = request_of(work, link)
    wanted, act = ANSWERS[link.purpose]
    if not isinstance(ask, wanted):
        raise UnknownThing(field="link")
    said: str = act(work, link, asked, ask)
    asked.answered_at, asked.answer = work.now, said
    work.session.add(asked)
    work.session.flush()
    tell_maker(work, link, "link-answered")
    return Receipt(link.ref, link.purpose, link.bearer, said, work.now)


def _place(work: Work, link: SignedLink, _: LinkRequest, ask: PlaceByLink) -> str:
    place = place_of(work, link.case_id or 0, link.subject_id)
    answer_place(_seated(work, link, Role.PROVIDER), AnswerPlace(place.ref, ask.accept, ask.reason, ask.note))
    return "accepted" if ask.accept else "refused"


def _opinion(work: Work, link: SignedLink, _: LinkRequest, ask: OpinionByLink) -> str:
    case = case_by_id(work, link.case_id or 0)
    told = WriteMedical(case.ref, ask.statement, ask.limits, work.today, ask.capacity)
    record_medical(
        _seated(work, link, Role.PHYSICIAN), RecordMedical(told, finished=_is_asked(work, link, case.id or 0))
    )
    return "opinion"


def _is_asked(work: Work, link: SignedLink, case_id: int) -> bool:
    """Whether the process of the case waits for the medical part of this unit."""
    instance = instance_for(work, _CASE, case_id)
    return instance is not None and any(
        one.key == "medical" and one.state == Stand.OPEN and one.unit_id == link.unit_id
        for one in tasks_of(work, instance)
    )


def _seen(_: Work, __: SignedLink, ___: LinkRequest, ____: SeenByLink) -> str:
    return "seen"


def _consent(work: Work, link: SignedLink, asked: LinkRequest, ask: ConsentByLink) -> str:
    if link.subject == "consent":
        held = next(one for one in consents(work, link.person_id or 0) if one.consent.id == link.subject_id)
        take_back_consent(work, held.consent.ref)
        return "withdrawn"
    if not ask.agree:
        return "declined"
    terms = asked.terms
    give_consent(
        work,
        GiveConsent(
            person_by_id(work, link.person_id or 0).ref,
            tuple(terms["institutions"]),
            Section(terms["sections"]),
            Purpose(terms["purpose"]),
            work.today,
            date.fromisoformat(terms["until"]),
            TEXT_VERSION,
            ConsentHow.LINK,
        ),
        link.made_unit_id or 0,
        case_id=link.case_id,
    )
    return "given"


def _plan(work: Work, _: SignedLink, asked: LinkRequest, ask: PlanByLink) -> str:
    person_answers(work, RecordWord(asked.terms["plan"], ask.reply, work.today, ask.reason))
    return "agreed" if ask.reply is PersonReply.AGREE else "not_agreed"


def _objectives(work: Work, link: SignedLink, _: LinkRequest, __: ObjectivesByLink) -> str:
    sign_objectives(work, place_of(work, link.case_id or 0, link.subject_id).ref, SignedHow.LINK)
    return "signed"


def _rated(work: Work, link: SignedLink, _: LinkRequest, ask: RateByLink) -> str:
    given = {one.value: getattr(ask, one.value) for one in Rated}
    faults: list[Refusal] = [
        RatingMissing(field=name) for name, points in given.items() if points not in _SCALE
    ]
    refuse(faults)
    person_id = link.person_id or 0
    if is_rated(work, person_id, link.subject, link.subject_id):
        raise RatedBefore
    row = Satisfaction(
        person_id=person_id,
        case_id=link.case_id or 0,
        subject=link.subject,
        subject_id=link.subject_id,
        note=ask.note.strip() or None,
        at=work.now,
        **given,
    )
    work.session.add(row)
    work.session.flush()
    wrote(work, "rate", "satisfaction", row.id, ref=row.ref, case_id=row.case_id, person_id=person_id)
    return "rated"


def _seated(work: Work, link: SignedLink, role: Role) -> Work:
    """The same transaction, with the bearer in the seat of the unit for which they answer."""
    unit_id = link.unit_id or 0
    owner = institution_of(work, unit_id)
    seat = Seat(unit_id, owner.id or 0, role.value, owner.sector.value if owner.sector else None)
    return replace(work, actor=replace(work.actor, seats=(seat,)))


ANSWERS: Mapping[LinkPurpose, tuple[type[Any], Callable[[Work, SignedLink, LinkRequest, Any], str]]] = {
    LinkPurpose.PLACE_ANSWER: (PlaceByLink, _place),
    LinkPurpose.MEDICAL_OPINION: (OpinionByLink, _opinion),
    LinkPurpose.NETWORK_VIEW: (SeenByLink, _seen),
    LinkPurpose.CONSENT: (ConsentByLink, _consent),
    LinkPurpose.PLAN: (PlanByLink, _plan),
    LinkPurpose.OBJECTIVES: (ObjectivesByLink, _objectives),
    LinkPurpose.SATISFACTION: (RateByLink, _rated),
}
"""Purpose → what its bearer says, and the act that records it."""


def ratings(work: Work, case_id: int) -> list[Satisfaction]:
    """How satisfied the person was, for the case and its placements; the caller has seen the case."""
    return list(
        work.session.exec(
            select(Satisfaction).where(col(Satisfaction.case_id) == case_id).order_by(col(Satisfaction.id))
        )
    )
