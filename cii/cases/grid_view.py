"""The grid as the actor may see it: now, at an earlier moment, and two moments side by side.

An entry belongs to its item by the item's key: a new version of the grid loses none. What it no longer asks
for stands apart as asked formerly. What a provider observes stands beside what the institutions say, wherever
its grid shares the item. Source: product.md §0 point 3 and §10.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from cii.access.queries import account_names, sections_on_case
from cii.access.vocabulary import Section
from cii.cases.queries import case_by_ref, grid_in_use
from cii.cases.rules import Grid, section_of
from cii.cases.shapes import Author, EntryPair, EntryView, GridChange, GridLine
from cii.cases.tables import GridEntry
from cii.cases.vocabulary import GridSection, ItemKind
from cii.institutions.queries import UnitLabel, shown_units
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.period import ONE_DAY
from cii.store.work import Work

COMMON = "common"


def open_entries(work: Work, case_id: int, reads: Section, until: datetime | None = None) -> list[GridEntry]:
    """The latest entry per unit and item of the sections that are open, as known before `until`."""
    pairs = {(one, kind) for one in GridSection for kind in ItemKind if reads & section_of(one, kind)}
    query = select(GridEntry).where(
        col(GridEntry.case_id) == case_id, col(GridEntry.section).in_({section for section, _ in pairs})
    )
    if until is not None:
        query = query.where(col(GridEntry.recorded_at) < until)
    rows = list(work.session.exec(query.order_by(col(GridEntry.id))))
    replaced = {one.replaces for one in rows}
    kept = [one for one in rows if one.id not in replaced and (one.section, one.kind) in pairs]
    return sorted(kept, key=lambda one: (one.item, one.id or 0))


@dataclass(frozen=True, slots=True)
class Said:
    """Turns entries into lines, with labels in place of ids, as they stand on a day."""

    work: Work
    units: Mapping[int, UnitLabel]
    names: Mapping[int, str]
    on: date

    def author(self, row: Any) -> Author:  # noqa: ANN401 - a row with an author
        """Who wrote a row, when, and when it was so."""
        name = self.names.get(row.account_id) if row.account_id is not None else None
        return Author(self.units.get(row.unit_id), name, row.recorded_at, row.effective_on)

    def entry(self, one: GridEntry) -> EntryView:
        """One entry, and whether it is out of date."""
        over = one.valid_until is not None and one.valid_until < self.on
        return EntryView(
            one.value, one.source, self.author(one), one.valid_until, over, one.template, one.template_version
        )

    def lines(self, entries: Iterable[GridEntry], section: GridSection | None = None) -> tuple[GridLine, ...]:
        """The lines of the grid, of one section or of all, in the order of the grid."""
        known = _Grids(self.work)
        items: dict[tuple[str, str, ItemKind], list[GridEntry]] = {}
        for one in entries:
            if section in {None, one.section}:
                items.setdefault((known.home(one), one.item, one.kind), []).append(one)
        ordered = sorted(items.items(), key=lambda pair: known.place(*pair[0]))
        return tuple(self._line(known, key, held) for key, held in ordered)

    def _line(self, known: "_Grids", key: tuple[str, str, ItemKind], held: list[GridEntry]) -> GridLine:
        home, item, kind = key
        newest = known.newest(home)
        asked = newest.items.get(item)
        formerly = asked is None or asked.kind is not kind
        told = [known.of(one) for one in held]
        grid = newest if not formerly else max(told, key=lambda one: one.version)
        meant = grid.items.get(item)
        words: dict[str, Mapping[str, str]] = {}
        for one in (*told, newest):
            words |= one.items[item].values if item in one.items else {}
        live = {one.value for one in held if one.valid_until is None or one.valid_until >= self.on}
        return GridLine(
            item=item,
            group=grid.groups.get(meant.group, {}) if meant else {},
            kind=kind,
            title=meant.title if meant else {},
            values=words,
            high=meant.high if meant else 0,
            unit=meant.unit if meant else {},
            entries=tuple(self.entry(one) for one in held),
            disagree=len(live) > 1,
            formerly=formerly,
        )


class _Grids:
    """The grids that the entries at hand were written into, each read once."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.read: dict[tuple[str, int | None], Grid] = {}

    def _grid(self, name: str, version: int | None) -> Grid:
        if (name, version) not in self.read:
            self.read[name, version] = grid_in_use(self.work, name, version)
        return self.read[name, version]

    def newest(self, name: str) -> Grid:
        return self._grid(name, None)

    def of(self, one: GridEntry) -> Grid:
        """The grid as it was when the entry was written."""
        return self._grid(one.template, one.template_version)

    def home(self, one: GridEntry) -> str:
        """The grid under which the entry stands: that from which its own shares the item."""
        shared = self.of(one).shared
        return shared[0] if shared is not None and one.item in shared[2] else one.template

    def place(self, home: str, item: str, kind: ItemKind) -> tuple[bool, int, str, str]:
        """Where an item stands: the common grid first, in its order, what it no longer asks for last."""
        order = list(self.newest(home).items)
        at = order.index(item) if item in order else len(order)
        return home != COMMON, at, item, kind.value


