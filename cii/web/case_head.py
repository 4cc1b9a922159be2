"""What stands on every page of a case: who it is about, where it stands, what waits for whom, the tabs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, request, url_for

from cii.access.vocabulary import Section
from cii.cases.queries import case_by_ref
from cii.cases.shapes import CaseView
from cii.cases.view import case_view
from cii.cases.vocabulary import CaseStatus
from cii.institutions.queries import UnitLabel, shown_units
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed
from cii.people.queries import avs_of, person_by_id
from cii.routing.actions_case import OWN_OUTCOMES
from cii.routing.queries import referrals_of_case
from cii.store.work import Work
from cii.web.base import may_open
from cii.web.choices import t, word
from cii.web.clocks import deadline
from cii.web.desk import OPENS
from cii.wire import language
from cii.wire.etags import etag
from cii.workflow.definition import Definition
from cii.workflow.moves import Move
from cii.workflow.queries import definition_of, instance_for, moves_for, state_of, tasks_of
from cii.workflow.state import State
from cii.workflow.vocabulary import ROLES, Stand, Status

CASE = "case"
TABS: Mapping[str, Section] = {
    "one": Section(0),
    "grid": Section.PLAN | Section.SOCIAL_FACTS | Section.SOCIAL | Section.FUNCTIONAL,
    "health": Section.FUNCTIONAL | Section.MEDICAL,
    "assessment": Section.PLAN,
    "plan": Section.PLAN,
    "placements": Section.PLACEMENT,
    "sharing": Section.IDENTITY,
    "decisions": Section.PLAN,
    "timeline": Section.PLAN,
    "documents": ~(Section.NOTES | Section.SOCIAL_FACTS),
    "notes": Section.NOTES,
    "links": Section.IDENTITY,
}
"""Page of a case → sections, one of which must be open."""
PAGES: Mapping[str, str] = {
    "documents": "attachments.index",
    "links": "case_links.index",
    "timeline": "case_notes.timeline",
    "notes": "case_notes.index",
}
"""Pages of a case outside `cases`; shown to whom they open."""
_OWN_PAGES = frozenset({*OPENS, "take_lead", "decide_lead", "request", "observe"}) - {
    "complete_file",
    "contract",
}


@dataclass(frozen=True, slots=True)
class Process:
    """The process of a case as its pages need it; `open` are the moves open to the reader now."""

    definition: Definition
    state: State
    ref: str
    seq: int
    open: tuple[Move, ...]
    tasks: tuple[dict[str, Any], ...]

    def may(self, act: str, *keys: str) -> bool:
        """Whether the reader may do that now: an act, or one of these tasks."""
        return any(one.act == act and (not keys or one.key in keys) for one in self.open)


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything about the case that its pages share."""

    view: CaseView
    case_id: int
    person_id: int
    process: Process | None

    @property
    def version(self) -> str:
        """The version that a form of this page names."""
        return etag(self.view.ref, self.view.version)

    def may(self, act: str, *keys: str) -> bool:
        """Whether the process lets the reader do that now."""
        return self.process is not None and self.process.may(act, *keys)


def case_page(ref: str, tab: str) -> CasePage:
    """The case for one of its pages; refuses UnknownThing, NotAllowed where the section is closed."""
    work: Work = g.work
    view = case_view(work, ref)
    if TABS[tab] and not view.may_read & TABS[tab]:
        raise NotAllowed
    row = case_by_ref(work, ref)
    return CasePage(view, row.id or 0, row.person_id, _process(work, row.id or 0))


def head(shown: CasePage, tab: str) -> dict[str, Any]:
    """The names that `pages/cases/case.html` needs."""
    view = shown.view
    person = view.sections.get("identity")
    return {
        "case": view,
        "tab": tab,
        "name": person.name if person else None,
        "person": person,
        "avs": _avs(shown) if person else None,
        "version": shown.version,
        "seen": etag(view.ref, shown.process.seq) if shown.process else "",
        "steps": _steps(shown),
        "tasks": shown.process.tasks if shown.process else (),
        "tabs": _tabs(view, tab),
        "why_closed": _why_closed(shown),
        "referral": _waiting(shown),
        "done": _done(),
        "today": g.work.today.isoformat(),
        "find_url": _find_url(view),
    }


def unit_name(unit: UnitLabel | None) -> str:
    """A unit's name; one that is not shown to the reader says so."""
    return unit.name if unit is not None else t("web.desk.protected")


def _process(work: Work, case_id: int) -> Process | None:
    instance = instance_for(work, CASE, case_id)
    if instance is None:
        return None
    definition = definition_of(work, instance.definition_id)
    moves = tuple(moves_for(work, instance))
    open_tasks = [one for one in tasks_of(work, instance) if one.state == Stand.OPEN]
    units = shown_units(work, {one.unit_id for one in open_tasks if one.unit_id})
    mine = {one.task: one for one in moves if one.act == "done"}
    lang = language.lang()
    tasks = tuple(
        {
            "ref": one.ref,
            "number": one.number,
            "key": one.key,
            "title": definition.task(one.stage, one.key).title[lang],
            "role": ROLES[one.owner_role][lang],
            "unit": unit_name(units.get(one.unit_id)) if one.unit_id else None,
            "clock": deadline(work, one.due_at),
            "mine": one.number in mine,
            "url": url_for(OPENS[one.key], ref=instance.subject_ref) if one.key in OPENS else None,
            "outcomes": _outcomes(definition, mine.get(one.number), lang),
            "closings": _closings(definition, mine.get(one.number), lang),
        }
        for one in open_tasks
    )
    return Process(definition, state_of(work, instance), instance.ref, instance.seq, moves, tasks)


