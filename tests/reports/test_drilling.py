"""From a figure to the kept rows that it is made of, on both engines."""

import pytest
from sqlmodel import select

from cii.institutions.queries import unit_by_code
from cii.kernel.errors import Refusal, UnknownThing
from cii.placements.tables import Placement
from cii.placements.vocabulary import ExitType
from cii.reports.actions import freeze
from cii.reports.behind import behind
from cii.reports.drilling import drilled
from cii.reports.queries import issue_values
from cii.reports.rederiving import inputs_of, kept_rows
from cii.reports.registry import KINDS
from cii.reports.rules import HiddenFigure, UnknownFigure
from tests.agreements.build_agreements import acting, an_actor
from tests.coordination.build_coordination import the_group
from tests.reports.stage import Q3, a_quarter


@pytest.fixture
def market(work):
    return a_quarter(work)


@pytest.fixture
def issue(work, market):
    return freeze(the_group(work), Q3)


def all_behind(work, issue, path):
    """Every row of a figure, whoever may see it."""
    facts = {one.name: kept_rows(work, issue, one.name) for one in inputs_of(work, issue)}
    values = issue_values(the_group(work), issue)
    (figure,) = (one for one in KINDS[issue.kind].figures(values) if one.path == path)
    return behind(issue.kind, facts, (figure.section, figure.key, figure.name), frozenset()), figure.value


@pytest.mark.parametrize("where", ["measures.ATELIER", "lines.ATELIER/LACI", "line_totals.LACI", "total"])
@pytest.mark.parametrize(
    "name",
    ["entries", "exits", "interruptions", "allocated_end", "occupied_days", "attended_days", "absence_days"],
)
def test_the_rows_of_persons_and_days_add_up_to_the_figure(work, issue, where, name):
    found, value = all_behind(work, issue, f"{where}.{name}")

    assert sum(row["counted"] for row in found.rows) == value
    assert found.table == ("attendance" if name in {"attended_days", "absence_days"} else "stays")


@pytest.mark.parametrize("where", ["measures.ATELIER", "lines.ATELIER/LACI", "line_totals.SAS", "total"])
def test_the_rows_of_a_cost_add_up_to_it(work, issue, where):
    found, value = all_behind(work, issue, f"{where}.cost")

    assert found.table == "delivered"
    assert sum(row["amount"] for row in found.rows) == value.centimes


@pytest.mark.parametrize(
    ("path", "table", "rows"),
    [
        ("measures.ATELIER.places_end", "places", 1),
        ("lines.ATELIER/SAS.places_average", "places", 1),
        ("measures.ATELIER.invoiced", "invoiced", 0),
        ("measures.ATELIER.cost_per_day", "delivered", 2),
        ("measures.ATELIER.occupancy", "stays", 9),
        ("exit_types.employment.persons", "stays", 3),
        ("budgets.LACI.granted", "books", 1),
        ("waiting.ATELIER/LACI.waiting", "waiting", 1),
    ],
)
def test_every_sort_of_figure_leads_to_its_table(work, issue, path, table, rows):
    found, _ = all_behind(work, issue, path)

    assert (found.table, len(found.rows)) == (table, rows)


def test_stays_show_to_who_may_see_them_and_the_others_are_counted(work, market, issue):
    group = the_group(work)
    payer = acting(work, an_actor(work, unit_by_code(work, "LMMT")))
    stays = work.session.exec(select(Placement).where(Placement.exit_type == ExitType.EMPLOYMENT)).all()
    before = len(work.seen)

    nothing = drilled(group, issue.ref, "lines.ATELIER/LACI.exits")
    unread = len(work.seen)
    found = drilled(payer, issue.ref, "lines.ATELIER/LACI.exits")

    assert (nothing.rows, nothing.others, unread) == ((), 3, before)
    assert ({row["ref"] for row in found.rows}, found.others) == ({one.ref for one in stays}, 0)
    (read,) = work.seen[before:]
    assert (read.kind, set(read.ids)) == ("placement", {one.id for one in stays})
    drilled(payer, issue.ref, "budgets.LACI.granted")
    assert len(work.seen) == before + 1


def test_the_rows_of_other_kinds_are_those_of_the_table_called_as_the_section():
    facts = {"measures": [{"measure": "A", "places": 3}, {"measure": "B", "places": 1}]}

    def found(key, hidden=frozenset()):
        return behind("annual", facts, ("measures", key, "places"), hidden).rows

    assert found("A") == [{"measure": "A", "places": 3}]
    assert len(found("")) == 2
    assert found("A", frozenset({"measures.B.places"})) == []
    assert behind("annual", facts, ("nothing", "A", "places"), frozenset()).rows == []


def test_a_hidden_figure_an_unknown_one_and_an_unknown_report_lead_nowhere(work, issue):
    other = acting(work, an_actor(work, unit_by_code(work, "LMMT"), role="contract_manager"))

    for ref, path, refusal in (
        (issue.ref, "lines.ATELIER/SAS.exits", HiddenFigure),
        (issue.ref, "lines.ATELIER/SAS.occupied_days", HiddenFigure),
        (issue.ref, "total.nothing", UnknownFigure),
        ("0000000000", "total.cost", UnknownThing),
    ):
        with pytest.raises(Refusal) as no:
            drilled(other, ref, path)
        assert refusal in {type(one) for one in getattr(no.value, "reasons", [no.value])}
