"""How the facts of a check are read: from the agreement, its call, provider, negotiation and limits."""

from datetime import date

from cii.agreements.chain import former_ref
from cii.agreements.owed import overdue
from cii.agreements.price_talks import priced_from
from cii.agreements.queries import (
    AgreementView,
    agreement_view,
    agreements_by_id,
    of_provider_units,
)
from cii.agreements.rules import LIVING_STATES, OPEN_STATES
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState, Instrument, Profile
from cii.calls.facts import CallFacts
from cii.calls.queries import call_by_ref, call_facts, criteria_of, points_of, told_parts
from cii.calls.vocabulary import CallKind, SpecPart
from cii.conformity.facts import CallSeen, Document, Facts, Limits, Overdue, ProviderSeen
from cii.conformity.severities import severity_of
from cii.conventions.comparing import changed_sections, differences
from cii.conventions.negotiating import rounds_answered
from cii.conventions.paper import pages_of
from cii.conventions.queries import text_of, whole_of
from cii.conventions.whole import Convention
from cii.kernel.errors import UnknownThing
from cii.providers.queries import provider_facts
from cii.store.parameters import read_parameters
from cii.store.work import Work

_STANDING = (*OPEN_STATES, AgreementState.SIGNED, *LIVING_STATES)
_NUMBERS = {
    "pages_least": "agreement_pages_least",
    "pages_most": "agreement_pages_most",
    "small_places": "small_provider_places",
    "goals_small": "objective_limit_small",
    "goals_large": "objective_limit_large",
    "gauges_small": "indicator_limit_small",
    "gauges_large": "indicator_limit_large",
    "absence_days": "absence_report_days",
    "information_duties": "information_duty_limit",
    "term_months": "agreement_term_months",
    "notice_months": "ordinary_notice_months",
    "notice_least_ac": "ac_notice_least_months",
    "ics_months": "ics_attestation_months",
    "price_months": "ai_price_renegotiation_months",
    "durable_permille": "exit_goal_durable_permille",
    "dynamic_permille": "exit_goal_dynamic_permille",
}
"""The dated number that stands for each limit."""


def facts_of(work: Work, view: AgreementView) -> Facts:
    """Everything that one check of an agreement needs; the caller started its read."""
    now, held = whole_of(work, view), view.agreement
    former = _former(work, held)
    changed = changed_sections(differences(former, now)) if former else {}
    call = call_facts(work, held.id or 0)
    return Facts(
        now=now,
        day=work.today,
        limits=limits(work, held.profile, work.today),
        call=_call(call),
        former=former,
        changed={str(section): count for section, count in changed.items()},
        provider=_provider(work, view),
        others=(*_others(work, view), *([Document(call.ref, call.text)] if call else [])),
        late=_late(work, held),
        rounds=rounds_answered(work, held.id or 0),
        pages=_pages(work, view),
        priced_from=_priced(work, held),
    )


def limits(work: Work, profile: Profile, day: date) -> Limits:
    """The numbers in force on a day; whether the canton makes the guide binding for this profile."""
    binding = f"guide_binds_{profile.value.lower()}"
    found = read_parameters(work.session, [*_NUMBERS.values(), binding], day)
    return Limits(**{name: found[number] for name, number in _NUMBERS.items()}, binding=bool(found[binding]))


def _former(work: Work, agreement: Agreement) -> Convention | None:
    """The agreement that this one follows, when the actor may see it."""
    ref = former_ref(work, agreement)
    if ref is None:
        return None
    try:
        return whole_of(work, agreement_view(work, ref))
    except UnknownThing:
        return None


def _others(work: Work, view: AgreementView) -> tuple[Document, ...]:
    """The framework of an agreement, or the agreements under a framework, of the same provider and payer."""
    own = view.agreement
    ids = work.session.scalars(of_provider_units([view.provider.unit_id], laid=False)).all()
    same = [
        one
        for one in agreements_by_id(work, ids).values()
        if one.id not in {own.id, own.follows_id}
        and one.follows_id != own.id
        and one.profile is own.profile
        and one.state in _STANDING
        and Instrument.FRAMEWORK in {one.instrument, own.instrument}
    ]
    return tuple(
        Document(one.number, text_of(work, one.id or 0)) for one in sorted(same, key=lambda row: row.number)
    )


def _late(work: Work, agreement: Agreement) -> tuple[Overdue, ...]:
    """What is overdue under this agreement, or under the one that it follows."""
    wanted = {agreement.id or 0} | ({agreement.follows_id} if agreement.follows_id else set())
    found = overdue(work, wanted)
    return tuple(Overdue(one.kind, one.due_on) for one in found)


def _call(call: CallFacts | None) -> CallSeen | None:
    """The call as the checks see it: the words of its specification are those of `CallItem`."""
    if call is None:
        return None
    return CallSeen(
        ref=call.ref,
        direct=call.kind is CallKind.DIRECT,
        published=call.published_on is not None,
        criteria=frozenset(call.criteria),
        scored=call.scored,
        items=frozenset(part.value for part in call.parts),
        requirements_public=call.direct_published,
    )


def call_seen(work: Work, ref: str) -> tuple[CallSeen, Profile]:
    """A call before any agreement, when the actor may see it, and whose demands it is held to."""
    held = call_by_ref(work, ref)
    criteria = criteria_of(work, held.id or 0)
    told = told_parts(held, criteria)
    published, direct = held.published_on is not None, held.kind is CallKind.DIRECT
    decides = {SpecPart.BASE_REQUIREMENTS, SpecPart.AWARD_CRITERIA}
    seen = CallSeen(
        ref=held.ref,
        direct=direct,
        published=published,
        criteria=frozenset(one.code for one in criteria),
        scored=frozenset(one.criterion for one in points_of(work, held.id or 0)),
        items=frozenset(part.value for part in told),
        requirements_public=direct and published and decides <= told,
    )
    own = {one.value for one in Profile}
    return seen, Profile(held.sector.value) if held.sector.value in own else Profile.AS


def _provider(work: Work, view: AgreementView) -> ProviderSeen:
    known = provider_facts(work, view.agreement.provider_id, work.today)
    return ProviderSeen(known.places, known.labels_valid, known.labels_expired, known.ics_on, ics_known=True)


def _priced(work: Work, agreement: Agreement) -> date | None:
    day = max(work.today, agreement.valid_from)
    return priced_from(work, agreement.id or 0, day)


def _pages(work: Work, view: AgreementView) -> int | None:
    """The pages of the paper, where somebody asks for them (i.1): counting prints it once."""
    held = view.agreement
    if severity_of("pages-outside", held.profile, held.instrument, binding=False) is None:
        return None
    return pages_of(work, view)
