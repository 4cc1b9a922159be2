"""The summary of a case on paper: the sections open to whoever prints it, with their name and the moment.

Internal notes are never printed: they belong to one unit. Each print is a read of its own in the journal.
"""

from collections.abc import Iterator, Sequence

from cii.access.vocabulary import Section as Part
from cii.cases.attachments import DocumentView, documents_of
from cii.cases.queries import case_by_ref
from cii.cases.shapes import AssessmentView, CaseView, EntryView, FunctionalView, GridLine, PlanView
from cii.cases.view import case_view
from cii.cases.vocabulary import ItemKind
from cii.documents import pdf
from cii.documents.layout import CaseSummary, Letterhead, Section
from cii.documents.table import Cell, Column, Kind, Table
from cii.institutions.queries import UnitLabel
from cii.placements.queries import PlacementRow, placements_of
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say, word

PRINTED = "case-export"
"""The basis under which a print stands among the reads of a case."""


def case_summary(work: Work, ref: str, lang: str) -> bytes:
    """The case as the actor sees it, as PDF in that language; refuses UnknownThing for a foreign case."""
    view = case_view(work, ref)
    case_id = case_by_ref(work, ref).id or 0
    places = placements_of(work, case_id) if view.may_read & Part.PLACEMENT else []
    page = summary_page(work, view, documents_of(work, ref), places, lang)
    work.saw("case", [case_id], int(view.may_read & ~Part.NOTES), PRINTED)
    return pdf.case_summary(page, created=work.now, lang=lang)


def summary_page(
    work: Work,
    view: CaseView,
    documents: Sequence[DocumentView],
    places: Sequence[PlacementRow],
    lang: str,
) -> CaseSummary:
    """The page as values: who it is about, and a part for each section that is open."""
    person = view.sections.get("identity")
    facts = [(say("summary.number", lang), view.number), (say("summary.path", lang), word(view.path, lang))]
    if person is not None:
        facts.append((say("summary.born", lang), formats.day(person.birth_date, lang)))
        if person.municipality:
            facts.append((say("summary.municipality", lang), person.municipality))
    facts.append((say("summary.status", lang), word(view.status, lang)))
    facts.append((say("summary.opened", lang), formats.day(view.opened_at.date(), lang)))
    lead = _unit(view.lead, lang)
    facts.append((say("summary.lead", lang), f"{lead}, {view.lead_account}" if view.lead_account else lead))
    printed = say("summary.printed", lang, name=work.actor.name, at=formats.moment(work.now, lang))
    return CaseSummary(
        letterhead=Letterhead(say("reports.canton", lang), lead),
        title=say("summary.title", lang, name=person.name if person else view.number),
        facts=facts,
        sections=[*_sections(view, documents, places, lang)],
        printed=printed,
        warning=say("summary.warning", lang),
    )


def _sections(
    view: CaseView, documents: Sequence[DocumentView], places: Sequence[PlacementRow], lang: str
) -> Iterator[Section]:
    parties = [(_unit(one.unit, lang), word(one.role, lang), one.since.date()) for one in view.parties]
    yield Section(say("summary.parties", lang), tables=(_table(
        lang, "", (("unit", "text"), ("role", "text"), ("since", "date")), parties),))  # fmt: skip
    plan = view.sections.get("plan")
    if plan is not None:
        if plan.plans:
            yield _plan(plan.plans[0], lang)
        if plan.assessment is not None:
            yield _assessment(plan.assessment, lang)
        yield _grid("grid", plan.grid, lang)
    functional: FunctionalView | None = view.sections.get("functional")
    if functional is not None and (functional.limits or functional.items):
        limits = [one.limits for one in functional.limits[:1]]
        limits += [
            say("summary.capacity", lang, n=one.capacity)
            for one in functional.limits[:1]
            if one.capacity is not None
        ]
        grid = _grid("functional", functional.items, lang)
        yield Section(grid.heading, limits, grid.tables if functional.items else ())
    if social := view.sections.get("social"):
        yield _grid("social", social, lang)
    if medical := view.sections.get("medical"):
        yield Section(say("summary.medical", lang), [one.statement for one in medical[:1]])
    if places:
        rows = [(one.measure_name, one.starts_on, one.ends_on, word(one.state, lang)) for one in places]
        columns: Columns = (("measure", "text"), ("from", "date"), ("to", "date"), ("state", "text"))
        yield Section(say("summary.places", lang), tables=(_table(lang, "", columns, rows),))
    live = [one for one in documents if one.withdrawn_at is None]
    if live:
        told = [(one.title, word(one.kind, lang), one.author.at.date()) for one in live]
        columns = (("title", "text"), ("kind", "text"), ("at", "date"))
        yield Section(say("summary.documents", lang), tables=(_table(lang, "", columns, told),))


def _plan(plan: PlanView, lang: str) -> Section:
    rows = [(one.goal, one.action, _unit(one.unit, lang), one.due_on) for one in plan.parts]
    columns: Columns = (("goal", "text"), ("action", "text"), ("unit", "text"), ("due", "date"))
    state = f"{say('summary.plan-version', lang, version=plan.version)} {word(plan.state, lang)}"
    return Section(say("summary.plan", lang), (state, plan.focus), (_table(lang, "", columns, rows),))


def _assessment(held: AssessmentView, lang: str) -> Section:
    said = [held.synthesis] if held.synthesis else []
    heard = ", ".join(word(one, lang) for one in held.heard) or "–"
    return Section(say("summary.assessment", lang), [*said, f"{say('summary.heard', lang)} {heard}"])


def _grid(name: str, lines: Sequence[GridLine], lang: str) -> Section:
    rows = [
        (line.title.get(lang, line.item), _said(line, entry, lang), _unit(entry.author.unit, lang),
         entry.author.effective_on)
        for line in lines
        for entry in line.entries
    ]  # fmt: skip
    columns: Columns = (("item", "text"), ("answer", "text"), ("unit", "text"), ("on", "date"))
    return Section(say(f"summary.{name}", lang), tables=(_table(lang, "", columns, rows),))


Columns = tuple[tuple[str, Kind], ...]


def _table(lang: str, title: str, columns: Columns, rows: Sequence[Sequence[Cell]]) -> Table:
    heads = [Column(say(f"summary.head.{name}", lang), kind) for name, kind in columns]
    return Table(title, heads, rows)


def _said(line: GridLine, entry: EntryView, lang: str) -> str:
    """An answer of the grid as people read it."""
    match line.kind:
        case ItemKind.YES_NO:
            return say("common.yes" if entry.value == "yes" else "common.no", lang)
        case ItemKind.CHOICE:
            return line.values.get(entry.value, {}).get(lang, entry.value)
        case ItemKind.SCALE:
            return f"{entry.value}/{line.high}"
        case ItemKind.NUMBER:
            return f"{entry.value} {line.unit.get(lang, '')}".strip()
    return entry.value


def _unit(unit: UnitLabel | None, lang: str) -> str:
    return unit.name if unit is not None else say("web.desk.protected", lang)


__all__ = ["PRINTED", "case_summary", "summary_page"]
