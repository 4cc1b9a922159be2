"""The cases of the four programmes as rows, and how they add up: announced = open + closed, by outcome.

Source: 002 §2 (four axes of the CII); product.md §6 F1.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.figures.youth import OUT
from cii.institutions.queries import institution_marks
from cii.institutions.tables import Unit
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.digest import plain_rows
from cii.kernel.period import Period
from cii.store.work import Work
from cii.workflow.library import process

OPEN = "open"
NO_SOLUTION = "no_solution"


def case_rows(work: Work, period: Period, known_at: datetime) -> list[dict[str, Any]]:
    """Cases opened in the period, as they stood at its end and as known then; by ref, without names.

    Fields: ref, path, institution (code of the lead), opened_on, closed_on, outcome (None while open).
    """
    names, until = institution_marks(work), local_midnight(period.end)

    def over(closed_at: datetime | None) -> bool:
        return closed_at is not None and closed_at < until and closed_at <= known_at

    rows = work.session.execute(
        select(
            col(CaseFile.ref), col(CaseFile.path), col(CaseFile.opened_at), col(CaseFile.closed_at),
            col(CaseFile.outcome), col(Unit.institution_id),
        )
        .join(Unit, col(Unit.id) == col(CaseFile.lead_unit_id))
        .where(
            col(CaseFile.opened_at) >= local_midnight(period.start),
            col(CaseFile.opened_at) < until,
            col(CaseFile.opened_at) <= known_at,
        )
    )  # fmt: skip
    return plain_rows(
        (
            {
                "ref": ref,
                "path": path,
                "institution": names[institution],
                "opened_on": local_day(opened_at),
                "closed_on": local_day(closed_at) if closed_at and over(closed_at) else None,
                "outcome": outcome if over(closed_at) else None,
            }
            for ref, path, opened_at, closed_at, outcome, institution in rows
        ),
        "ref",
    )


def outcome_words(work: Work, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How each outcome is called by its process: path, outcome, title by language."""
    found = {(row["path"], row["outcome"]) for row in rows if row["outcome"]}
    words = {path: process(work, path)[0].words for path in {path for path, _ in found}}
    return plain_rows(
        (
            {"path": path, "outcome": outcome, "title": words[path].get(outcome) or {"fr": outcome}}
            for path, outcome in found
        ),
        "path",
        "outcome",
    )


@dataclass(frozen=True, slots=True)
class Axis:
    """The cases of a programme; `states` counts them by outcome, those open among them.

    `own`: the same by the institution that leads. `solutions`: closed with a solution, none for a programme
    whose outcomes are no solutions.
    """

    path: CasePath
    states: Mapping[str, int]
    own: Mapping[str, Mapping[str, int]]

    @property
    def announced(self) -> int:
        """All cases."""
        return sum(self.states.values())

    @property
    def closed(self) -> int:
        """Those that are over."""
        return self.announced - self.states.get(OPEN, 0)

    @property
    def solutions(self) -> int | None:
        """Closed with a solution, of the youth service: all but out of criteria and no solution."""
        if self.path is not CasePath.YOUTH:
            return None
        return self.closed - self.states.get(OUT, 0) - self.states.get(NO_SOLUTION, 0)


def axes_of(rows: Sequence[Mapping[str, Any]]) -> list[Axis]:
    """The four programmes, each present; pure."""
    found = []
    for path in CasePath:
        mine = [row for row in rows if row["path"] == path]
        own: dict[str, Counter[str]] = {}
        for row in mine:
            own.setdefault(row["outcome"] or OPEN, Counter())[row["institution"]] += 1
        states = {name: held.total() for name, held in own.items()}
        found.append(
            Axis(path, dict(sorted(states.items())), {name: dict(held) for name, held in own.items()})
        )
    return found
