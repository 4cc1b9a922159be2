"""The documented exchange of files: `json` and `csv` out, a table in.

A file says which payments are to be made: its number, the day, how many and what sum, then one order each.
JSON and CSV hold the same; money has a point and no grouping, days are ISO 8601, the currency is CHF. An
answer is a table with the columns id, outcome (executed, rejected), amount, date, reason; CSV or XLSX.
"""

from collections.abc import Sequence

from cii.documents import csv
from cii.documents.csv_reading import Wanted
from cii.documents.table import Cell, Column, Table
from cii.documents.table_reading import read_table
from cii.kernel.digest import canonical
from cii.kernel.money import Chf
from cii.payments.adapters import CURRENCY, Head, Order, Told
from cii.payments.rules import REASON, TITLES, read_answer

FORMAT = "cii-payments/2"


class FileExchange:
    """Orders as JSON and as CSV."""

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
                    "kind": one.kind,
                    "creditor": one.creditor.name,
                    "iban": one.creditor.iban,
                    "street": one.creditor.street,
                    "house_number": one.creditor.house_number,
                    "postcode": one.creditor.postcode,
                    "town": one.creditor.town,
                    "country": one.creditor.country,
                    "amount": str(one.amount),
                    "currency": CURRENCY,
                    "reference": one.reference,
                    "about": one.about,
                    "agreement": one.agreement,
                }
                for one in orders
            ],
        }
        return {"json": canonical(told).decode(), "csv": csv.write(_table(head, orders)).decode()}


def told_by_table(data: bytes) -> Told:
    """The rows of an answer, and the faults of the others by line; refuses what is no such table."""
    told = Told()
    table = read_table(data, [Wanted(name, titles, name != REASON) for name, titles in TITLES.items()])
    for fault in table.faults:
        fault.reason.facts = {**fault.reason.facts, "line": fault.line}
        told.faults.append(fault.reason)
    for raw in table.rows:
        row, wrong = read_answer(raw.line, raw.cells)
        told.faults += wrong
        if row is not None:
            told.rows.append(row)
    return told


def _table(head: Head, orders: Sequence[Order]) -> Table:
    names = (
        "file", "id", "kind", "creditor", "iban", "street", "house_number", "postcode", "town", "country",
        "amount", "currency", "reference", "about", "agreement",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            head.number, one.key, one.kind, one.creditor.name, one.creditor.iban, one.creditor.street,
            one.creditor.house_number, one.creditor.postcode, one.creditor.town, one.creditor.country,
            one.amount, CURRENCY, one.reference, one.about, one.agreement,
        )
        for one in orders
    ]  # fmt: skip
    return Table(head.number, [Column(name, "value") for name in names], rows)
