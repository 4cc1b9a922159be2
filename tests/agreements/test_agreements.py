from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col

from cii.agreements.actions import (
    AddClosure,
    AddDeliverable,
    AddProvider,
    AddTariff,
    Bought,
    DraftAgreement,
    add_closure,
    add_deliverable,
    add_objective,
    add_provider,
    add_tariff,
    draft_agreement,
    negotiate,
    put_in_force,
    receive_deliverable,
    sign,
)
from cii.agreements.ending import TerminateAgreement, expire_agreements, terminate
from cii.agreements.living import agreement_in_force, agreements_in_force
from cii.agreements.owed import deliverables_overdue
from cii.agreements.queries import (
    agreement_by_ref,
    agreement_view,
    agreements_list,
    price_of,
    tariffs_for,
)
from cii.agreements.rules import (
    AgreementOverlaps,
    BoughtTwice,
    Draft,
    MinimumBeyondTarget,
    NeedsAccount,
    NothingBought,
    NotOpenForChange,
    OutsideAgreement,
    SignedByDrafter,
    TariffOverlaps,
    UidInvalid,
    signature_faults,
)
from cii.agreements.rules_dates import EndsAlready
from cii.agreements.rules_proration import TariffMissing
from cii.agreements.vocabulary import (
    AgreementState,
    Basis,
    DeliverableKind,
    EndGrounds,
    Frequency,
    Instrument,
    LegalForm,
    Profile,
)
from cii.institutions.queries import institution_of, unit_by_code
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import IllegalMove
from cii.kernel.period import Period
from cii.notices.tables import Notice
from cii.store.work import HOUSE, Work
from tests.agreements.build_agreements import a_market, acting, an_actor, an_objective
from tests.institutions.build_institutions import a_unit, line_by_code

