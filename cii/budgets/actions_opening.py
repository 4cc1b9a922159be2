"""Opening balances: a file says what stood where when the books began here; all rows or none.

Each balance is one movement from the grant to its stage, so that granted is still the sum of all stages. The
same file again adds nothing; a balance that stands with another sum is refused.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col

from cii.agreements.queries import bought
from cii.budgets.actions import open_year
from cii.budgets.actions_booking import Leg, Move, Source, capped, labels_of, locked, write_entry, year_of
from cii.budgets.queries import own_sector
from cii.budgets.rules import BudgetYearClosed, caps_exceeded
from cii.budgets.rules_opening import (
    OPENING_COLUMNS,
    OpeningDiffers,
    OpeningRow,
    OpeningUnknown,
    read_opening,
    said_twice,
)
from cii.budgets.tables_opening import OpeningBalance
from cii.budgets.vocabulary import OPENED, EntryKind, Stage, YearState
from cii.documents.csv_reading import Wanted
from cii.documents.table_reading import read_table
from cii.institutions.queries import line_facts
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.store.columns import new_ref
from cii.store.work import Work
from cii.texts import speech
from cii.texts.languages import LANGUAGES


@dataclass(frozen=True)
class ImportOpening:
    """A file of opening balances; `dry_run` reads and compares, and books nothing."""

    file_name: str
    data: bytes
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class OpeningImported:
    """What an import found: rows read, rows that are new, rows known before, the sum of the new ones."""

    rows: int
    added: int
    known: int
    amount: Chf


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row with the line and the agreement that it names."""

    row: OpeningRow
    line_id: int
    agreement_id: int | None

    @property
    def key(self) -> tuple[int, int, Stage, int | None]:
        return self.line_id, self.row.year, self.row.stage, self.agreement_id


def import_opening(work: Work, ask: ImportOpening) -> OpeningImported:
    """Read a file of opening balances of one's own sector and book those that are new.

    A file with faults changes nothing and refuses with all of them, each with its line and column. Refuses
    what `read_table` refuses, and as a list: BadOpeningCell, OpeningNotPositive, OpeningDayOutside,
    OpeningAgreementNeeded, OpeningTwice, OpeningUnknown, OpeningDiffers, BudgetYearClosed, CeilingExceeded.
    """
    rows = _read(ask.data)
    placed = _placed(work, rows)
    fresh = _fresh(work, placed)
    refuse(_unbookable(work, fresh))
    amount = Chf.total(one.row.amount for one in fresh)
    if fresh and not ask.dry_run:
        _book(work, fresh, hashlib.sha256(ask.data).hexdigest())
        wrote(
            work, "import_opening", "opening_balance", None,
            payload={"rows": len(rows), "added": len(fresh), "amount": amount, "file": ask.file_name[-200:]},
        )  # fmt: skip
    return OpeningImported(len(rows), len(fresh), len(placed) - len(fresh), amount)


def stage_words() -> Mapping[str, Stage]:
    """The words by which a file may name a stage: its key, or what any of our languages calls it."""
    return {
        said.casefold(): stage
        for stage in OPENED
        for said in (stage.value, *(speech.word(stage, lang) for lang in LANGUAGES))
    }


def _read(data: bytes) -> list[OpeningRow]:
    table = read_table(data, [Wanted(one.name, one.titles, one.required) for one in OPENING_COLUMNS])
    faults: list[tuple[int, Refusal]] = []
    for fault in table.faults:
        fault.reason.facts = {**fault.reason.facts, "line": fault.line}
        faults.append((fault.line, fault.reason))
    rows, words = [], stage_words()
    for raw in table.rows:
        row, wrong = read_opening(raw.line, raw.cells, words)
        faults += [(raw.line, one) for one in wrong]
        if row is not None:
            rows.append(row)
    faults += [(int(str(one.facts["line"])), one) for one in said_twice(rows)]
    refuse(reason for _, reason in sorted(faults, key=lambda one: one[0]))
    return rows


