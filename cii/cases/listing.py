"""The list of cases that the actor may see: one statement a page, whatever its length.

A row is what its schema `CASE_ROW` documents, as plain values: it goes to JSON as it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypedDict, cast

from sqlalchemy import CTE, ColumnElement, Select, String, and_, or_, type_coerce, union
from sqlalchemy import select as columns
from sqlmodel import Session, col

from cii.access.vocabulary import Section
from cii.cases.queries import visible_to
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.institutions.queries import unit_labels
from cii.kernel.clock import local_midnight
from cii.kernel.errors import Refusal
from cii.kernel.period import ONE_DAY
from cii.people.names import LABEL, LAST, Range, label_told, named, persons_named, with_names, with_number
from cii.people.queries import avs_hash
from cii.people.rules import avs_number
from cii.store.work import Actor, Work
from cii.wire.lists import AT, ROWS, Listing, mark_values
from cii.wire.lists import named as values_of
from cii.wire.pages import USUAL, Page, after, page_of, place


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases shows; `text` begins words of the name that I am shown, or a number.

    `opened_from` and `opened_until` are Swiss days, both inside.
    """

    mine: bool = False
    my_unit: bool = False
    status: CaseStatus | None = None
    path: CasePath | None = None
    text: str | None = None
    opened_from: date | None = None
    opened_until: date | None = None


class CaseRow(TypedDict):
    """One case as lists show it; `lead` and `person` are None where the reader may not see them."""

    ref: str
    number: str
    path: CasePath
    status: CaseStatus
    outcome: str | None
    opened_at: datetime
    version: int
    mine: bool
    lead: dict[str, Any] | None
    person: dict[str, Any] | None


_ORDER: tuple[tuple[Any, bool], ...] = ((col(CaseFile.opened_at), True), (col(CaseFile.ref), True))
_AFTER = mark_values(_ORDER)
_MANY = 200
"""Persons of one name whose cases are looked for in a search."""
_UNIT = tuple(unit_labels.c[name] for name in ("ref", "code", "name", "institution", "sector"))


def case_list(work: Work, shown: CaseFilter, mark: str | None = None, limit: int = USUAL) -> Page[CaseRow]:
    """The cases that the actor may see, the newest first: one statement, whatever the length."""
    since = place(work.settings, "cases", mark)
    text = (shown.text or "").strip()
    made = (
        _searching(work, shown, text, since is not None)
        if text
        else _listing(work.actor, shown, since is not None)
    )
    rows = made.read(work.session.connection(), {"now": work.now, "rows": limit + 1, **values_of(since)})
    page = page_of(rows, limit, work.settings, "cases", lambda row: (row[6], row[1]))
    return Page(rows_told(work, page.items), page.next)


def _told(row: Sequence[Any], me: int) -> CaseRow:
    _, ref, number, path, status, outcome, opened, version, lead = row[:9]
    told = {
        "ref": ref,
        "number": number,
        "path": path,
        "status": status,
        "outcome": outcome,
        "opened_at": opened,
        "version": version,
        "mine": lead == me,
        "lead": None,
        "person": label_told(row[14:20]),
    }
    if row[9] is not None:
        told["lead"] = {
            "ref": row[9], "code": row[10], "name": row[11], "institution": row[12], "sector": row[13],
        }  # fmt: skip
    return cast("CaseRow", told)


@lru_cache(maxsize=1024)
def _listing(actor: Actor, shown: CaseFilter, marked: bool) -> Listing:  # noqa: FBT001 - a key
    """The statement of a list for an actor as they are; with other seats they are another actor."""
    return _made(actor, _filters(actor, shown), marked=marked)


def _searching(work: Work, shown: CaseFilter, text: str, marked: bool) -> Listing:  # noqa: FBT001
    """The statement of a list by name, number of the case or AVS number."""
    number = text.upper()
    ways = [
        and_(col(CaseFile.number) >= number, col(CaseFile.number) < number + LAST),
        named(work.actor, col(CaseFile.person_id), text, AT),
    ]
    if (hash_ := _insured(work, text)) is not None:
        ways.append(col(CaseFile.person_id).in_(with_number(work.actor, hash_, AT)))
    return _made(work.actor, [*_filters(work.actor, shown), or_(*ways)], marked=marked)


