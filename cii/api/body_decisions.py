"""Decisions of the coordination group and of the GP CII: taken at a meeting, followed until they are done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, tagged
from cii.coordination.queries import codes
from cii.coordination.vocabulary import Body
from cii.meetings.actions_decisions import FollowDecision, TakeDecision, follow_decision, take_decision
from cii.meetings.decided import decision_by_ref, decisions
from cii.meetings.queries import meeting_by_id, meeting_by_ref
from cii.meetings.tables import BodyDecision
from cii.meetings.vocabulary import DecisionKind, DecisionStand, DecisionState
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-body-decisions", __name__, url_prefix=PREFIX)
ACTS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING)
READERS = (*ACTS, Permit.FREEZE_REPORTS)


@dataclass(frozen=True)
class DecisionsAsked(PageAsked):
    """Of which body; only those to be carried out, the nearest day first, or all."""

    body: Body | None = None
    to_do: bool = False


@dataclass(frozen=True)
class DecisionShown:
    """A decision: `number` counts within the body's year, `owner` is the code of who carries it out."""

    ref: str
    body: Body
    year: int
    number: int
    meeting: str
    kind: DecisionKind
    subject_ref: str
    wording: str
    stand: DecisionStand
    state: DecisionState
    owner: str | None
    due_on: date | None
    decided_on: date


SHOWN = only(
    DecisionShown, "ref", "body", "year", "number", "meeting", "kind", "subject_ref", "wording", "stand",
    "state", "owner", "due_on", "decided_on", called="BodyDecisionAnswer",
)  # fmt: skip


@blueprint.get("/body-decisions")
@needs(*READERS)
@blueprint.arguments(DecisionsAsked, location="query")
@blueprint.response(200, paged(SHOWN))
def listed(ask: DecisionsAsked) -> Page[DecisionShown]:
    """What was decided, the newest first; `to_do`: one page of what is to be carried out."""
    settings, known = g.work.settings, codes(g.work)
    mark = place(settings, "decisions", ask.after)
    rows = decisions(
        g.work, body=ask.body, open_only=ask.to_do, after=mark[0] if mark else 0,
        limit=ask.limit + (0 if ask.to_do else 1),
    )  # fmt: skip
    shown = page_of(rows, ask.limit, settings, "decisions", lambda row: (row.id,))
    return Page([_row(row, row.meeting_ref, known) for row in shown.items], shown.next)


@blueprint.get("/body-decisions/<ref:ref>")
@needs(*READERS)
@blueprint.response(200, SHOWN)
def one(ref: str) -> Tagged:
    """One decision."""
    return _shown(decision_by_ref(g.work, ref))


@blueprint.post("/meetings/<ref:ref>/decisions")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(TakeDecision, given=("meeting_ref",))
@blueprint.response(201, SHOWN)
def taken(ask: Callable[..., TakeDecision], ref: str) -> Tagged:
    """Record what your body decided at a meeting that was held."""
    matched(ref, meeting_by_ref(g.work, ref).version)
    return _shown(take_decision(g.work, ask(meeting_ref=ref)))


@blueprint.post("/body-decisions/<ref:ref>/moves")
@needs(*ACTS)
@versioned
@once
@blueprint.arguments(FollowDecision, given=("decision_ref",))
@blueprint.response(200, SHOWN)
def followed(ask: Callable[..., FollowDecision], ref: str) -> Tagged:
    """Carried out, taken up again, dropped."""
    matched(ref, decision_by_ref(g.work, ref).version)
    return _shown(follow_decision(g.work, ask(decision_ref=ref)))


def _shown(row: BodyDecision) -> Tagged:
    meeting = meeting_by_id(g.work, row.meeting_id)
    return tagged(_row(row, meeting.ref, codes(g.work)), row.ref, row.version)


def _row(row: Any, meeting: str, known: dict[int, str]) -> DecisionShown:  # noqa: ANN401 - a row or a decision
    return DecisionShown(
        row.ref, row.body, row.year, row.number, meeting, row.kind, row.subject_ref, row.wording, row.stand,
        row.state, known.get(row.owner_id or 0), row.due_on, row.decided_on,
    )  # fmt: skip
