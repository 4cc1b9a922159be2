"""Deliveries of monthly data: confirmed as counted, corrected by measure and line, or read from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cii.coordination.monthly import COUNTS, FigureRow, MonthSheet, own, sheet_of
from cii.coordination.rules import PERMANENT, NotPermanent
from cii.coordination.rules_monthly import (
    FigureTwice,
    MonthCounts,
    MonthNotOver,
    NothingInMonth,
    counts_faults,
    parse_month,
)
from cii.coordination.tables import MonthlyData, MonthlyFigure
from cii.coordination.vocabulary import FigureOrigin
from cii.documents.csv_reading import Wanted
from cii.documents.table_reading import read_table
from cii.institutions.queries import institution_by_code
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.period import Period
from cii.store.work import HOUSE, Work

TOLD = COUNTS[1:]
"""What a sector tells; the places follow from the quotas that are held here."""
MOST = 1_000_000
"""No count of a month is larger."""
_BOUND = {"min": 0, "max": MOST}


@dataclass(frozen=True)
class FigureTold:
    """What a sector says of one measure and line; `measure` and `line` are codes."""

    measure: str
    line: str
    participants: int = field(metadata=_BOUND)
    occupied_days: int = field(metadata=_BOUND)
    entries: int = field(metadata=_BOUND)
    exits: int = field(metadata=_BOUND)
    interruptions: int = field(metadata=_BOUND)
    waiting: int = field(metadata=_BOUND)


@dataclass(frozen=True)
class DeliverMonth:
    """A sector's month, written 2026-09: what is counted here is confirmed, but for the figures told.

    What an earlier delivery corrected stays corrected until it is told anew.
    """

    institution: str
    month: str
    figures: tuple[FigureTold, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class MonthDelivered:
    """The newest delivery, and whether this act has made it: the same figures again add nothing."""

    sheet: MonthSheet
    added: bool


def deliver_month(
    work: Work, ask: DeliverMonth, *, origin: FigureOrigin = FigureOrigin.ENTERED
) -> MonthDelivered:
    """Deliver the data of one's own institution for a month that is over; again corrects.

    Refuses: UnknownThing, NotAMonth; all at once NotPermanent, NotAllowed, MonthNotOver; and all at once
    NothingInMonth, FigureTwice, CountsApart.
    """
    month = _mine(work, ask.institution, ask.month)
    sheet = sheet_of(work, ask.institution, month)
    refuse(fault for _, fault in _faults(sheet, list(enumerate(ask.figures))))
    return _deliver(work, sheet, ask, origin)


@dataclass(frozen=True)
class ImportMonth:
    """A file of a sector's month, CSV or XLSX, one row per measure and line."""

    institution: str
    month: str
    data: bytes


TITLES: Mapping[str, tuple[str, ...]] = {
    "measure": ("mesure", "Massnahme", "measure"),
    "line": ("ligne", "Linie", "line"),
    "participants": ("participants", "Teilnehmende"),
    "occupied_days": ("jours occupés", "belegte Tage", "occupied days"),
    "entries": ("entrées", "Eintritte", "entries"),
    "exits": ("sorties", "Austritte", "exits"),
    "interruptions": ("interruptions", "Abbrüche"),
    "waiting": ("en attente", "wartend", "waiting"),
}
"""Titles that each column may bear; the first is the one that we write."""


class NotACount(Refusal):
    """What stands there is no whole number from 0 to 1 000 000."""

    code, kind = "not-a-count", "unfit"


def import_month(work: Work, ask: ImportMonth) -> MonthDelivered:
    """Deliver a month from a file; with one fault in it nothing is kept, and all faults are told by line.

    The same file again adds nothing. Refuses what `read_table` and `deliver_month` refuse, further NotACount.
    """
    month = _mine(work, ask.institution, ask.month)
    table = read_table(ask.data, [Wanted(name, titles, required=True) for name, titles in TITLES.items()])
    faults: list[tuple[int, Refusal]] = [(one.line, one.reason) for one in table.faults]
    figures: list[tuple[int, FigureTold]] = []
    for row in table.rows:
        numbers = {one: _count(row.cells[one]) for one in TOLD}
        wrong = [NotACount(field=one, found=row.cells[one][:40]) for one in TOLD if numbers[one] is None]
        faults += [(row.line, one) for one in wrong]
        if not wrong:
            counts = {one: number or 0 for one, number in numbers.items()}
            told = FigureTold(row.cells["measure"].strip(), row.cells["line"].strip(), **counts)
            figures.append((row.line, told))
    sheet = sheet_of(work, ask.institution, month)
    faults += _faults(sheet, figures)
    for line, fault in faults:
        fault.facts = {**fault.facts, "line": line}
    refuse(fault for _, fault in sorted(faults, key=lambda one: one[0]))
    told_all = DeliverMonth(ask.institution, ask.month, tuple(one for _, one in figures))
    return _deliver(work, sheet, told_all, FigureOrigin.IMPORTED)


