"""A report as bytes: JSON and CSV follow from the stored values alone, PDF and XLSX are set by the libraries.

JSON and CSV hold words of the trade as codes and are the same in every language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from cii.documents import csv, pdf, xlsx
from cii.documents.table import Cell, Column, Table
from cii.kernel.digest import canonical
from cii.reports import pages
from cii.reports.vocabulary import FileFormat

Values = Mapping[str, Any]
MEDIA_TYPES: Mapping[FileFormat, str] = {
    FileFormat.PDF: pdf.MEDIA_TYPE,
    FileFormat.XLSX: xlsx.MEDIA_TYPE,
    FileFormat.CSV: csv.MEDIA_TYPE,
    FileFormat.JSON: "application/json",
}
SPOKEN = frozenset({FileFormat.PDF, FileFormat.XLSX})
"""Formats that speak a language."""
_SHARES = frozenset({"places_average", "occupancy", "value"})
ANY_LANGUAGE = "--"
"""The language of files that speak none."""
_KEYED = (
    "measures", "lines", "line_totals", "exit_types", "budgets", "indicators", "corrective", "deadlines",
    "waiting", "unattributed", "meetings", "missing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of an issue beside its values; a draft has no version and no fingerprint."""

    known_at: datetime
    frozen_at: datetime | None = None
    version: int | None = None
    sha256: str = ""


def made(values: Values, head: Head, form: FileFormat, lang: str) -> bytes:
    """The file of the values as its readers see them."""
    if form is FileFormat.JSON:
        return _json(values, head)
    if form is FileFormat.CSV:
        return csv.write(_flat(values))
    created = head.frozen_at or head.known_at
    if form is FileFormat.PDF:
        page = pages.report(values, lang, frozen_at=head.frozen_at, version=head.version, sha256=head.sha256)
        return pdf.report(page, created=created, lang=lang)
    title = f"{values['quarter']} v{head.version}" if head.version else values["quarter"]
    return xlsx.workbook(pages.sheets(values, lang), created, {"title": title, "comments": head.sha256})


def _json(values: Values, head: Head) -> bytes:
    told = {
        "known_at": head.known_at,
        "frozen_at": head.frozen_at,
        "version": head.version,
        "sha256": head.sha256 or None,
    }
    return canonical({"report": told, "values": values})


def _flat(values: Values) -> Table:
    """One row per figure: section, key, figure, value, whether it is hidden."""
    hidden = set(values["hidden"])
    rows = [
        (section, key, figure, _cell(figure, value), "hidden" if f"{path}.{figure}" in hidden else "")
        for section, key, path, row in _rows(values)
        for figure, value in _figures(row)
    ]
    heads = ("section", "key", "figure", "value", "state")
    return Table(str(values["quarter"]), [Column(one) for one in heads], rows)


def _rows(values: Values) -> Iterator[tuple[str, str, str, Values]]:
    """Section, key, path and fields of each row."""
    yield "report", str(values["quarter"]), "report", {one: values[one] for one in ("first", "last", "form")}
    yield "total", "", "total", values["total"]
    for section in _KEYED:
        for key, row in values[section].items():
            yield section, key, f"{section}.{key}", row


def _figures(row: Values) -> Iterator[tuple[str, Any]]:
    """The fields of a row, those of a value or title by their own names."""
    for name, held in row.items():
        if isinstance(held, Mapping):
            yield from ((f"{name}.{one}", value) for one, value in held.items())
        else:
            yield name, held


def _cell(figure: str, value: Any) -> Cell:  # noqa: ANN401 - a plain value
    """Exact shares as decimals; everything else as it stands in the values."""
    if value is not None and figure.rpartition(".")[2] in _SHARES:
        return Fraction(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, bool | int | None) else str(value)
