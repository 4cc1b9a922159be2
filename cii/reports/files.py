"""A report as bytes: JSON and CSV follow from the stored values alone, PDF and XLSX are set by the libraries.

JSON and CSV hold words of the trade as codes and are the same in every language.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from cii.documents import csv, pdf, xlsx
from cii.documents.table import Cell, Column, Table
from cii.kernel.digest import canonical
from cii.reports.kinds import Head, Values
from cii.reports.registry import kind_of
from cii.reports.vocabulary import FileFormat

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


def made(values: Values, head: Head, form: FileFormat, lang: str) -> bytes:
    """The file of the values as its readers see them."""
    if form is FileFormat.JSON:
        return _json(values, head)
    if form is FileFormat.CSV:
        return csv.write(_flat(values))
    created = head.frozen_at or head.known_at
    if form is FileFormat.PDF:
        return pdf.report(kind_of(values).pages(values, lang, head), created=created, lang=lang)
    title = f"{values['period']} v{head.version}" if head.version else values["period"]
    sheets = kind_of(values).sheets(values, lang)
    return xlsx.workbook(sheets, created, {"title": title, "comments": head.sha256})


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
        for section, key, path, row in kind_of(values).rows(values)
        for figure, value in _figures(row)
    ]
    heads = ("section", "key", "figure", "value", "state")
    return Table(str(values["period"]), [Column(one) for one in heads], rows)


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