OCTOBER = date(2026, 10, 15)


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def test_an_agreement_in_force_takes_placements_within_its_term(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    measure, line = market.measure.id, market.ac.id

    assert agreement_in_force(work, measure, line, OCTOBER) == agreement
    assert agreement_in_force(work, measure, line, date(2025, 12, 31)) is None
    assert agreement_in_force(work, measure, line, date(2027, 1, 1)) is None
    assert agreement_in_force(work, measure, market.social.id, OCTOBER) is None
    assert agreements_in_force(work, OCTOBER) == {(measure, line): agreement.id}


def test_a_draft_takes_no_placement(work: Work):
    market = a_market(work)
    market.agreement(in_force=False)

    assert agreement_in_force(work, market.measure.id, market.ac.id, OCTOBER) is None


def test_an_agreement_under_notice_takes_placements_to_its_last_day_and_ends_in_that_night(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    on = lambda day: agreement_in_force(work, market.measure.id, market.ac.id, day)  # noqa: E731
    morning = lambda day: replace(work, now=datetime.combine(day, time(3, 15), UTC))  # noqa: E731

    ended(work, market, agreement, date(2026, 10, 31))
    expire_agreements(morning(date(2026, 10, 31)))
    until_then = agreement.state, on(date(2026, 10, 31)), on(date(2026, 11, 1))
    expire_agreements(morning(date(2026, 11, 1)))

    assert until_then == (AgreementState.IN_FORCE, agreement, None)
    assert agreement.state is AgreementState.TERMINATED
    assert on(date(2026, 10, 31)) is None, "the past is written, it takes no more"


def test_a_notice_is_told_to_the_provider_with_the_last_day(work: Work):
    market = a_market(work)
    agreement = market.agreement()

    ended(work, market, agreement, date(2026, 10, 31))

    told = work.session.scalars(select(Notice).where(col(Notice.subject_ref) == agreement.ref)).one()
    assert (told.kind, told.unit_id) == ("agreement-notice-given", market.provider.unit_id)
    assert told.facts["last"] == "2026-10-31"


def test_a_notice_may_be_followed_by_an_earlier_end_but_by_no_later_one(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    with pytest.raises(EndsAlready):
        ended(work, market, agreement, date(2027, 3, 31))
    ended(work, market, agreement, date(2026, 11, 30))
    ended(work, market, agreement, date(2026, 10, 31))

    with pytest.raises(EndsAlready) as no:
        ended(work, market, agreement, date(2026, 11, 1))

    assert (no.value.field, no.value.facts["last"]) == ("last_day", date(2026, 10, 31))
    assert agreement.valid_to == date(2026, 11, 1)


def ended(work: Work, market, agreement, last_day: date):
    wish = TerminateAgreement(agreement.ref, last_day, "Fin du besoin", EndGrounds.MUTUAL)
    return terminate(acting(work, market.drafter), wish)


def test_the_drafter_does_not_sign(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)

    with pytest.raises(SignedByDrafter):
        sign(acting(work, market.drafter), agreement.ref)


def test_the_database_refuses_the_drafters_signature(work: Work):
    agreement = a_market(work).agreement()

    with pytest.raises(IntegrityError):
        work.session.execute(
            text("UPDATE agreement SET signed_by = prepared_by WHERE id = :id"), {"id": agreement.id}
        )


def test_a_job_does_not_sign(work: Work):
    agreement = a_market(work).agreement(in_force=False)

    with pytest.raises(NeedsAccount):
        sign(acting(work, HOUSE), agreement.ref)


def test_a_signature_is_refused_with_every_reason(work: Work):
    market = a_market(work)
    agreement = market.agreement(amount=None, indicators=False, in_force=False)

    with pytest.raises(Refusals) as no:
        sign(acting(work, market.drafter), agreement.ref)

    assert codes(no) == ["signed-by-drafter", "agreement-without-indicators", "tariff-missing"]


def test_social_aid_signs_without_indicators(work: Work):
    market = a_market(work)
    agreement = market.agreement(market.social, indicators=False, in_force=False)

    negotiate(acting(work, market.drafter), agreement.ref)
    sign(acting(work, market.signer), agreement.ref)

    assert agreement.state is AgreementState.SIGNED


def test_an_agreement_is_not_signed_twice(work: Work):
    market = a_market(work)
    agreement = market.agreement()

    with pytest.raises(IllegalMove):
        sign(acting(work, market.signer), agreement.ref)


def test_a_second_agreement_for_the_same_days_is_refused(work: Work):
    market = a_market(work)
    first = market.agreement()
    second = market.agreement(valid_from=date(2026, 7, 1), in_force=False)
    sign(acting(work, market.signer), second.ref)

    with pytest.raises(AgreementOverlaps) as no:
        put_in_force(acting(work, market.drafter), second.ref)

    assert no.value.facts == {"number": first.number}


def test_an_agreement_expires_when_its_term_is_over(work: Work):
    market = a_market(work)
    old = market.agreement(valid_from=date(2025, 1, 1), last_day=date(2025, 12, 31))
    market.agreement()

    assert expire_agreements(work) == 1
    assert old.state is AgreementState.EXPIRED
    assert expire_agreements(work) == 0


def test_a_signed_agreement_keeps_its_tariffs(work: Work):
    market = a_market(work)
    agreement = market.agreement()

    with pytest.raises(NotOpenForChange):
        add_tariff(
            acting(work, market.drafter),
            market.tariff(agreement, market.ac, "2500", Basis.WEEKDAYS, date(2026, 6, 1)),
        )


def test_a_new_tariff_ends_the_open_one(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)

    add_tariff(
        acting(work, market.drafter),
        market.tariff(agreement, market.ac, "2500", Basis.WEEKDAYS, date(2026, 7, 1)),
    )

    found = tariffs_for(work, [agreement.id], Period(date(2026, 1, 1), date(2027, 1, 1)))
    assert [(one.valid_from, one.valid_to, str(one.amount)) for one in found] == [
        (date(2026, 1, 1), date(2026, 7, 1), "2200.00"),
        (date(2026, 7, 1), None, "2500.00"),
    ]


def test_a_wrong_tariff_is_replaced_and_never_counted(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)

    add_tariff(
        acting(work, market.drafter),
        market.tariff(agreement, market.ac, "2500", Basis.WEEKDAYS, date(2026, 1, 1)),
    )

    view = agreement_view(work, agreement.ref)
    assert [str(one.amount) for one in view.tariffs] == ["2500.00"]
    assert work.session.execute(text("SELECT count(*) FROM tariff")).scalar() == 2


def test_a_tariff_before_a_later_one_is_refused(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)
    mine = acting(work, market.drafter)

    with pytest.raises(TariffOverlaps):
        add_tariff(mine, market.tariff(agreement, market.ac, "2500", Basis.WEEKDAYS, date(2025, 12, 1)))


def test_a_tariff_for_a_measure_not_bought_is_refused(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)

    with pytest.raises(OutsideAgreement):
        add_tariff(
            acting(work, market.drafter),
            market.tariff(agreement, market.social, "2500", Basis.WEEKDAYS, date(2026, 1, 1)),
        )


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE tariff SET amount = 1",
        "DELETE FROM tariff",
        (
            "INSERT INTO tariff (ref, agreement_id, measure_id, line_id, valid_from, basis, amount, places,"
            " month_begun, recorded_at) SELECT 'x', agreement_id, measure_id, line_id, '2026-03-01', basis, amount,"
            " places, month_begun, recorded_at FROM tariff"
        ),
    ],
)
def test_the_database_keeps_tariffs_and_lets_none_overlap(work: Work, attack: str):
    a_market(work).agreement()

    with pytest.raises(DBAPIError):
        work.session.execute(text(attack))


def test_the_price_ends_with_the_term(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    where = {
        "agreement_id": agreement.id,
        "measure_id": market.measure.id,
        "line_id": market.ac.id,
    }

    priced = price_of(work, **where, span=Period(date(2026, 10, 1), date(2027, 1, 1)), weights=(60, 40))

    assert [str(part) for part in priced.parts] == ["3960.00", "2640.00"]
    with pytest.raises(TariffMissing) as no:
        price_of(work, **where, span=Period(date(2026, 12, 1), date(2027, 2, 1)))
    assert no.value.facts["first"] == date(2027, 1, 1)


def test_closing_days_cost_nothing(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)
    closed = (date(2026, 3, 9), date(2026, 3, 13))
    add_closure(
        acting(work, market.drafter), AddClosure(agreement.ref, market.measure.ref, *closed, "Vacances")
    )

    priced = price_of(
        work,
        agreement_id=agreement.id,
        measure_id=market.measure.id,
        line_id=market.ac.id,
        span=Period.through(date(2026, 3, 3), date(2026, 3, 20)),
    )

    assert priced.total == Chf.parse("900")


def test_a_minimum_beyond_the_target_is_refused(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)

    with pytest.raises(MinimumBeyondTarget):
        add_objective(acting(work, market.drafter), an_objective(agreement, target=300, minimum=400))


def test_a_sector_reads_the_agreements_of_mixed_measures_and_changes_its_own(work: Work):
    market = a_market(work)
    ours, theirs = market.agreement(in_force=False), market.agreement(market.social, in_force=False)
    adviser = acting(work, an_actor(work, unit_by_code(work, "ORP-LITTORAL")))

    assert {row.number for row in agreements_list(adviser)} == {ours.number, theirs.number}
    with pytest.raises(NotAllowed):
        negotiate(adviser, theirs.ref)
    assert negotiate(adviser, ours.ref).state is AgreementState.NEGOTIATION


def test_a_sector_does_not_see_the_agreements_of_others(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)
    outsider = acting(work, an_actor(work, unit_by_code(work, "OFIJ")))

    assert agreements_list(outsider) == []
    with pytest.raises(UnknownThing):
        agreement_by_ref(outsider, agreement.ref)


def test_a_provider_sees_its_own_agreements_only(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    unit = work.session.get(type(unit_by_code(work, "ODAS")), market.provider.unit_id)
    mine = acting(work, an_actor(work, unit, role="provider"))
    other = acting(work, an_actor(work, a_unit(work, None), role="provider"))

    assert [row.number for row in agreements_list(mine)] == [agreement.number]
    assert agreements_list(other) == []


def test_a_deliverable_is_overdue_until_it_is_received(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    mine = acting(work, market.drafter)
    due = add_deliverable(
        mine,
        AddDeliverable(agreement.ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(2026, 10, 5)),
    )

    assert [row.ref for row in work.session.execute(deliverables_overdue(date(2026, 10, 6)))] == [due.ref]
    assert work.session.execute(deliverables_overdue(date(2026, 10, 5))).all() == []
    receive_deliverable(mine, due.ref)
    assert work.session.execute(deliverables_overdue(date(2026, 10, 6))).all() == []
    with pytest.raises(UnknownThing):
        receive_deliverable(mine, "nothing")


def test_an_enterprise_number_is_checked_and_written_as_the_register_does(work: Work):
    unit = a_unit(work, None)
    owner = institution_of(work, unit.id)

    with pytest.raises(UidInvalid):
        add_provider(work, AddProvider(owner.ref, unit.ref, LegalForm.ASSOCIATION, uid="CHE-100.155.213"))
    made = add_provider(work, AddProvider(owner.ref, unit.ref, LegalForm.ASSOCIATION, uid="CHE100155212"))

    assert made.uid == "CHE-100.155.212"


def test_a_tariff_of_an_unknown_measure_is_refused(work: Work):
    market = a_market(work)
    agreement = market.agreement(in_force=False)
    line = line_by_code(work, "LACI")

    with pytest.raises(UnknownThing):
        add_tariff(
            acting(work, market.drafter),
            AddTariff(agreement.ref, "nothing", line.ref, date(2026, 1, 1), Basis.WEEKDAYS, Chf(1)),
        )


def test_an_agreement_that_buys_nothing_is_not_signed():
    empty = Draft(Profile.AS, Instrument.AGREEMENT, prepared_by=1, measures=0, indicators=1)

    faults = signature_faults(empty, signer=2)

    assert [type(one) for one in faults] == [NothingBought]


def test_a_measure_is_bought_once_for_a_line(work: Work):
    market = a_market(work)
    twice = (Bought(market.measure.ref, market.ac.ref), Bought(market.measure.ref, market.ac.ref))
    wish = DraftAgreement(
        "C-1", market.provider.ref, Profile.AC, Instrument.AGREEMENT, date(2027, 1, 1), None, twice
    )

    with pytest.raises(BoughtTwice) as no:
        draft_agreement(acting(work, market.drafter), wish)

    assert no.value.field == "bought-1-line_ref"


def test_nobody_drafts_for_another_sector(work: Work):
    market = a_market(work)
    foreign = (Bought(market.measure.ref, line_by_code(work, "AI").ref),)
    wish = DraftAgreement(
        "C-2", market.provider.ref, Profile.AI, Instrument.AGREEMENT, date(2027, 1, 1), None, foreign
    )

    with pytest.raises(NotAllowed):
        draft_agreement(acting(work, market.drafter), wish)
