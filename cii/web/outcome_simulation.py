"""A version of a scheme on a past period, beside what was paid, per provider: a page and a file."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.documents import csv
from cii.documents.table import Column, Table
from cii.kernel.money import Chf
from cii.kernel.period import Period, year_of
from cii.outcomes.past import Simulation, simulation
from cii.outcomes.queries import formula, scheme_view
from cii.outcomes.rules_simulation import MixPart, Simulated
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.choices import number_asked, optional_day, t
from cii.web.outcomes import category_names, formula_rows, tabs
from cii.wire import language
from cii.wire.doors import needs

page = Blueprint("outcome_simulation", __name__)
_COLUMNS = (
    "web.outcomes.column.provider", "web.outcomes.column.persons", "web.outcomes.column.uncategorised",
    "web.outcomes.column.outcomes", "web.outcomes.column.earned", "web.outcomes.column.today",
    "web.outcomes.column.difference", "web.outcomes.column.per_person",
    "web.outcomes.column.per_person_today", "web.outcomes.column.exits", "web.outcomes.column.before",
    "web.outcomes.column.after", "web.outcomes.column.early", "web.outcomes.column.creaming",
    "web.outcomes.column.subcontracted",
)  # fmt: skip
_MONEY = frozenset(_COLUMNS[4:9])


@page.get("/outcomes/schemes/<ref:ref>/simulation")
@needs(Permit.SIMULATE_OUTCOMES)
def one(ref: str) -> str:
    """What a version would have paid in a period, beside what was paid; nothing is saved."""
    return render_template("pages/outcomes/simulation.html", **_shown(g.work, ref))


@page.get("/outcomes/schemes/<ref:ref>/simulation.csv")
@needs(Permit.SIMULATE_OUTCOMES)
def export(ref: str) -> Response:
    """The same as a file."""
    asked = _asked(g.work)
    found = simulation(g.work, ref, asked.period, asked.number)
    answer = Response(csv.write(simulation_table(found)), mimetype="text/csv")
    name = f"simulation_{found.period.start}_{found.period.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def simulation_table(found: Simulation) -> Table:
    """The simulation as a table of plain values: a row per provider."""
    columns = [Column(t(key), "money" if key in _MONEY else "value") for key in _COLUMNS]
    rows = [
        (
            _name(found, row), row.persons, row.uncategorised, row.outcomes, row.earned, row.today,
            row.difference, row.per_person(row.earned), row.per_person(row.today), row.exits, row.before,
            row.after, row.early, row.creaming, row.subcontracted,
        )
        for row in found.rows
    ]  # fmt: skip
    return Table(found.scheme.title, columns, rows)


@dataclass(frozen=True, slots=True)
class _Asked:
    period: Period
    number: int | None


def _asked(work: Work) -> _Asked:
    """The period in the address, last year when there is none; the version, the newest when there is none."""
    last_year = year_of(date(work.today.year - 1, 1, 1))
    first, last = optional_day("first") or last_year.start, optional_day("last") or last_year.last
    return _Asked(Period.through(first, last), number_asked("version") or None)


def _shown(work: Work, ref: str) -> dict[str, Any]:
    asked = _asked(work)
    found = simulation(work, ref, asked.period, asked.number)
    lang, view = language.lang(), scheme_view(work, ref)
    period: dict[str, Any] = {"first": asked.period.start.isoformat(), "last": asked.period.last.isoformat()}
    return {
        "tabs": tabs("schemes"),
        "scheme": found.scheme,
        "asked": period | {"version": str(found.version.number)},
        "versions": [
            {
                "value": str(one.number),
                "label": t("web.outcomes.version-of", n=one.number, day=formats.day(one.valid_from, lang)),
            }
            for one in view.versions
        ],
        "rows": [_row(found, row) for row in found.rows],
        "total": _total(found),
        "mixes": [
            {"provider": _name(found, row), **part} for row in found.rows for part in mix_rows(row.mix)
        ],
        "formula": {
            "number": found.version.number,
            "from": found.version.valid_from,
            "rows": formula_rows(formula(found.version), category_names(work, found.version.valid_from)),
        },
        "limits": found.limits,
        "near_share": formats.percent(Fraction(found.limits.near_permille, 1000), lang),
        "file": url_for("outcome_simulation.export", ref=ref, version=found.version.number, **period),
    }


def _name(found: Simulation, row: Simulated) -> str:
    label = found.labels.get(row.provider)
    return label.name if label is not None else t("web.outcomes.some-provider")


def _row(found: Simulation, row: Simulated) -> dict[str, Any]:
    return {
        "provider": _name(found, row),
        "persons": row.persons,
        "outcomes": row.outcomes,
        "earned": row.earned,
        "today": row.today,
        "difference": row.difference,
        "per_person": row.per_person(row.earned),
        "per_person_today": row.per_person(row.today),
        "exits": row.exits,
        "before": row.before,
        "after": row.after,
        "uncategorised": row.uncategorised,
        "signal": _signal(row),
        "subcontracted": Fraction(row.subcontracted, 1000) if row.subcontracted else None,
        "tone": "late" if row.early or row.creaming else None,
    }


def _signal(row: Simulated) -> dict[str, str]:
    told = [t("web.outcomes.signal.early")] if row.early else []
    told += [t("web.outcomes.signal.creaming")] if row.creaming else []
    if not told:
        return {"label": t("web.outcomes.signal.none"), "tone": "good"}
    return {"label": ", ".join(told), "tone": "warn"}


def _total(found: Simulation) -> dict[str, Any] | None:
    if len(found.rows) < 2:  # noqa: PLR2004 - one provider is its own total
        return None
    earned, today = (Chf.total(getattr(row, name) for row in found.rows) for name in ("earned", "today"))
    return {
        "provider": t("web.statements.total"),
        "persons": sum(row.persons for row in found.rows),
        "outcomes": sum(row.outcomes for row in found.rows),
        "earned": earned,
        "today": today,
        "difference": earned - today,
    }


def mix_rows(mix: tuple[MixPart, ...]) -> list[dict[str, Any]]:
    """Shares beside those that they are compared with, as a table shows them."""
    lang = language.lang()
    return [
        {
            "category": part.category or t("web.outcomes.uncategorised"),
            "count": part.count,
            "share": part.share,
            "compared": part.compared,
            "points": f"{'+' if part.points > 0 else ''}{formats.number(part.points, lang, 1)}",
            "state": {
                "label": t("web.outcomes.marked" if part.marked else "web.outcomes.within"),
                "tone": "warn" if part.marked else "good",
            },
        }
        for part in mix
    ]
