"""What a kind of report is: the days it speaks of, its values, and how they are shown, written and listed.

A kind is one object in a file of its own (`kind_<name>.py`), named in `registry`. Its values are plain
(texts, whole numbers, mappings by natural key) and bear `form`, `kind`, `period`, `first` and `last`: the
same facts give the same values, whoever asks and whenever.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from cii.documents.layout import Report
from cii.documents.table import Kind as ColumnKind
from cii.documents.table import Table
from cii.kernel.money import Chf
from cii.kernel.span import Span, SpanKind
from cii.reports.readers import Readers
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work

Values = Mapping[str, Any]
Number = int | Decimal | Fraction | Chf
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
class Head:
    """What is said of an issue beside its values; a draft has no version and no fingerprint."""

    known_at: datetime
    frozen_at: datetime | None = None
    version: int | None = None
    sha256: str = ""


class Kind(Protocol):
    """One kind of report."""

    @property
    def name(self) -> ReportKind:
        """Its word."""

    @property
    def span(self) -> SpanKind:
        """How long the time is of which it speaks."""

    def values(self, work: Work, span: Span, scope: str, known_at: datetime) -> dict[str, object]:
        """Everything it tells as known at a moment, nothing hidden; it never leaves the house as it is.

        `scope`: of what alone it tells (the outward name of a measure, an agreement); empty for all.
        """

    def shown(self, values: Values, readers: Readers, minimum: int) -> dict[str, Any]:
        """The values as these readers see them; paths of what is hidden under `hidden`."""

    def pages(self, values: Values, lang: str, head: Head) -> Report:
        """The pack as pages, of the values shown; a draft when `head` says no freeze."""

    def sheets(self, values: Values, lang: str) -> Sequence[Table]:
        """Every table of the pack, of the values shown, and a sheet that defines its figures."""

    def rows(self, values: Values) -> Iterator[Row]:
        """Every row of the pack, of the values shown, for files that speak no language."""

    def figures(self, values: Values) -> Iterator[Figure]:
        """Every figure that can be held against that of another period, of the values shown."""