def found_by(actor: Actor, ranges: Sequence[Range], number: Range | None, avs: Any = None) -> Listing:  # noqa: ANN401
    """The statement of the newest cases by name of the person, number of the case or keyed hash of the AVS.

    Of very many persons of that name the first are looked at: whoever has so many types another letter. They
    are looked for first, whatever the database expects: else it may walk through all cases, the newest first.
    """
    reader = Work(cast("Session", None), actor, AT)
    ways: list[Select[Any]] = []
    if ranges:
        persons = persons_named(actor, ranges, AT, _MANY).subquery("persons")
        ways.append(columns(col(CaseFile.id)).join(persons, persons.c.person_id == col(CaseFile.person_id)))
    if avs is not None:
        ways.append(columns(col(CaseFile.id)).where(col(CaseFile.person_id).in_(with_number(actor, avs, AT))))
    if number is not None:
        begins = (col(CaseFile.number) >= number[0], col(CaseFile.number) < number[1])
        seen = columns(col(CaseFile.id)).where(*begins, visible_to(reader, Section.IDENTITY))
        first = seen.order_by(col(CaseFile.number)).limit(ROWS).subquery("numbered")
        ways.append(columns(first.c.id))
    among = union(*ways).cte("among").prefix_with("MATERIALIZED", dialect="postgresql")
    return _made(actor, [], marked=False, among=among)


def rows_told(work: Work, rows: Sequence[Any]) -> list[CaseRow]:
    """Rows of a list as JSON tells them; what they show of persons is remembered for the journal."""
    work.saw("case", (row[0] for row in rows), int(Section.IDENTITY))
    work.saw("person", (row[14] for row in rows if row[14] is not None), int(Section.IDENTITY))
    return [_told(row, work.actor.account_id or 0) for row in rows]


def _made(
    actor: Actor, filters: list[ColumnElement[bool]], *, marked: bool, among: CTE | None = None
) -> Listing:
    reader = Work(cast("Session", None), actor, AT)
    found = columns(
        col(CaseFile.id),
        col(CaseFile.ref),
        col(CaseFile.number),
        type_coerce(col(CaseFile.path), String).label("path"),
        type_coerce(col(CaseFile.status), String).label("status"),
        col(CaseFile.outcome),
        col(CaseFile.opened_at),
        col(CaseFile.version),
        col(CaseFile.lead_account_id),
        col(CaseFile.lead_unit_id),
        col(CaseFile.person_id).label("of_person"),
    ).where(visible_to(reader, Section.IDENTITY), *filters)
    if among is not None:
        found = found.join_from(among, CaseFile, col(CaseFile.id) == among.c.id)
    if marked:
        found = found.where(after(_ORDER, _AFTER))
    held = found.order_by(*(column.desc() for column, _ in _ORDER)).limit(ROWS).subquery("held")
    c = held.c
    known = or_(unit_labels.c.sensitive.is_(False), unit_labels.c.unit_id.in_(actor.units))
    shown = (
        columns(
            c.id, c.ref, c.number, c.path, c.status, c.outcome, c.opened_at, c.version, c.lead_account_id,
            *_UNIT, *LABEL,
        )
        .select_from(held)
        .outerjoin(unit_labels, and_(unit_labels.c.unit_id == c.lead_unit_id, known))
    )  # fmt: skip
    return Listing(with_names(shown, c.of_person, actor, AT).order_by(c.opened_at.desc(), c.ref.desc()))


def _filters(actor: Actor, shown: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if shown.mine:
        found.append(col(CaseFile.lead_account_id) == (actor.account_id or 0))
    if shown.my_unit:
        found.append(col(CaseFile.lead_unit_id).in_(actor.units))
    if shown.status is not None:
        found.append(col(CaseFile.status) == shown.status)
    if shown.path is not None:
        found.append(col(CaseFile.path) == shown.path)
    if shown.opened_from is not None:
        found.append(col(CaseFile.opened_at) >= local_midnight(shown.opened_from))
    if shown.opened_until is not None:
        found.append(col(CaseFile.opened_at) < local_midnight(shown.opened_until + ONE_DAY))
    return found


def _insured(work: Work, text: str) -> str | None:
    """The keyed hash of an AVS number, if the text is one."""
    try:
        return avs_hash(work, avs_number(text))
    except Refusal:
        return None
