"""A statement on paper and as a table: its lines, how each amount came about, who approved."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cii.access.queries import account_names
from cii.agreements.explaining import explained_in_words
from cii.agreements.queries import agreements_by_id, provider_units
from cii.documents import csv, layout, pdf, xlsx
from cii.documents.layout import Approval, Letterhead
from cii.documents.table import Column, Level, Status, Table
from cii.institutions.queries import lines_by_id, shown_units
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period
from cii.measures.queries import measures_by_id
from cii.people.queries import label
from cii.settlement.queries import StatementView, statement_view, stays_in
from cii.settlement.tables import StatementLine
from cii.settlement.vocabulary import StatementState
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say, word

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": pdf.MEDIA_TYPE, "csv": csv.MEDIA_TYPE, "xlsx": xlsx.MEDIA_TYPE,
}  # fmt: skip
"""The forms in which a statement leaves."""
_LEVELS: Mapping[StatementState, Level] = {
    StatementState.APPROVED: Level.GOOD,
    StatementState.PAID: Level.GOOD,
    StatementState.RETURNED: Level.WATCH,
}


def statement_file(work: Work, ref: str, form: str, lang: str) -> bytes:
    """The statement as `pdf`, or its lines as `csv` or `xlsx`; refuses UnknownThing."""
    view = statement_view(work, ref)
    if form == "pdf":
        page = statement_paper(work, view, lang)
        return pdf.statement(page, created=view.statement.prefilled_at, lang=lang)
    table = lines_table(work, view, lang)
    return csv.write(table) if form == "csv" else xlsx.workbook([table], view.statement.prefilled_at)


def statement_paper(work: Work, view: StatementView, lang: str) -> layout.Statement:
    """The page of a statement; a participant whom the reader may not know is told by the placement."""
    held = view.statement
    agreement = agreements_by_id(work, [held.agreement_id])[held.agreement_id]
    line = lines_by_id(work, [held.line_id])[held.line_id]
    names, measures = _names(work, view, lang)
    unit_id = provider_units(work, [held.agreement_id])[held.agreement_id]
    unit = shown_units(work, {unit_id}).get(unit_id)
    lines = [
        layout.StatementLine(
            names[one.placement_id],
            Period(one.period_start, one.period_end),
            _presence(one, lang),
            Fraction(one.factor_num, one.factor_den),
            _tariff(one.explanation),
            line.code,
            Fraction(one.share, one.shares),
            one.amount,
        )
        for one in view.lines
    ]
    notes = [
        f"{names[one.placement_id]} : {' '.join(explained_in_words(one.explanation, lang))}"
        for one in view.lines
    ]
    return layout.Statement(
        Letterhead(say("reports.canton", lang), line.name),
        statement_number(view, agreement.number, line.code),
        unit.name if unit and unit.name else "–",
        agreement.number,
        ", ".join(sorted(set(measures.values()))) or "–",
        held.period_start,
        Status(word(held.state, lang, "statement_state"), _LEVELS.get(held.state, Level.NEUTRAL)),
        work.today,
        lines,
        _approvals(work, view, lang),
        notes,
    )


def statement_number(view: StatementView, agreement: str, line: str) -> str:
    """How the statement is called on paper: agreement, line, month, and which correction it is."""
    held = view.statement
    later = f"/{held.sequence}" if held.sequence > 1 else ""
    own = f" ({held.invoice_number})" if held.invoice_number else ""
    return f"{agreement} {line} {held.period_start:%Y-%m}{later}{own}"


def lines_table(work: Work, view: StatementView, lang: str) -> Table:
    """The lines with their sums, and in words how each came about."""
    names, measures = _names(work, view, lang)
    kinds = (
        ("documents.participant", "text"), ("documents.measure", "text"), ("web.from", "date"),
        ("web.until", "date"), ("documents.factor", "number"), ("web.statements.gross", "money"),
        ("documents.share", "percent"), ("documents.amount", "money"), ("proration.how", "text"),
    )  # fmt: skip
    rows: list[Any] = [
        (
            names[one.placement_id], measures.get(one.placement_id, ""), one.period_start,
            one.period_end - ONE_DAY, Fraction(one.factor_num, one.factor_den), one.gross,
            Fraction(one.share, one.shares), one.amount, " ".join(explained_in_words(one.explanation, lang)),
        )
        for one in view.lines
    ]  # fmt: skip
    total = (say("documents.total", lang), *[None] * 6, view.statement.total, None)
    columns = [Column(say(key, lang), kind) for key, kind in kinds]  # type: ignore[arg-type]
    return Table(formats.month(view.statement.period_start, lang), columns, rows, total)


def _names(work: Work, view: StatementView, lang: str) -> tuple[dict[int, str], dict[int, str]]:
    """The participants and the measures, by placement."""
    held = view.statement
    persons = label(work, view.persons.values())
    stays = stays_in(work, Period(held.period_start, held.period_end), placement_ids=list(view.persons))
    measures = measures_by_id(work, {stay.measure_id for stay in stays})
    names = {
        id_: persons[person].name if person in persons else say("web.statements.somebody", lang)
        for id_, person in view.persons.items()
    }
    told = {line.placement_id: say("web.statements.somebody", lang) for line in view.lines}
    return told | names, {stay.placement_id: measures[stay.measure_id].name for stay in stays}


def _presence(line: StatementLine, lang: str) -> str:
    told = line.explanation
    if "stated" in told:
        return say("web.statements.was", lang, before=Chf(sum(told["stated"])))
    return formats.percent(Fraction(told["attended"]), lang, 1) if "attended" in told else ""


def _tariff(told: Mapping[str, Any]) -> Chf:
    pieces = told["now"] if "stated" in told else [told]
    return Chf(pieces[0]["amount"]) if pieces else Chf()


def _approvals(work: Work, view: StatementView, lang: str) -> list[Approval]:
    held, payment = view.statement, view.payment
    steps = [
        (StatementState.SUBMITTED, held.prepared_by, held.submitted_at),
        (StatementState.CHECKED, held.checked_by, held.checked_at),
        (StatementState.APPROVED, held.approved_by, held.approved_at),
    ]
    if payment is not None:
        steps.append((StatementState.PAID, payment.released_by, payment.released_at))
    names = account_names(work, {who for _, who, _ in steps if who is not None})
    if held.approved_at is None:
        return []
    return [
        Approval(word(state, lang, "statement_state"), names.get(who or 0, "–"), at)
        for state, who, at in steps
        if at is not None
    ]
