"""The signed links of a case: made, listed and revoked by the unit that makes them; objectives to sign."""

from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import LinkDelivery, LinkPurpose, Section
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.vocabulary import PartyRole
from cii.institutions.queries import institutions, units, units_by_id
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.partners.actions import MakeLink, address_of, make, revoke
from cii.partners.answering import ratings
from cii.partners.queries import LinkLine, current_plan, link_lines
from cii.partners.rules import FOR_A_UNIT, PERMITS, WITH_PLACE
from cii.partners.vocabulary import OWN, LinkState, Rated
from cii.people.queries import consents
from cii.people.vocabulary import Purpose
from cii.placements.objectives import (
    SetObjectives,
    SignOnPaper,
    objectives_of,
    set_objectives,
    sign_on_paper,
)
from cii.placements.queries import placement_by_ref, placements_of
from cii.placements.vocabulary import FINANCED, PlacementState
from cii.web.base import Blueprint, see_other
from cii.web.case_head import CasePage, case_page, head
from cii.web.case_parts import sections_said
from cii.web.choices import Option, options, t, word
from cii.wire.doors import again, needs, once, shown_once
from cii.wire.reading import asked

page = Blueprint("case_links", __name__)
MAKERS = tuple(dict.fromkeys(PERMITS.values()))
TONES = {LinkState.WAITING: "info", LinkState.OPENED: "info", LinkState.USED: "good"}
SAYABLE = Section.IDENTITY | Section.FUNCTIONAL | Section.SOCIAL_FACTS | Section.PLAN | Section.PLACEMENT
"""Sections that a consent given by link may cover."""
LANGS = {"fr": "web.language.fr", "de": "web.language.de", "en": "web.language.en"}
MORE = 3
"""Rows for further objectives."""


@page.get("/cases/<ref:ref>/links")
@needs(*MAKERS)
def index(ref: str) -> str:
    """The links that my unit has made for this case, and what may be made."""
    shown = case_page(ref, "links")
    return _show(
        "list",
        shown,
        links=[_row(one) for one in link_lines(g.work, ref)],
        purposes=[
            {"label": word(one), "url": url_for("case_links.new", ref=ref, purpose=one.value)}
            for one in LinkPurpose
            if PERMITS[one].value in g.work.actor.permits
        ],
        places=_places(shown, FINANCED),
        ratings=[
            {
                "subject": t("links.rated-case" if one.subject == "case" else "links.rated-placement"),
                "at": one.at,
                "points": [
                    {"label": word(rated), "value": t("links.points", n=getattr(one, rated.value))}
                    for rated in Rated
                ],
                "note": one.note,
            }
            for one in ratings(g.work, shown.case_id)
        ],
    )


@page.get("/cases/<ref:ref>/links/new/<purpose>")
@needs(*MAKERS)
def new(ref: str, purpose: str) -> str:
    """The form of a link, as its purpose asks; refuses NotAllowed without the permit of the purpose."""
    shown, wanted = case_page(ref, "links"), _purpose(purpose)
    if PERMITS[wanted].value not in g.work.actor.permits:
        raise NotAllowed(act=purpose)
    return _show("new", shown, purpose=wanted, **_offers(shown, wanted))


@page.post("/cases/<ref:ref>/links/new/<purpose>")
@needs(*MAKERS)
@shown_once
@again(new)
def make_one(ref: str, purpose: str) -> str:
    """Make a link. The page shows code and address once; a second click finds the link that stands."""
    shown = case_page(ref, "links")
    made = make(g.work, asked(MakeLink, case_ref=ref, purpose=_purpose(purpose)))
    address = address_of(g.work, made.token) if made.token else None
    return _show("made", shown, made=made, address=address, own=made.purpose in OWN)


def _index_again(ref: str, link: str) -> str:  # noqa: ARG001 - the address of the act
    return index(ref)


@page.post("/cases/<ref:ref>/links/<ref:link>/revoke")
@needs(*MAKERS)
@once
@again(_index_again)
def revoke_one(ref: str, link: str) -> Response:
    """Close a link at once."""
    revoke(g.work, link)
    return see_other("case_links.index", ref=ref, done="link-revoked")


@page.get("/cases/<ref:ref>/placements/<ref:placement>/objectives")
@needs(Permit.ASSIGN_PLACEMENT)
def objectives(ref: str, placement: str) -> str:
    """The individual objectives of a placement, the signature on paper, and rows for further ones."""
    shown, place = case_page(ref, "placements"), placement_by_ref(g.work, placement)
    held = objectives_of(g.work, place.id or 0)
    return _show(
        "objectives",
        shown,
        place=next(one for one in placements_of(g.work, shown.case_id) if one.id == place.id),
        objectives=[
            {
                "goal": one.goal,
                "on": one.balance_on,
                "signed": one.signed_on,
                "how": word(one.signed_how) if one.signed_how else None,
            }
            for one in held
        ],
        waits=any(one.signed_at is None for one in held),
        rows=range(MORE),
    )


