"""From a figure of an issue to the kept rows that it is made of, for those who may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cii.access.vocabulary import Section
from cii.kernel.errors import refuse
from cii.placements.queries import seen_among
from cii.reports.behind import STAYS, behind
from cii.reports.queries import issue_by_ref, issue_values
from cii.reports.rederiving import inputs_of, kept_rows
from cii.reports.registry import KINDS
from cii.reports.rules import HiddenFigure, UnknownFigure
from cii.reports.tables import ReportIssue
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Drilled:
    """The rows of a figure: of stays, those that the actor may see; `others` is how many more there are."""

    issue: ReportIssue
    path: str
    table: str
    rows: tuple[Mapping[str, Any], ...]
    others: int


def drilled(work: Work, ref: str, path: str) -> Drilled:
    """The rows that a figure of a frozen report is made of; whose stays were shown goes to the journal.

    Refuses: UnknownThing, UnknownFigure, HiddenFigure (never the rows of a small number).
    """
    issue = issue_by_ref(work, ref)
    values = issue_values(work, issue)
    hidden = frozenset(values["hidden"])
    figure = next((one for one in KINDS[issue.kind].figures(values) if one.path == path), None)
    if figure is None:
        raise UnknownFigure(field="path")
    refuse([HiddenFigure(field="path")] if path in hidden else [])
    facts = {one.name: kept_rows(work, issue, one.name) for one in inputs_of(work, issue)}
    found = behind(issue.kind, facts, (figure.section, figure.key, figure.name), hidden)
    field = STAYS.get(found.table)
    rows = tuple(found.rows if field is None else _seen(work, found.rows, field))
    return Drilled(issue, path, found.table, rows, len(found.rows) - len(rows))


def _seen(work: Work, rows: Any, field: str) -> list[Mapping[str, Any]]:  # noqa: ANN401 - plain rows
    """The rows of stays that the actor may see today."""
    mine = seen_among(work, {row[field] for row in rows})
    work.saw("placement", mine.values(), int(Section.PLACEMENT))
    return [row for row in rows if row[field] in mine]
