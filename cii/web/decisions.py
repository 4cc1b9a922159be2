"""What the coordination group and the steering group decided, and how it is followed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.coordination.queries import codes
from cii.coordination.vocabulary import Body
from cii.meetings.actions_decisions import FollowDecision, follow_decision
from cii.meetings.decided import decision_by_ref, decision_moves, decision_steps, decisions
from cii.meetings.queries import meeting_by_id
from cii.meetings.vocabulary import DecisionEvent, DecisionStand, DecisionState
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import choice_asked, clock, options, t, text_asked, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.pages import USUAL, page_of, place
from cii.wire.reading import asked

page = Blueprint("decisions", __name__)
READERS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS)
ACTS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
_TONES: Mapping[DecisionState, str] = {
    DecisionState.NOTED: "neutral",
    DecisionState.TO_DO: "warn",
    DecisionState.DONE: "good",
    DecisionState.DROPPED: "neutral",
}
_STANDS: Mapping[DecisionStand, str] = {DecisionStand.APPROVED: "good", DecisionStand.REFUSED: "bad"}


@page.get("/coordination/decisions")
@needs(*READERS)
def index() -> str:
    """What was decided, the newest first; or what is to be done, the nearest day first."""
    work = g.work
    body, every = choice_asked(Body, "body"), text_asked("all") == "yes"
    found = place(work.settings, "decisions", text_asked("after") or None)
    rows = decisions(work, body=body, open_only=not every, after=found[0] if found else 0, limit=USUAL + 1)
    shown = page_of(rows, USUAL, work.settings, "decisions", lambda row: (row.id,))
    kept: dict[str, Any] = {"body": body.value if body else "", "all": "yes" if every else ""}
    kept = {name: said for name, said in kept.items() if said}
    more = url_for("decisions.index", **kept, after=shown.next) if shown.next and every else None
    return render_template(
        "pages/decisions/index.html",
        rows=decision_rows(work, shown.items),
        next_url=more,
        bodies=options(Body),
        body=body.value if body else "",
        every=every,
    )


@page.get("/coordination/decisions/<ref:ref>")
@needs(*READERS)
def one(ref: str) -> str:
    """One decision with what became of it."""
    work = g.work
    held = decision_by_ref(work, ref)
    steps = decision_steps(work, held)
    names = account_names(work, {step.account_id for step in steps if step.account_id is not None})
    return render_template(
        "pages/decisions/one.html",
        decision=held,
        number=f"{held.year}-{held.number}",
        body=word(held.body),
        kind=word(held.kind),
        state=_state(held.state),
        stand={"label": word(held.stand), "tone": _STANDS[held.stand]},
        owner=codes(work).get(held.owner_id or 0),
        clock=clock(held.due_on, done=held.state is not DecisionState.TO_DO),
        meeting=meeting_by_id(work, held.meeting_id),
        version=etag(ref, held.version),
        moves=options(decision_moves(work, held)),
        reasoned=[event.value for event in DecisionEvent if event is not DecisionEvent.DO],
        steps=[
            {
                "at": step.recorded_at,
                "who": names.get(step.account_id or 0) or t("web.journal.house"),
                "institution": None,
                "title": word(step.event) if step.event else t("web.decisions.taken"),
                "body": step.note or None,
                "url": None,
                "new": False,
            }
            for step in reversed(steps)
        ],
    )


@page.post("/coordination/decisions/<ref:ref>/moves")
@needs(*ACTS)
@once
@again(one)
def follow(ref: str) -> Response:
    """Carried out, taken up again, dropped."""
    require_match(ref, decision_by_ref(g.work, ref).version)
    follow_decision(g.work, asked(FollowDecision, decision_ref=ref))
    return see_other("decisions.one", ref=ref)


def decision_rows(work: Work, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Decisions as tables show them."""
    owners = codes(work) if rows else {}
    return [
        {
            "number": f"{row.year}-{row.number}",
            "wording": row.wording,
            "url": url_for("decisions.one", ref=row.ref),
            "label": f"{row.year}-{row.number}",
            "body": word(row.body),
            "decided_on": formats.day(row.decided_on, language.lang()),
            "stand": {"label": word(row.stand), "tone": _STANDS[row.stand]},
            "state": _state(row.state),
            "owner": owners.get(row.owner_id or 0),
            "clock": clock(row.due_on, done=row.state is not DecisionState.TO_DO),
        }
        for row in rows
    ]


def _state(state: DecisionState) -> dict[str, str]:
    return {"label": word(state), "tone": _TONES[state]}
