"""The pages a canton sends: report, statement (décompte), letter, summary of a case; `pdf.py` sets them.

Every page names its canton and office; what is computed here is only what the page itself adds up.
Source: product.md §7 (reports: as-of date, freeze, version, fingerprint) and money.md (statements).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cii.documents.charts import Chart, drawings
from cii.documents.fitting import fitted
from cii.documents.table import Cell, Column, Level, Status, Table, readable, shown_as
from cii.kernel.money import Chf, round5
from cii.kernel.period import Period
from cii.kernel.span import Span
from cii.texts import formats
from cii.texts.speech import say

_MOST_DECIMALS = 4
Plain = Mapping[str, object]
"""What a template reads: texts, lists and mappings of them, ready to print."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who sends: the canton, the office, and the lines of its address (for letters)."""

    canton: str
    office: str
    address: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: heading, paragraphs, charts of figures in its tables, the tables, notes last."""

    heading: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A pack of figures of one period: a draft until `frozen_at`; `sha256` is the hash of its values.

    `public`: number of the decision that lets it be published; it stands at the foot of each page.
    """

    letterhead: Letterhead
    title: str
    span: Span
    as_of: date
    sections: Sequence[Section]
    subtitle: str = ""
    frozen_at: datetime | None = None
    version: int | None = None
    sha256: str = ""
    public: str = ""

    def plain(self, lang: str) -> Plain:
        """Its texts in the reader's language."""
        facts = [
            plain_fact(say("documents.period", lang), formats.span(self.span, lang)),
            plain_fact(say("documents.as-of", lang), formats.day(self.as_of, lang)),
        ]
        if self.frozen_at:
            facts.append(plain_fact(say("documents.frozen-at", lang), formats.moment(self.frozen_at, lang)))
            facts.append(plain_fact(say("documents.version", lang), str(self.version or 1)))
        else:
            draft = Status(say("documents.draft", lang), Level.WATCH)
            facts.append(plain_fact(say("documents.state", lang), draft))
        if self.sha256:
            facts.append(plain_fact(say("documents.hash", lang), self.sha256))
        sections = [_section(section, lang) for section in self.sections]
        foot = f"{say('documents.as-of', lang)} {formats.day(self.as_of, lang)}"
        if self.public:
            published = say("documents.public", lang, decision=self.public)
            facts.append(plain_fact(say("documents.publication", lang), published))
            foot = f"{foot} · {published}"
        return {
            **framed(self.letterhead, self.title, foot, self.sha256, lang),
            "subtitle": self.subtitle,
            "facts": facts,
            "sections": sections,
        }


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One service for one person, borne by one payer: `amount` is what this payer owes for it.

    `factor` is the part of a full period (attendance), `share` the payer's part of the price, both 0 to 1.
    """

    participant: str
    period: Period
    presence: str
    factor: Fraction
    tariff: Chf
    payer: str
    share: Fraction
    amount: Chf


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, in which role, when."""

    role: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of one month of a measure (décompte): lines, what each payer owes, who approved."""

    letterhead: Letterhead
    reference: str
    provider: str
    agreement: str
    measure: str
    month: date
    state: Status
    as_of: date
    lines: Sequence[StatementLine]
    approvals: Sequence[Approval] = ()
    notes: Sequence[str] = ()
    sha256: str = ""

    def by_payer(self) -> dict[str, Chf]:
        """What each payer owes before rounding, in the order of the lines."""
        owed: dict[str, Chf] = {}
        for line in self.lines:
            owed[line.payer] = owed.get(line.payer, Chf(0)) + line.amount
        return owed

    def plain(self, lang: str) -> Plain:
        """Its texts in the reader's language; each payer's sum is rounded to 5 centimes as it is paid."""
        month = formats.month(self.month, lang)
        title = f"{say('documents.statement', lang)} {self.reference}"
        facts = [
            plain_fact(say("documents.provider", lang), self.provider),
            plain_fact(say("documents.agreement", lang), self.agreement),
            plain_fact(say("documents.measure", lang), self.measure),
            plain_fact(say("documents.month", lang), month),
            plain_fact(say("documents.as-of", lang), formats.day(self.as_of, lang)),
            plain_fact(say("documents.state", lang), self.state),
        ]
        foot = f"{say('documents.as-of', lang)} {formats.day(self.as_of, lang)}"
        return {
            **framed(self.letterhead, title, foot, self.sha256, lang),
            "subtitle": f"{self.measure}, {month}",
            "facts": facts,
            "tables": [plain_table(table, lang) for table in self._tables(lang)],
            "not_approved": "" if self.approvals else say("documents.not-approved", lang),
            "notes": list(map(readable, self.notes)),
        }

    def _tables(self, lang: str) -> list[Table]:
        def column(key: str, **options: object) -> Column:
            return Column(say(f"documents.{key}", lang), **options)  # type: ignore[arg-type]

        total = Chf.total(line.amount for line in self.lines)
        lines = Table(
            say("documents.lines", lang),
            [
                column("participant"),
                column("period"),
                column("presence"),
                column("factor", kind="number"),
                column("tariff", kind="money"),
                column("payer"),
                column("share", kind="percent"),
                column("amount", kind="money"),
            ],
            [
                (
                    line.participant, formats.period(line.period, lang), line.presence, line.factor,
                    line.tariff, line.payer, line.share, line.amount,
                )
                for line in self.lines
            ],
            (say("documents.total", lang), None, None, None, None, None, None, total),
        )  # fmt: skip
        owed = {payer: (amount, round5(amount)) for payer, amount in self.by_payer().items()}
        paid = Chf.total(payable for _, payable in owed.values())
        split = Table(
            say("documents.by-payer", lang),
            [
                column("payer"),
                column("amount", kind="money"),
                column("rounding", kind="money"),
                column("payable", kind="money"),
            ],
            [(payer, amount, payable - amount, payable) for payer, (amount, payable) in owed.items()],
            (say("documents.total", lang), total, paid - total, paid),
        )
        visas = Table(
            say("documents.approvals", lang),
            [column("approval-role"), column("approval-name"), column("approval-at", kind="moment")],
            [(one.role, one.name, one.at) for one in self.approvals],
        )
        return [lines, split, *([visas] if self.approvals else [])]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one person or office; `facts` stand as a small table after the first paragraph.

    `tables` follow the last one; `signatures` are (name, function); `remedies` is the notice of legal
    remedies (voies de droit), if any.
    """

    letterhead: Letterhead
    recipient: Sequence[str]
    place: str
    day: date
    subject: str
    salutation: str
    paragraphs: Sequence[str]
    closing: str
    signatures: Sequence[tuple[str, str]]
    reference: str = ""
    facts: Sequence[tuple[str, str]] = ()
    enclosures: Sequence[str] = ()
    copies: Sequence[str] = ()
    remedies: str = ""
    tables: Sequence[Table] = ()

    def plain(self, lang: str) -> Plain:
        """Its texts in the reader's language."""
        written = formats.long_day(self.day, lang)
        joined = {"fr": f"{self.place}, le {written}", "de": f"{self.place}, {written}"}
        return {
            **framed(self.letterhead, self.subject, self.reference, "", lang),
            "recipient": list(map(readable, self.recipient)),
            "dateline": joined.get(lang, f"{self.place}, {written}"),
            "reference": self.reference,
            "salutation": self.salutation,
            "paragraphs": list(map(readable, self.paragraphs)),
            "facts": [plain_fact(name, text) for name, text in self.facts],
            "closing": self.closing,
            "signatures": self.signatures,
            "enclosures": list(self.enclosures),
            "copies": list(self.copies),
            "remedies": self.remedies,
            "tables": [plain_table(one, lang) for one in self.tables],
        }


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case on paper: `facts` are (name, text); `printed` says who did it when, `warning` how to keep it."""

    letterhead: Letterhead
    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    printed: str
    warning: str

    def plain(self, lang: str) -> Plain:
        """Its texts in the reader's language."""
        return {
            **framed(self.letterhead, self.title, self.printed, "", lang),
            "facts": [plain_fact(name, text) for name, text in self.facts],
            "sections": [_section(section, lang) for section in self.sections],
            "printed": readable(self.printed),
            "warning": readable(self.warning),
        }


