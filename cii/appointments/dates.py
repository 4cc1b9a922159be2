"""The night looks at talks and visits: what is to be arranged, what is near, what has no minutes yet.

Each is told once, on its own night; a missed night is made up. Whom: the person who prepared the agreement,
of what is near the provider's unit too.
"""

from datetime import date, timedelta

from cii.appointments.queries import TalkDue, appointments_planned, talks_due
from cii.kernel.clock import local_day
from cii.notices.actions import tell
from cii.notices.queries import told_already
from cii.store.work import Work


def watch_appointments(work: Work, day: date) -> dict[str, int]:
    """Tell of what falls on that night; for the job. Returns how many of each kind were due."""
    told = {"to_plan": 0, "near": 0, "unminuted": 0}
    ahead = timedelta(days=work.parameter("talk_planning_days", day))
    for due in talks_due(work, day + ahead):
        if due.due_on == day + ahead:
            _to_plan(work, due, day)
            told["to_plan"] += 1
    near = day + timedelta(days=work.parameter("talk_reminder_days", day))
    waited = day - timedelta(days=work.parameter("talk_minutes_days", day))
    for held, row in appointments_planned(work, (near, waited)):
        soon = local_day(held.starts_at) == near
        told["near" if soon else "unminuted"] += 1
        kind = f"{held.kind.value}-{'near' if soon else 'unminuted'}"
        readers = [{"account_id": row.prepared_by}] if row.prepared_by is not None else []
        readers += [{"unit_id": row.unit_id}] if soon else []
        for reader in readers:
            _once(
                work, reader, kind, "appointment", held.ref, number=row.number, at=held.starts_at, night=day
            )
    return told


def _to_plan(work: Work, due: TalkDue, day: date) -> None:
    if due.prepared_by is not None:
        reader = {"account_id": due.prepared_by}
        facts = {"number": due.number, "due": due.due_on, "night": day}
        _once(work, reader, "talk-to-plan", "agreement", due.agreement_ref, **facts)


def _once(work: Work, reader: dict[str, int], kind: str, subject: str, ref: str, **facts: object) -> None:
    if not told_already(work, **reader, kind=kind, subject_ref=ref, facts=facts):
        tell(work, **reader, kind=kind, subject=subject, subject_ref=ref, **facts)  # type: ignore[arg-type]
