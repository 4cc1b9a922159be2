"""Reads of break-glass: mine, those that the officer reviews, and those that open somebody to me now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, true
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.naming import account_name
from cii.access.permits import Permit
from cii.cases.queries import cases_opened
from cii.institutions.queries import UnitLabel, shown_units, unit_told, with_units
from cii.kernel.errors import UnknownThing
from cii.people.queries import identities
from cii.requests.rules import glass_state
from cii.requests.tables import BreakGlass, BreakGlassStep
from cii.requests.vocabulary import Finding, GlassState, GlassStep
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place

OFFICE = Permit.REVIEW_BREAK_GLASS.value
_Steps = dict[GlassStep, tuple[BreakGlassStep, str | None]]


def visible_glass(work: Work) -> ColumnElement[bool]:
    """An opening is seen by who opened it and by those who review."""
    mine = col(BreakGlass.account_id) == work.actor.account_id
    return true() if OFFICE in work.actor.permits else mine


def glass_by_ref(work: Work, ref: str) -> BreakGlass:
    """An opening of the actor's own or to be reviewed; refuses UnknownThing."""
    found = work.session.exec(
        select(BreakGlass).where(col(BreakGlass.ref) == ref, visible_glass(work))
    ).first()
    if found is None:
        raise UnknownThing(field="break_glass")
    return found


def own_glass(work: Work, ref: str) -> BreakGlass:
    """An opening of the actor's own; refuses UnknownThing."""
    row = glass_by_ref(work, ref)
    if row.account_id != work.actor.account_id:
        raise UnknownThing(field="break_glass")
    return row


def glass_steps(work: Work, ids: Iterable[int]) -> dict[int, dict[GlassStep, BreakGlassStep]]:
    """What happened to openings, in one statement."""
    return {id_: {kind: row for kind, (row, _) in held.items()} for id_, held in _steps(work, ids).items()}


def _steps(work: Work, ids: Iterable[int]) -> dict[int, _Steps]:
    """What happened to openings, with the name of who did it."""
    rows = work.session.execute(
        columns(BreakGlassStep, account_name(col(BreakGlassStep.account_id))).where(
            col(BreakGlassStep.opening_id).in_(set(ids))
        )
    )
    found: dict[int, _Steps] = {}
    for row, by in rows:
        found.setdefault(row.opening_id, {})[row.kind] = row, by
    return found


def glass_state_of(work: Work, row: BreakGlass) -> GlassState:
    """Where an opening stands now."""
    return _state(work, row, glass_steps(work, [row.id or 0]).get(row.id or 0, {}))


def _state(work: Work, row: BreakGlass, steps: Collection[GlassStep]) -> GlassState:
    return glass_state(
        until=row.until, ended=GlassStep.ENDED in steps, reviewed=GlassStep.REVIEWED in steps, now=work.now
    )


def active_openings(work: Work) -> list[BreakGlass]:
    """The openings under which the actor sees somebody's cases now, the one that lasts longest first."""
    if work.actor.account_id is None:
        return []
    ended = (
        select(BreakGlassStep.id)
        .where(
            col(BreakGlassStep.opening_id) == col(BreakGlass.id),
            col(BreakGlassStep.kind) == GlassStep.ENDED,
        )
        .correlate(BreakGlass)
        .exists()
    )
    return list(
        work.session.exec(
            select(BreakGlass)
            .where(
                col(BreakGlass.account_id) == work.actor.account_id, col(BreakGlass.until) > work.now, ~ended
            )
            .order_by(col(BreakGlass.until).desc())
        )
    )


@dataclass(frozen=True, slots=True)
class GlassCase:
    """A case under an opening, as far as it is open to the reader now."""

    ref: str
    number: str


@dataclass(frozen=True, slots=True)
class GlassRow:
    """An opening as its user and its reviewer read it; `cases` only while they are open to the reader."""

    ref: str
    state: GlassState
    user: str
    unit: UnitLabel | None
    reason: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    review_due: date
    late: bool
    cases: tuple[GlassCase, ...]
    informed_at: datetime | None
    finding: Finding | None
    finding_reason: str | None
    reviewer: str | None
    reviewed_at: datetime | None
    mine: bool


