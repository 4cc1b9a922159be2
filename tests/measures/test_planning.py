"""The transformation plan of a measure, its state, and what was known of its places."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cii.kernel.errors import Refusal
from cii.measures.actions import SetPlaces, SetQuota, set_places, set_quota
from cii.measures.planning import (
    SetOpeningHours,
    SetTarget,
    history,
    plan_of,
    planned_by_kind,
    set_opening_hours,
    set_target,
    state_of,
)
from cii.measures.queries import places_by_kind
from cii.measures.rules import professional_share
from cii.measures.tables import PlanTarget
from cii.measures.vocabulary import MeasureKind, MeasureState
from tests.institutions.build_institutions import line_by_code, the_canton
from tests.measures.build_measures import a_measure

K = MeasureKind
END_OF_2011, END_OF_2012, END_OF_2014 = date(2011, 12, 31), date(2012, 12, 31), date(2014, 12, 31)


@pytest.fixture
def canton(work):
    the_canton(work)
    return work


def test_a_plan_of_199_and_194_places_leaves_the_204_of_2011_as_they_are(canton):
    """Product F2-F4: the plan's figures, and the share of professional places in each."""
    before = replace(canton, now=canton.now.replace(year=2011, month=12, day=1))
    line = line_by_code(before, "LACI", date(2011, 12, 1)).ref
    plans = {K.OCCUPATION: (142, 91, 0), K.SOCIO_PROFESSIONAL: (14, 22, 58), K.PROFESSIONAL: (48, 86, 136)}
    for kind, (now, next_year, last) in plans.items():
        measure = a_measure(
            before, kind, places=now, quotas={"LACI": 1, "SAS": 1}, starts_on=date(2011, 12, 1)
        )
        set_target(before, SetTarget(measure.ref, line, kind, next_year, END_OF_2012))
        set_target(before, SetTarget(measure.ref, line, kind, last, END_OF_2014))

    numbers = [
        places_by_kind(before, END_OF_2011, mixed=True),
        planned_by_kind(before, END_OF_2012),
        planned_by_kind(before, END_OF_2014),
    ]

    assert [sum(one.values()) for one in numbers] == [204, 199, 194]
    assert [f"{float(professional_share(one) * 100):.1f}" for one in numbers] == ["23.5", "43.2", "70.1"]
    assert sum(places_by_kind(before, END_OF_2014, mixed=True).values()) == 204


def test_the_last_target_written_for_a_day_counts_and_the_former_stays_written(canton):
    measure, line = a_measure(canton), line_by_code(canton, "SAS").ref
    for places in (6, 4):
        set_target(canton, SetTarget(measure.ref, line, K.COURSE, places, date(2027, 6, 30)))

    assert [one.places for one in plan_of(canton, measure.id)] == [4]
    assert [one.places for one in canton.session.scalars(select(PlanTarget))] == [6, 4]


def test_a_target_that_cannot_be_is_refused_with_every_reason(canton):
    measure, line = a_measure(canton, starts_on=date(2026, 12, 1)), line_by_code(canton, "SAS").ref

    with pytest.raises(Refusal) as refused:
        set_target(canton, SetTarget(measure.ref, line, K.COURSE, -1, canton.today))

    codes = [one.code for one in refused.value.reasons]
    assert codes == ["negative-places", "target-in-the-past", "outside-the-measure"]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2025, 12, 31), MeasureState.APPROVED),
        (date(2026, 1, 1), MeasureState.TRANSFORMING),
        (date(2026, 6, 30), MeasureState.RUNNING),
        (date(2026, 12, 31), MeasureState.RUNNING),
        (date(2027, 1, 1), MeasureState.CLOSED),
    ],
)
def test_a_measure_is_transforming_until_the_last_target_is_due(day, state):
    assert state_of(date(2026, 1, 1), date(2026, 12, 31), [date(2026, 6, 30)], day) is state


def test_what_was_known_of_the_places_on_a_day_stays_known(canton):
    measure, line = a_measure(canton, K.COURSE, places=5, quotas={"SAS": 2}), line_by_code(canton, "SAS").ref
    later = replace(canton, now=canton.now + timedelta(days=2))
    day = date(2026, 11, 1)
    for places in (9, 8):
        set_places(later, SetPlaces(measure.ref, K.COURSE, places, day))
    set_quota(later, SetQuota(measure.ref, line, K.COURSE, 3, day))

    known = history(canton, measure.id, canton.now)
    now = history(canton, measure.id)

    assert [(one.places, one.line_id is None) for one in known] == [(5, True), (2, False)]
    assert [(one.places, one.superseded) for one in now] == [
        (8, False), (9, True), (5, False), (3, False), (2, False),
    ]  # fmt: skip


def test_the_opening_hours_are_told_as_the_provider_says_them(canton):
    measure = a_measure(canton, opening_hours="lundi à vendredi")

    assert measure.opening_hours == "lundi à vendredi"
    assert set_opening_hours(canton, SetOpeningHours(measure.ref, " mardi, 8 h à 12 h ")).version == 2
    assert measure.opening_hours == "mardi, 8 h à 12 h"
