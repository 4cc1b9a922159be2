"""What a kind of report is: the days it speaks of, its values, and how they are shown, written and listed.

A kind is one object in a file of its own (`kind_<name>.py`), named in `registry`. It reads rows (`facts`) and
makes its values of these alone (`derive`): the rows are kept with each issue, so that every figure can be
made again from them. Rows and values are plain (texts, whole numbers, mappings by natural key).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from cii.documents.layout import Report
from cii.documents.table import Kind as ColumnKind
from cii.documents.table import Table
from cii.kernel.digest import plain_rows
from cii.kernel.money import Chf
from cii.kernel.span import Span, SpanKind
from cii.reports.readers import Readers
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work

Facts = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table, plain and in a fixed order: refs, codes and numbers, never a name or number of a person."""
Values = Mapping[str, Any]
Number = int | Decimal | Fraction | Chf
SMALL = "small_cell_minimum"
"""The dated number below which a count is hidden."""
Row = tuple[str, str, str, Values]
"""Section, key, path in the values, and the fields of one row of the pack."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a pack: where it stands, how it is called and written; None where hidden or missing.

    `text`: key of its name in the catalogue, or the name itself by language.
    """

    section: str
    key: str
    name: str
    text: str | Mapping[str, str]
    kind: ColumnKind
    value: Number | None

    @property
    def path(self) -> str:
        """Where it stands in the values."""
        return ".".join(one for one in (self.section, self.key, self.name) if one)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A field of a section of the values: the key of its name, how it is written, the key of its definition.

    `keyed`: the section holds rows by key; otherwise it is one row.
    """

    section: str
    name: str
    text: str
    kind: ColumnKind = "text"
    means: str = ""
    keyed: bool = True


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of an issue beside its values; a draft has no version and no fingerprint.

    `public`: number of the decision of the GP CII under which it is published.
    """

    known_at: datetime
    frozen_at: datetime | None = None
    version: int | None = None
    sha256: str = ""
    public: str = ""


def headed(
    work: Work, kind: ReportKind, span: Span, scope: str = "", *, numbers: Sequence[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """The tables that every kind has: `report` (one row) and `parameters`, the dated numbers that it uses.

    `numbers`: names of parameters, read for the last day of the period; that of small cells is among them.
    """
    first, last = span.period.start, span.period.last
    return {
        "report": plain_rows(
            [{"kind": kind, "period": str(span), "scope": scope, "first": first, "last": last}]
        ),
        "parameters": [
            {"name": one, "day": last.isoformat(), "value": work.parameter(one, last)}
            for one in sorted({*numbers, SMALL})
        ],
    }


class Kind(Protocol):
    """One kind of report."""

    @property
    def name(self) -> ReportKind:
        """Its word."""

    @property
    def span(self) -> SpanKind:
        """How long the time is of which it speaks."""

    def open_scopes(self, work: Work, scopes: Collection[str]) -> set[str]:
        """Those of these scopes of which the actor may read; the empty one where a report tells of all."""

    def facts(self, work: Work, span: Span, scope: str, known_at: datetime) -> Facts:
        """Every row of which the values are made, as known at a moment; `report` and `parameters` among them.

        `scope`: of what alone it tells (the outward name of a measure, an agreement); empty for all.
        """

    def derive(self, facts: Facts) -> dict[str, Any]:
        """Everything it tells, nothing hidden, plain: from the rows alone, whether kept or just read.

        The values bear `form`, `kind`, `period`, `first` and `last`, and never leave the house as they are.
        """

    def shown(self, values: Values, readers: Readers, minimum: int) -> dict[str, Any]:
        """The values as these readers see them; paths of what is hidden under `hidden`."""

    def pages(self, values: Values, lang: str, head: Head) -> Report:
        """The pack as pages, of the values shown; a draft when `head` says no freeze."""

    def sheets(self, values: Values, lang: str) -> Sequence[Table]:
        """Every table of the pack, of the values shown, and a sheet that defines its figures."""

    def rows(self, values: Values) -> Iterator[Row]:
        """Every row of the pack, of the values shown, for files that speak no language."""

    def meanings(self) -> Iterator[Meaning]:
        """Every field that stands in the files for programs, whatever the values."""

    def figures(self, values: Values) -> Iterator[Figure]:
        """Every figure that can be held against that of another period, of the values shown."""
