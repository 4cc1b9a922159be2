"""My desk: what waits for me, for my unit, for others, the most urgent first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.checking import case_numbers
from cii.cases.queries import cases_by_id
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.desk.announcing import news_for_me
from cii.desk.filtering import DeskFilter, conditions
from cii.desk.saving import filters
from cii.desk.substituting import TakeForAbsent, substitutions, take_for_absent, tasks_in_place
from cii.desk.vocabulary import Due, FilterPlace
from cii.institutions.queries import UnitLabel
from cii.kernel.clock import local_day
from cii.notices.queries import notices
from cii.people.queries import PersonLabel, label
from cii.routing.numbers import referral_numbers
from cii.routing.queries import open_matters
from cii.store.work import Work
from cii.web.agreement_todo import agreement_todo
from cii.web.base import Blueprint, may_open, see_other
from cii.web.choices import Option, choice_asked, options, t, text_asked, word
from cii.web.clocks import deadline
from cii.web.drafts import texts_begun
from cii.web.filters import first_view, saved_filters
from cii.web.news import told
from cii.web.notices import sentence
from cii.web.taking import takers_for
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.pages import MOST
from cii.wire.reading import asked
from cii.workflow.actions import assign_task
from cii.workflow.carried import open_stages
from cii.workflow.inbox import Tab, TaskRow, inbox, inbox_counts

page = Blueprint("desk", __name__)

OPENS: Mapping[str, str] = {
    "grid_ac": "cases.grid",
    "grid_ai": "cases.grid",
    "grid_as": "cases.grid",
    "medical": "cases.health",
    "sign": "cases.assessment",
    "meeting": "cases.assessment",
    "propose": "cases.plan",
    "agree": "cases.plan",
    "receive": "admission.one",
    "complete_file": "admission.one",
    "confirm": "admission.one",
    "contract": "observations.new",
}
"""Where a task is done, by its key; every other one on the first page of its case."""
PLACES = {
    "person": "persons.one",
    "referral": "referrals.one",
    "recognition": "recognitions.one",
    "outcome_check": "checks.one",
}
"""Where a task of another subject than a case is done."""
_NOTICED = {
    "case": "cases.one",
    "observation": "observations.one",
    "access_question": "requests.question",
    "access_request": "requests.one",
    "break_glass": "glass.one",
}
"""Where else the matter of a notice stands."""
TOLD = 8
"""How many of the last notices stand beside the list."""
_FIRST = (Tab.MINE, Tab.UNIT, Tab.OTHERS)
_HANDED = frozenset({Tab.LATE, Tab.TO_DECIDE, Tab.UNASSIGNED, Tab.UNIT})
"""Where a supervisor gives tasks to members: lists of the unit's own tasks."""


@dataclass(frozen=True)
class TakeTasks:
    """Open tasks of my unit that I take upon me; a supervisor's form carries whom else it may name."""

    refs: tuple[str, ...] = field(metadata={"min": 1, "max": 100})
    account_ref: str | None = None


@page.get("/desk", endpoint="page")
@needs(Permit.SEE_DESK)
def desk() -> str | Response:
    """What waits, under the tab and the filters asked for; without a tab, the first that holds something."""
    work: Work = g.work
    held = filters(work, FilterPlace.DESK)
    if (first := first_view(held, FilterPlace.DESK)) is not None:
        return first
    counts = inbox_counts(work)
    tab = choice_asked(Tab, "tab") or next((one for one in _FIRST if counts[one]), Tab.MINE)
    wish = DeskFilter(
        choice_asked(CasePath, "path"), text_asked("stage"), choice_asked(Due, "due"), text_asked("name")
    )
    shown = inbox(work, tab, text_asked("after") or None, more=conditions(work, wish))
    chosen = {name: text_asked(name) for name in ("path", "stage", "due", "name")}
    kept: dict[str, Any] = {name: said for name, said in chosen.items() if said}
    stages = _stages(work)
    offered = {
        "tab": {*Tab}, "path": {*CasePath}, "due": {*Due}, "stage": {one["value"] for one in stages},
    }  # fmt: skip
    mine = tab in {Tab.UNASSIGNED, Tab.UNIT} and work.actor.account_id is not None
    return render_template(
        "pages/desk/desk.html",
        tab=tab.value,
        tabs=_tabs(tab, counts, kept),
        rows=task_rows(work, shown.items),
        next_url=url_for("desk.page", tab=tab.value, after=shown.next, **kept) if shown.next else None,
        may_take=mine,
        takers=takers_for(work) if tab in _HANDED and Permit.REASSIGN.value in work.actor.permits else [],
        told=_told(work),
        ways=_ways(work),
        chosen=chosen,
        filtered=bool(kept),
        paths=options(CasePath),
        stages=stages,
        dues=options(Due, "desk-due"),
        saved=saved_filters(work, FilterPlace.DESK, held, {"tab": tab.value, **kept}, offered),
        unread=[told(one) for one in news_for_me(work, unread=True)],
        begun=texts_begun(work),
        **_standing(work),
        **agreement_todo(work),
    )


@page.post("/desk/take")
@needs(Permit.SEE_DESK)
@again(desk)
def take() -> Response:
    """Take the ticked tasks."""
    for ref in asked(TakeTasks).refs:
        assign_task(g.work, ref, g.work.actor.account_id)
    return see_other("desk.page", tab=Tab.MINE.value)


