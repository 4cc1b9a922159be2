"""Two versions side by side: entries are matched by name, moving them changes nothing."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cii.agreements.vocabulary import Direction, IndicatorUnit, ObjectiveKind, ObjectiveLevel, Standing
from cii.conventions.comparing import DELIVERY, Kind, changed_sections, differences
from cii.conventions.parts import Aims, Principles, Text
from cii.conventions.parts_conduct import InformationDuty, Standard
from cii.conventions.parts_deal import Requirement
from cii.conventions.vocabulary import Area, InformedEvent
from cii.conventions.whole import Gauge, Goal
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting


def a_whole(work: Work):
    from cii.conventions.queries import convention

    market = a_market(work)
    return convention(acting(work, market.drafter), market.agreement(in_force=False).ref)


def a_goal(ref="aaaaaaaaaa", wording="Réinsertion", **more) -> Goal:
    told = {"rank": 1, "weight": None, "basic": False} | more
    return Goal(
        ref, ObjectiveLevel.ENTERPRISE, ObjectiveKind.INTEGRATION, Standing.MAIN, wording, "EISP", **told
    )


def a_gauge(code="taux", target=400, goal="aaaaaaaaaa") -> Gauge:
    return Gauge(
        code + "ref", goal, code, {"fr": code}, IndicatorUnit.PERCENT, Direction.UP, target, 300, "x", None
    )


def test_the_same_agreement_differs_in_nothing(work: Work):
    whole = a_whole(work)

    assert differences(whole, whole) == ()


def test_a_duty_that_changes_is_named_by_its_event(work: Work):
    whole = a_whole(work)
    old = Principles(
        information=(InformationDuty(InformedEvent.ABSENCE, 3), InformationDuty(InformedEvent.STAFF_HIRED))
    )
    new = Principles(
        information=(InformationDuty(InformedEvent.STAFF_HIRED), InformationDuty(InformedEvent.ABSENCE, 5))
    )

    found = differences(replace(whole, text=Text(principles=old)), replace(whole, text=Text(principles=new)))

    assert [(one.section, one.path, one.before, one.after) for one in found] == [
        ("principles", ("information", "absence", "working_days"), 3, 5)
    ]


def test_what_is_added_removed_or_filled_in_is_told_apart(work: Work):
    whole = a_whole(work)
    old = Text(aims=Aims(purpose="Emploi", requirements=(Requirement("Q1", wording="Qualité"),)))
    new = Text(aims=Aims(expectations="Suite", requirements=(Requirement("Q2", wording="Finances"),)))

    found = differences(replace(whole, text=old), replace(whole, text=new))

    assert {(".".join(one.path), one.kind) for one in found} == {
        ("purpose", Kind.REMOVED), ("expectations", Kind.ADDED),
        ("requirements.Q1", Kind.REMOVED), ("requirements.Q2", Kind.ADDED),
    }  # fmt: skip


def test_indicators_of_two_agreements_are_matched_by_their_name_not_their_row(work: Work):
    whole = a_whole(work)
    old = replace(whole, goals=(a_goal(),), gauges=(a_gauge(), a_gauge("absences", 2)))
    new = replace(
        whole,
        goals=(a_goal("bbbbbbbbbb"),),
        gauges=(a_gauge("absences", 2, "bbbbbbbbbb"), a_gauge(target=350, goal="bbbbbbbbbb")),
    )

    found = differences(old, new)

    assert [(one.section, one.path, one.before, one.after) for one in found] == [
        ("gauges", ("taux", "target"), 400, 350)
    ]
    assert changed_sections(found) == {"gauges": 1}
    assert "gauges" in DELIVERY


def test_a_term_that_moves_is_a_difference_of_the_header(work: Work):
    whole = a_whole(work)

    found = differences(whole, replace(whole, header=replace(whole.header, valid_to=date(2028, 1, 1))))

    assert [(one.section, one.path, one.after) for one in found] == [
        ("header", ("valid_to",), date(2028, 1, 1))
    ]


NAMES = st.lists(st.sampled_from("abcdef"), max_size=5, unique=True)


@given(old=NAMES, new=NAMES, order=st.randoms())
def test_moving_entries_changes_nothing_and_each_name_is_told_once(old, new, order):
    def principles(names):
        return tuple(Standard(Area.AUDIT, name) for name in names)

    from cii.conventions.comparing import _matched, _named

    shuffled = list(new)
    order.shuffle(shuffled)
    found = list(_matched("principles", (), _named(principles(old)), _named(principles(shuffled))))

    assert {one.path[-1][-1] for one in found} == set(old) ^ set(new)
    assert len(found) == len(set(old) ^ set(new))
