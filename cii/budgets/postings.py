"""Postings for the state accounts: every movement of a period, under stable columns, streamed.

A movement is one row: it takes from one stage and gives to another, its amount is never negative. The column
names never change nor move; new ones are added at the end. Dates are days in Switzerland.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.agreements.queries import agreement_numbers
from cii.budgets.queries import visible_to
from cii.budgets.tables import BudgetAccount, LedgerEntry, Movement
from cii.documents import csv, xlsx
from cii.documents.table import Cell, Column, Table
from cii.institutions.queries import line_facts
from cii.kernel.clock import ZURICH, local_midnight
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.store.work import Work
from cii.texts.speech import say

MOST_IN_A_SHEET = 1_000_000
"""Rows that a worksheet holds beside its head; more go into CSV, or into two periods."""
_KEPT_IN_MEMORY, _PIECE = 4_000_000, 65_536


class PeriodReversed(Refusal):
    """The last day lies before the first."""

    code, kind = "postings-period-reversed", "unfit"


class TooManyPostings(Refusal):
    """More postings than a worksheet holds: CSV takes them, or a shorter period."""

    code, kind = "postings-too-many", "unfit"


class PostingsForm(StrEnum):
    """The files in which postings leave."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class PostingsAsked:
    """Postings booked from `first` to `last`, both included; of one line, or of all that one may read."""

    first: date
    last: date
    line_ref: str | None = None


COLUMNS: tuple[Column, ...] = (
    Column("booked_on", "date"),
    Column("effective_on", "date"),
    Column("origin_on", "date"),
    Column("line"),
    Column("sector"),
    Column("year", "integer"),
    Column("agreement"),
    Column("from_stage"),
    Column("to_stage"),
    Column("amount", "money"),
    Column("kind"),
    Column("source_kind"),
    Column("key"),
    Column("reverses"),
    Column("reason"),
)
"""The columns in their order; what each means stands in `dictionary`."""


def postings_query(work: Work, asked: PostingsAsked) -> Select[Any]:
    """The postings of a period that the actor may read, in the order of booking; refuses PeriodReversed."""
    if asked.last < asked.first:
        raise PeriodReversed(field="last")
    debit, credit, mirrored = aliased(BudgetAccount), aliased(BudgetAccount), aliased(Movement)
    shown: list[Any] = [
        col(Movement.booked_at),
        col(Movement.effective_on),
        col(Movement.origin_on),
        line_facts.c.code,
        line_facts.c.sector,
        col(debit.year),
        agreement_numbers.c.number,
        col(debit.stage),
        col(credit.stage).label("to_stage"),
        col(Movement.amount),
        col(Movement.kind),
        col(LedgerEntry.source_kind),
        col(Movement.key),
        col(mirrored.key).label("reverses"),
        col(LedgerEntry.reason),
    ]
    agreement = func.coalesce(col(credit.agreement_id), col(debit.agreement_id))
    query = (
        select(*shown)
        .join(LedgerEntry, col(LedgerEntry.id) == col(Movement.entry_id))
        .join(debit, col(debit.id) == col(Movement.debit_id))
        .join(credit, col(credit.id) == col(Movement.credit_id))
        .join(line_facts, line_facts.c.line_id == col(debit.line_id))
        .outerjoin(agreement_numbers, agreement_numbers.c.agreement_id == agreement)
        .outerjoin(mirrored, col(mirrored.id) == col(Movement.reverses))
        .where(
            col(Movement.booked_at) >= local_midnight(asked.first),
            col(Movement.booked_at) < local_midnight(asked.last + timedelta(days=1)),
            visible_to(work.actor),
        )
        .order_by(col(Movement.id))
    )
    return query.where(line_facts.c.line_ref == asked.line_ref) if asked.line_ref else query


def postings(work: Work, asked: PostingsAsked, *, at_once: int = 2000) -> Iterator[list[Cell]]:
    """The postings, row by row as the database gives them; nothing is held but `at_once` rows."""
    found = work.session.execute(
        postings_query(work, asked), execution_options={"yield_per": at_once, "stream_results": True}
    )
    for row in found:
        yield _cells(row)


@dataclass(frozen=True, slots=True)
class Sums:
    """How many postings a period has, and what they move in all."""

    count: int
    amount: Chf


def postings_sums(work: Work, asked: PostingsAsked) -> Sums:
    """Count and sum of a period's postings that the actor may read."""
    held = postings_query(work, asked).order_by(None).subquery("held")
    count, amount = work.session.execute(
        select(func.count(), func.coalesce(func.sum(held.c.amount), 0)).select_from(held)
    ).one()
    return Sums(int(count), amount if isinstance(amount, Chf) else Chf(int(amount)))


def postings_file(work: Work, asked: PostingsAsked, form: PostingsForm, lang: str) -> BinaryIO:
    """The file of a period: written row by row to the disk, to be sent from there; the totals are not in it.

    A workbook has the dictionary of the columns as its second sheet. Refuses PeriodReversed, TooManyPostings.
    """
    if form is PostingsForm.XLSX and postings_sums(work, asked).count > MOST_IN_A_SHEET:
        raise TooManyPostings(most=MOST_IN_A_SHEET)
    held = SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    out: BinaryIO = held  # type: ignore[assignment]
    if form is PostingsForm.CSV:
        csv.write_rows(out, COLUMNS, postings(work, asked))
    else:
        name = say("web.postings.title", lang)
        xlsx.write_rows(out, name, COLUMNS, postings(work, asked), work.now, [dictionary(lang)])
    out.seek(0)
    return out


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces, as it is sent; it is closed at its end."""
    with file:
        while piece := file.read(_PIECE):
            yield piece


def dictionary(lang: str) -> Table:
    """What each column means, in the reader's language."""
    return Table(
        say("web.postings.columns", lang),
        (Column(say("web.postings.column", lang)), Column(say("web.postings.meaning", lang), width=100)),
        [(one.title, say(f"web.postings.column.{one.title.replace('_', '-')}", lang)) for one in COLUMNS],
    )


def _cells(row: Any) -> list[Cell]:  # noqa: ANN401 - a Core row
    booked: datetime = row[0]
    return [booked.astimezone(ZURICH).date(), *(_plain(one) for one in row[1:])]


def _plain(value: Any) -> Cell:  # noqa: ANN401 - what a column holds
    return str(value) if isinstance(value, str) else value