def plain_table(table: Table, lang: str) -> Plain:
    """A table with its cells written for the page: columns with side and room, states with their level."""
    columns = table.columns
    decimals = [_decimals([row[at] for row in table.rows]) for at in range(len(columns))]

    def plain_row(row: Sequence[Cell]) -> list[Plain]:
        return [_cell(*one, lang) for one in zip(columns, row, decimals, strict=True)]

    rows = [plain_row(row) for row in table.rows]
    totals = plain_row(table.totals) if table.totals else None
    lengths = [
        max((len(str(row[at]["text"])) for row in (*rows, *([totals] if totals else []))), default=0)
        for at in range(len(columns))
    ]
    shape = fitted(columns, lengths)
    return {
        "title": readable(table.title),
        "size": shape.size,
        "across": shape.across,
        "columns": [
            {
                "title": heading,
                "right": column.to_the_right,
                "room": room,
                "apart": at > 0 and columns[at - 1].to_the_right and not column.to_the_right,
            }
            for at, (column, room, heading) in enumerate(zip(columns, shape.rooms, shape.titles, strict=True))
        ],
        "rows": rows,
        "totals": totals,
        "notes": list(map(readable, table.notes)),
    }


def _decimals(cells: Sequence[Cell]) -> int:
    """So many decimals that all numbers of the column show theirs, four at most."""
    numbers = [Fraction(cell) for cell in cells if isinstance(cell, Decimal | Fraction)]
    fitting = (
        n for n in range(_MOST_DECIMALS) if all((number * 10**n).denominator == 1 for number in numbers)
    )
    return next(fitting, _MOST_DECIMALS)


