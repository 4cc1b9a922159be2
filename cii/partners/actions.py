"""Making, trying and revoking links; what their bearers answer stands in `answering`.

A link opens, to its bearer alone, the sections of its purpose within what its maker may disclose: its grant
has neither unit nor account. A partner's link stands on what is open to the partner's unit already, or passes
it on under the person's consent, as any disclosure. The date of birth opens the person's own links, a code of
six digits told by telephone those of the others.
"""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cii.access.actions import grant
from cii.access.linking import (
    Factor,
    LinkLocked,
    held_by,
    link_by_ref,
    make_link,
    revoke_link,
    standing,
    try_link,
)
from cii.access.queries import sections_on_case
from cii.access.tables import SignedLink
from cii.access.vocabulary import NOTHING, LinkDelivery, LinkFactor, LinkPurpose, Relation, Section
from cii.cases.acts import acting_unit
from cii.cases.queries import case_by_id, case_by_ref, live_parties
from cii.cases.rules import CaseClosed, SectionNotYours, section_word
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus, PartyRole
from cii.institutions.queries import institution_by_ref, unit_by_ref
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.notices.actions import tell
from cii.partners.queries import current_plan, is_rated, place_of
from cii.partners.rules import (
    FOR_A_UNIT,
    OPENS,
    PERMITS,
    LinkOver,
    LinkPartMissing,
    LinkStands,
    NoBirthDate,
    NothingToAnswer,
    RatedBefore,
    Wish,
    ends_at,
    factor_said,
    state_at,
    wish_faults,
)
from cii.partners.tables import LinkRequest
from cii.partners.vocabulary import OWN, LinkState
from cii.people.actions import ConsentDates, ConsentTooWide, disclose
from cii.people.queries import consents, label, person_by_id
from cii.people.vocabulary import Basis, Purpose
from cii.placements.objectives import NothingToSign, objectives_of
from cii.placements.queries import placement_by_ref
from cii.placements.vocabulary import PlacementState
from cii.store.locks import one_at_a_time
from cii.store.outbox import send_later
from cii.store.work import HOUSE, Work
from cii.texts import formats
from cii.texts.speech import say

_BODIES = {
    LinkFactor.CODE: "links.mail-body-code",
    LinkFactor.BIRTH_DATE: "links.mail-body-birth-date",
}


@dataclass(frozen=True)
class MakeLink:
    """A link for somebody without an account; what else is named depends on the purpose.

    `unit_ref`: the partner's unit (opinion, network) · `placement_ref`: place, objectives, satisfaction with
    a measure · `parts`: numbers of the plan's actions disclosed to a network member beside those of their
    unit · `consent_ref`: the consent that may be withdrawn, else `institutions`, `sections`, `consent_for`
    and `valid_until` are the terms of a new one.
    """

    case_ref: str
    purpose: LinkPurpose
    bearer: str = field(metadata={"max": 120})
    days: int
    delivery: LinkDelivery = LinkDelivery.MAIL
    address: str | None = field(default=None, metadata={"max": 200})
    lang: str = field(default="fr", metadata={"max": 2})
    question: str = field(default="", metadata={"max": 2000})
    unit_ref: str | None = None
    placement_ref: str | None = None
    parts: tuple[int, ...] = ()
    consent_ref: str | None = None
    institutions: tuple[str, ...] = ()
    sections: Section = NOTHING
    consent_for: Purpose = Purpose.COORDINATION
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A link just made, shown once: `token` for a letter only, `code` where one is told by telephone."""

    ref: str
    purpose: LinkPurpose
    until: date
    token: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class _About:
    """What a link is about: its object, the partner's unit, the terms."""

    subject: str
    subject_id: int
    unit_id: int | None = None
    terms: dict[str, Any] = field(default_factory=dict)


