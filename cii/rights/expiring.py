"""The night of retention: workings past their term go by themselves, persons are only proposed.

What goes is counted in the journal and in the job's row. A person whose terms are over is put before the
officers once, in one notice however many there are; nobody is erased by a job.
"""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import delete
from sqlmodel import col, func, select

from cii.access import retaining as access
from cii.access.queries import holders_of
from cii.access.vocabulary import Role
from cii.cases.attachments import forget_withdrawn
from cii.desk import retaining as desk
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.notices import retaining as notices
from cii.notices.actions import tell
from cii.partners import retaining as partners
from cii.requests.retaining import forget_unknown
from cii.rights.archiving import sweep_packages
from cii.rights.dues import Due, due
from cii.rights.retention import terms
from cii.rights.rules_retention import PARAMETERS
from cii.rights.tables_retention import RetentionProposal
from cii.store import retaining as store
from cii.store.retaining import Going, burn_letters, let_go
from cii.store.work import Work
from cii.wire import retaining as wire
from cii.wire.pages import MOST

GOING: tuple[Going, ...] = (
    *desk.GOING, *notices.GOING, *store.GOING, *wire.GOING, *partners.GOING, *access.GOING,
)  # fmt: skip
"""Rows that go by themselves; what was asked over a link goes before the link."""


def expire(work: Work, day: date) -> dict[str, int]:
    """Let go what is past its term at the end of `day`, and propose the persons; returns counts by table.

    A second time for the same day it finds nothing more.
    """
    running = terms(work, PARAMETERS, day)
    counts: dict[str, int] = {}
    before = local_midnight(running["sent_mail"].over_before(day))
    counts["letters"] = burn_letters(work.session, work.settings, before)
    for one in GOING:
        over = local_midnight(running[one.rule].over_before(day))
        name = str(one.model.__tablename__)
        counts[name] = counts.get(name, 0) + let_go(work.session, one, over)
    counts["accounts"] = access.close_unused(work, running["account"].over_before(day))
    withdrawn = local_midnight(running["withdrawn_document"].over_before(day))
    counts["withdrawn_documents"] = forget_withdrawn(work, withdrawn)
    unanswered = local_midnight(running["access_answer"].over_before(day))
    counts["access_requests"] = forget_unknown(work, unanswered)
    counts["packages"] = sweep_packages(work)
    counts["proposed"] = propose(work, day)
    done = {name: count for name, count in counts.items() if count}
    if done:
        wrote(work, "expire", "retention", None, payload={"day": day.isoformat(), **done})
    return done


def propose(work: Work, day: date) -> int:
    """Put the persons whose terms are all over before the officers; returns how many are new since last time.

    One notice for each officer when there are any; a proposal that no longer holds is taken back.
    """
    now = {one.person_id: one for one in _all_due(work, day)}
    known = set(work.session.exec(select(RetentionProposal.person_id)))
    if gone := known - now.keys():
        work.session.connection().execute(
            delete(RetentionProposal).where(col(RetentionProposal.person_id).in_(gone))
        )
    fresh = [one for id_, one in now.items() if id_ not in known]
    work.session.add_all(
        RetentionProposal(person_id=one.person_id, rule=one.rule, since=one.since, proposed_on=day)
        for one in fresh
    )
    work.session.flush()
    if fresh:
        for officer in holders_of(work, Role.DATA_PROTECTION_OFFICER):
            tell(
                work,
                account_id=officer.id,
                kind="retention-due",
                subject="retention",
                subject_ref=day.isoformat(),
                count=len(fresh),
            )
    return len(fresh)


def proposed(work: Work) -> int:
    """How many persons are put before the officers."""
    return work.session.exec(select(func.count()).select_from(RetentionProposal)).one()


def _all_due(work: Work, day: date) -> Iterator[Due]:
    mark: str | None = None
    while True:
        page = due(work, day, mark, MOST)
        yield from page.items
        mark = page.next
        if mark is None:
            return
