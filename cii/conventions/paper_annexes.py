"""Annexes of the paper: tariffs, the process of each offer, deliverables with their dates, differences."""

from cii.agreements.vocabulary import Basis, Frequency
from cii.conventions.comparing import Kind, differences
from cii.conventions.paper_words import Sheet
from cii.documents.agreement import Block, Chapter, Item, Name
from cii.documents.table import Cell, Column, Table
from cii.kernel.period import ONE_DAY
from cii.texts import formats

_FEW = 12
"""So many dates of one kind are written out one by one."""


def annexes(on: Sheet) -> list[Chapter]:
    """The annexes that have something to say, by letters."""
    held = (
        ("paper.annex.tariffs", tariffs(on)),
        ("paper.annex.offers", processes(on)),
        ("paper.annex.dates", dates(on)),
        ("paper.annex.differences", changed(on)),
    )
    said = [(key, blocks) for key, blocks in held if blocks]
    return [
        Chapter(letter, on.say(key), [Item("", "", blocks)])
        for letter, (key, blocks) in zip("ABCD", said, strict=False)
    ]


def tariffs(on: Sheet) -> list[Block]:
    """What a unit of each offer costs each line, from which day on."""
    rows: list[tuple[Cell, ...]] = []
    for one in on.whole.rates:
        last = formats.day(one.valid_to - ONE_DAY, on.lang) if one.valid_to is not None else ""
        terms = [on.word("basis", one.basis)]
        if one.places > 1:
            terms.append(on.say("paper.n-places", n=one.places))
        if one.month_begun and one.basis is not Basis.STARTED_MONTH:
            terms.append(on.say("paper.month-begun"))
        if one.guarantee:
            terms.append(on.say("paper.guaranteed", share=on.percent(one.guarantee)))
        rows.append(
            (
                on.measure(one.measure_ref), on.line(one.line_ref),
                formats.day(one.valid_from, on.lang), last, on.series(terms), one.amount,
            )
        )  # fmt: skip
    if not rows:
        return []
    heads = ("paper.offer", "paper.line", "paper.from", "paper.to", "paper.terms")
    columns = [*(Column(on.say(key)) for key in heads), Column(on.say("paper.amount"), "money")]
    notes = [on.say("paper.tariffs-note")]
    return [Table("", columns, rows, notes=notes)]


def processes(on: Sheet) -> list[Block]:
    """How each offer goes on, from the first talk to the report at the end."""
    found: list[Block] = []
    for one in on.whole.text.services.offers:
        if one.process.strip():
            found += [Name(on.measure(one.measure_ref)), *on.prose(one.process)]
    return found


def dates(on: Sheet) -> list[Block]:
    """What is handed in with every date; a long monthly row is told by its first and last day."""
    rows: list[tuple[Cell, ...]] = []
    held = on.whole.text.reports.items
    for kind in dict.fromkeys(one.kind for one in on.whole.owed):
        owed = [one for one in on.whole.owed if one.kind is kind]
        days = sorted({one.due_on for one in owed})
        if len(days) > _FEW and owed[0].frequency is Frequency.MONTHLY:
            said = on.say(
                "paper.monthly-dates", day=days[0].day,
                first=formats.month(days[0], on.lang), last=formats.month(days[-1], on.lang),
            )  # fmt: skip
        else:
            said = ", ".join(formats.day(one, on.lang) for one in days)
        content = on.series(one.wording for one in held if one.deliverable is kind)
        rows.append((on.word("deliverable_kind", kind), content, said))
    if not rows:
        return []
    heads = ("paper.deliverable", "paper.content", "paper.due")
    return [Table("", [Column(on.say(key)) for key in heads], rows)]


def changed(on: Sheet) -> list[Block]:
    """In which chapters the agreement says something else than the one before it (i.39)."""
    if on.former is None or on.whole.header.follows_ref != on.former.header.ref:
        return []
    counted: dict[str, dict[Kind, int]] = {}
    for one in differences(on.former, on.whole):
        of = counted.setdefault(str(one.section), dict.fromkeys(Kind, 0))
        of[one.kind] += 1
    rows: list[tuple[Cell, ...]] = [
        (
            on.say(SECTIONS[section]),
            of[Kind.CHANGED] or None,
            of[Kind.ADDED] or None,
            of[Kind.REMOVED] or None,
        )
        for section, of in counted.items()
        if section in SECTIONS
    ]
    lead = on.prose(on.say("paper.differences-lead", number=on.former.header.number))
    if not rows:
        return [*lead, *on.prose(on.say("paper.no-difference"))]
    columns = [
        Column(on.say("paper.section")),
        *(Column(on.say(key), "integer") for key in ("paper.changed", "paper.added", "paper.removed")),
    ]
    return [*lead, Table("", columns, rows)]


SECTIONS = {
    "header": "paper.item.duration",
    "parties": "paper.chapter.parties",
    "bases": "paper.chapter.bases",
    "aims": "paper.chapter.aims",
    "goals": "paper.objectives",
    "gauges": "paper.item.indicators",
    "services": "paper.chapter.services",
    "bought": "paper.bought",
    "volume": "paper.item.volume",
    "price": "paper.item.price",
    "rates": "paper.annex.tariffs",
    "surplus": "paper.item.surplus",
    "principles": "paper.chapter.principles",
    "evaluation": "paper.item.criteria",
    "reports": "paper.item.reports",
    "owed": "paper.annex.dates",
    "talks": "paper.talks",
    "term": "paper.item.changes",
    "disputes": "paper.chapter.disputes",
    "insertion": "paper.item.axes",
    "outcome_pay": "paper.item.categories",
}
"""What each section of a comparison is called on paper."""
