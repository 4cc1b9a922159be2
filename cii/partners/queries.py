"""What the bearer of a link sees, field by field and no more; the links of a case as its makers see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from cii.access.linking import links_of_case
from cii.access.queries import account_names
from cii.access.tables import SignedLink
from cii.access.vocabulary import LinkDelivery, LinkPurpose, Section
from cii.cases.queries import case_by_id, case_by_ref
from cii.cases.shapes import PlanView
from cii.cases.view import case_view
from cii.institutions.queries import institutions
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.kernel.period import ONE_DAY
from cii.partners.rules import state_at
from cii.partners.tables import LinkRequest, Satisfaction
from cii.partners.vocabulary import LinkState
from cii.people.queries import PersonLabel, consents, label
from cii.people.vocabulary import Purpose
from cii.placements.objectives import objectives_of
from cii.placements.queries import PlacementRow, placements_of
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class LineShown:
    """An action of the plan, with its goal and its day; `unit` only where the person reads their own plan."""

    goal: str
    action: str
    due_on: date
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """What a provider needs to answer: who, which measure, from when to when, until when to answer."""

    person: str
    birth_date: date
    measure: str
    first: date
    last: date
    answer_until: date | None


@dataclass(frozen=True, slots=True)
class OpinionShown:
    """What a physician needs: who, and the question."""

    person: str
    birth_date: date
    question: str


@dataclass(frozen=True, slots=True)
class NetworkShown:
    """What concerns a member of the network: who, what they are told, the actions disclosed to them."""

    person: str
    told: str
    lines: tuple[LineShown, ...]


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What the person is asked to agree to, or may withdraw (`given_on` says since when it holds)."""

    person: str
    purpose: Purpose
    institutions: tuple[str, ...]
    sections: Section
    until: date
    given_on: date | None


