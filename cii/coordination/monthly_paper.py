"""A month of a sector as a table, under the columns of a delivery by file: it may be brought back."""

from cii.coordination.actions_monthly import TITLES, TOLD
from cii.coordination.monthly import MonthSheet
from cii.documents.table import Column, Table


def month_table(sheet: MonthSheet) -> Table:
    """One row per measure and line: what was delivered, else what is counted."""
    return Table(
        f"{sheet.institution}-{sheet.month.start:%Y-%m}",
        [Column(titles[0], "integer" if name in TOLD else "text") for name, titles in TITLES.items()],
        [
            (row.measure, row.line, *(getattr(row.told or row.counted, name) for name in TOLD))
            for row in sheet.rows
        ],
    )
