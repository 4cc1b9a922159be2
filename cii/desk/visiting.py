"""Visits of a case: when I was there last, and what others have written since."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, case, func, or_, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cii.access.queries import account_names
from cii.cases import changes as case_changes
from cii.desk.tables import CaseVisit
from cii.desk.vocabulary import VISIT, News
from cii.institutions.queries import UnitLabel, shown_units
from cii.people import changes as status_changes
from cii.placements import changes as place_changes
from cii.routing import changes as referral_changes
from cii.store.work import Work

LISTED = 30
"""How many changes a case page lists; all of them are counted."""
VISITED = 200
"""How many of my last visits are looked through for what is new."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that somebody else has written since my last visit."""

    kind: News
    at: datetime
    unit: UnitLabel | None
    who: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new in a case since `since` (None: this is my first visit): the newest first, all counted."""

    since: datetime | None
    newest: tuple[Change, ...] = ()
    counts: tuple[tuple[News, int], ...] = ()

    @property
    def total(self) -> int:
        """How many changes there are."""
        return sum(count for _, count in self.counts)


def visited(work: Work, case_id: int) -> None:
    """The actor has been shown a page of the case; pages within half an hour belong to one visit."""
    if work.actor.account_id is None:
        return
    mine = (col(CaseVisit.account_id) == work.actor.account_id, col(CaseVisit.case_id) == case_id)
    went_on = case((col(CaseVisit.seen_at) < work.now - VISIT, col(CaseVisit.seen_at)), else_=CaseVisit.since)
    moved: Any = work.session.execute(
        update(CaseVisit)
        .where(*mine, col(CaseVisit.seen_at) <= work.now)
        .values(since=went_on, seen_at=work.now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount or work.session.execute(select(col(CaseVisit.id)).where(*mine)).first():
        return
    try:
        with work.session.begin_nested():
            work.session.add(
                CaseVisit(account_id=work.actor.account_id, case_id=case_id, seen_at=work.now, since=None)
            )
            work.session.flush()
    except IntegrityError:
        """Two pages were opened at the same moment; the other has written the visit."""


def last_visit(work: Work, case_id: int) -> datetime | None:
    """The end of my visit before this one; None at the first."""
    row = work.session.execute(
        select(col(CaseVisit.seen_at), col(CaseVisit.since)).where(
            col(CaseVisit.account_id) == (work.actor.account_id or 0), col(CaseVisit.case_id) == case_id
        )
    ).first()
    if row is None:
        return None
    seen_at, since = row
    held: datetime | None = since
    return seen_at if seen_at < work.now - VISIT else held


def changes_since_visit(work: Work, case_id: int) -> Changes:
    """What others have written in the case since my last visit, of the sections that are open to me.

    The caller has shown the case, and with it journalled what was seen.
    """
    since = last_visit(work, case_id)
    if since is None:
        return Changes(None)
    new = _by_others(work, [case_id])
    rows = work.session.execute(select(new).where(new.c.at > since).order_by(new.c.at.desc())).all()
    told = rows[:LISTED]
    units = shown_units(work, {row.unit_id for row in told if row.unit_id})
    names = account_names(work, {row.account_id for row in told if row.account_id})
    counts = Counter(News(row.kind) for row in rows)
    newest = tuple(_change(row, units, names) for row in told)
    return Changes(since, newest, tuple((kind, counts[kind]) for kind in News if counts[kind]))


def _change(row: Any, units: Mapping[int, UnitLabel], names: Mapping[int, str]) -> Change:  # noqa: ANN401
    """A change with its author, who is named where the unit may be."""
    unit = units.get(row.unit_id or 0)
    who = names.get(row.account_id or 0) if unit is not None or row.unit_id is None else None
    return Change(News(row.kind), row.at, unit, who)


def changed_since_visit(work: Work, case_ids: Collection[int]) -> dict[int, int]:
    """Of these cases those in which others have written since I was there, with how much: one statement."""
    if not case_ids or work.actor.account_id is None:
        return {}
    new = _by_others(work, case_ids)
    rows = work.session.execute(
        select(new.c.case_id, func.count())
        .join(CaseVisit, col(CaseVisit.case_id) == new.c.case_id)
        .where(col(CaseVisit.account_id) == work.actor.account_id, new.c.at > col(CaseVisit.seen_at))
        .group_by(new.c.case_id)
    )
    return {case_id: int(count) for case_id, count in rows}


def visits_with_news(work: Work, limit: int = LISTED) -> dict[int, int]:
    """Of the cases that I have visited lately those in which others have written since, with how much."""
    rows = work.session.execute(
        select(col(CaseVisit.case_id))
        .where(col(CaseVisit.account_id) == (work.actor.account_id or 0))
        .order_by(col(CaseVisit.seen_at).desc())
        .limit(VISITED)
    )
    found = changed_since_visit(work, [case_id for (case_id,) in rows])
    return dict(sorted(found.items(), key=lambda pair: -pair[1])[:limit])


def _by_others(work: Work, case_ids: Collection[int]) -> Subquery:
    """What others have ever written in these cases, of the sections open to the actor."""
    kinds = [
        *case_changes.changes(work, case_ids),
        *place_changes.changes(work, case_ids),
        *referral_changes.changes(work, case_ids),
        *status_changes.changes(work, case_changes.files(case_ids)),
    ]
    written = union_all(*kinds).subquery()
    mine = work.actor.account_id or 0
    return select(written).where(or_(written.c.account_id.is_(None), written.c.account_id != mine)).subquery()
