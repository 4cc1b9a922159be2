"""Versions of an agreement side by side, what follows it, and a new one."""

from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.actions import DraftAgreement, draft_agreement
from cii.agreements.chain import former_ref
from cii.agreements.queries import (
    agreement_by_ref,
    agreement_view,
    may_write,
    provider_names,
    reads_laid_only,
)
from cii.agreements.rules import LIVING_STATES
from cii.agreements.rules_instrument import proposed_instrument
from cii.agreements.vocabulary import Award, Instrument, Profile
from cii.conventions.comparing import differences
from cii.conventions.editions import edition_by_ref, edition_whole, editions_of, whole_read
from cii.conventions.following import Amend, Renew, TakeOption, amend, take_option
from cii.conventions.queries import convention
from cii.conventions.tables import ConventionEdition
from cii.conventions.whole import Convention
from cii.evaluations.actions import renew_agreement
from cii.institutions.queries import lines
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed
from cii.measures.queries import measures_by_id, running_ids
from cii.store.work import Work
from cii.texts.languages import LANGUAGES
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import number_asked, options, t, text_asked, word
from cii.web.version_words import difference_said
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked

page = Blueprint("agreement_versions", __name__)
BOUGHT = 4
"""Blank entries for what a new agreement buys."""
NOW, FORMER = "now", "former"
"""The text of today, and the agreement that this one follows, among what may be compared."""


@page.get("/agreements/<ref:ref>/versions", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def versions_page(ref: str) -> str:
    """Two versions side by side: what was added, taken out, changed."""
    return render_template("pages/conventions/versions.html", **_versions(g.work, ref))


@page.get("/agreements/<ref:ref>/follow-up", endpoint="follow")
@needs(Permit.EDIT_AGREEMENTS)
def follow_page(ref: str) -> str:
    """The forms that draft what follows an agreement in force."""
    return render_template("pages/conventions/follow.html", **_follow(g.work, ref))


@page.post("/agreements/<ref:ref>/amendment")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(follow_page)
def amended(ref: str) -> Response:
    """Draft an amendment."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    return see_other("conventions.index", ref=amend(g.work, asked(Amend, agreement_ref=ref)).ref)


@page.post("/agreements/<ref:ref>/renewal")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(follow_page)
def renewed(ref: str) -> Response:
    """Draft the renewal."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    return see_other("conventions.index", ref=renew_agreement(g.work, asked(Renew, agreement_ref=ref)).ref)


@page.post("/agreements/<ref:ref>/option")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(follow_page)
def extended(ref: str) -> Response:
    """Draft the extension by the option that was agreed."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    return see_other("conventions.index", ref=take_option(g.work, TakeOption(ref)).ref)


@page.get("/agreements/new", endpoint="new")
@needs(Permit.EDIT_AGREEMENTS)
def new_page() -> str:
    """The form of a new agreement."""
    return render_template("pages/conventions/new.html", **_new(g.work))


@page.post("/agreements/new")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(new_page)
def draft() -> Response:
    """Draft an agreement; its text is written afterwards."""
    return see_other("conventions.index", ref=draft_agreement(g.work, asked(DraftAgreement)).ref)


def _versions(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    former = former_ref(work, view.agreement)
    known = [{"value": NOW, "label": t("web.versions.now")}, *map(_edition, editions_of(work, ref))]
    if reads_laid_only(work, view.agreement):
        known = known[1:] or known
    if former is not None:
        known.append({"value": FORMER, "label": t("web.versions.former")})
    refs = [one["value"] for one in known]
    after = text_asked("after") if text_asked("after") in refs else refs[0]
    before = text_asked("before") if text_asked("before") in refs else refs[-1]
    old, new = _whole(work, ref, before, former), _whole(work, ref, after, former)
    names = {one.measure_ref: one.measure_name for one in (*old.bought, *new.bought)}
    names |= {one.measure_code: one.measure_name for one in (*old.bought, *new.bought)}
    names |= {one.line_ref: one.line_code for one in (*old.bought, *new.bought)}
    names |= {one.ref: one.wording for one in (*old.goals, *new.goals)}
    gauges = {one.code: one for one in old.gauges}, {one.code: one for one in new.gauges}
    return {
        **agreement_head(work, view, "versions"),
        "known": known,
        "before": before,
        "after": after,
        "alone": len(known) == 1,
        "rows": [difference_said(one, names, gauges) for one in differences(old, new)],
    }


def _edition(one: ConventionEdition) -> dict[str, str]:
    cause = word(one.cause, "edition_cause")
    return {
        "value": one.ref,
        "label": t("web.versions.edition", n=one.number, cause=cause, day=local_day(one.recorded_at)),
    }


def _whole(work: Work, ref: str, which: str, former: str | None) -> Convention:
    if which == NOW:
        return whole_read(work, ref)
    if which == FORMER and former is not None:
        return convention(work, former)
    return edition_whole(edition_by_ref(work, ref, which))


def _follow(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    if not may_write(work, held):
        raise NotAllowed
    return {
        **agreement_head(work, view, "overview"),
        "living": held.state in LIVING_STATES,
        "after_term": held.valid_to,
        "option": convention(work, ref).text.term.option_months if held.valid_to else None,
    }


def _new(work: Work) -> dict[str, Any]:
    sectors = work.actor.sectors()
    mine = [one for one in lines(work) if not sectors or one.sector in sectors]
    providers = work.session.execute(provider_names(work.actor)).all()
    running = work.session.execute(running_ids(work.today)).scalars().all()
    measures = measures_by_id(work, [one for one in running if one]).values()
    return {
        "providers": [{"value": one.ref, "label": one.name} for one in providers],
        "profiles": options(Profile, "profile"),
        "instruments": options(Instrument, "instrument"),
        "awards": options(Award, "award"),
        "languages": [{"value": one, "label": t(f"web.language.{one}")} for one in LANGUAGES],
        "measures": [
            {"value": one.ref, "label": one.name} for one in sorted(measures, key=lambda one: one.name)
        ],
        "lines": [{"value": one.ref, "label": f"{one.code}, {one.name}"} for one in mine],
        "rows": range(BOUGHT),
        **_proposal(work),
    }


def _proposal(work: Work) -> dict[str, Any]:
    """The instrument proposed for the placements a year that the address names, with its reason."""
    if not text_asked("placements_a_year"):
        return {"proposed": None, "reason": None}
    placements, threshold = number_asked("placements_a_year"), work.parameter("agreement_threshold")
    proposed = proposed_instrument(placements, threshold)
    regular = proposed is Instrument.AGREEMENT
    key = "web.agreements.proposed.agreement" if regular else "web.agreements.proposed.case-by-case"
    return {"proposed": proposed.value, "reason": t(key, n=placements, threshold=threshold)}


__all__ = ["page"]