def make(work: Work, ask: MakeLink) -> Made:
    """Make a link and send it, or hand it over for a letter.

    Refuses, all at once: NotAllowed, SectionNotYours · BearerUnnamed, MailAddressUnfit, LinkTooLong,
    LinkPartMissing, ConsentDates, ConsentTooWide · then NothingToAnswer, NothingToSign, RatedBefore,
    LinkStands, NoBirthDate, CaseClosed, and the preconditions of a disclosure that fail.
    """
    case = case_by_ref(work, ask.case_ref)
    unit = acting_unit(work, case)
    most = work.parameter(f"link_days_{ask.purpose.value}")
    refuse([*_may(work, case, ask.purpose), *_faults(work, ask, most)])
    about = _about(work, case, ask)
    one_at_a_time(work.session, f"link {about.subject} {about.subject_id}")
    bearer = ask.bearer.strip()
    if any(
        one.bearer.casefold() == bearer.casefold()
        for one in standing(work, ask.purpose, about.subject, about.subject_id)
    ):
        raise LinkStands(field="bearer")
    factor = _factor(work, case, ask.purpose)
    basis = _disclosed(work, case, ask.purpose, about.unit_id, unit)
    expires_at = ends_at(work.now, ask.days)
    opened = grant(
        work,
        person_id=case.person_id,
        case_id=case.id,
        reads=OPENS[ask.purpose],
        basis=basis,
        cause=f"link:{secrets.token_hex(8)}",
        relation=Relation.LINK,
        until=expires_at,
    )
    new = make_link(
        work,
        purpose=ask.purpose,
        subject=about.subject,
        subject_id=about.subject_id,
        bearer=bearer,
        expires_at=expires_at,
        grant_id=opened.id,
        case_id=case.id,
        person_id=case.person_id,
        unit_id=about.unit_id,
        factor=factor,
        delivery=ask.delivery,
        address=ask.address if ask.delivery is LinkDelivery.MAIL else None,
        made_unit_id=unit,
    )
    work.session.add(
        LinkRequest(
            link_id=new.id,
            question=ask.question.strip() or None,
            sections=int(OPENS[ask.purpose]),
            terms=about.terms,
        )
    )
    work.session.flush()
    until = work.today + timedelta(days=ask.days)
    if ask.delivery is LinkDelivery.MAIL and ask.address:
        _send(work, ask.address.strip(), new.token, factor.kind, ask.lang, until, expires_at)
    return Made(
        new.ref,
        ask.purpose,
        until,
        new.token if ask.delivery is LinkDelivery.LETTER else None,
        factor.secret if factor.kind is LinkFactor.CODE else None,
    )


def revoke(work: Work, ref: str) -> SignedLink:
    """Close a link that my unit has made, at once; refuses UnknownThing, LinkOver."""
    link = link_by_ref(work, ref)
    if link is None:
        raise UnknownThing(field="link")
    case_by_id(work, link.case_id or 0)
    standing_now = state_at(
        work.now,
        expires_at=link.expires_at,
        opened_at=link.opened_at,
        used_at=link.used_at,
        revoked_at=link.revoked_at,
    )
    if standing_now not in {LinkState.WAITING, LinkState.OPENED}:
        raise LinkOver(state=standing_now)
    revoke_link(work, link)
    return link


def enter(work: Work, token: str, said: str) -> Refusal | None:
    """Count what the bearer answers to the question at the door; the door commits, then raises what returns.

    Five wrong answers close the link, and its maker is told.
    """
    link, no = try_link(work, token, factor_said(said))
    if link is not None and isinstance(no, LinkLocked) and no.facts.get("just"):
        tell_maker(work, link, "link-locked")
    return no


def tell_maker(work: Work, link: SignedLink, kind: str) -> None:
    """A notice to whoever made the link, or to their unit."""
    case = case_by_id(_as_house(work), link.case_id or 0)
    tell(
        work,
        account_id=link.made_by,
        unit_id=None if link.made_by is not None else link.made_unit_id,
        kind=kind,
        subject="case",
        subject_ref=case.ref,
        person_id=case.person_id,
    )


def address_of(work: Work, token: str) -> str:
    """The address that a bearer opens."""
    root = work.settings.public_url.rstrip("/") or f"http://{work.settings.host}:{work.settings.port}"
    return f"{root}/links/{token}"


def _as_house(work: Work) -> Work:
    return Work(work.session, HOUSE, work.now, work.calendar, work.correlation, settings=work.settings)


def _may(work: Work, case: CaseFile, purpose: LinkPurpose) -> list[Refusal]:
    faults: list[Refusal] = []
    if work.actor != HOUSE and PERMITS[purpose].value not in work.actor.permits:
        faults.append(NotAllowed(act=purpose.value))
    if closed := OPENS[purpose] & ~sections_on_case(work, case.id or 0)[0]:
        faults.append(SectionNotYours(section=section_word(closed)))
    return faults


def _faults(work: Work, ask: MakeLink, most: int) -> list[Refusal]:
    new_consent = ask.purpose is LinkPurpose.CONSENT and ask.consent_ref is None
    faults = wish_faults(
        Wish(
            ask.purpose,
            ask.bearer,
            ask.delivery,
            ask.address,
            ask.days,
            most,
            ask.question,
            ask.unit_ref is not None,
            ask.placement_ref is not None,
            ask.consent_ref is not None or bool(ask.institutions),
        )
    )
    if new_consent and (not ask.sections or ask.sections == Section(255)):
        faults.append(ConsentTooWide(field="sections"))
    if new_consent and (ask.valid_until is None or ask.valid_until < work.today):
        faults.append(ConsentDates(field="valid_until"))
    return faults