@page.post("/desk/in-place")
@needs(Permit.SEE_DESK)
@once
@again(desk)
def take_in_place() -> Response:
    """Take the ticked tasks of those for whom I stand in."""
    take_for_absent(g.work, asked(TakeForAbsent))
    return see_other("desk.page", tab=Tab.MINE.value)


def _standing(work: Work) -> dict[str, Any]:
    """For whom I stand in today, with their tasks; who stands in for me."""
    me = work.actor.account_id
    live = [one for one in substitutions(work) if one.live]
    mine = [one for one in live if one.substitute_id == me]
    rows = inbox(work, Tab.UNIT, limit=MOST, more=tasks_in_place(work, mine)).items if mine else []
    absent = {one.absent_id: one.absent for one in mine}
    shown = task_rows(work, rows)
    for row, task in zip(shown, rows, strict=True):
        row["absent"] = absent.get(task.account_id or 0)
    return {
        "standing": [
            t("web.desk.standing", absent=one.absent, day=one.last_day, unit=one.unit.name) for one in mine
        ],
        "in_place": shown,
        "replaced": [
            t("web.desk.replaced", substitute=one.substitute, day=one.last_day)
            for one in live
            if one.absent_id == me
        ],
    }


def _stages(work: Work) -> list[Option]:
    lang = language.lang()
    return [
        {"value": one.key, "label": _said(one.title, lang)} for one in open_stages(work, work.actor.units)
    ]


def task_rows(work: Work, tasks: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - the rows of an inbox
    """Rows for the list: case and person as far as the reader may see them, task and deadline in words."""
    lang = language.lang()
    cases = cases_by_id(work, {one.subject_id for one in tasks if one.subject == "case"})
    told = case_numbers(work, {one.subject_id for one in tasks if one.subject == "outcome_check"})
    numbers = {("outcome_check", id_): number for id_, number in told.items()}
    sent = referral_numbers(work, {one.subject_id for one in tasks if one.subject == "referral"})
    numbers |= {("referral", id_): number for id_, number in sent.items()}
    people = label(work, {one.person_id for one in tasks if one.person_id is not None})
    own = {seat.unit_ref for seat in work.actor.seats}
    return [
        {
            "ref": one.ref,
            "url": _place(one),
            "number": _number(one, cases, numbers),
            "label": f"{_said(one.title, lang)}, {_name(people.get(one.person_id or 0)) or one.subject_ref}",
            "person": _name(people.get(one.person_id or 0)),
            "task": _said(one.title, lang),
            "stage": _said(one.stage_title, lang),
            "unit": _unit(one.unit, own),
            "clock": deadline(work, one.due_at),
            "tone": "late" if one.late else None,
        }
        for one in tasks
    ]


def _number(task: TaskRow, cases: Mapping[int, CaseFile], numbers: Mapping[tuple[str, int], str]) -> str:
    """By which number people speak of the matter of a task."""
    if task.subject == "case" and task.subject_id in cases:
        return cases[task.subject_id].number
    return numbers.get((task.subject, task.subject_id)) or task.subject_ref


def _place(task: TaskRow) -> str | None:
    """The page on which the task is done; None for who may not open it."""
    if task.subject in PLACES:
        return _subject(task.subject, task.subject_ref)
    if task.key == "observe":
        return url_for("observations.index")
    return url_for(OPENS.get(task.key, "cases.one"), ref=task.subject_ref)


def _said(title: Mapping[str, str], lang: str) -> str:
    return title.get(lang) or next(iter(title.values()), "")


def _name(person: PersonLabel | None) -> str | None:
    return person.name if person else None


def _unit(unit: UnitLabel | None, own: Collection[str]) -> str | None:
    """The unit's institution and name; a sensitive one is named to its own members only."""
    if unit is None:
        return None
    return unit.name if not unit.sensitive or unit.ref in own else t("web.desk.protected")


def _tabs(current: Tab, counts: Mapping[Tab, int], kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "label": word(one, "inbox-tab"),
            "url": url_for("desk.page", tab=one.value, **kept),
            "current": one is current,
            "count": counts[one],
        }
        for one in Tab
    ]


def _told(work: Work) -> list[dict[str, Any]]:
    """The last notices as entries of a timeline."""
    rows = sorted(notices(work, limit=TOLD), key=lambda one: one.created_at, reverse=True)
    people = label(work, {one.person_id for one in rows if one.person_id is not None})
    known = open_matters(
        work,
        {one.subject_ref for one in rows if one.subject == "case"},
        {one.subject_ref for one in rows if one.subject == "referral"},
    )
    return [
        {
            "at": one.created_at,
            "who": _name(people.get(one.person_id or 0)),
            "institution": None,
            "title": sentence(one, language.lang()),
            "body": None,
            "url": _subject(one.subject, one.subject_ref)
            if one.subject not in known or one.subject_ref in known[one.subject]
            else None,
            "new": local_day(one.created_at) == work.today,
        }
        for one in rows
    ]


def _subject(kind: str, ref: str) -> str | None:
    place = {**PLACES, **_NOTICED}.get(kind)
    return url_for(place, ref=ref) if place and may_open(place, g.work.actor) else None


def _ways(work: Work) -> list[dict[str, str]]:
    """Where to go when nothing waits."""
    places = (("web.desk.to-cases", "cases.index"), ("web.desk.to-detections", "detections.index"))
    return [{"label": t(key), "url": url_for(place)} for key, place in places if may_open(place, work.actor)]
