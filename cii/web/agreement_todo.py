"""What waits for whoever leads agreements, from every room, the most urgent first."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask import url_for

from cii.access.permits import Permit
from cii.agreements.bound import own_bound
from cii.agreements.rules_dates import DateKind
from cii.appointments.queries import talks_due
from cii.conventions.dates import coming
from cii.deliverables.queries import waiting_for_me
from cii.deliverables.vocabulary import DeliverableStand
from cii.evaluations.queries import evaluations_open
from cii.evaluations.vocabulary import EvaluationState
from cii.providers.overruns import open_overruns
from cii.store.work import Work
from cii.web.agreement_dates import date_word
from cii.web.choices import clock, t, word

MOST = 12
"""How many stand on the desk; the rest is read where it lives."""
Todo = tuple[date, str, str, str]
"""Due on, number of the agreement, what is to be done, where."""


def agreement_todo(work: Work) -> dict[str, Any]:
    """The first of what waits, with how much waits altogether; nothing for who leads no agreement."""
    if Permit.EDIT_AGREEMENTS not in work.actor.permits:
        return {"todo": [], "todo_count": 0}
    own = own_bound(work)
    found = sorted(
        [*_talks(work), *_deliverables(work), *_years(work), *_dates(work, own), *_overruns(work, own)]
    )
    rows = [
        {"what": what, "url": url, "number": number, "clock": clock(due)}
        for due, number, what, url in found[:MOST]
    ]
    return {"todo": rows, "todo_count": len(found)}


def _talks(work: Work) -> Iterator[Todo]:
    ahead = work.today + timedelta(days=work.parameter("talk_planning_days"))
    for one in talks_due(work, ahead):
        url = url_for("appointments.agreement", ref=one.agreement_ref)
        yield one.due_on, one.number, t("web.todo.talk"), url


def _deliverables(work: Work) -> Iterator[Todo]:
    for one in waiting_for_me(work):
        key = "web.todo.review" if one.stand is DeliverableStand.WAITING else "web.todo.late"
        what = t(key, what=word(one.kind, "deliverable_kind"))
        yield one.due_on, one.number, what, url_for("deliverables.one", ref=one.ref)


def _years(work: Work) -> Iterator[Todo]:
    for one, number in evaluations_open(work):
        url = url_for("evaluations.one", ref=one.ref)
        if one.state is EvaluationState.REVIEWED and one.reviewed_by != work.actor.account_id:
            yield one.comment_until, number, t("web.todo.finish", year=one.year), url
        elif one.state is EvaluationState.COMMENTED or (
            one.state is EvaluationState.PREFILLED and one.comment_until < work.today
        ):
            yield one.comment_until, number, t("web.todo.judge", year=one.year), url


def _dates(work: Work, own: Mapping[int, tuple[str, str]]) -> Iterator[Todo]:
    mine = {ref for ref, _ in own.values()}
    for one in coming(work):
        if one.warned and one.kind and one.agreement_ref in mine:
            page = "tariffs.index" if one.kind is DateKind.RENEGOTIATION else "agreements.one"
            yield one.due_on, one.number, date_word(one), url_for(page, ref=one.agreement_ref)


def _overruns(work: Work, own: Mapping[int, tuple[str, str]]) -> Iterator[Todo]:
    for one in open_overruns(work, own):
        ref, number = own[one.agreement_id]
        yield one.expected_on, number, t("web.todo.overrun"), url_for("agreements.one", ref=ref)