def plain_fact(name: str, value: str | Status) -> Plain:
    """One fact of a page: its name, its text, its level."""
    text, level = (value, "") if isinstance(value, str) else (value.words, value.level.value)
    return {"name": readable(name), "text": readable(text), "level": level}


def _cell(column: Column, cell: Cell, decimals: int, lang: str) -> Plain:
    kind = shown_as(column, cell)
    if kind == "number" and column.kind == "number" and isinstance(cell, int | Decimal | Fraction):
        text = formats.number(cell, lang, decimals)
    elif kind == "money" and column.kind == "value" and isinstance(cell, Chf):
        text = formats.money(cell)
    else:
        text = _text(kind, cell, lang)
    level = cell.level.value if isinstance(cell, Status) else ""
    return {"text": text, "right": column.to_the_right, "level": level}


def _text(kind: str, cell: Cell, lang: str) -> str:  # noqa: PLR0911 - one line per type
    match cell:
        case None:
            return ""
        case bool():
            return say("common.yes" if cell else "common.no", lang)
        case str() | Status():
            return readable(cell if isinstance(cell, str) else cell.words)
        case Chf():
            return formats.francs(cell)
        case datetime():
            return formats.moment(cell, lang)
        case date():
            return formats.day(cell, lang)
    return formats.percent(cell, lang, 1) if kind == "percent" else formats.number(cell, lang)


def _section(section: Section, lang: str) -> Plain:
    return {
        "heading": readable(section.heading),
        "paragraphs": list(map(readable, section.paragraphs)),
        "charts": [plain_chart(chart, lang) for chart in section.charts],
        "tables": [plain_table(table, lang) for table in section.tables],
        "notes": list(map(readable, section.notes)),
    }


def plain_chart(chart: Chart, lang: str) -> Plain:
    """A chart drawn: its title, and its parts with their markup and what they say."""
    rows: Any = plain_table(chart.table, lang)["rows"]
    texts = [row[chart.column]["text"] for row in rows]
    return {
        "title": readable(chart.title),
        "parts": [{"svg": one.svg, "told": one.told} for one in drawings(chart, texts, lang)],
    }


def framed(head: Letterhead, title: str, foot: str, sha256: str, lang: str) -> Plain:
    """What every page bears: mark, canton, foot, and the words of the frame."""
    words = ("cii", "mark", "page", "notes", "empty-table", "our-reference", "enclosures", "copy-to", "hash")
    return {
        "title": readable(title),
        "canton": head.canton,
        "office": head.office,
        "address": list(head.address),
        "foot": foot,
        "sha256": sha256,
        "words": {word: say(f"documents.{word}", lang) for word in words},
    }
