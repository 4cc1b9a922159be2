"""A kind of report told by its parts: pages, sheets, rows and figures follow from what each part declares.

A part is a mapping of rows by natural key in the values. A figure that is not known stands as None in its
row, and its path under `unknown`: it is named, never shown as zero.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from cii.documents.charts import Chart
from cii.documents.layout import Letterhead, Report, Section
from cii.documents.table import Cell, Column, Table
from cii.documents.table import Kind as ColumnKind
from cii.kernel.digest import plain
from cii.kernel.money import Chf
from cii.kernel.span import Span, SpanKind
from cii.reports.kinds import Facts, Figure, Head, Meaning, Row, Values
from cii.reports.readers import Readers, blanked
from cii.reports.sheets import HIDDEN, UNKNOWN, typed
from cii.reports.vocabulary import ReportKind
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say, word

_NUMBERS = frozenset({"integer", "number", "money", "percent"})
LEADS = "of"
"""The field of a row that counts by state and institution: for suppression, in no file of flat rows."""
Path = tuple[str, ...]
"""Where a figure stands in the values: part, key of the row, name; of a total: its name, the figure's."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a part: its name in the rows, the text of its title, how it is written.

    `words`: the family of words that says a code, or `span` for a period. `means`: the text that defines
    the figure. `aside`: it stands in files for programs and workbooks, but not on pages, which it would make
    too wide.
    """

    name: str
    text: str
    kind: ColumnKind = "text"
    words: str = ""
    means: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a pack: `name` of its rows in the values, its heading, its columns, the first one a text.

    `order`: the field by which the rows stand, else their key. `total`: name of the row of sums in the
    values. `bars`: the field drawn as a chart, under the text `chart`. `notes`: texts below.
    """

    name: str
    heading: str
    fields: Sequence[Field]
    text: str = ""
    total: str = ""
    order: str = ""
    bars: str = ""
    chart: str = ""
    notes: Sequence[str] = ()


def begun(facts: Facts, form: int) -> dict[str, Any]:
    """What the values of every kind begin with: `form` is the version of their shape."""
    told = facts["report"][0]
    return {"form": form, **{name: told[name] for name in ("kind", "period", "scope", "first", "last")}}


