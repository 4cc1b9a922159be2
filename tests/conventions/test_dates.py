"""Dates with effect: notices, warnings before an end, prices of the AI, deliverables asked for and late."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from cii.agreements.actions import AddDeliverable, add_deliverable
from cii.agreements.dates import owed_ahead
from cii.agreements.ending import TerminateAgreement, expire_agreements, terminate
from cii.agreements.owed import deliverables_overdue, overdue
from cii.agreements.rules_dates import (
    Dated,
    DateKind,
    EndInThePast,
    EndsAlready,
    Limits,
    NoticeBeforeAgreement,
    NoticeNotReceived,
    NoticeTooShort,
    dates_of,
    notice_effect,
)
from cii.agreements.tables import Agreement, Deliverable
from cii.agreements.vocabulary import AgreementState, DeliverableKind, EndGrounds, Frequency, Profile
from cii.conventions.actions import stored
from cii.conventions.dates import coming, dates_ahead, watch_dates
from cii.conventions.following import TakeOption, take_option
from cii.conventions.parts_conduct import Term
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.deliverables.actions import WaiveDeliverable, waive
from cii.kernel.clock import ZURICH
from cii.kernel.errors import Refusal
from cii.notices.tables import Notice
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import Market, a_market, acting


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        (date(2027, 1, 31), date(2027, 7, 31)),
        (date(2027, 2, 1), date(2028, 7, 31)),
        (date(2026, 10, 15), date(2027, 7, 31)),
        (date(2027, 7, 31), date(2028, 7, 31)),
    ],
)
def test_an_agreement_of_the_ai_ends_on_31_july_with_six_months(received, ends):
    assert notice_effect(Profile.AI, 6, received) == ends
    assert notice_effect(Profile.AI, 3, received) == ends


def test_another_agreement_ends_with_the_month_in_which_the_notice_is_over():
    assert notice_effect(Profile.AC, 6, date(2026, 10, 15)) == date(2027, 4, 30)
    assert notice_effect(Profile.AS, 3, date(2026, 11, 30)) == date(2027, 2, 28)


@given(
    received=st.dates(date(2010, 1, 1), date(2090, 1, 1)),
    months=st.integers(0, 24),
    profile=st.sampled_from(Profile),
)
def test_a_later_notice_never_ends_an_agreement_sooner(received, months, profile):
    first, later = (notice_effect(profile, months, day) for day in (received, received + timedelta(days=1)))

    assert received <= first <= later


def found(told: Dated, today: date) -> dict[DateKind, tuple[date, tuple[date, ...]]]:
    return {one.kind: (one.due_on, one.warned_on) for one in dates_of(told, today, Limits())}


def test_an_end_is_warned_of_three_months_and_one_month_before():
    told = Dated(Profile.AC, 6, date(2026, 12, 31), date(2026, 1, 1))

    assert found(told, date(2026, 10, 15)) == {
        DateKind.END: (date(2026, 12, 31), (date(2026, 9, 30), date(2026, 11, 30)))
    }


def test_prices_of_the_ai_are_talked_over_after_three_years_and_prepared_six_months_before():
    told = Dated(Profile.AI, 6, None, date(2024, 1, 1))

    dates = found(told, date(2026, 7, 1))

    assert dates[DateKind.RENEGOTIATION] == (date(2027, 1, 1), (date(2026, 7, 1),))
    assert dates[DateKind.NOTICE] == (date(2027, 1, 31), (date(2026, 12, 31),))


@pytest.fixture
def work(work: Work) -> Work:
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return work


def told_on(work: Work, day: date) -> list[str]:
    """The kinds of notices that the job of that business date writes, and how many."""
    night = replace(work, now=datetime.combine(day + timedelta(days=1), time(3, 15), ZURICH))
    before = set(work.session.scalars(select(col(Notice.id))))
    watch_dates(night, day)
    rows = work.session.scalars(select(Notice).order_by(col(Notice.id)))
    return [one.kind for one in rows if one.id not in before]


def test_the_night_tells_the_preparer_and_the_provider_on_the_day_and_on_no_other(work: Work):
    market = a_market(work)
    market.agreement()

    assert told_on(work, date(2026, 9, 30)) == ["agreement-end"] * 2
    assert told_on(work, date(2026, 10, 1)) == []
    assert told_on(work, date(2026, 11, 30)) == ["agreement-end"] * 2


def test_the_same_night_run_twice_tells_nobody_twice(work: Work):
    market = a_market(work)
    market.agreement()

    assert told_on(work, date(2026, 9, 30)) == ["agreement-end"] * 2
    assert told_on(work, date(2026, 9, 30)) == []
    assert told_on(work, date(2026, 11, 30)) == ["agreement-end"] * 2


def test_a_deliverable_is_asked_for_then_late(work: Work):
    market = a_market(work)
    living = market.agreement()
    wish = AddDeliverable(living.ref, DeliverableKind.COURSES, Frequency.QUARTERLY, date(2026, 10, 20))
    add_deliverable(acting(work, market.drafter), wish)

    assert told_on(work, date(2026, 10, 6)) == ["deliverable-due"] * 2
    assert told_on(work, date(2026, 10, 20)) == []
    assert told_on(work, date(2026, 10, 21)) == ["deliverable-late"] * 2
    assert told_on(work, date(2026, 10, 21)) == []
    assert [one.due_on for one in owed_ahead(work, date(2026, 10, 1), date(2026, 10, 31))] == [
        date(2026, 10, 20)
    ]


def test_dates_are_told_to_who_may_see_the_agreement(work: Work):
    market = a_market(work)
    living = market.agreement()
    mine = acting(work, market.drafter)

    assert [one.number for one in dates_ahead(mine, work.today) if one.ref == living.ref] == [living.number]
    stranger = acting(work, replace(market.drafter, seats=()))
    assert list(dates_ahead(stranger, work.today)) == []


def ended(work: Work, **more):
    market = a_market(work)
    living = market.agreement(last_day=date(2028, 12, 31))
    return living, terminate(
        acting(work, market.drafter), TerminateAgreement(living.ref, reason="Fin du besoin", **more)
    )


def test_a_notice_too_short_is_refused_with_the_first_possible_day(work: Work):
    with pytest.raises(NoticeTooShort) as no:
        ended(work, last_day=date(2027, 3, 31))

    assert (no.value.field, no.value.facts["first"]) == ("last_day", date(2027, 4, 30))


def test_both_sides_may_agree_on_an_earlier_end_but_not_on_a_past_one(work: Work):
    living, _ = ended(work, last_day=date(2026, 12, 31), grounds=EndGrounds.MUTUAL)
    assert (living.state, living.valid_to) == (AgreementState.IN_FORCE, date(2027, 1, 1))
    with pytest.raises(Refusal) as no:
        ended(work, last_day=date(2026, 10, 14), grounds=EndGrounds.GRAVE, received_on=date(2026, 10, 16))
    assert {type(one) for one in no.value.reasons} == {EndInThePast, NoticeNotReceived}


def test_a_notice_counts_from_the_day_on_which_it_came(work: Work):
    living, _ = ended(work, last_day=date(2027, 3, 31), received_on=date(2026, 9, 30))

    assert living.valid_to == date(2027, 4, 1)


def test_a_notice_from_before_the_agreement_shortens_none(work: Work):
    with pytest.raises(NoticeBeforeAgreement) as no:
        ended(work, last_day=date(2026, 10, 15), received_on=date(2025, 12, 31))

    assert (no.value.field, no.value.facts["first"]) == ("received_on", date(2026, 1, 1))


def with_option(work: Work, months: int) -> Agreement:
    living = a_market(work).agreement()
    body = stored(Part.TERM, Term(option_months=months))
    work.session.add(ConventionPart(agreement_id=living.id, part=Part.TERM, body=body, recorded_at=work.now))
    work.session.flush()
    return living


def test_an_option_is_told_like_the_end_that_it_puts_off(work: Work):
    living = with_option(work, 12)

    assert sorted(told_on(work, date(2026, 9, 30))) == ["agreement-end"] * 2 + ["agreement-option"] * 2
    assert [(one.kind, one.due_on, one.warned) for one in coming(work) if one.agreement_ref == living.ref] == [
        (DateKind.END, date(2026, 12, 31), True), (DateKind.OPTION, date(2026, 12, 31), True),
    ]  # fmt: skip


@pytest.mark.parametrize("missed", [0, 1, 5])
def test_nights_that_were_missed_are_made_up_once(work: Work, missed: int):
    """The job runs once per business date; dates whose night was missed are run on a later one, some twice."""
    a_market(work).agreement()
    nights = [date(2026, 9, 24) + timedelta(days=n) for n in range(75)]
    late = nights[: 6 + missed]
    told: list[str] = []
    for night in (*late, *late, *nights[6 + missed :]):
        told += told_on(work, night)

    assert told.count("agreement-end") == 4, "two warnings, to two sides each"


def test_a_price_of_the_ai_stays_to_be_talked_over_until_it_is_new(work: Work):
    living = a_market(work).agreement(
        profile=Profile.AI, last_day=None, valid_from=date(2023, 6, 1), indicators=True
    )
    at = {
        day: [(one.kind, one.warned) for one in coming(replace(work, now=datetime.combine(day, time(9), ZURICH)))
              if one.agreement_ref == living.ref and one.kind is DateKind.RENEGOTIATION]
        for day in (date(2025, 11, 30), date(2025, 12, 1), date(2027, 3, 1))
    }  # fmt: skip

    assert list(at.values()) == [
        [(DateKind.RENEGOTIATION, False)], [(DateKind.RENEGOTIATION, True)], [(DateKind.RENEGOTIATION, True)],
    ]  # fmt: skip


def test_under_notice_only_the_end_lies_ahead(work: Work):
    market = a_market(work)
    living = market.agreement(profile=Profile.AI, last_day=None, valid_from=date(2024, 3, 1))
    ahead = lambda: [one.kind for one in coming(work) if one.agreement_ref == living.ref]  # noqa: E731
    before = ahead()

    gone = TerminateAgreement(living.ref, date(2026, 12, 31), "Fin du besoin", EndGrounds.MUTUAL)
    terminate(acting(work, market.drafter), gone)

    assert (before, ahead()) == ([DateKind.NOTICE, DateKind.RENEGOTIATION], [DateKind.END])
    assert told_on(work, date(2026, 9, 30)) == ["agreement-end"] * 2


def test_an_option_is_not_taken_after_a_notice(work: Work):
    living = with_option(work, 12)
    gone = TerminateAgreement(living.ref, date(2026, 11, 30), "Fin du besoin", EndGrounds.MUTUAL)
    terminate(work, gone)

    with pytest.raises(EndsAlready) as no:
        take_option(work, TakeOption(living.ref))

    assert no.value.facts["last"] == date(2026, 11, 30)
    assert [one.kind for one in coming(work) if one.agreement_ref == living.ref] == [DateKind.END]


def over(work: Work) -> tuple[Market, Agreement, Deliverable]:
    """An agreement of 2026 that owes its final account by March 2027, and has ended by notice in November."""
    market = a_market(work)
    living = market.agreement()
    mine = acting(work, market.drafter)
    add = AddDeliverable(living.ref, DeliverableKind.FINAL_ACCOUNT, Frequency.ONCE, date(2027, 3, 31))
    owed = add_deliverable(mine, add)
    terminate(mine, TerminateAgreement(living.ref, date(2026, 11, 30), "Fin du besoin", EndGrounds.MUTUAL))
    expire_agreements(replace(work, now=datetime(2026, 12, 1, 3, 15, tzinfo=ZURICH)))
    assert living.state is AgreementState.TERMINATED
    return market, living, owed


def test_what_is_due_after_the_end_is_asked_for_and_late_like_before(work: Work):
    market, living, owed = over(work)
    april = replace(acting(work, market.drafter), now=datetime(2027, 4, 2, 9, tzinfo=ZURICH))

    assert told_on(work, date(2027, 3, 17)) == ["deliverable-due"] * 2
    assert told_on(work, date(2027, 4, 1)) == ["deliverable-late"] * 2
    assert [one.ref for one in overdue(april, [living.id or 0])] == [owed.ref]
    found = work.session.execute(deliverables_overdue(date(2027, 4, 1))).all()
    assert [row.ref for row in found] == [owed.ref]


def test_what_is_waived_is_asked_for_no_more(work: Work):
    market, living, owed = over(work)

    waive(acting(work, market.drafter), WaiveDeliverable(owed.ref, "Aucun participant cette année"))

    assert told_on(work, date(2027, 3, 17)) == told_on(work, date(2027, 4, 1)) == []
    assert overdue(replace(work, now=datetime(2027, 4, 2, 9, tzinfo=ZURICH)), [living.id or 0]) == []
    assert work.session.execute(deliverables_overdue(date(2027, 4, 1))).all() == []