def _outcomes(definition: Definition, move: Move | None, lang: str) -> list[dict[str, str]]:
    """What the reader may answer to a task that is done on the spot."""
    if move is None or move.key in _OWN_PAGES:
        return []
    told = [one for one in move.outcomes if (move.key, one) not in OWN_OUTCOMES]
    return [{"value": one, "label": _word(definition, one, lang)} for one in told]


def _closings(definition: Definition, move: Move | None, lang: str) -> list[dict[str, str]]:
    """The outcomes of the whole case, where a task may close it."""
    if move is None or not {"close", "concluded", "dropped", "finish"} & set(move.outcomes):
        return []
    return [{"value": one, "label": _word(definition, one, lang)} for one in definition.outcomes]


def _word(definition: Definition, key: str, lang: str) -> str:
    return definition.words.get(key, {}).get(lang, key)


def _steps(shown: CasePage) -> list[dict[str, Any]]:
    """The stages: those on the straight way, and every one the case has been in."""
    if shown.process is None:
        return []
    definition, state = shown.process.definition, shown.process.state
    lang, lead = language.lang(), shown.view.lead
    been = {visit.stage: visit for visit in state.path}
    steps = []
    for key in [key for key in definition.stages if key in been or key in _straight(definition)]:
        visit = been.get(key)
        now = state.stage == key and state.status != Status.CLOSED
        steps.append(
            {
                "label": definition.stages[key].title[lang],
                "state": "now" if now else "done" if visit else "next",
                "date": _day((visit.left if visit.left and not now else visit.entered) if visit else None),
                "institution": lead.institution if now and lead else None,
                "note": _word(definition, state.outcome, lang)
                if state.outcome and state.stage == key
                else None,
            }
        )
    return steps


def _straight(definition: Definition) -> set[str]:
    found: set[str] = set()
    key: str | None = definition.start
    while key is not None and key not in found:
        found.add(key)
        key = next((one.to for one in definition.stages[key].next if one.when is None), None)
    return found


def _day(at: datetime | None) -> object:
    return local_day(at) if at else None


def _avs(shown: CasePage) -> dict[str, object] | None:
    """The AVS number, masked; asked for by `?avs=1` in clear, which is a read of its own in the journal."""
    written = avs_of(g.work, person_by_id(g.work, shown.person_id))
    if written is None:
        return None
    if request.args.get("avs") == "1":
        g.work.saw("person", [shown.person_id], Section.IDENTITY, "avs-shown")
        return {"text": written, "url": None}
    url = url_for("cases.one", ref=shown.view.ref, avs=1)
    return {"text": f"{written[:3]}.••••.••{written[-5:]}", "url": url}


def _tabs(view: CaseView, current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": word(tab, "case-tab"),
            "url": url_for(PAGES.get(tab, f"cases.{tab}"), ref=view.ref),
            "current": tab == current,
            "count": len(view.sections["notes"]) or None if tab == "notes" else None,
        }
        for tab, section in TABS.items()
        if (not section or view.may_read & section)
        and (tab not in PAGES or may_open(PAGES[tab], g.work.actor))
    ]


def _why_closed(shown: CasePage) -> str | None:
    """Why nothing can be written now, None when the case goes on."""
    if shown.view.status is CaseStatus.CLOSED:
        return t("web.case.closed", day=local_day(shown.view.closed_at) if shown.view.closed_at else None)
    if shown.process is None:
        return t("web.case.archived")
    if shown.process.state.status == Status.SUSPENDED:
        return t("web.case.suspended" if shown.process.state.consent else "web.case.no-consent")
    return None


def _waiting(shown: CasePage) -> dict[str, str] | None:
    """The referral that waits for an answer, with the way to it."""
    for one in referrals_of_case(g.work, shown.case_id):
        if one.answered_at is None:
            said = t("web.case.referral-waits", unit=unit_name(one.receiver), state=word(one.state))
            return (
                {"text": said, "url": url_for("referrals.one", ref=one.ref)}
                if one.moves
                else {"text": said, "url": ""}
            )
    return None


def _find_url(view: CaseView) -> str | None:
    """The way to a place for this case, where the reader may look for one."""
    looks = view.status is CaseStatus.OPEN and view.may_read & Section.PLACEMENT
    return url_for("places.find", ref=view.ref) if looks and may_open("places.find", g.work.actor) else None


def _done() -> str | None:
    """What was just done, as the redirect after a form names it."""
    said = request.args.get("done", "")
    return word(said, "done") if said in DONE else None


DONE = frozenset({
    "opened", "grid", "grid-finished", "medical", "medical-finished", "signed", "proposed", "answered",
    "noted", "withdrawn", "finished", "assigned", "moved", "dismissed", "announced", "requested", "suspended",
    "resumed", "reopened", "extra", "handed", "person-word", "action-marked", "met", "link-revoked",
    "objectives",
})  # fmt: skip
"""The words (`word.done.<…>`) that may follow a redirect."""
