"""The year of the coordination group: quarters frozen, a meeting that decided, the next one prepared."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from cii.access.queries import account_actor
from cii.coordination.vocabulary import Body
from cii.kernel.clock import ZURICH
from cii.kernel.span import Span, SpanKind
from cii.meetings.actions import PutOffMeeting, put_off
from cii.meetings.actions_agenda import (
    AddItem,
    ProposeAgenda,
    SetAgenda,
    add_item,
    propose_agenda,
    set_agenda,
)
from cii.meetings.actions_decisions import FollowDecision, TakeDecision, follow_decision, take_decision
from cii.meetings.queries import agenda, meetings, next_meeting
from cii.meetings.vocabulary import AgendaKind, DecisionEvent, MeetingState
from cii.reports.actions import freeze
from cii.reports.comparing import CommentFigure, comment
from cii.store.work import Work

MARK = "Données inventées."
_SPOKEN = frozenset(
    {AgendaKind.FREE, AgendaKind.REPORT, AgendaKind.MONTH, AgendaKind.CORRECTIVE, AgendaKind.NEED}
)


def live_group(work: Work) -> None:
    """Freeze the last two quarters with a comment, decide at the last meeting, prepare the next one."""
    member = replace(work, actor=account_actor(work, "gc@cii.example"), seen=[])
    last = Span.of(SpanKind.QUARTER, work.today).previous
    freeze(member, last.previous)
    issue = freeze(member, last)
    comment(member, CommentFigure(issue.ref, "total.occupied_days", f"Fermetures d'été des ateliers. {MARK}"))
    _decided(member)
    _prepared(member)


def _decided(work: Work) -> None:
    held = next(one for one in meetings(work, Body.COORDINATION) if one.state is MeetingState.HELD)
    done = take_decision(
        work,
        TakeDecision(
            held.ref, f"Relancer les secteurs dont les données mensuelles manquent. {MARK}", owner="SEMP",
            due_on=work.today - timedelta(days=10),
        ),
    )  # fmt: skip
    follow_decision(work, FollowDecision(done.ref, DecisionEvent.DO))
    take_decision(
        work,
        TakeDecision(
            held.ref, f"Proposer une répartition des places 2027 par secteur. {MARK}", owner="SASO",
            due_on=work.today + timedelta(days=20),
        ),
    )  # fmt: skip


def _prepared(work: Work) -> None:
    coming = next_meeting(work, Body.COORDINATION)
    if coming is None:
        return
    at = datetime.combine(coming.planned_on, time(14), ZURICH)
    put_off(work, PutOffMeeting(coming.ref, at, "Château de Neuchâtel, salle des commissions"))
    add_item(work, AddItem(coming.ref, f"Calendrier des séances de l'année suivante. {MARK}"))
    propose_agenda(work, ProposeAgenda(coming.ref))
    kept = tuple(one.ref for one in agenda(work, coming) if one.kind in _SPOKEN)
    set_agenda(work, SetAgenda(coming.ref, kept))
