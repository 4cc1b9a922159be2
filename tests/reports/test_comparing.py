"""Two periods side by side, and words beside their figures, on both engines."""

from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from cii.institutions.queries import unit_by_code
from cii.kernel.money import Chf
from cii.reports.actions import freeze
from cii.reports.comparing import CommentFigure, comment, comments_of, compared
from cii.reports.queries import issue_values
from cii.reports.rules import UnknownFigure
from tests.agreements.build_agreements import acting, an_actor
from tests.coordination.build_coordination import the_group
from tests.reports.stage import Q3, a_quarter


@pytest.fixture
def issues(work):
    a_quarter(work)
    group = the_group(work)
    return group, freeze(group, Q3.previous), freeze(group, Q3)


def test_each_figure_stands_beside_that_of_the_other_period_with_the_difference(issues):
    group, before, now = issues

    found = {one.figure.path: one for one in compared(group, before, now)}

    old, new = issue_values(group, before), issue_values(group, now)
    entries, cost = found["measures.ATELIER.entries"], found["measures.ATELIER.cost"]
    assert (entries.old, entries.new, entries.change) == (0, 9, 9)
    assert cost.change == Chf.parse(new["measures"]["ATELIER"]["cost"]) - Chf.parse(
        old["measures"]["ATELIER"]["cost"]
    )
    share = found["total.occupancy"]
    assert share.change == Fraction(new["total"]["occupancy"]) - Fraction(old["total"]["occupancy"])
    assert {"total", "measures", "lines", "line_totals", "budgets"} <= {
        one.figure.section for one in found.values()
    }


def test_the_other_way_round_every_difference_turns(issues):
    group, before, now = issues
    there = {one.figure.path: one.change for one in compared(group, before, now)}
    back = {one.figure.path: one.change for one in compared(group, now, before)}

    assert there.keys() == back.keys()
    for path, change in there.items():
        zero = Chf() if isinstance(change, Chf) else 0
        assert back[path] == (None if change is None else zero - change)


def test_what_is_hidden_has_no_difference_and_takes_no_word(work, issues):
    _, before, now = issues
    mine = acting(work, an_actor(work, unit_by_code(work, "LMMT"), role="contract_manager"))

    found = {one.figure.path: one for one in compared(mine, before, now)}

    hidden = found["lines.ATELIER/SAS.entries"]
    assert (hidden.new, hidden.change) == (None, None)
    with pytest.raises(UnknownFigure) as no:
        comment(mine, CommentFigure(now.ref, "lines.ATELIER/SAS.entries", "Deux personnes"))
    assert no.value.field == "path"


def test_a_word_stands_beside_a_figure_or_a_row_for_those_who_see_it(work, issues):
    group, _, now = issues
    mine = acting(work, an_actor(work, unit_by_code(work, "LMMT"), role="contract_manager"))
    for path in ("lines.ATELIER/SAS.entries", "lines.ATELIER/SAS", "total.places_end"):
        comment(group, CommentFigure(now.ref, path, "Vu en séance"))

    assert [one.path for one in comments_of(group, now)] == [
        "lines.ATELIER/SAS.entries", "lines.ATELIER/SAS", "total.places_end",
    ]  # fmt: skip
    assert [one.path for one in comments_of(mine, now)] == ["lines.ATELIER/SAS", "total.places_end"]


@pytest.mark.parametrize("path", ["total.nothing", "nothing", "", "report", "lines.ATELIER/SAS.name"])
def test_a_word_on_nothing_is_refused(issues, path):
    group, _, now = issues
    with pytest.raises(UnknownFigure):
        comment(group, CommentFigure(now.ref, path, "Vu en séance"))


def test_a_word_is_not_changed_afterwards(work, issues):
    group, _, now = issues
    comment(group, CommentFigure(now.ref, "total.places_end", "Vu en séance"))

    with pytest.raises(DatabaseError, match="append-only"), work.session.begin_nested():
        work.session.execute(text("UPDATE report_comment SET wording = 'autre'"))
