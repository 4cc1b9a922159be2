"""Holds and erasures on pages: set and lift a hold, prepare an erasure, decide it, take its certificate."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.rights.certificate import certificate
from cii.rights.erasure import PrepareErasure, RejectErasure, approve, hindrances, prepare, reject
from cii.rights.holds import HoldRow, LiftHold, SetHold, hold_view, holds, lift_hold, set_hold
from cii.rights.queries_erasing import ErasureRow, erasure_view, erasures, whose
from cii.rights.vocabulary_erasing import ErasureGround, ErasureState, HoldBasis
from cii.texts.speech import refusal
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked

page = Blueprint("erasures", __name__)
TONES = {ErasureState.PREPARED: "warn", ErasureState.DONE: "good"}


@dataclass(frozen=True)
class ReasonForm:
    """Why."""

    reason: str = field(metadata={"max": 1000})


@page.get("/rights/holds")
@needs(Permit.ERASE_PERSON)
def holding() -> str:
    """Every hold, and the form of a new one."""
    shown = holds(g.work, mark=text_asked("after") or None)
    return render_template(
        "pages/erasures/holds.html",
        rows=[_hold(one) for one in shown.items],
        next_url=url_for("erasures.holding", after=shown.next) if shown.next else None,
        bases=options(HoldBasis),
        today=g.work.today.isoformat(),
    )


@page.post("/rights/holds")
@needs(Permit.ERASE_PERSON)
@once
@again(holding)
def hold() -> Response:
    """Hold a person's data."""
    return see_other("erasures.one_hold", ref=set_hold(g.work, asked(SetHold)).ref)


@page.get("/rights/holds/<ref:ref>")
@needs(Permit.ERASE_PERSON)
def one_hold(ref: str) -> str:
    """One hold, and the form to lift it."""
    shown = hold_view(g.work, ref)
    return render_template("pages/erasures/hold.html", row=_hold(shown), held=shown, basis=word(shown.basis))


@page.post("/rights/holds/<ref:ref>/lifting")
@needs(Permit.ERASE_PERSON)
@once
@again(one_hold)
def lift(ref: str) -> Response:
    """End a hold."""
    lift_hold(g.work, LiftHold(ref, asked(ReasonForm).reason))
    return see_other("erasures.one_hold", ref=ref)


@page.get("/rights/erasures")
@needs(Permit.APPROVE_ERASURE)
def index() -> str:
    """Every erasure; officers prepare new ones here and find the holds."""
    shown = erasures(g.work, mark=text_asked("after") or None)
    return render_template(
        "pages/erasures/index.html",
        rows=[_row(one) for one in shown.items],
        next_url=url_for("erasures.index", after=shown.next) if shown.next else None,
        officer=Permit.ERASE_PERSON in g.work.actor.permits,
    )


@page.get("/rights/erasures/new")
@needs(Permit.ERASE_PERSON)
def new() -> str:
    """The form by which an erasure is prepared; `person` in the address fills in whom."""
    return render_template(
        "pages/erasures/new.html", person=text_asked("person"), grounds=options(ErasureGround)
    )


@page.post("/rights/erasures")
@needs(Permit.ERASE_PERSON)
@once
@again(new)
def make() -> Response:
    """Prepare an erasure."""
    ask = asked(PrepareErasure)
    return see_other("erasures.one", ref=prepare(g.work, ask.person, ask.ground, ask.reason).ref)


@page.get("/rights/erasures/<ref:ref>")
@needs(Permit.APPROVE_ERASURE)
def one(ref: str) -> str:
    """One erasure: what would go and what stands against it, or what went."""
    shown = erasure_view(g.work, ref)
    open_ = shown.state is ErasureState.PREPARED
    against = hindrances(g.work, *whose(g.work, ref)) if open_ else []
    return render_template(
        "pages/erasures/one.html",
        row=_row(shown),
        shown=shown,
        ground=word(shown.ground),
        prepared=t("web.erasures.by", who=shown.prepared_by or "–", role=word(shown.prepared_as)),
        decided=t("web.erasures.by", who=shown.decided_by or "–", role=word(shown.decided_as))
        if shown.decided_as
        else None,
        gone=[
            {"part": t(f"rights.erased.{one.part}"), "table": one.table, "rows": one.rows}
            for one in shown.gone
        ],
        total=sum(one.rows for one in shown.gone),
        against=[refusal(no, language.lang()) for no in against],
        open_=open_,
        may_decide=open_ and not shown.mine,
        certified=shown.state is ErasureState.DONE,
        done=request.args.get("done") is not None,
    )


@page.post("/rights/erasures/<ref:ref>/approval")
@needs(Permit.APPROVE_ERASURE)
@once
@again(one)
def agree(ref: str) -> Response:
    """Erase the person now."""
    approve(g.work, ref)
    return see_other("erasures.one", ref=ref, done="1")


@page.post("/rights/erasures/<ref:ref>/rejection")
@needs(Permit.APPROVE_ERASURE)
@once
@again(one)
def decline(ref: str) -> Response:
    """The person stays."""
    reject(g.work, RejectErasure(ref, asked(ReasonForm).reason))
    return see_other("erasures.one", ref=ref)


@page.get("/rights/erasures/<ref:ref>/certificate.pdf")
@needs(Permit.APPROVE_ERASURE)
def certified(ref: str) -> FlaskResponse:
    """The certificate, in the reader's language."""
    made = certificate(g.work, ref, language.lang())
    return handed_out([made], f"cii-erasure-{ref}.pdf", "application/pdf", len(made))


def _hold(one: HoldRow) -> dict[str, Any]:
    state = t("web.erasures.hold-in-force") if one.in_force else t("web.erasures.hold-over")
    return {
        "url": url_for("erasures.one_hold", ref=one.ref),
        "ref": one.ref,
        "person": one.person or t("web.erasures.nobody"),
        "basis": word(one.basis),
        "until": one.until,
        "set_at": one.set_at,
        "state": {"label": state, "tone": "warn" if one.in_force else "neutral"},
    }


def _row(one: ErasureRow) -> dict[str, Any]:
    return {
        "url": url_for("erasures.one", ref=one.ref),
        "ref": one.ref,
        "person": one.person or t("web.erasures.nobody"),
        "ground": word(one.ground),
        "prepared_at": one.prepared_at,
        "decided_at": one.decided_at,
        "state": {"label": word(one.state), "tone": TONES.get(one.state, "neutral")},
    }
