"""Overruns that a provider sees coming under an agreement: told once of a kind, answered once by who pays."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cii.agreements.vocabulary import AgreementState
from cii.institutions.queries import unit_by_code
from cii.institutions.tables import Unit
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.kernel.money import Chf
from cii.notices.tables import Notice
from cii.providers.overruns import AnswerOverrun, ForeseeOverrun, answer_overrun, foresee_overrun, overruns
from cii.providers.rules import (
    AgreementNotRunning,
    Foreseen,
    OverrunAnswered,
    OverrunToldAlready,
    overrun_faults,
)
from cii.providers.vocabulary import OverrunKind
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, a_provider, acting, an_actor

DAY, FIRST, NEXT_YEAR = date(2026, 12, 1), date(2026, 1, 1), date(2027, 1, 1)
MORE = Chf.parse("4200.00")


@pytest.fixture
def market(work: Work):
    return a_market(work)


@pytest.fixture
def agreement(market):
    return market.agreement()


@pytest.fixture
def provider(work: Work, market):
    unit = work.session.get_one(Unit, market.provider.unit_id)
    return in_october(acting(work, an_actor(work, unit, role="provider")))


@pytest.fixture
def office(work: Work):
    return in_october(acting(work, an_actor(work, unit_by_code(work, "LMMT"))))


def in_october(work: Work) -> Work:
    return replace(work, now=datetime(2026, 10, 15, 8, tzinfo=UTC))


def a_notice(agreement, kind=OverrunKind.BUDGET, wording="Plus de places que prévu.", **more):
    told = {"amount": MORE} if kind is OverrunKind.BUDGET else {"days": 60}
    return ForeseeOverrun(agreement.ref, kind, DAY, wording, **{**told, **more})


def codes(reasons) -> dict[str, str]:
    return {one.code: one.field for one in reasons}


def test_who_prepared_the_agreement_hears_that_it_will_not_suffice(work: Work, provider, agreement):
    made = foresee_overrun(provider, a_notice(agreement))

    told = work.session.scalars(select(Notice).where(Notice.kind == "agreement-overrun-foreseen")).one()
    assert told.account_id == agreement.prepared_by
    assert told.facts == {"number": agreement.number, "what": "budget", "day": "2026-12-01"}
    assert (made.amount, made.days, made.answer) == (MORE, None, None)


def test_money_and_volume_are_told_apart_and_each_once(provider, agreement):
    foresee_overrun(provider, a_notice(agreement))
    foresee_overrun(provider, a_notice(agreement, OverrunKind.VOLUME))

    with pytest.raises(OverrunToldAlready) as no:
        foresee_overrun(provider, a_notice(agreement, OverrunKind.VOLUME))

    assert no.value.facts["on"] == DAY
    assert [one.kind for one in overruns(provider, agreement.id)] == [OverrunKind.BUDGET, OverrunKind.VOLUME]


def test_a_notice_is_answered_once_and_the_provider_hears_of_it(
    work: Work, provider, office, market, agreement
):
    made = foresee_overrun(provider, a_notice(agreement))
    ask = AnswerOverrun(agreement.ref, made.ref, "Avenant de 4 places en préparation.")

    answer_overrun(office, ask)
    with pytest.raises(OverrunAnswered):
        answer_overrun(office, ask)
    foresee_overrun(provider, a_notice(agreement))

    told = work.session.scalars(select(Notice).where(Notice.kind == "agreement-overrun-answered")).one()
    assert told.unit_id == market.provider.unit_id
    assert [bool(one.answer) for one in overruns(office, agreement.id)] == [True, False]


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        (Foreseen(OverrunKind.BUDGET, DAY, MORE, None, "Motif"), {}),
        (Foreseen(OverrunKind.VOLUME, DAY, None, 60, "Motif"), {}),
        (Foreseen(OverrunKind.BUDGET, DAY, None, None, "Motif"), {"overrun-unmeasured": "amount"}),
        (Foreseen(OverrunKind.BUDGET, DAY, Chf(0), None, "Motif"), {"overrun-unmeasured": "amount"}),
        (Foreseen(OverrunKind.BUDGET, DAY, MORE, 60, "Motif"), {"overrun-unmeasured": "amount"}),
        (Foreseen(OverrunKind.VOLUME, DAY, MORE, None, "Motif"), {"overrun-unmeasured": "days"}),
        (Foreseen(OverrunKind.VOLUME, NEXT_YEAR, None, 60, "Motif"), {"overrun-outside-agreement": "expected_on"}),
        (Foreseen(OverrunKind.VOLUME, date(2025, 12, 31), None, 60, "Motif"), {"overrun-outside-agreement": "expected_on"}),
        (Foreseen(OverrunKind.VOLUME, date(2026, 10, 14), None, 60, "Motif"), {"overrun-in-past": "expected_on"}),
        (
            Foreseen(OverrunKind.VOLUME, NEXT_YEAR, None, None, " "),
            {"overrun-unmeasured": "days", "overrun-outside-agreement": "expected_on", "overrun-unsaid": "wording"},
        ),
    ],
)  # fmt: skip
def test_a_notice_is_measured_in_its_unit_ahead_in_the_term_and_says_why(told, faults):
    assert codes(overrun_faults(told, date(2026, 10, 15), FIRST, NEXT_YEAR)) == faults


def test_an_open_ended_agreement_may_overrun_at_any_day_ahead():
    told = Foreseen(OverrunKind.VOLUME, date(2031, 1, 1), None, 60, "Motif")

    assert overrun_faults(told, date(2026, 10, 15), FIRST, None) == []


def test_all_faults_are_told_at_once(provider, agreement):
    with pytest.raises(Refusal) as no:
        foresee_overrun(provider, a_notice(agreement, wording="", amount=None))

    assert codes(no.value.reasons) == {"overrun-unmeasured": "amount", "overrun-unsaid": "wording"}


def test_an_answer_says_something_about_a_notice_of_this_agreement(provider, office, market, agreement):
    other = market.agreement(market.social)
    made = foresee_overrun(provider, a_notice(agreement))

    with pytest.raises(Refusal) as no:
        answer_overrun(office, AnswerOverrun(agreement.ref, made.ref, "  "))
    with pytest.raises(UnknownThing):
        answer_overrun(office, AnswerOverrun(agreement.ref, "zzzzzzzzzz", "Rien"))

    assert codes(no.value.reasons) == {"overrun-unsaid": "answer"}
    assert overruns(office, other.id) == []


def test_neither_side_speaks_for_the_other_and_strangers_for_none(work: Work, provider, office, agreement):
    made = foresee_overrun(provider, a_notice(agreement))
    answer = AnswerOverrun(agreement.ref, made.ref, "Avenant")
    stranger = work.session.get_one(Unit, a_provider(work).unit_id)

    with pytest.raises(NotAllowed):
        foresee_overrun(office, a_notice(agreement))
    with pytest.raises(NotAllowed):
        answer_overrun(provider, answer)
    with pytest.raises(NotAllowed):
        answer_overrun(
            acting(work, an_actor(work, unit_by_code(work, "ODAS"), role="coordination_member")), answer
        )
    with pytest.raises(UnknownThing):
        foresee_overrun(acting(work, an_actor(work, stranger, role="provider")), a_notice(agreement))


def test_an_agreement_that_is_over_overruns_no_more(work: Work, provider, agreement):
    agreement.state = AgreementState.EXPIRED
    work.session.flush()

    with pytest.raises(AgreementNotRunning):
        foresee_overrun(provider, a_notice(agreement))


@pytest.mark.parametrize("change", ["wording = 'autre'", "amount = 1", "kind = 'volume'"])
def test_what_was_told_is_not_rewritten(work: Work, provider, agreement, change):
    foresee_overrun(provider, a_notice(agreement))

    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(text(f"UPDATE overrun_notice SET {change}"))
