"""Employers and what they look for: entered once, found by their name, known to all who place people.

Nothing here tells of an insured person. Source: CII report 2009-2013 §1 and §3 (their needs shape workshops).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, or_
from sqlmodel import col, select

from cii.institutions.queries import UnitLabel, units_by_id
from cii.institutions.tables_employers import Employer, EmployerNeed
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.folding import folded
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place


class EmployerKnown(Refusal):
    """An employer of that name and place is entered already."""

    code, kind = "employer-known", "conflict"


class EmployerUnnamed(Refusal):
    """An employer has a name, a branch and a place with its postcode."""

    code, kind = "employer-unnamed", "unfit"


class NeedEmpty(Refusal):
    """A need says what is looked for, and for how many people, from one on."""

    code, kind = "employer-need-empty", "unfit"


class NeedOver(Refusal):
    """The need is filled or withdrawn already, or would end before it began."""

    code, kind = "employer-need-over", "conflict"


@dataclass(frozen=True)
class AddEmployer:
    """An employer with the person who speaks for it."""

    name: str = field(metadata={"max": 200})
    branch: str = field(metadata={"max": 120})
    postcode: str = field(metadata={"max": 4})
    place: str = field(metadata={"max": 80})
    spokesperson: str | None = field(default=None, metadata={"max": 120})
    phone: str | None = field(default=None, metadata={"max": 40})
    email: str | None = field(default=None, metadata={"max": 200})


@dataclass(frozen=True)
class AddNeed:
    """What an employer looks for, from today on."""

    employer_ref: str
    need: str = field(metadata={"max": 400})
    wanted: int = 1


@dataclass(frozen=True)
class EndNeed:
    """A need is filled or withdrawn; `until` today when left out."""

    need_ref: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NeedRow:
    """What an employer looks for; no `until`: still."""

    ref: str
    need: str
    wanted: int
    since: date
    until: date | None
    unit: UnitLabel | None


@dataclass(frozen=True, slots=True)
class EmployerRow:
    """An employer as lists and its page show it, with its open needs (on its page all of them)."""

    id: int
    ref: str
    name: str
    branch: str
    postcode: str
    place: str
    spokesperson: str | None
    phone: str | None
    email: str | None
    needs: tuple[NeedRow, ...]


def add_employer(work: Work, ask: AddEmployer) -> Employer:
    """Enter an employer; refuses EmployerKnown, EmployerUnnamed per empty field, NotAllowed."""
    if not work.actor.units:
        raise NotAllowed(act="add_employer")
    said = {name: getattr(ask, name).strip() for name in ("name", "branch", "postcode", "place")}
    faults: list[Refusal] = [EmployerUnnamed(field=name) for name, text in said.items() if not text]
    if said["postcode"] and not (said["postcode"].isdigit() and len(said["postcode"]) == 4):  # noqa: PLR2004
        faults.append(EmployerUnnamed(field="postcode"))
    refuse(faults)
    found = folded(said["name"])
    known = work.session.exec(
        select(Employer).where(col(Employer.folded) == found, col(Employer.postcode) == said["postcode"])
    ).first()
    if known is not None:
        raise EmployerKnown(field="name", ref=known.ref)
    row = Employer(
        **said, folded=found, spokesperson=_or_none(ask.spokesperson), phone=_or_none(ask.phone),
        email=_or_none(ask.email), unit_id=work.actor.units[0], account_id=work.actor.account_id,
        entered_at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    wrote(work, "add_employer", "employer", row.id, ref=row.ref, unit_id=row.unit_id)
    return row


def add_need(work: Work, ask: AddNeed) -> EmployerNeed:
    """Enter what an employer looks for; refuses UnknownThing, NeedEmpty, NotAllowed without a unit."""
    if not work.actor.units:
        raise NotAllowed(act="add_need")
    owner = employer_by_ref(work, ask.employer_ref)
    faults: list[Refusal] = []
    if not ask.need.strip():
        faults.append(NeedEmpty(field="need"))
    if ask.wanted < 1:
        faults.append(NeedEmpty(field="wanted"))
    refuse(faults)
    row = EmployerNeed(
        employer_id=owner.id or 0, need=ask.need.strip(), wanted=ask.wanted, since=work.today,
        unit_id=work.actor.units[0], account_id=work.actor.account_id, at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    wrote(work, "add_need", "employer", owner.id, ref=owner.ref, unit_id=row.unit_id)
    return row


def end_need(work: Work, ask: EndNeed) -> EmployerNeed:
    """A need is filled or withdrawn; refuses UnknownThing, NeedOver, NotAllowed without a unit."""
    if not work.actor.units:
        raise NotAllowed(act="end_need")
    row = work.session.exec(
        select(EmployerNeed).where(col(EmployerNeed.ref) == ask.need_ref).with_for_update()
    ).first()
    if row is None:
        raise UnknownThing(field="need")
    until = ask.until or work.today
    if row.until is not None or until < row.since:
        raise NeedOver(field="until")
    row.until = until
    work.session.add(row)
    work.session.flush()
    wrote(work, "end_need", "employer", row.employer_id, unit_id=work.actor.units[0])
    return row


def employer_by_ref(work: Work, ref: str) -> Employer:
    """An employer; refuses UnknownThing."""
    found = work.session.exec(select(Employer).where(col(Employer.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="employer")
    return found


def employers_by_id(work: Work, ids: Iterable[int]) -> dict[int, Employer]:
    """Employers by their rows, in one statement."""
    rows = work.session.exec(select(Employer).where(col(Employer.id).in_(set(ids))))
    return {row.id or 0: row for row in rows}


def employer_row(work: Work, ref: str) -> EmployerRow:
    """An employer with all its needs, those still open first."""
    row = employer_by_ref(work, ref)
    return _row(row, _needs(work, [row.id or 0], over=True).get(row.id or 0, ()))


_ORDER = ((col(Employer.folded), False), (col(Employer.ref), False))


def employers(
    work: Work, text: str | None = None, mark: str | None = None, limit: int = USUAL, *, looking: bool = False
) -> Page[EmployerRow]:
    """Employers by name with what they look for, three statements; `looking`: those with an open need."""
    query = select(Employer)
    if text and text.strip():
        ways = [func.lower(col(Employer.branch)).startswith(text.strip().lower(), autoescape=True)]
        if name := folded(text):
            ways.append(col(Employer.folded).startswith(name, autoescape=True))
        query = query.where(or_(*ways))
    if looking:
        query = query.where(
            select(EmployerNeed.id)
            .where(col(EmployerNeed.employer_id) == col(Employer.id), col(EmployerNeed.until).is_(None))
            .correlate(Employer)
            .exists()
        )
    since = place(work.settings, "employers", mark)
    if since:
        query = query.where(after(_ORDER, since))
    rows = work.session.exec(query.order_by(*(column for column, _ in _ORDER)).limit(limit + 1)).all()
    found = page_of(rows, limit, work.settings, "employers", lambda row: (row.folded, row.ref))
    needs = _needs(work, [row.id or 0 for row in found.items], over=False)
    return Page([_row(row, needs.get(row.id or 0, ())) for row in found.items], found.next)


def _row(row: Employer, needs: tuple[NeedRow, ...]) -> EmployerRow:
    return EmployerRow(
        row.id or 0, row.ref, row.name, row.branch, row.postcode, row.place, row.spokesperson, row.phone,
        row.email, needs,
    )  # fmt: skip


def _needs(work: Work, ids: Iterable[int], *, over: bool) -> dict[int, tuple[NeedRow, ...]]:
    query = select(EmployerNeed).where(col(EmployerNeed.employer_id).in_(list(ids)))
    if not over:
        query = query.where(col(EmployerNeed.until).is_(None))
    rows = sorted(work.session.exec(query), key=lambda one: (one.until is not None, -(one.id or 0)))
    labels = units_by_id(work, {one.unit_id for one in rows})
    own = set(work.actor.units)
    found: dict[int, tuple[NeedRow, ...]] = {}
    for one in rows:
        unit = labels.get(one.unit_id)
        shown = unit if unit is not None and (not unit.sensitive or one.unit_id in own) else None
        need = NeedRow(one.ref, one.need, one.wanted, one.since, one.until, shown)
        found[one.employer_id] = (*found.get(one.employer_id, ()), need)
    return found


def _or_none(text: str | None) -> str | None:
    return (text or "").strip() or None


__all__ = [
    "AddEmployer", "AddNeed", "EmployerKnown", "EmployerRow", "EmployerUnnamed", "EndNeed", "NeedEmpty",
    "NeedOver", "NeedRow", "add_employer", "add_need", "employer_by_ref", "employer_row", "employers",
    "employers_by_id", "end_need",
]  # fmt: skip
