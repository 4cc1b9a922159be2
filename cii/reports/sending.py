"""Frozen reports sent to members of the bodies: a notice and a mail with the address, never the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row
from sqlmodel import col, select

from cii.access.permits import Permit
from cii.access.seated import actors
from cii.coordination.members import Member, members
from cii.coordination.vocabulary import Body
from cii.journal.actions import wrote
from cii.kernel.errors import UnknownThing
from cii.notices.actions import tell
from cii.reports.queries import issue_by_ref
from cii.reports.registry import KINDS
from cii.reports.rules import RecipientMayNotSee
from cii.reports.tables import ReportIssue, ReportSending
from cii.store.work import Work


@dataclass(frozen=True)
class SendReport:
    """A frozen version goes to these members; `to`: outward names of their seats."""

    report_ref: str
    to: tuple[str, ...] = field(metadata={"min": 1})


def recipients(work: Work) -> list[Member]:
    """Who can be sent a report: whoever sits in either body by name today, each account once."""
    seats = [one for body in Body for one in members(work, body, work.today) if one.account_id]
    return list({one.account_id: one for one in reversed(seats)}.values())[::-1]


def send_report(work: Work, ask: SendReport) -> list[ReportSending]:
    """Tell these members where the report is; each reads it with their own eyes, small numbers as they may.

    Refuses: UnknownThing (the report, a seat), RecipientMayNotSee (each by name; then nobody is told).
    """
    issue = issue_by_ref(work, ask.report_ref)
    known = {one.ref: one for one in recipients(work)}
    if set(ask.to) - set(known):
        raise UnknownThing(field="to")
    chosen = [known[one] for one in dict.fromkeys(ask.to)]
    closed = [one.name for one in chosen if not _may_see(work, one, issue)]
    if closed:
        raise RecipientMayNotSee(field="to", names=", ".join(closed))
    rows = [
        ReportSending(
            issue_id=issue.id or 0,
            account_id=one.account_id or 0,
            sent_at=work.now,
            sent_by=work.actor.account_id,
        )
        for one in chosen
    ]
    work.session.add_all(rows)
    work.session.flush()
    for one in rows:
        tell(
            work, account_id=one.account_id, kind="report-sent", subject="report", subject_ref=issue.ref,
            what=issue.period,
        )  # fmt: skip
    told = {"to": [one.ref for one in chosen], "version": issue.version}
    wrote(work, "report.send", "report", issue.id, ref=issue.ref, payload=told)
    return rows


def sendings_of(work: Work, issue: ReportIssue) -> Sequence[Row[Any]]:
    """To whom a version was sent and when, the newest first: account_id, sent_at, sent_by."""
    return work.session.execute(
        select(ReportSending.account_id, ReportSending.sent_at, ReportSending.sent_by)
        .where(col(ReportSending.issue_id) == issue.id)
        .order_by(col(ReportSending.id).desc())
    ).all()


def _may_see(work: Work, one: Member, issue: ReportIssue) -> bool:
    actor = actors(work, [one.account_id or 0]).get(one.account_id or 0)
    if actor is None or Permit.SEE_REPORTS.value not in actor.permits:
        return False
    return issue.scope in KINDS[issue.kind].open_scopes(replace(work, actor=actor), [issue.scope])
