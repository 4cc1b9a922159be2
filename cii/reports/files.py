"""A report as bytes: JSON and CSV follow from the stored values alone, the others are set by libraries.

JSON and CSV hold words of the trade as codes and are the same in every language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from cii.documents import csv, docx, docx_report, pdf, xlsx
from cii.documents.table import Cell, Column, Level, Status, Table
from cii.kernel.digest import canonical
from cii.kernel.span import Span
from cii.reports.kinds import Head, Values
from cii.reports.registry import kind_of
from cii.reports.vocabulary import FileFormat
from cii.texts import formats
from cii.texts.speech import say, word

MEDIA_TYPES: Mapping[FileFormat, str] = {
    FileFormat.PDF: pdf.MEDIA_TYPE,
    FileFormat.DOCX: docx.MEDIA_TYPE,
    FileFormat.XLSX: xlsx.MEDIA_TYPE,
    FileFormat.CSV: csv.MEDIA_TYPE,
    FileFormat.JSON: "application/json",
}
SPOKEN = frozenset({FileFormat.PDF, FileFormat.DOCX, FileFormat.XLSX})
"""Formats that speak a language."""
_WRITERS: Mapping[FileFormat, Callable[..., bytes]] = {
    FileFormat.PDF: pdf.report,
    FileFormat.DOCX: docx_report.report,
}
_SHARES = frozenset({"places_average", "occupancy", "value"})
ANY_LANGUAGE = "--"
"""The language of files that speak none."""


def made(values: Values, head: Head, form: FileFormat, lang: str) -> bytes:
    """The file of the values as its readers see them."""
    if form is FileFormat.JSON:
        return _json(values, head)
    if form is FileFormat.CSV:
        return csv.write(_flat(values, head))
    created = head.frozen_at or head.known_at
    if form in _WRITERS:
        page = replace(kind_of(values).pages(values, lang, head), public=head.public)
        return _WRITERS[form](page, created=created, lang=lang)
    title = f"{values['period']} v{head.version}" if head.version else values["period"]
    sheets = [_about(values, head, lang), *kind_of(values).sheets(values, lang)]
    return xlsx.workbook(sheets, created, {"title": title, "comments": head.sha256})


def _about(values: Values, head: Head, lang: str) -> Table:
    """The first sheet: which report of which days, a draft or frozen when and as what."""
    draft = Status(say("documents.draft", lang), Level.WATCH)
    rows: list[tuple[str, Cell]] = [
        (say("reports.kind", lang), word(values["kind"], lang, "report-kind")),
        (say("documents.period", lang), formats.span(Span.parse(values["period"]), lang)),
        (say("reports.known-at", lang), head.known_at),
        *(
            [
                (say("documents.frozen-at", lang), head.frozen_at),
                (say("documents.version", lang), head.version),
                (say("documents.hash", lang), head.sha256),
            ]
            if head.frozen_at
            else [(say("documents.state", lang), draft)]
        ),
        *(
            [(say("documents.publication", lang), say("documents.public", lang, decision=head.public))]
            if head.public
            else []
        ),
    ]
    columns = [
        Column(say("reports.about", lang)),
        Column(say("reports.about-value", lang), "value", width=70),
    ]
    return Table(say("reports.about", lang), columns, rows)


def _json(values: Values, head: Head) -> bytes:
    told = {
        "draft": head.frozen_at is None,
        "known_at": head.known_at,
        "frozen_at": head.frozen_at,
        "version": head.version,
        "sha256": head.sha256 or None,
    }
    return canonical({"report": told, "values": values})


def _flat(values: Values, head: Head) -> Table:
    """One row per figure: section, key, figure, value, whether it is hidden or missing; first, what it is."""
    states = {
        **dict.fromkeys(values["unknown"], "missing"),
        **dict.fromkeys(values["hidden"], "hidden"),
    }
    told: Sequence[tuple[str, Cell]] = (
        ("draft", head.frozen_at is None), ("known_at", head.known_at), ("frozen_at", head.frozen_at),
        ("version", head.version), ("sha256", head.sha256 or None),
    )  # fmt: skip
    rows = [("report", str(values["period"]), figure, value, "") for figure, value in told]
    rows += [
        (section, key, figure, _cell(figure, value), states.get(f"{path}.{figure}", ""))
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
