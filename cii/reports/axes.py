"""The axes of the CII in a pack: cases of each programme, their outcomes, and what others see of them."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from cii.cases.vocabulary import CasePath
from cii.figures.axes import OPEN, Axis, axes_of
from cii.figures.suppression import TOTAL, Counts, hidden
from cii.reports.packs import LEADS, Field, Part, Path
from cii.reports.readers import Readers
from cii.reports.sheets import UNKNOWN

AXES = Part(
    "axes",
    "reports.axes",
    (
        Field("programme", "reports.axes-programme", words="case-path"),
        Field("axis", "reports.axes-axis"),
        Field("announced", "reports.axes-announced", "integer", means="reports.axes-define-announced"),
        Field("open", "reports.axes-open", "integer"),
        Field("closed", "reports.axes-closed", "integer"),
        Field("solutions", "reports.axes-solutions", "integer", means="reports.axes-define-solutions"),
        Field("solution_rate", "reports.axes-rate", "percent", means="reports.axes-define-rate"),
    ),
    text="reports.axes-text",
    order="axis",
)
OUTCOMES = Part(
    "outcomes",
    "reports.axes-outcomes",
    (
        Field("programme", "reports.axes-programme", words="case-path"),
        Field("title", "reports.axes-outcome"),
        Field("cases", "reports.axes-cases", "integer"),
    ),
)

_NUMBERED = {CasePath.YOUTH: "1", CasePath.NETWORK: "3", CasePath.SOCIAL_ENTERPRISE: "4"}
"""Axes that are programmes; the second one is the measures."""


def axes_values(cases: Sequence[Mapping[str, Any]], words: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The parts `axes` and `outcomes` from rows of cases and the titles of outcomes.

    A row of `axes` holds under `of` how many cases each institution leads, by state.
    """
    titles = {(row["path"], row["outcome"]): row["title"] for row in words}
    found = axes_of(cases)
    return {
        "axes": {one.path: _axis(one) for one in found},
        "outcomes": {
            f"{one.path}/{state}": {"programme": one.path, "title": titles[one.path, state], "cases": count}
            for one in found
            for state, count in one.states.items()
            if state != OPEN
        },
    }


def _axis(one: Axis) -> dict[str, Any]:
    solved = one.solutions
    return {
        "programme": one.path,
        "axis": _NUMBERED.get(one.path, UNKNOWN),
        "announced": one.announced,
        "open": one.states.get(OPEN, 0),
        "closed": one.closed,
        "solutions": solved,
        "solution_rate": Fraction(solved, one.closed) if solved is not None and one.closed else None,
        "of": one.own,
    }


def few_in_axes(seen: Mapping[str, Any], readers: Readers, minimum: int) -> Iterable[Path]:
    """Where small counts of cases stand that these readers' institutions do not lead.

    With an outcome, the number of solutions goes: it would tell the hidden one from the others.
    """
    for path, row in seen["axes"].items():
        own: Mapping[str, Mapping[str, int]] = row["of"]
        others = {
            state: sum(n for code, n in held.items() if not readers.know(code)) for state, held in own.items()
        }
        names = sorted(others)
        table = Counts(["all"], names, {("all", name): others[name] for name in names})
        gone = {column for _, column in hidden(table, minimum)} if names else set()
        if OPEN in gone:
            yield "axes", path, "open"
        if TOTAL in gone:
            yield "axes", path, "announced"
        if {OPEN, TOTAL} & gone:
            yield "axes", path, "closed"
        if gone:
            yield from (("axes", path, name) for name in ("solutions", "solution_rate"))
        for state in gone - {OPEN, TOTAL}:
            yield "outcomes", f"{path}/{state}", "cases"


def without_leads(seen: Mapping[str, Any], part: str = "axes") -> dict[str, Any]:
    """The values without the numbers of cases by institution in a part."""
    rows = seen[part].items()
    return {
        **seen,
        part: {key: {name: one for name, one in row.items() if name != LEADS} for key, row in rows},
    }