def finished(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in plain terms, money as text in francs as it is read again (`typed`)."""
    held: Any = plain(_francs(values))
    return {"unknown": [], **held}


def _francs(value: object) -> object:
    if isinstance(value, Chf):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _francs(one) for key, one in value.items()}
    return [_francs(one) for one in value] if isinstance(value, list | tuple) else value


def parameters(facts: Facts) -> dict[str, int]:
    """The dated numbers that were read with the facts, by name."""
    return {row["name"]: row["value"] for row in facts["parameters"]}


class Pack:
    """What kinds of this sort share; each declares its title and its parts, and reads and derives its own."""

    name: ClassVar[ReportKind]
    span: ClassVar[SpanKind]
    title: ClassVar[str]
    subtitle: ClassVar[str]
    parts: ClassVar[Sequence[Part]]

    def open_scopes(self, work: Work, scopes: Collection[str]) -> set[str]:  # noqa: ARG002 - for all
        """See `Kind`; a kind that tells of one thing says which of them."""
        return {""} & set(scopes)

    def overview(self, values: Values, lang: str) -> Sequence[str]:  # noqa: ARG002 - kinds that have one say it
        """Sentences that say the essential, in the reader's language."""
        return ()

    def lacking(self, values: Values, lang: str) -> Sequence[str]:  # noqa: ARG002 - kinds that need it say it
        """Which data are missing, in the reader's language."""
        return ()

    def small(self, values: Values, readers: Readers, minimum: int) -> Iterable[Path]:  # noqa: ARG002
        """Where small numbers of persons stand that do not concern these readers; none counts persons."""
        return ()

    def shown(self, values: Values, readers: Readers, minimum: int) -> dict[str, Any]:
        """See `Kind`."""
        seen = deepcopy(dict(values))
        return blanked(seen, () if readers.whole else self.small(seen, readers, minimum))

    def pages(self, values: Values, lang: str, head: Head) -> Report:
        """See `Kind`."""
        return Report(
            Letterhead(say("reports.canton", lang), say("reports.office", lang)),
            say(self.title, lang),
            Span.parse(values["period"]),
            date.fromisoformat(values["last"]),
            self._sections(values, lang),
            subtitle=" · ".join(one for one in (say(self.subtitle, lang), values["scope"]) if one),
            frozen_at=head.frozen_at,
            version=head.version,
            sha256=head.sha256,
        )

    def _sections(self, values: Values, lang: str) -> list[Section]:
        told, lacks = list(self.overview(values, lang)), list(self.lacking(values, lang))
        told_of = {one.name for part in self.parts for one in part.fields if not one.aside}
        if any(path.rpartition(".")[2] in told_of for path in values["unknown"]):
            lacks.append(say("reports.unknown-note", lang))
        first = [Section(say("reports.overview", lang), told, (), lacks)] if told or lacks else []
        return first + [self._section(part, values, lang) for part in self.parts]

    def _section(self, part: Part, values: Values, lang: str) -> Section:
        part = replace(part, fields=[one for one in part.fields if not one.aside])
        table = _table(part, values, lang)
        totals = table.totals if table.rows else None
        notes = [say(one, lang) for one in part.notes]
        if any(one.startswith((f"{part.name}.", f"{part.total or part.name}.")) for one in values["hidden"]):
            notes.append(say("reports.hidden-note", lang))
        return Section(
            say(part.heading, lang),
            [say(part.text, lang)] if part.text else (),
            [Table("", table.columns if table.rows else table.columns[:1], table.rows, totals)],
            notes,
            [_chart(part, table, lang)] if part.bars else (),
        )

    def sheets(self, values: Values, lang: str) -> Sequence[Table]:
        """See `Kind`."""
        return [*(_table(part, values, lang) for part in self.parts), self._definitions(lang)]

    def _definitions(self, lang: str) -> Table:
        defined = {
            one.text: one.means for part in self.parts for one in part.fields if one.means
        } | {part.heading: part.text for part in self.parts if part.text}  # fmt: skip
        defined |= {"reports.hidden": "reports.hidden-note", "reports.unknown": "reports.unknown-note"}
        columns = [Column(say("reports.figure", lang)), Column(say("reports.definition", lang), width=90)]
        rows = [[say(name, lang), say(text, lang)] for name, text in defined.items()]
        return Table(say("reports.definitions", lang), columns, rows)

    def rows(self, values: Values) -> Iterator[Row]:
        """See `Kind`."""
        told = {one: values[one] for one in ("scope", "first", "last", "form")}
        yield "report", str(values["period"]), "report", told
        for part in self.parts:
            if part.total:
                yield part.total, "", part.total, values[part.total]
            for key, row in _ordered(part, values):
                told = {name: one for name, one in row.items() if name != LEADS}
                yield part.name, key, f"{part.name}.{key}", told

    def meanings(self) -> Iterator[Meaning]:
        """See `Kind`."""
        for part in self.parts:
            if part.total:
                for one in part.fields:
                    if one.kind in _NUMBERS:
                        yield Meaning(part.total, one.name, one.text, one.kind, one.means, keyed=False)
            for one in part.fields:
                yield Meaning(part.name, one.name, one.text, one.kind, one.means)

    def figures(self, values: Values) -> Iterator[Figure]:
        """See `Kind`."""
        for part in self.parts:
            rows = [(part.total, "", values[part.total])] if part.total else []
            rows += [(part.name, key, row) for key, row in _ordered(part, values)]
            for section, key, row in rows:
                for one in part.fields:
                    if one.kind in _NUMBERS and one.name in row:
                        value = typed(row[one.name], one.kind)
                        yield Figure(section, key, one.name, one.text, one.kind, value)


def _ordered(part: Part, values: Values) -> list[tuple[str, Values]]:
    """The rows in one order, whether just derived or read from what was frozen."""
    rows: Mapping[str, Values] = values[part.name]
    return sorted(rows.items(), key=lambda one: (str(one[1][part.order]) if part.order else "", one[0]))


def _table(part: Part, values: Values, lang: str) -> Table:
    rows = [
        [_cell(one, row, f"{part.name}.{key}", values, lang) for one in part.fields]
        for key, row in _ordered(part, values)
    ]
    totals: list[Cell] | None = None
    if part.total:
        rest = [_cell(one, values[part.total], part.total, values, lang) for one in part.fields[1:]]
        totals = [say("documents.total", lang), *rest]
    columns = [Column(say(one.text, lang), one.kind) for one in part.fields]
    return Table(say(part.heading, lang), columns, rows, totals)


def _cell(field: Field, row: Values, path: str, values: Values, lang: str) -> Cell:  # noqa: PLR0911 - by kind
    here = f"{path}.{field.name}"
    if here in values["hidden"]:
        return HIDDEN
    if here in values.get("unknown", ()):
        return UNKNOWN
    value = row.get(field.name)
    if value is None:
        return None
    if field.words == "span":
        return formats.span(Span.parse(value), lang)
    if field.words:
        return word(value, lang, field.words)
    if field.kind in _NUMBERS:
        return typed(value, field.kind)
    if field.kind == "date":
        days = value if isinstance(value, list) else None
        return _days(days, lang) if days is not None else date.fromisoformat(value)
    if isinstance(value, bool):
        return say("common.yes" if value else "common.no", lang)
    if isinstance(value, Mapping):
        return str(value.get(lang) or value["fr"])
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _days(days: Iterable[str], lang: str) -> str:
    return ", ".join(formats.day(date.fromisoformat(one), lang) for one in days)


def _chart(part: Part, table: Table, lang: str) -> Chart:
    at = next(n for n, one in enumerate(part.fields) if one.name == part.bars)
    title = say(part.chart, lang)
    if part.fields[at].kind == "percent":
        return Chart(title, table, at, Fraction(1), formats.percent(Fraction(1), lang))
    return Chart(title, table, at)
