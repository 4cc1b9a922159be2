"""The figures of a quarter from rows, on both engines: places, stays, attendance, exits, waiting, indicators."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlmodel import select

from cii.agreements.queries import agreement_view
from cii.agreements.tables import Indicator
from cii.agreements.vocabulary import IndicatorUnit, Interruptions
from cii.figures import attendance, satisfaction
from cii.figures.actions import RecordIndicator, record_indicator
from cii.figures.entered import entered_indicators, entered_values
from cii.figures.queries import quarter_figures
from cii.figures.rules import IndicatorComputed, Value
from cii.figures.vocabulary import Light, Origin
from cii.institutions.tables import FundingLine
from cii.kernel.errors import Refusals, UnknownThing
from cii.kernel.period import Quarter
from cii.measures.tables import MeasurePlaces, PlaceQuota
from cii.measures.vocabulary import MeasureKind
from cii.partners.tables import Satisfaction
from cii.placements.tables import PlacementShare
from cii.placements.vocabulary import ContractType, ExitType, PlacementEventKind
from cii.reports.values import values_of
from cii.settlement.vocabulary import Presence
from tests.agreements.build_agreements import a_market, acting
from tests.figures.build_figures import (
    EARLY,
    a_stay,
    attended,
    later,
    the_exit,
    the_numbers,
    told,
    waits,
)

Q3 = Quarter(2026, 3)
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)


@pytest.fixture
def market(work):
    the_numbers(work)
    made = a_market(acting_since(work))
    made.work = work
    return made


def acting_since(work):
    """The measure and its quotas are old: recorded long before the quarter."""
    return later(work, days=-600)


def line_of(figures, code):
    return next(one for one in figures.lines if one.line == code)


def test_places_stays_and_exits_of_a_quarter_per_line(work, market):
    agreement, social = market.agreement(), market.agreement(market.social)
    a_stay(work, market.measure, agreement, market.ac, date(2026, 6, 1), date(2026, 12, 31))
    a_stay(
        work, market.measure, agreement, market.ac, FIRST, LAST,
        exit_type=ExitType.EMPLOYMENT, contract=ContractType.OPEN_ENDED, left_on=date(2026, 7, 31),
    )  # fmt: skip
    a_stay(work, market.measure, agreement, market.ac, date(2026, 9, 30), date(2026, 12, 1), started=False)
    a_stay(
        work, market.measure, social, market.social, date(2026, 8, 1), LAST,
        exit_type=ExitType.ABORTED, left_on=date(2026, 8, 15),
    )  # fmt: skip

    figures = quarter_figures(work, Q3, work.now)

    ac = line_of(figures, "LACI")
    assert (ac.use.participants, ac.use.entries, ac.use.exits, ac.use.interruptions) == (2, 1, 1, 0)
    assert (ac.use.occupied_days, ac.use.allocated_days, ac.use.allocated_end) == (92 + 31, 92 + 31 + 1, 2)
    assert ac.use.places_average == 6
    assert ac.use.occupancy == Fraction(123, 6 * 92)
    assert ac.exit_types == {ExitType.EMPLOYMENT: 1}
    other = line_of(figures, "SAS")
    assert (other.use.occupied_days, other.use.interruptions, other.institution) == (15, 1, "SASO")
    (whole,) = figures.measures
    assert whole.mixed
    assert whole.use.places_end == 10
    assert whole.use.exits == 2
    assert whole.agreements == tuple(sorted([agreement.number, social.number]))


def test_a_stay_called_off_leaves_no_trace(work, market):
    agreement = market.agreement()
    stay = a_stay(work, market.measure, agreement, market.ac, FIRST, LAST, started=False)
    told(work, stay, PlacementEventKind.CANCELLED, FIRST, work.now - EARLY)

    assert line_of(quarter_figures(work, Q3, work.now), "LACI").use.allocated_days == 0


def test_an_exit_recorded_later_is_not_known_before(work, market):
    agreement = market.agreement()
    a_stay(
        work, market.measure, agreement, market.ac, FIRST, LAST,
        exit_type=ExitType.HEALTH, left_on=date(2026, 7, 10), exit_recorded_at=work.now + timedelta(days=3),
    )  # fmt: skip

    before = line_of(quarter_figures(work, Q3, work.now), "LACI").use
    after = line_of(quarter_figures(work, Q3, work.now + timedelta(days=4)), "LACI").use

    assert (before.exits, before.occupied_days) == (0, 92)
    assert (after.exits, after.occupied_days) == (1, 10)


def test_a_corrected_exit_replaces_the_first(work, market):
    agreement = market.agreement()
    stay = a_stay(work, market.measure, agreement, market.ac, FIRST, LAST)
    wrong = the_exit(work, stay, date(2026, 7, 10), ExitType.HEALTH, None, None, work.now)
    the_exit(work, stay, date(2026, 7, 20), ExitType.TRAINING, None, None, work.now, wrong.id)

    row = line_of(quarter_figures(work, Q3, work.now), "LACI")

    assert row.exit_types == {ExitType.TRAINING: 1}
    assert row.use.occupied_days == 20


def test_attendance_counts_as_known_and_corrected(work, market):
    agreement = market.agreement()
    stay = a_stay(work, market.measure, agreement, market.ac, FIRST, LAST)
    for day in (1, 2, 3):
        attended(work, stay, date(2026, 7, day))
    wrong = attended(work, stay, date(2026, 7, 6))
    attended(work, stay, date(2026, 7, 6), Presence.SICK, at=work.now + timedelta(days=1), replaces=wrong.id)
    attended(work, stay, date(2026, 8, 3), Presence.CLOSED)
    attended(work, stay, date(2026, 6, 30))

    now = line_of(quarter_figures(work, Q3, work.now), "LACI").use
    then = line_of(quarter_figures(work, Q3, work.now + timedelta(days=2)), "LACI").use

    assert (now.attended_days, now.absence_days) == (4, 0)
    assert (then.attended_days, then.absence_days) == (3, 1)


def test_one_attendance_row_feeds_each_payer_once_and_the_measure_once(work, market):
    own, social = market.agreement(), market.agreement(market.social)
    stay = a_stay(work, market.measure, own, market.ac, FIRST, LAST)
    other = work.session.exec(select(FundingLine).where(FundingLine.code == "SMIG")).one()
    for line, payer in ((market.social, social), (other, own)):
        work.session.add(
            PlacementShare(
                placement_id=stay.id, line_id=line.id, agreement_id=payer.id, weight=1, committed=0
            )
        )
    for day in (1, 2, 3):
        attended(work, stay, date(2026, 7, day), Presence.SICK if day == 3 else Presence.PRESENT)

    found = attendance.attended(work, Q3.period, work.now)
    figures = quarter_figures(work, Q3, work.now)

    assert found == dict.fromkeys((own.id, social.id), attendance.Attended(2, 1, 1))
    assert attendance.participants(work, Q3.period, work.now) == {own.id: 1, social.id: 1}
    assert [(one.use.attended_days, one.use.absence_days) for one in figures.measures] == [(2, 1)]
    assert [one.line for one in figures.lines if one.use.attended_days] == ["LACI"], "the requesting line's"


def test_days_that_nobody_attested_are_unknown_not_zero(work, market):
    agreement, social = market.agreement(), market.agreement(market.social)
    stay = a_stay(work, market.measure, agreement, market.ac, date(2026, 7, 20), date(2026, 8, 31))
    attended(work, stay, date(2026, 7, 20))
    a_stay(work, market.measure, social, market.social, date(2026, 9, 1), LAST)
    weekend = a_stay(work, market.measure, agreement, market.ac, date(2026, 8, 29), date(2026, 8, 30))
    told = values_of(quarter_figures(work, Q3, work.now), {"corrective": [], "meetings": [], "missing": []})

    ac, other = (told["lines"][f"{market.measure.code}/{line}"] for line in ("LACI", "SAS"))
    assert weekend.ends_on.weekday() == 6, "nothing to attest in it"
    assert (ac["attended_days"], ac["absence_days"]) == (1, 0)
    assert (other["attended_days"], other["absence_days"], other["cost_per_day"]) == (None, None, None)
    assert (told["measures"][market.measure.code]["attended_days"], told["total"]["attended_days"]) == (1, 1)
    assert {row["line"]: row["whole"] for row in told["unattested"].values()} == {"LACI": False, "SAS": True}

    attended(work, stay, date(2026, 8, 3), Presence.CLOSED)
    complete = line_of(quarter_figures(work, Q3, work.now), "LACI").use
    assert (complete.stay_months, complete.unattested) == (2, 0), "closed all month is attested"


@pytest.mark.parametrize("code", ["absence_days", "cost_per_day"])
def test_an_indicator_of_days_that_nobody_attested_is_missing(work, market, code):
    agreement = market.agreement()
    held = work.session.exec(select(Indicator).where(Indicator.agreement_id == agreement.id)).one()
    held.source = code
    work.session.flush()
    nobody = quarter_figures(work, Q3, work.now).indicators[0]
    stay = a_stay(work, market.measure, agreement, market.ac, FIRST, LAST)

    (silent,) = quarter_figures(work, Q3, work.now).indicators
    attended(work, stay, date(2026, 7, 1), Presence.SICK)
    attended(work, stay, date(2026, 7, 2))
    (row,) = quarter_figures(work, Q3, work.now).indicators

    assert (nobody.origin, nobody.light) == (Origin.COMPUTED, Light.NONE), "nobody came: nothing to tell"
    assert (silent.value, silent.origin, silent.light) == (None, Origin.MISSING, Light.NONE)
    assert row.value == Value({"absence_days": 1, "cost_per_day": 0}[code], 1, about=1)


def test_satisfaction_comes_from_the_answers_of_participants_once_for_each_payer(work, market):
    agreement, social = market.agreement(), market.agreement(market.social)
    held = work.session.exec(select(Indicator).where(Indicator.agreement_id == agreement.id)).one()
    held.source = "satisfaction"
    work.session.flush()
    stays = [a_stay(work, market.measure, agreement, market.ac, FIRST, LAST) for _ in range(4)]
    (silent,) = (
        one
        for one in quarter_figures(work, Q3, work.now).indicators
        if one.code == held.code and one.agreement == agreement.number
    )
    work.session.add(
        PlacementShare(
            placement_id=stays[0].id, line_id=market.social.id, agreement_id=social.id, weight=1, committed=0
        )
    )
    for stay, rating, at in (
        (stays[0], 5, datetime(2026, 9, 1, tzinfo=UTC)),
        (stays[1], 4, datetime(2026, 3, 1, tzinfo=UTC)),
        (stays[2], 3, datetime(2026, 9, 30, 21, 59, tzinfo=UTC)),
        (stays[3], 1, datetime(2026, 9, 30, 22, 1, tzinfo=UTC)),
    ):
        work.session.add(
            Satisfaction(
                person_id=stay.person_id, case_id=stay.case_id, subject="placement", subject_id=stay.id,
                informed=5, listened=5, useful=5, overall=rating, at=at,
            )
        )  # fmt: skip
    work.session.flush()

    (row,) = (
        one for one in quarter_figures(work, Q3, work.now).indicators if one.agreement == agreement.number
    )

    assert (silent.value, silent.origin) == (None, Origin.MISSING), "four stay, nobody has answered"
    assert (row.value, row.quarter) == (Value(2, 3, 3), Value(1, 2, 2)), "the quarter ends at midnight here"
    assert (row.published, row.published_version) == ("satisfaction", 1)
    assert satisfaction.ratings(work, Q3.period, work.now) == {agreement.id: (2, 1), social.id: (1, 1)}
    assert satisfaction.ratings(work, Q3.period, datetime(2026, 9, 15, tzinfo=UTC)) == {
        agreement.id: (1, 1), social.id: (1, 1),
    }  # fmt: skip


def test_a_value_beside_a_computed_one_is_refused_and_entered_ones_are_listed(work, market):
    agreement = market.agreement()
    ask = RecordIndicator(agreement.ref, "reinsertion", date(2026, 9, 30), 1, 2, "Relevé")

    with pytest.raises(IndicatorComputed):
        record_indicator(work, ask)
    assert entered_indicators(work, agreement.ref) == []

    held = work.session.exec(select(Indicator).where(Indicator.agreement_id == agreement.id)).one()
    held.source = "motivation"
    first = record_indicator(work, ask)
    record_indicator(work, replace(ask, numerator=2, replaces_ref=first.ref))
    found = entered_values(work, entered_indicators(work, agreement.ref))

    assert [(one.numerator, one.corrected) for one in found] == [(2, False), (1, True)]


def test_an_indicator_that_names_no_definition_is_its_agreements_own(work, market):
    agreement = market.agreement()
    held = work.session.exec(select(Indicator).where(Indicator.agreement_id == agreement.id)).one()
    held.source = "Questionnaire maison"
    work.session.flush()

    (row,) = quarter_figures(work, Q3, work.now).indicators

    assert (row.published, row.published_version, row.origin) == ("entered", 1, Origin.MISSING)


def test_places_change_within_the_quarter_and_a_correction_replaces(work, market):
    rows = {
        "measure_id": market.measure.id,
        "kind": MeasureKind.PROFESSIONAL,
        "recorded_at": work.now - EARLY,
    }
    wrong = MeasurePlaces(places=99, valid_from=date(2026, 9, 1), **rows)
    work.session.add(wrong)
    work.session.add(PlaceQuota(line_id=market.ac.id, places=3, valid_from=date(2026, 9, 1), **rows))
    work.session.flush()
    work.session.add(MeasurePlaces(places=5, valid_from=date(2026, 9, 16), replaces=wrong.id, **rows))
    work.session.flush()

    figures = quarter_figures(work, Q3, work.now)

    (whole,) = figures.measures
    assert (whole.use.place_days, whole.use.places_end) == (77 * 10 + 15 * 5, 5)
    assert line_of(figures, "LACI").use.place_days == 62 * 6 + 30 * 3


def test_waiting_at_the_end_of_the_quarter_against_the_one_before(work, market):
    waits(work, market.measure, market.ac, date(2026, 6, 1), urgency=1)
    waits(work, market.measure, market.ac, date(2026, 9, 1))
    waits(work, market.measure, market.ac, date(2026, 5, 1), closed_at=work.now - timedelta(days=60))
    waits(work, market.measure, market.ac, date(2026, 10, 1))

    (row,) = quarter_figures(work, Q3, work.now).waiting

    assert (row.waiting, row.urgent, row.before, row.longest_days) == (2, 1, 2, 121)


def test_an_indicator_counts_the_year_and_shows_the_quarter(work, market):
    agreement = market.agreement()
    for month, kind in ((2, ExitType.EMPLOYMENT), (7, ExitType.EMPLOYMENT), (8, ExitType.NO_SOLUTION)):
        a_stay(
            work, market.measure, agreement, market.ac, date(2026, month, 1), date(2026, month, 20),
            exit_type=kind, contract=ContractType.OPEN_ENDED if kind is ExitType.EMPLOYMENT else None,
        )  # fmt: skip

    (row,) = quarter_figures(work, Q3, work.now).indicators

    assert (row.value, row.quarter) == (Value(2, 3, 3), Value(1, 2, 2))
    assert row.light is Light.GREEN
    assert row.institutions[0] != row.institutions[1]
    assert "SEMP" in row.institutions


def test_an_indicator_leaves_out_the_interruptions_that_its_agreement_leaves_out(work, market):
    agreement = market.agreement()
    stays = lambda kind, contract=None: a_stay(  # noqa: E731
        work, market.measure, agreement, market.ac, date(2026, 7, 1), date(2026, 8, 31),
        exit_type=kind, contract=contract, left_on=date(2026, 8, 31),
    )  # fmt: skip
    stays(ExitType.EMPLOYMENT, ContractType.OPEN_ENDED)
    for kind in (ExitType.NO_SOLUTION, ExitType.ABORTED, ExitType.HEALTH):
        stays(kind)
    held = work.session.exec(select(Indicator).where(Indicator.agreement_id == agreement.id)).one()

    found = {}
    for said in (None, *Interruptions):
        held.interruptions = said
        work.session.flush()
        (row,) = quarter_figures(work, Q3, work.now).indicators
        found[said] = (row.value.denominator, row.interruptions)

    assert found == {
        None: (4, None), "counted": (4, "counted"), "excluded": (2, "excluded"),
        "excluded_if_justified": (3, "excluded_if_justified"),
    }  # fmt: skip


def test_an_entered_indicator_is_missing_until_somebody_enters_it(work, market):
    agreement = market.agreement()
    objective = agreement_view(work, agreement.ref).objectives[0].id
    work.session.add(
        Indicator(
            agreement_id=agreement.id, objective_id=objective, code="satisfaction", title={"fr": "Satisfaction"},
            unit=IndicatorUnit.PERCENT, direction="up", target=800, minimum=None, source="questionnaire",
        )
    )  # fmt: skip
    work.session.flush()
    ask = RecordIndicator(agreement.ref, "satisfaction", date(2026, 9, 30), 24, 30, "questionnaire", 30)

    before = quarter_figures(work, Q3, work.now).indicators[1]
    entry = record_indicator(work, ask)
    after = quarter_figures(work, Q3, work.now).indicators[1]
    fixed = RecordIndicator(
        agreement.ref, "satisfaction", date(2026, 9, 30), 20, 30, "questionnaire", 30, entry.ref
    )
    record_indicator(later(work, days=2), fixed)
    corrected = quarter_figures(work, Q3, work.now + timedelta(days=3)).indicators[1]

    assert (before.origin, before.light) == (Origin.MISSING, Light.NONE)
    assert (after.value, after.light) == (Value(24, 30, 30), Light.GREEN)
    assert (corrected.value, corrected.light) == (Value(20, 30, 30), Light.AMBER)
    assert quarter_figures(work, Q3, work.now).indicators[1] == after
    with pytest.raises(Refusals) as no:
        record_indicator(
            work,
            RecordIndicator(agreement.ref, "satisfaction", date(2027, 1, 1), 31, 30, "", None, entry.ref),
        )
    assert [one.code for one in no.value.reasons] == [
        "value-outside-indicator", "indicator-entry-ahead", "already-corrected",
    ]  # fmt: skip
    with pytest.raises(UnknownThing):
        record_indicator(work, RecordIndicator(agreement.ref, "nothing", date(2026, 9, 30), 1, 2, ""))


def test_deadlines_name_the_end_and_the_last_day_of_notice(work, market):
    agreement = market.agreement(last_day=date(2027, 6, 30))

    found = quarter_figures(work, Q3, work.now).deadlines

    ours = [(one.kind, one.on) for one in found if one.agreement == agreement.number]
    assert ("agreement_end", date(2027, 6, 30)) in ours
    assert ("notice", date(2026, 12, 31)) in ours


def test_an_agreement_of_another_person_is_not_in_the_figures_before_it_is_signed(work, market):
    market.agreement(in_force=False)

    assert quarter_figures(acting(work, market.drafter), Q3, work.now).indicators == ()