def grid_history(work: Work, ref: str, item: str) -> list[EntryView]:
    """Everything that was ever said to an item, in order; empty where its section is closed to the actor."""
    case = case_by_ref(work, ref)
    reads = sections_on_case(work, case.id or 0)[0]
    rows = [
        one
        for one in work.session.exec(
            select(GridEntry)
            .where(col(GridEntry.case_id) == case.id, col(GridEntry.item) == item)
            .order_by(col(GridEntry.id))
        )
        if reads & section_of(one.section, one.kind)
    ]
    said = said_by(work, rows, work.today)
    work.saw("case", [case.id or 0], int(reads & ~Section.MEDICAL))
    return [said.entry(one) for one in rows]


def grid_compared(work: Work, ref: str, before: date, after: date) -> tuple[GridChange, ...]:
    """The grid as it was known at the end of two days, side by side, per item and unit.

    Of an entry that ran out in between the change is `expired`. The order of the two days does not matter.
    """
    first, last = sorted((before, after))
    case = case_by_ref(work, ref)
    reads = sections_on_case(work, case.id or 0)[0]
    then = open_entries(work, case.id or 0, reads, local_midnight(first + ONE_DAY))
    now = open_entries(work, case.id or 0, reads, local_midnight(last + ONE_DAY))
    former = {(one.item, one.unit_id, one.template): one for one in then}
    said, told = said_by(work, now, last), said_by(work, then, first)
    work.saw("case", [case.id or 0], int(reads & ~Section.MEDICAL))
    pairs: dict[tuple[str, ItemKind], list[EntryPair]] = {}
    for one in now:
        was = former.get((one.item, one.unit_id, one.template))
        old, new = told.entry(was) if was else None, said.entry(one)
        pair = EntryPair(said.units.get(one.unit_id), old, new, _change(old, new))
        pairs.setdefault((one.item, one.kind), []).append(pair)
    return tuple(
        GridChange(line, tuple(held), any(one.change != "same" for one in held))
        for line in said.lines(now)
        for held in (pairs[line.item, line.kind],)
    )


def _change(before: EntryView | None, after: EntryView) -> str:
    if before is None:
        return "new"
    if before.value != after.value:
        return "changed"
    return "expired" if after.expired and not before.expired else "same"


def said_by(work: Work, rows: Iterable[GridEntry], on: date) -> Said:
    """What turns these entries into lines, with the labels of their units and authors."""
    held = list(rows)
    units = shown_units(work, {one.unit_id for one in held})
    names = account_names(work, {one.account_id for one in held if one.account_id is not None})
    return Said(work, units, names, on)


def disagreements(lines: Iterable[GridLine]) -> int:
    """On how many items the parties do not say the same."""
    return sum(1 for one in lines if one.disagree)


def moment_of(at: datetime) -> date:
    """The day on which something was recorded, as the comparison asks for it."""
    return local_day(at)


__all__ = ["Said", "disagreements", "grid_compared", "grid_history", "moment_of", "open_entries", "said_by"]
