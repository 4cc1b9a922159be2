"""Adapters of the payment office: how payments are written, how answers are read. The file exchange is one.

A file says which payments are to be made: its number, the day, how many and what sum, then one order each.
JSON and CSV hold the same; money has a point and no grouping, days are ISO 8601, the currency is CHF. An
answer is a table with the columns id, outcome (executed, rejected), amount, date, reason; CSV or XLSX.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from cii.documents import csv
from cii.documents.csv_reading import Wanted
from cii.documents.table import Cell, Column, Table
from cii.documents.table_reading import read_table
from cii.kernel.digest import canonical
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.payments.rules import REASON, TITLES, AnswerRow, read_answer

FORMAT = "cii-payments/1"
CURRENCY = "CHF"


@dataclass(frozen=True, slots=True)
class Order:
    """One payment to be made; `key` names it for ever, `reference` is what the creditor reads."""

    key: str
    creditor: str
    iban: str
    amount: Chf
    reference: str
    statement: str
    agreement: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself."""

    number: str
    made_on: date
    sector: str


class Adapter(Protocol):
    """What a payment office must offer: a way to write orders, and a way to read its answers."""

    def written(self, head: Head, orders: Sequence[Order]) -> dict[str, str]:
        """The file in each of its forms, by name of the form."""

    def read(self, data: bytes) -> tuple[list[AnswerRow], list[Refusal]]:
        """The rows of an answer and everything that is wrong with others; refuses what is no such file."""


class FileExchange:
    """The documented exchange of files: `json` and `csv` out, a table in."""

    def written(self, head: Head, orders: Sequence[Order]) -> dict[str, str]:
        """The file in both forms."""
        told = {
            "format": FORMAT,
            "number": head.number,
            "made_on": head.made_on,
            "sector": head.sector,
            "currency": CURRENCY,
            "count": len(orders),
            "total": str(Chf.total(one.amount for one in orders)),
            "payments": [
                {
                    "id": one.key,
                    "creditor": one.creditor,
                    "iban": one.iban,
                    "amount": str(one.amount),
                    "currency": CURRENCY,
                    "reference": one.reference,
                    "statement": one.statement,
                    "agreement": one.agreement,
                }
                for one in orders
            ],
        }
        return {"json": canonical(told).decode(), "csv": csv.write(_table(head, orders)).decode()}

    def read(self, data: bytes) -> tuple[list[AnswerRow], list[Refusal]]:
        """The rows of an answer, and the faults of the others by line."""
        table = read_table(data, [Wanted(name, titles, name != REASON) for name, titles in TITLES.items()])
        rows: list[AnswerRow] = []
        faults: list[Refusal] = []
        for fault in table.faults:
            fault.reason.facts = {**fault.reason.facts, "line": fault.line}
            faults.append(fault.reason)
        for raw in table.rows:
            row, wrong = read_answer(raw.line, raw.cells)
            faults += wrong
            if row is not None:
                rows.append(row)
        return rows, faults


def _table(head: Head, orders: Sequence[Order]) -> Table:
    names = (
        "file", "id", "creditor", "iban", "amount", "currency", "reference", "statement", "agreement",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            head.number, one.key, one.creditor, one.iban, one.amount, CURRENCY, one.reference, one.statement,
            one.agreement,
        )
        for one in orders
    ]  # fmt: skip
    return Table(head.number, [Column(name, "value") for name in names], rows)