def openings(
    work: Work, *, to_review: bool = False, mark: str | None = None, limit: int = USUAL
) -> Page[GlassRow]:
    """Openings, the newest first: the actor's own, or with `to_review` those that nobody has reviewed yet."""
    query = _openings(work).where(visible_glass(work))
    if to_review:
        done = select(BreakGlassStep.id).where(
            col(BreakGlassStep.opening_id) == col(BreakGlass.id),
            col(BreakGlassStep.kind) == GlassStep.REVIEWED,
        )
        query = query.where(~done.correlate(BreakGlass).exists())
    name = f"break-glass {to_review}"
    since = place(work.settings, name, mark)
    if since:
        query = query.where(after([(col(BreakGlass.id), True)], since))
    rows = work.session.execute(query.order_by(col(BreakGlass.id).desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, name, lambda row: (row[0].id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def opening(work: Work, ref: str) -> GlassRow:
    """One opening; refuses UnknownThing."""
    wanted = _openings(work).where(col(BreakGlass.id) == glass_by_ref(work, ref).id)
    return _shown(work, work.session.execute(wanted).all())[0]


def _openings(work: Work) -> Select[Any]:
    """Openings, each with who opened it and their unit as the actor is shown it."""
    user = account_name(col(BreakGlass.account_id)).label("user_name")
    held = columns(BreakGlass, user).select_from(BreakGlass)
    return with_units(held, work.actor, whose=col(BreakGlass.unit_id))


def _shown(work: Work, found: Sequence[Any]) -> list[GlassRow]:
    rows: list[BreakGlass] = [one[0] for one in found]
    steps = _steps(work, [row.id or 0 for row in rows])
    cases = _cases(work, rows)
    return [_row(work, one, steps.get(one[0].id, {}), cases=cases.get(one[0].id, ())) for one in found]


def _row(work: Work, found: Any, steps: _Steps, *, cases: tuple[GlassCase, ...]) -> GlassRow:  # noqa: ANN401
    row: BreakGlass = found[0]
    nothing = (None, None)
    (ended, _), (informed, _), (review, reviewer) = (
        steps.get(kind, nothing) for kind in (GlassStep.ENDED, GlassStep.INFORMED, GlassStep.REVIEWED)
    )
    state = _state(work, row, steps)
    return GlassRow(
        ref=row.ref,
        state=state,
        user=found.user_name or "",
        unit=unit_told(found, "whose"),
        reason=row.reason,
        opened_at=row.opened_at,
        until=row.until,
        ended_at=ended.at if ended else None,
        review_due=row.review_due,
        late=review is None and row.review_due < work.today,
        cases=cases,
        informed_at=informed.at if informed else None,
        finding=review.finding if review else None,
        finding_reason=review.reason if review else None,
        reviewer=reviewer,
        reviewed_at=review.at if review else None,
        mine=row.account_id == work.actor.account_id,
    )


def _cases(work: Work, rows: Sequence[BreakGlass]) -> dict[int, tuple[GlassCase, ...]]:
    causes = {f"break_glass:{row.id}": row.id or 0 for row in rows}
    return {
        causes[cause]: tuple(GlassCase(ref, number) for ref, number in held)
        for cause, held in cases_opened(work, causes).items()
    }


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom the officer writes, and what to name in the letter."""

    name: str
    municipality: str | None
    language: str
    opened_at: datetime
    until: datetime
    unit: UnitLabel | None


def addressee(work: Work, ref: str) -> Addressee:
    """Whom the officer informs of an opening, a recorded read; refuses UnknownThing."""
    if OFFICE not in work.actor.permits:
        raise UnknownThing(field="break_glass")
    row = glass_by_ref(work, ref)
    known = identities(work, row.person_id)
    work.saw("person", [row.person_id], 1, "break_glass")
    first = known[0] if known else None
    units = shown_units(work, [row.unit_id])
    return Addressee(
        f"{first.first_name} {first.last_name}" if first else "",
        first.municipality if first else None,
        (first.language if first else None) or "fr",
        row.opened_at,
        row.until,
        units.get(row.unit_id),
    )