def _placed(work: Work, rows: Sequence[OpeningRow]) -> list[_Placed]:
    lines = {
        one.code: one.line_id
        for one in work.session.execute(
            select(line_facts.c.code, line_facts.c.line_id).where(
                line_facts.c.code.in_({row.line for row in rows}), own_sector(work.actor)
            )
        )
    }
    numbers = {row.agreement for row in rows if row.agreement}
    agreements = {
        (one.number, one.line_id): one.agreement_id
        for one in work.session.execute(select(bought).where(bought.c.number.in_(numbers)))
    }
    faults: list[Refusal] = []
    found = []
    for row in rows:
        line = lines.get(row.line)
        agreement = agreements.get((row.agreement, line or 0))
        if line is None:
            faults.append(OpeningUnknown(field="line", line=row.number, found=row.line[:40]))
        elif row.agreement and agreement is None:
            faults.append(OpeningUnknown(field="agreement", line=row.number, found=row.agreement[:40]))
        else:
            found.append(_Placed(row, line, agreement))
    refuse(faults)
    return found


def _fresh(work: Work, placed: Sequence[_Placed]) -> list[_Placed]:
    """The balances that do not stand yet; refuses OpeningDiffers for those that stand otherwise."""
    held: dict[Any, Row[Any]] = {
        (one.line_id, one.year, one.stage, one.agreement_id): one
        for one in work.session.execute(
            select(
                col(OpeningBalance.line_id), col(OpeningBalance.year), col(OpeningBalance.stage),
                col(OpeningBalance.agreement_id), col(OpeningBalance.amount),
                col(OpeningBalance.effective_on),
            ).where(col(OpeningBalance.line_id).in_({one.line_id for one in placed}))
        )
    }  # fmt: skip
    fresh, faults = [], list[Refusal]()
    for one in placed:
        before = held.get(one.key)
        if before is None:
            fresh.append(one)
        elif (before.amount, before.effective_on) != (one.row.amount, one.row.day):
            faults.append(
                OpeningDiffers(
                    field="amount", line=one.row.number, found=str(one.row.amount), before=before.amount
                )
            )
    refuse(faults)
    return fresh


def _unbookable(work: Work, fresh: Sequence[_Placed]) -> list[Refusal]:
    """Closed years, and ceilings that the balances would pass."""
    faults: list[Refusal] = []
    for line, year in sorted({one.key[:2] for one in fresh}):
        books = year_of(work, line, year)
        if books is not None and books.state is YearState.CLOSED:
            faults.append(BudgetYearClosed(line=labels_of(work, {line})[line], year=year))
    bound = [
        Leg(one.line_id, one.agreement_id, one.row.amount, one.row.day) for one in fresh if one.agreement_id
    ]
    return [*faults, *caps_exceeded(capped(work, bound, labels_of(work, {one.line_id for one in bound})))]


def _book(work: Work, fresh: Sequence[_Placed], digest: str) -> None:
    for line, year in sorted({one.key[:2] for one in fresh}):
        open_year(work, line, year)
    grants = {one.key: (one.line_id, one.row.year, Stage.GRANT, None) for one in fresh}
    accounts = locked(work, [*grants, *grants.values()])
    moves: list[Move] = [
        (accounts[grants[one.key]].id, accounts[one.key].id, one.row.amount, one.row.day, None, None)
        for one in fresh
    ]
    source = Source("opening_balance", 0, f"opening:{digest[:32]}:{new_ref()}")
    entry = write_entry(work, EntryKind.OPENING, moves, source, reason=None)
    work.session.add_all(
        OpeningBalance(
            line_id=one.line_id, year=one.row.year, stage=one.row.stage, agreement_id=one.agreement_id,
            amount=one.row.amount, effective_on=one.row.day, entry_id=entry.id or 0, file_digest=digest,
            recorded_at=work.now,
        )
        for one in fresh
    )  # fmt: skip
    work.session.flush()
