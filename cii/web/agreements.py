"""Agreements: the register with its warnings, one agreement with its parts, the acts of its life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.actions import (
    negotiate,
    receive_deliverable,
)
from cii.agreements.ending import DropAgreement, TerminateAgreement, drop_agreement, terminate
from cii.agreements.margins import measures_bought
from cii.agreements.owed import is_awaited
from cii.agreements.queries import AgreementView, agreement_by_ref, agreement_view, agreements_list, may_write
from cii.agreements.rules import LIVING_STATES, MOVES, OPEN_STATES, UNBOUND
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementEvent, AgreementState, EndGrounds
from cii.agreements.warnings import overdue_deliverables
from cii.conformity import signing
from cii.figures.outlooks import agreement_outlooks
from cii.institutions.queries import lines_by_id, unit_told
from cii.kernel.errors import NotAllowed
from cii.kernel.moves import open_moves
from cii.kernel.period import ONE_DAY
from cii.measures.queries import measures_by_id
from cii.placements.days import renew_days
from cii.providers.overruns import is_its_provider
from cii.store.work import Work
from cii.texts import formats
from cii.web.agreement_living import living
from cii.web.agreement_tabs import agreement_head, state_chip
from cii.web.base import Blueprint, see_other
from cii.web.budgets import used_lines
from cii.web.case_head import unit_name
from cii.web.choices import choice_asked, clock, options, t, text_asked, word
from cii.web.direct_awards import award_link
from cii.web.foreseen_words import overruns_said
from cii.web.indicators import indicators_now, measured
from cii.web.volumes import volume_rows
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("agreements", __name__)
_PAGE = 50
_NEAR = timedelta(days=90)
"""An end within this time is shown with its clock."""
ACTS: Mapping[AgreementEvent, tuple[Permit, str, str]] = {
    AgreementEvent.NEGOTIATE: (
        Permit.EDIT_AGREEMENTS, "agreements.open_negotiation", "web.agreements.do.negotiate",
    ),
    AgreementEvent.SIGN: (Permit.SIGN_AGREEMENTS, "agreements.sign_agreement", "web.agreements.do.sign"),
    AgreementEvent.PUT_IN_FORCE: (
        Permit.SIGN_AGREEMENTS, "agreements.enforce", "web.agreements.do.put_in_force",
    ),
    AgreementEvent.TERMINATE: (
        Permit.SIGN_AGREEMENTS, "agreements.termination", "web.agreements.do.terminate",
    ),
    AgreementEvent.DROP: (Permit.EDIT_AGREEMENTS, "agreements.dropping", "web.agreements.do.drop"),
}  # fmt: skip
"""The acts that a page offers, by event: the permit each needs, where it is done, the text of its button."""


@dataclass(frozen=True)
class CameIn:
    """Which deliverable came in."""

    deliverable_ref: str


@page.get("/agreements", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def agreements_page() -> str:
    """The register."""
    return render_template(
        "pages/agreements/index.html", **_register(g.work), budget_lines=used_lines(g.work)
    )


@page.get("/agreements/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
def one(ref: str) -> str:
    """One agreement with all that hangs on it."""
    return render_template(
        "pages/agreements/one.html", **_agreement(g.work, ref), budget_lines=used_lines(g.work)
    )


@page.post("/agreements/<ref:ref>/negotiation")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def open_negotiation(ref: str) -> Response:
    """Open the negotiation with the provider."""
    _fresh(g.work, ref)
    negotiate(g.work, ref)
    return see_other("agreements.one", ref=ref)


@page.post("/agreements/<ref:ref>/signature")
@needs(Permit.SIGN_AGREEMENTS)
@once
@again(one)
def sign_agreement(ref: str) -> Response:
    """Sign what somebody else has prepared, when nothing that was found stands in the way."""
    _fresh(g.work, ref)
    signing.sign_agreement(g.work, ref)
    return see_other("agreements.one", ref=ref)


@page.post("/agreements/<ref:ref>/entry-into-force")
@needs(Permit.SIGN_AGREEMENTS)
@once
@again(one)
def enforce(ref: str) -> Response:
    """Put in force what both sides have signed."""
    _fresh(g.work, ref)
    agreement = signing.enforce(g.work, asked(signing.Enforce, agreement_ref=ref))
    renew_days(g.work, measures_bought(g.work, agreement.id or 0))
    return see_other("agreements.one", ref=ref)


@page.get("/agreements/<ref:ref>/termination")
@needs(Permit.SIGN_AGREEMENTS)
def termination(ref: str) -> str:
    """The form that ends an agreement."""
    found = _written(g.work, ref)
    return render_template(
        "pages/agreements/termination.html",
        agreement=found,
        version=etag(ref, found.version),
        grounds=options(EndGrounds, "end_grounds"),
        today=g.work.today,
    )


@page.post("/agreements/<ref:ref>/termination")
@needs(Permit.SIGN_AGREEMENTS)
@once
@again(termination)
def end(ref: str) -> Response:
    """End an agreement after its last day."""
    _fresh(g.work, ref)
    agreement = terminate(g.work, asked(TerminateAgreement, agreement_ref=ref))
    renew_days(g.work, measures_bought(g.work, agreement.id or 0))
    return see_other("agreements.one", ref=ref)


@page.get("/agreements/<ref:ref>/dropping")
@needs(Permit.EDIT_AGREEMENTS)
def dropping(ref: str) -> str:
    """The form that gives up a draft or a negotiation."""
    found = _written(g.work, ref)
    return render_template(
        "pages/agreements/dropping.html", agreement=found, version=etag(ref, found.version)
    )


@page.post("/agreements/<ref:ref>/dropping")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(dropping)
def drop(ref: str) -> Response:
    """Give up a draft or a negotiation."""
    _fresh(g.work, ref)
    drop_agreement(g.work, asked(DropAgreement, agreement_ref=ref))
    return see_other("agreements.one", ref=ref)


@page.post("/agreements/<ref:ref>/deliverables")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def receive(ref: str) -> Response:
    """Note that a deliverable came in."""
    receive_deliverable(g.work, asked(CameIn).deliverable_ref)
    return see_other("agreements.one", ref=ref)


def _written(work: Work, ref: str) -> Agreement:
    """The agreement, for a form that changes it. Refuses: UnknownThing, NotAllowed."""
    found = agreement_by_ref(work, ref)
    if not may_write(work, found):
        raise NotAllowed
    return found


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, agreement_by_ref(work, ref).version)


def _register(work: Work) -> dict[str, Any]:
    state = choice_asked(AgreementState, "state")
    after = text_asked("after")
    found = agreements_list(work, states=(state,) if state else (), after=after, limit=_PAGE + 1)
    kept = found[:_PAGE]
    late = overdue_deliverables(work, {row.id for row in kept})
    return {
        "state": state,
        "states": options(AgreementState, "agreement_state"),
        "rows": [
            _register_row(
                row,
                row.owner or unit_name(unit_told(row, "provider")),
                late.get(row.id, 0),
            )
            for row in kept
        ],
        "next_mark": kept[-1].number if len(found) > _PAGE else None,
    }


def _register_row(row: Any, provider: str, late: int) -> dict[str, Any]:  # noqa: ANN401 - a Core row
    last = row.valid_to - ONE_DAY if row.valid_to else None
    near = last is not None and row.state in LIVING_STATES and last <= g.work.today + _NEAR
    return {
        "ref": row.ref,
        "number": row.number,
        "provider": provider,
        "profile": word(row.profile, "profile"),
        "instrument": word(row.instrument, "instrument"),
        "state": state_chip(row.state, noticed=row.notice_on is not None),
        "valid_from": row.valid_from,
        "until": last,
        "clock": clock(last) if near else None,
        "open_ended": last is None,
        "warning": {"label": t("web.agreements.late", n=late), "tone": "bad"} if late else None,
    }


def _agreement(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    measures = measures_by_id(work, {one.measure_id for one in view.measures})
    named = lines_by_id(work, {one.line_id for one in view.measures} | {one.line_id for one in view.tariffs})
    last = held.valid_to - ONE_DAY if held.valid_to else None
    seen = indicators_now(work, held.number)
    moves = _moves(work, view)
    ends = next((one for one in moves if one["event"] == AgreementEvent.TERMINATE.value), None)
    return {
        **agreement_head(work, view, "overview"),
        "facts": _facts(view),
        "open_ended": last is None,
        "bought": [
            {
                "ref": measures[one.measure_id].ref,
                "name": measures[one.measure_id].name,
                "line": named[one.line_id].code,
                "sector": named[one.line_id].sector.value,
                "overbooking": one.overbooking,
            }
            for one in view.measures
        ],
        "tariffs": [_tariff(row, measures, named) for row in view.tariffs],
        "closures": [
            {
                "measure": measures[one.measure_id].name,
                "from": one.starts_on,
                "until": one.ends_on,
                "reason": one.reason,
            }
            for one in view.closures
            if one.ends_on >= work.today
        ],
        "objectives": _objectives(view, {one["code"]: one for one in seen}),
        "living": living(work, view, seen),
        "deliverables": [_deliverable(row) for row in view.deliverables if is_awaited(row)],
        "owed_in_all": len(view.deliverables),
        "moves": [one for one in moves if one is not ends],
        "ends": ends,
        "needs_right": held.valid_from < work.today and not held.back_dated,
        "award": award_link(work, held),
        "overruns": overruns_said(work, held),
        "volumes": volume_rows(
            work, agreement_outlooks(work, held), tells=is_its_provider(work, held), links=False
        ),
        "own_draft": held.state in OPEN_STATES and held.prepared_by == work.actor.account_id,
        "follows": held.state in LIVING_STATES
        and Permit.EDIT_AGREEMENTS in work.actor.permits
        and may_write(work, held),
        "may_receive": Permit.EDIT_AGREEMENTS in work.actor.permits
        and may_write(work, held)
        and held.state not in UNBOUND,
    }


def _facts(view: AgreementView) -> list[dict[str, Any]]:
    held = view.agreement
    facts = {
        "web.agreements.profile": word(held.profile, "profile"),
        "web.agreements.instrument": word(held.instrument, "instrument"),
        "web.agreements.legal_form": word(view.provider.legal_form, "legal_form"),
        "web.agreements.uid": view.provider.uid or formats.DASH,
        "web.agreements.non_profit": t("common.yes" if view.provider.non_profit else "common.no"),
        "web.agreements.notice": t("web.agreements.months", n=held.notice_months),
    }
    if held.back_dated:
        facts["web.agreements.back-dated"] = held.back_dated
    return [{"label": t(name), "value": value} for name, value in facts.items()]


def _moves(work: Work, view: AgreementView) -> list[dict[str, Any]]:
    """The acts that the agreement's state, who pays it and the reader's permits leave open."""
    if not may_write(work, view.agreement):
        return []
    return [
        {"event": event.value, "label": t(ACTS[event][2]), "endpoint": ACTS[event][1]}
        for event in open_moves(MOVES, view.agreement.state)
        if event in ACTS and ACTS[event][0] in work.actor.permits
    ]


def _tariff(row: Any, measures: Mapping[int, Any], named: Mapping[int, Any]) -> dict[str, Any]:  # noqa: ANN401
    return {
        "measure": measures[row.measure_id].name,
        "line": named[row.line_id].code,
        "valid_from": row.valid_from,
        "until": row.valid_to - ONE_DAY if row.valid_to else None,
        "basis": word(row.basis, "basis"),
        "amount": row.amount,
        "absences": absences(row.excused_days, row.unexcused_days),
    }


def absences(excused: int | None, unexcused: int | None) -> str:
    """Which absences a tariff pays a month, in words."""
    said = [
        t("web.agreements.excused-all") if excused is None else t("web.agreements.excused", n=excused),
        t("web.agreements.unexcused-all")
        if unexcused is None
        else t("web.agreements.unexcused", n=unexcused),
    ]
    return ", ".join(said)


def _objectives(view: AgreementView, values: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    lang = language.lang()
    return [
        {
            "wording": goal.wording,
            "level": word(goal.level, "objective_level"),
            "owner": goal.owner,
            "indicators": [
                {
                    "ref": one.ref,
                    "title": one.title.get(lang) or one.code,
                    "sense": word(one.direction, "direction"),
                    "target": measured(one.target, one.unit),
                    "minimum": measured(one.minimum, one.unit) if one.minimum is not None else None,
                    "value": values.get(one.code, {}).get("value"),
                    "light": values.get(one.code, {}).get("light"),
                }
                for one in view.indicators
                if one.objective_id == goal.id
            ],
        }
        for goal in view.objectives
    ]


def _deliverable(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of agreements
    return {
        "ref": row.ref,
        "kind": word(row.kind, "deliverable_kind"),
        "frequency": word(row.frequency, "frequency"),
        "clock": clock(row.due_on),
    }