def _about(work: Work, case: CaseFile, ask: MakeLink) -> _About:
    """What the link is about, if there is something to answer."""
    case_id = case.id or 0
    if case.status is not CaseStatus.OPEN and ask.purpose is not LinkPurpose.SATISFACTION:
        raise CaseClosed(number=case.number, open="reopen")
    match ask.purpose:
        case LinkPurpose.PLACE_ANSWER | LinkPurpose.OBJECTIVES | LinkPurpose.SATISFACTION:
            return _about_place(work, case, ask)
        case LinkPurpose.MEDICAL_OPINION:
            unit = _unit(work, ask)
            if not any(
                one.role is PartyRole.PHYSICIAN and one.unit_id == unit for one in live_parties(work, case_id)
            ):
                raise LinkPartMissing(field="unit_ref")
            return _About("case", case_id, unit)
        case LinkPurpose.NETWORK_VIEW:
            return _About("case", case_id, _unit(work, ask), _lines(work, ask))
        case LinkPurpose.PLAN:
            plan = current_plan(work, case.ref)
            if plan is None or str(plan.state) != "proposed":
                raise NothingToAnswer(purpose=ask.purpose)
            return _About("case", case_id, terms={"plan": plan.ref})
        case LinkPurpose.CONSENT:
            return _about_consent(work, case, ask)


def _about_place(work: Work, case: CaseFile, ask: MakeLink) -> _About:
    if ask.placement_ref is None:
        if is_rated(work, case.person_id, "case", case.id or 0):
            raise RatedBefore
        return _About("case", case.id or 0)
    place = place_of(work, case.id or 0, placement_by_ref(work, ask.placement_ref).id or 0)
    if ask.purpose is LinkPurpose.PLACE_ANSWER:
        if place.state is not PlacementState.RESERVED or place.provider_unit_id is None:
            raise NothingToAnswer(field="placement_ref", purpose=ask.purpose)
        return _About("placement", place.id, place.provider_unit_id)
    if ask.purpose is LinkPurpose.OBJECTIVES:
        if all(one.signed_at is not None for one in objectives_of(work, place.id)):
            raise NothingToSign(field="placement_ref")
        return _About("placement", place.id)
    if is_rated(work, case.person_id, "placement", place.id):
        raise RatedBefore
    return _About("placement", place.id, terms={"measure": place.measure_name})


def _about_consent(work: Work, case: CaseFile, ask: MakeLink) -> _About:
    if ask.consent_ref is not None:
        held = next(
            (one for one in consents(work, case.person_id) if one.consent.ref == ask.consent_ref), None
        )
        if held is None:
            raise UnknownThing(field="consent_ref")
        if not held.live(work.today):
            raise NothingToAnswer(field="consent_ref", purpose=ask.purpose)
        return _About("consent", held.consent.id or 0)
    for one in ask.institutions:
        institution_by_ref(work, one)
    return _About(
        "case",
        case.id or 0,
        terms={
            "institutions": list(dict.fromkeys(ask.institutions)),
            "sections": int(ask.sections),
            "purpose": ask.consent_for.value,
            "until": ask.valid_until.isoformat() if ask.valid_until else "",
        },
    )


def _unit(work: Work, ask: MakeLink) -> int:
    return unit_by_ref(work, ask.unit_ref or "").id or 0


def _lines(work: Work, ask: MakeLink) -> dict[str, Any]:
    """The actions of the plan that are shown: those of the partner's unit, and those chosen."""
    plan = current_plan(work, ask.case_ref)
    if plan is None:
        return {}
    own = {n for n, one in enumerate(plan.parts, 1) if one.unit and one.unit.ref == ask.unit_ref}
    chosen = {n for n in ask.parts if 1 <= n <= len(plan.parts)}
    return {"plan": plan.ref, "parts": sorted(own | chosen)}


def _factor(work: Work, case: CaseFile, purpose: LinkPurpose) -> Factor:
    if purpose not in OWN:
        return Factor(LinkFactor.CODE, f"{secrets.randbelow(10**6):06d}")
    known = label(work, [case.person_id]).get(case.person_id)
    if known is None:
        raise NoBirthDate
    return Factor(LinkFactor.BIRTH_DATE, known.birth_date.isoformat())


def _disclosed(
    work: Work, case: CaseFile, purpose: LinkPurpose, to_unit: int | None, from_unit: int
) -> Basis:
    """The basis on which the bearer sees it; passes it on where their unit does not see it yet."""
    if to_unit is None:
        return Basis.OWN_CASE
    held, basis = held_by(work, to_unit, case_id=case.id or 0, person_id=case.person_id)
    lacking = OPENS[purpose] & ~held
    if purpose in FOR_A_UNIT and lacking:
        person = person_by_id(work, case.person_id)
        disclose(work, person, case.id, to_unit, lacking, Basis.CONSENT, from_unit_id=from_unit)
        return Basis.CONSENT
    return Basis(basis) if basis else Basis.CONSENT


def _send(  # noqa: PLR0917
    work: Work, address: str, token: str, factor: LinkFactor, lang: str, until: date, over_at: datetime
) -> None:
    """Write the mail: the link, until when, and what is asked at the door; nothing about anybody.

    Its text leaves the house and stays in none of its rows.
    """
    body = say(
        _BODIES[factor],
        lang,
        where=address_of(work, token),
        until=formats.day(until, lang),
    )
    send_later(work, address, say("links.mail-subject", lang), body, forget_at=over_at)
