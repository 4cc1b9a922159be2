"""What the page of one meeting shows: agenda, who is called and why, minutes, decisions, acts."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g

from cii.access.queries import account_names
from cii.coordination.members import members
from cii.coordination.queries import bodies_of, codes
from cii.coordination.rules import PERMANENT
from cii.coordination.vocabulary import Standing
from cii.institutions.queries import institutions
from cii.kernel.clock import ZURICH
from cii.kernel.period import Quarter
from cii.measures.queries import measures_by_id, mixed_ids
from cii.meetings.decided import decisions
from cii.meetings.inviting import seat_by_invitation, to_call
from cii.meetings.queries import (
    agenda,
    guests_of,
    invitations,
    meeting_by_ref,
    meeting_moves,
    paper_of,
    reads_whole,
    steps_of,
)
from cii.meetings.rules import may_decide
from cii.meetings.tables import AgendaItem, Meeting, MeetingInvitation
from cii.meetings.vocabulary import (
    AgendaKind,
    Answer,
    DecisionKind,
    DecisionStand,
    ItemState,
    MeetingEvent,
    MeetingState,
    MinutesState,
)
from cii.meetings.wording import item_said
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import options, t, word
from cii.web.decisions import decision_rows
from cii.wire import language
from cii.wire.etags import etag, require_match

TONES: Mapping[MeetingState, str] = {
    MeetingState.PLANNED: "neutral",
    MeetingState.INVITED: "info",
    MeetingState.HELD: "good",
    MeetingState.CANCELLED: "bad",
}
_MINUTES: Mapping[MinutesState, str] = {
    MinutesState.OPEN: "warn",
    MinutesState.FINAL: "info",
    MinutesState.DISTRIBUTED: "info",
    MinutesState.ADOPTED: "good",
}
_ANSWERS: Mapping[Answer, str] = {Answer.COMES: "good", Answer.EXCUSED: "warn"}
_DECIDED = frozenset({
    AgendaKind.CORRECTIVE, AgendaKind.CHANGE, AgendaKind.PUBLICATION, AgendaKind.MORE_PLACES,
})  # fmt: skip
_OPEN = (MeetingState.PLANNED, MeetingState.INVITED)


def fresh(ref: str) -> None:
    """Refuses, where the meeting was changed since its page was read."""
    require_match(ref, meeting_by_ref(g.work, ref).version)


def meeting_row(one: Meeting) -> dict[str, Any]:
    """A meeting as the tables show it."""
    day = one.held_on or one.planned_on
    return {
        "ref": one.ref,
        "day": day,
        "title": formats.day(day, language.lang()),
        "body": word(one.body),
        "quarter": formats.quarter(Quarter.parse(one.quarter), language.lang()),
        "topic": one.topic or None,
        "state": {"label": word(one.state), "tone": TONES[one.state]},
        "minutes": {"label": word(one.minutes_state), "tone": _MINUTES[one.minutes_state]}
        if one.state is MeetingState.HELD
        else None,
    }


def shown(work: Work, ref: str) -> dict[str, Any]:
    """Everything that the page of a meeting needs, as the reader may see it."""
    held = meeting_by_ref(work, ref)
    moves, whole = meeting_moves(work, held), reads_whole(work)
    leads = held.body in bodies_of(work.actor)
    opened, was = held.state in _OPEN, held.state is MeetingState.HELD
    items = agenda(work, held, dropped=leads and opened)
    called = invitations(work, held)
    mine = next((one for one in called if one.account_id == work.actor.account_id), None)
    by_invitation = seat_by_invitation(work, held) if opened and mine is None else None
    listed = _items(work, held, items)
    people = _called(work, called) if called else []
    return {
        "meeting": held,
        "row": meeting_row(held),
        "version": etag(ref, held.version),
        "wall": held.starts_at.astimezone(ZURICH).strftime("%Y-%m-%dT%H:%M") if held.starts_at else "",
        "leads": leads,
        "whole": whole,
        "opened": opened,
        "due": held.planned_on <= work.today,
        "was": was,
        "may": [one.value for one in moves],
        "words": {one.value: word(one) for one in MeetingEvent},
        "items": listed,
        "agenda_options": [
            {"value": one["ref"], "label": one["said"], "hint": one["hint"]} for one in listed
        ],
        "item_options": [{"value": one["ref"], "label": one["said"]} for one in listed],
        "present_options": [{"value": one["ref"], "label": one["label"]} for one in people],
        "kept": [one.ref for one in items if one.state is ItemState.KEPT],
        "guests": _guests(work, held) if leads and opened else [],
        "measures": _measures(work) if leads and opened else [],
        "called": people,
        "to_call": _to_call(work, held) if whole and held.state is MeetingState.PLANNED else [],
        "present": [one.ref for one in called if one.answer is Answer.COMES],
        "mine": mine if mine is not None and mine.sent_at is not None else None,
        "my_answer": word(mine.answer) if mine is not None and mine.answer is not None else None,
        "asked": mine is not None and mine.sent_at is None,
        "may_ask": by_invitation is not None,
        "answers": options(Answer),
        "paper": paper_of(work, held) if was and whole else None,
        "decisions": decision_rows(work, decisions(work, meeting_id=held.id, limit=100)) if was else [],
        "decide": _decide(work, held, items) if leads and was else None,
        "steps": _steps(work, held) if whole else [],
    }


def _items(work: Work, held: Meeting, items: Sequence[AgendaItem]) -> list[dict[str, Any]]:
    lang = language.lang()
    guests = guests_of(work, held) if reads_whole(work) else {}
    names = account_names(work, {one for accounts in guests.values() for one in accounts}) if guests else {}
    return [
        {
            "ref": one.ref,
            "said": item_said(one, lang),
            "state": one.state.value,
            "hint": " · ".join([*([] if one.kind is AgendaKind.FREE else [word(one.kind)]), *one.measures]),
            "guests": [names[id_] for id_ in guests.get(one.id or 0, [])],
            "outcome": one.outcome,
        }
        for one in items
    ]


def _guests(work: Work, held: Meeting) -> list[dict[str, str]]:
    seats = members(work, held.body, held.planned_on)
    return [{"value": one.ref, "label": one.name} for one in seats if one.standing is Standing.GUEST]


def _measures(work: Work) -> list[dict[str, str]]:
    rows = measures_by_id(work, mixed_ids(work, work.today)).values()
    return [{"value": one.code, "label": one.name} for one in sorted(rows, key=lambda row: row.name)]


def _called(work: Work, rows: Sequence[MeetingInvitation]) -> list[dict[str, Any]]:
    names = account_names(work, {one.account_id for one in rows if one.account_id is not None})
    known = codes(work)
    return [
        {
            "ref": one.ref,
            "name": names.get(one.account_id or 0) or t("web.meetings.nobody-by-name"),
            "institution": known.get(one.institution_id or 0),
            "reason": _reason(word(one.reason), one.measures),
            "sent": {"label": t("web.meetings.called"), "tone": "info"}
            if one.sent_at
            else {"label": t("web.meetings.asks"), "tone": "warn"},
            "answer": {"label": word(one.answer), "tone": _ANSWERS[one.answer]} if one.answer else None,
            "came": None
            if one.attended is None
            else {"label": t("web.meetings.came"), "tone": "good"}
            if one.attended
            else {"label": t("web.meetings.absent"), "tone": "neutral"},
            "label": f"{names.get(one.account_id or 0, '')} {known.get(one.institution_id or 0, '')}".strip(),
        }
        for one in rows
    ]


def _to_call(work: Work, held: Meeting) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "institution": one.institution or None,
            "reason": _reason(word(one.reason), one.measures),
        }
        for one in to_call(work, held)
    ]


def _reason(said: str, measures: Sequence[str]) -> str:
    return f"{said} ({', '.join(measures)})" if measures else said


def _decide(work: Work, held: Meeting, items: Sequence[AgendaItem]) -> dict[str, Any]:
    """What the form of a decision offers: kinds, stands, items, owners, what a change may be about."""
    lang = language.lang()
    about = [
        {"value": one.subject_ref, "label": item_said(one, lang)}
        for one in items
        if one.kind
        in {AgendaKind.CORRECTIVE, AgendaKind.CHANGE, AgendaKind.PUBLICATION, AgendaKind.MORE_PLACES}
    ]
    return {
        "kinds": options([one for one in DecisionKind if may_decide(one, held.body)]),
        "stands": options(DecisionStand),
        "agenda": [{"value": one.ref, "label": item_said(one, lang)} for one in items],
        "about": about,
        "owners": [
            {"value": one.code, "label": one.code}
            for one in institutions(work)
            if one.code in {*PERMANENT, "SFPO", "OAI"}
        ],
    }


def _steps(work: Work, held: Meeting) -> list[dict[str, Any]]:
    steps = steps_of(work, held)
    names = account_names(work, {one.account_id for one in steps if one.account_id is not None})
    return [
        {
            "at": one.recorded_at,
            "who": names.get(one.account_id or 0) or t("web.journal.house"),
            "institution": None,
            "title": t(f"web.meetings.step.{one.event}") if one.event else t("web.meetings.step.plan"),
            "body": one.note or None,
            "url": None,
            "new": False,
        }
        for one in reversed(steps)
    ]