def _count(cell: str) -> int | None:
    plain = cell.strip().replace("'", "").replace("’", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > len(str(MOST)):
        return None
    return int(plain) if int(plain) <= MOST else None


def _mine(work: Work, institution: str, month: str) -> Period:
    code = institution_by_code(work, institution).code
    period = parse_month(month)
    faults: list[Refusal] = []
    if code not in PERMANENT:
        faults.append(NotPermanent(field="institution", institution=code))
    if work.actor != HOUSE and code not in own(work):
        faults.append(NotAllowed())
    if period.end > work.today:
        faults.append(MonthNotOver(field="month", month=period.start))
    refuse(faults)
    return period


def _faults(sheet: MonthSheet, figures: Sequence[tuple[int, FigureTold]]) -> list[tuple[int, Refusal]]:
    known = {(row.measure, row.line) for row in sheet.rows}
    seen: set[tuple[str, str]] = set()
    found: list[tuple[int, Refusal]] = []
    for at, one in figures:
        key = (one.measure, one.line)
        if key not in known:
            found.append((at, NothingInMonth(field="measure", measure=one.measure, line_code=one.line)))
        elif key in seen:
            found.append((at, FigureTwice(field="measure", measure=one.measure, line_code=one.line)))
        seen.add(key)
        found += [(at, fault) for fault in counts_faults(_counts(one))]
    return found


def _counts(one: FigureTold, places: int = 0) -> MonthCounts:
    return MonthCounts(places, **{name: getattr(one, name) for name in TOLD})


def _deliver(work: Work, sheet: MonthSheet, ask: DeliverMonth, origin: FigureOrigin) -> MonthDelivered:
    told = {(one.measure, one.line): one for one in ask.figures}
    rows = {row.pair: _row(row, told.get((row.measure, row.line)), origin) for row in sheet.rows}
    before = {row.pair: row.told for row in sheet.rows}
    held = sheet.delivery
    same = held is not None and before == {pair: counts for pair, (counts, _) in rows.items()}
    if same and held is not None and ask.remark in {"", held.remark}:
        return MonthDelivered(sheet, added=False)
    made = MonthlyData(
        institution_id=institution_by_code(work, sheet.institution).id or 0,
        month=sheet.month.start,
        sequence=sheet.sequence + 1,
        **{
            name: sum(getattr(counts, name) for counts, _ in rows.values())
            for name in ("participants", "entries", "exits", "waiting")
        },
        remark=ask.remark,
        recorded_at=work.now,
        account_id=work.actor.account_id,
        unit_id=next(iter(work.actor.units), None),
    )
    work.session.add(made)
    work.session.flush()
    for row in sheet.rows:
        counts, source = rows[row.pair]
        work.session.add(
            MonthlyFigure(
                monthly_data_id=made.id or 0,
                measure_id=row.pair[0],
                line_id=row.pair[1],
                origin=source,
                counted={name: getattr(row.counted, name) for name in COUNTS},
                **{name: getattr(counts, name) for name in COUNTS},
            )
        )
    work.session.flush()
    wrote(
        work, "monthly_data.deliver", "monthly_data", made.id, ref=made.ref,
        payload={
            "institution": sheet.institution, "month": sheet.month.start.isoformat(),
            "remark": ask.remark, "corrected": len(told),
        },
    )  # fmt: skip
    return MonthDelivered(sheet_of(work, sheet.institution, sheet.month), added=True)


def _row(row: FigureRow, told: FigureTold | None, origin: FigureOrigin) -> tuple[MonthCounts, FigureOrigin]:
    if told is not None:
        counts = _counts(told, row.counted.places)
        return counts, FigureOrigin.COUNTED if counts == row.counted else origin
    if row.told is not None and row.origin not in {None, FigureOrigin.COUNTED}:
        return replace(row.told, places=row.counted.places), row.origin or origin
    return row.counted, FigureOrigin.COUNTED