@page.post("/cases/<ref:ref>/placements/<ref:placement>/objectives")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(objectives)
def add_objectives(ref: str, placement: str) -> Response:
    """Add objectives to the placement."""
    set_objectives(g.work, asked(SetObjectives, placement_ref=placement))
    return see_other("case_links.objectives", ref=ref, placement=placement, done="objectives")


@page.post("/cases/<ref:ref>/placements/<ref:placement>/objectives/signature")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(objectives)
def sign_objectives(ref: str, placement: str) -> Response:
    """Record that the person has signed the objectives on paper."""
    sign_on_paper(g.work, asked(SignOnPaper, placement_ref=placement))
    return see_other("case_links.objectives", ref=ref, placement=placement, done="objectives-signed")


def _purpose(said: str) -> LinkPurpose:
    if said not in set(LinkPurpose):
        raise UnknownThing(field="purpose")
    return LinkPurpose(said)


def _offers(shown: CasePage, purpose: LinkPurpose) -> dict[str, Any]:
    """What the form of this purpose offers to choose."""
    plan = current_plan(g.work, shown.view.ref) if purpose is LinkPurpose.NETWORK_VIEW else None
    states = (PlacementState.RESERVED,) if purpose is LinkPurpose.PLACE_ANSWER else FINANCED
    places = purpose in WITH_PLACE or purpose is LinkPurpose.SATISFACTION
    return {
        "own": purpose in OWN,
        "most": g.work.parameter(f"link_days_{purpose.value}"),
        "deliveries": options(LinkDelivery),
        "langs": [{"value": one, "label": t(key)} for one, key in LANGS.items()],
        "units": _units(shown, purpose) if purpose in FOR_A_UNIT else [],
        "places": _places(shown, states) if places else [],
        "place_needed": purpose in WITH_PLACE,
        "lines": [
            {"value": str(n), "label": f"{one.goal}: {one.action}"}
            for n, one in enumerate(plan.parts if plan else (), 1)
        ],
        "consents": _consents(shown) if purpose is LinkPurpose.CONSENT else [],
        "bodies": [{"value": one.ref, "label": one.name} for one in institutions(g.work) if not one.sensitive]
        if purpose is LinkPurpose.CONSENT
        else [],
        "sections": [
            {"value": str(one.name).lower(), "label": word(str(one.name).lower(), "case-section")}
            for one in SAYABLE
        ],
        "consent_purposes": options(Purpose),
    }


def _units(shown: CasePage, purpose: LinkPurpose) -> list[Option]:
    """The partner's units that may be named: for an opinion the physicians of the case, else any other.

    A unit whose name is protected may be chosen where it has a part in the case, without its name.
    """
    parties = live_parties(g.work, shown.case_id)
    if purpose is LinkPurpose.MEDICAL_OPINION:
        ids = {one.unit_id for one in parties if one.role is PartyRole.PHYSICIAN}
    else:
        ids = {one.id or 0 for one in units(g.work)} - set(g.work.actor.units)
    known, here = units_by_id(g.work, ids), {one.unit_id for one in parties}
    found = [
        {"value": one.ref, "label": t("web.desk.protected") if one.sensitive else one.name}
        for id_, one in known.items()
        if not one.sensitive or id_ in here
    ]
    return sorted(found, key=lambda one: one["label"])


def _places(shown: CasePage, states: tuple[PlacementState, ...]) -> list[Option]:
    return [
        {
            "value": one.ref,
            "label": t("links.place", measure=one.measure_name, first=one.starts_on, last=one.ends_on),
        }
        for one in placements_of(g.work, shown.case_id)
        if one.state in states
    ]


def _consents(shown: CasePage) -> list[Option]:
    """The consents that hold and may be withdrawn."""
    case_by_ref(g.work, shown.view.ref)
    return [
        {
            "value": one.consent.ref,
            "label": t(
                "links.consent",
                purpose=word(one.consent.purpose),
                sections=sections_said(one.consent.sections),
                until=one.consent.valid_until,
            ),
        }
        for one in consents(g.work, shown.person_id)
        if one.live(g.work.today)
    ]


def _row(one: LinkLine) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "purpose": word(one.purpose),
        "bearer": one.bearer,
        "until": one.until,
        "state": {"label": word(one.state), "tone": TONES.get(one.state, "neutral")},
        "opened": one.opened_at,
        "used": one.used_at,
        "answer": word(one.answer, "link-answer") if one.answer else None,
        "failed": one.failed,
        "live": one.state in {LinkState.WAITING, LinkState.OPENED},
    }


def _show(name: str, shown: CasePage, **more: Any) -> str:  # noqa: ANN401 - names of the page's template
    tab = "placements" if name == "objectives" else "links"
    return render_template(f"pages/links/{name}.html", **head(shown, tab), **more)