@dataclass(frozen=True, slots=True)
class PlanShown:
    """The plan as the person reads it."""

    person: str
    version: int
    focus: str
    lines: tuple[LineShown, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveShown:
    """An objective, and the day on which it is looked at."""

    number: int
    goal: str
    balance_on: date


@dataclass(frozen=True, slots=True)
class ObjectivesShown:
    """The objectives that wait for the person's signature."""

    person: str
    measure: str
    first: date
    last: date
    objectives: tuple[ObjectiveShown, ...]


@dataclass(frozen=True, slots=True)
class SatisfactionShown:
    """What the person rates: a measure, or the work on the case (no measure)."""

    person: str
    measure: str | None


Shown = (
    PlaceShown | OpinionShown | NetworkShown | ConsentTerms | PlanShown | ObjectivesShown | SatisfactionShown
)


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link as the case shows it to the unit that made it; `answer` is a word of what was recorded."""

    ref: str
    purpose: LinkPurpose
    bearer: str
    delivery: LinkDelivery | None
    state: LinkState
    made_by: str | None
    made_at: datetime
    until: date
    opened_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    failed: int
    answer: str | None


def request_of(work: Work, link: SignedLink) -> LinkRequest:
    """What the bearer of the link is asked."""
    return work.session.exec(select(LinkRequest).where(col(LinkRequest.link_id) == link.id)).one()


def shown(work: Work, link: SignedLink) -> Shown:
    """What the link shows to its bearer, who is the actor of `work`; refuses UnknownThing.

    The person is named as the unit knows them that attached them first.
    """
    found: Shown = _SHOWN[link.purpose](work, link, request_of(work, link))
    return found


def last_day(link: SignedLink) -> date:
    """The last day of a link, in Switzerland."""
    return local_day(link.expires_at) - ONE_DAY


def link_lines(work: Work, case_ref: str) -> list[LinkLine]:
    """The links about a case that the actor's units have made, newest first: at most four statements."""
    case = case_by_ref(work, case_ref)
    work.saw("case", [case.id or 0], 0)
    rows = links_of_case(work, case.id or 0)
    names = account_names(work, {one.made_by for one in rows if one.made_by is not None})
    ids = [one.id for one in rows]
    asked = {
        one.link_id: one.answer
        for one in work.session.exec(select(LinkRequest).where(col(LinkRequest.link_id).in_(ids)))
    }
    if rows:
        work.saw("case", [case.id or 0], int(Section.IDENTITY))
    return [
        LinkLine(
            ref=one.ref,
            purpose=one.purpose,
            bearer=one.bearer,
            delivery=one.delivery,
            state=state_at(
                work.now,
                expires_at=one.expires_at,
                opened_at=one.opened_at,
                used_at=one.used_at,
                revoked_at=one.revoked_at,
            ),
            made_by=names.get(one.made_by or 0),
            made_at=one.created_at,
            until=last_day(one),
            opened_at=one.opened_at,
            used_at=one.used_at,
            revoked_at=one.revoked_at,
            failed=one.attempts,
            answer=asked.get(one.id or 0),
        )
        for one in rows
    ]


def current_plan(work: Work, case_ref: str) -> PlanView | None:
    """The plan that is proposed, else the one in force; None where there is neither, or none to be seen."""
    section = case_view(work, case_ref).sections.get("plan")
    plans: tuple[PlanView, ...] = section.plans if section is not None else ()
    by_state = {str(one.state): one for one in reversed(plans)}
    return by_state.get("proposed") or by_state.get("agreed")


def is_rated(work: Work, person_id: int, subject: str, subject_id: int) -> bool:
    """Whether the person has rated this."""
    wanted = select(Satisfaction.id).where(
        col(Satisfaction.person_id) == person_id,
        col(Satisfaction.subject) == subject,
        col(Satisfaction.subject_id) == subject_id,
    )
    return work.session.exec(wanted).first() is not None


def place_of(work: Work, case_id: int, placement_id: int) -> PlacementRow:
    """The placement of a case, if the actor may see it; refuses UnknownThing."""
    found = next((one for one in placements_of(work, case_id) if one.id == placement_id), None)
    if found is None:
        raise UnknownThing(field="placement_ref")
    return found


def _person(work: Work, link: SignedLink) -> PersonLabel:
    found = label(work, [link.person_id or 0]).get(link.person_id or 0)
    if found is None:
        raise UnknownThing(field="person")
    return found


def _place(work: Work, link: SignedLink, _: LinkRequest) -> PlaceShown:
    person, place = _person(work, link), place_of(work, link.case_id or 0, link.subject_id)
    held = place.reserved_until
    until = local_day(held) - ONE_DAY if isinstance(held, datetime) else None
    return PlaceShown(
        person.name, person.birth_date, place.measure_name, place.starts_on, place.ends_on, until
    )


def _opinion(work: Work, link: SignedLink, asked: LinkRequest) -> OpinionShown:
    person = _person(work, link)
    return OpinionShown(person.name, person.birth_date, asked.question or "")


def _network(work: Work, link: SignedLink, asked: LinkRequest) -> NetworkShown:
    plan = _plan_of(work, link, asked)
    chosen = set(asked.terms.get("parts", ()))
    lines = tuple(
        LineShown(one.goal, one.action, one.due_on)
        for number, one in enumerate(plan.parts if plan else (), 1)
        if number in chosen
    )
    return NetworkShown(_person(work, link).name, asked.question or "", lines)


def _consent(work: Work, link: SignedLink, asked: LinkRequest) -> ConsentTerms:
    person, named = _person(work, link), {one.id: one.name for one in institutions(work)}
    if link.subject == "consent":
        held = next(
            (one for one in consents(work, link.person_id or 0) if one.consent.id == link.subject_id), None
        )
        if held is None:
            raise UnknownThing(field="consent")
        row = held.consent
        names = tuple(named.get(one, "–") for one in held.institution_ids)
        return ConsentTerms(
            person.name, row.purpose, names, Section(row.sections), row.valid_until, row.given_on
        )
    by_ref = {one.ref: one.name for one in institutions(work)}
    terms = asked.terms
    return ConsentTerms(
        person.name,
        Purpose(terms["purpose"]),
        tuple(by_ref.get(one, "–") for one in terms["institutions"]),
        Section(terms["sections"]),
        date.fromisoformat(terms["until"]),
        None,
    )


def _plan(work: Work, link: SignedLink, asked: LinkRequest) -> PlanShown:
    plan = _plan_of(work, link, asked)
    if plan is None:
        raise UnknownThing(field="plan")
    lines = tuple(
        LineShown(one.goal, one.action, one.due_on, one.unit.name if one.unit else None) for one in plan.parts
    )
    return PlanShown(_person(work, link).name, plan.version, plan.focus, lines)


def _plan_of(work: Work, link: SignedLink, asked: LinkRequest) -> PlanView | None:
    """The version of the plan that the link was made for, even when another one has followed."""
    section = case_view(work, case_by_id(work, link.case_id or 0).ref).sections.get("plan")
    plans: tuple[PlanView, ...] = section.plans if section is not None else ()
    return next((one for one in plans if one.ref == asked.terms.get("plan")), None)


def _objectives(work: Work, link: SignedLink, _: LinkRequest) -> ObjectivesShown:
    person, place = _person(work, link), place_of(work, link.case_id or 0, link.subject_id)
    waiting = tuple(
        ObjectiveShown(one.number, one.goal, one.balance_on)
        for one in objectives_of(work, place.id)
        if one.signed_at is None
    )
    return ObjectivesShown(person.name, place.measure_name, place.starts_on, place.ends_on, waiting)


def _satisfaction(work: Work, link: SignedLink, asked: LinkRequest) -> SatisfactionShown:
    return SatisfactionShown(_person(work, link).name, asked.terms.get("measure"))


_SHOWN: Mapping[LinkPurpose, Callable[[Work, SignedLink, LinkRequest], Any]] = {
    LinkPurpose.PLACE_ANSWER: _place,
    LinkPurpose.MEDICAL_OPINION: _opinion,
    LinkPurpose.NETWORK_VIEW: _network,
    LinkPurpose.CONSENT: _consent,
    LinkPurpose.PLAN: _plan,
    LinkPurpose.OBJECTIVES: _objectives,
    LinkPurpose.SATISFACTION: _satisfaction,
}
