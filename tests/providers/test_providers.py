"""What is known of providers, and who may say it, on both engines."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cii.agreements.actions import AddProvider
from cii.agreements.rules import UidInvalid
from cii.agreements.vocabulary import Instrument, LegalForm
from cii.institutions.queries import institution_of, unit_by_code
from cii.institutions.tables import Unit
from cii.institutions.vocabulary import UnitKind
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.period import PeriodUpsideDown
from cii.notices.tables import Notice
from cii.providers.actions import (
    AddAttestation,
    AnswerTalk,
    AskTalk,
    TellStaff,
    WithdrawLabel,
    add_attestation,
    answer_talk,
    ask_talk,
    tell_staff,
    withdraw_label,
)
from cii.providers.queries import (
    label_counts,
    own_staff_notices,
    provider_facts,
    provider_view,
    providers_list,
)
from cii.providers.registering import (
    ChangeProvider,
    change_provider,
    instrument_for,
    propose_instrument,
    register_provider,
)
from cii.providers.rules import (
    FormForbidsProfit,
    LabelExpired,
    LabelTwice,
    LabelWithdrawn,
    NotYetAttested,
    RegisteredAlready,
    SharesBeyondWhole,
    StaffUnsaid,
    TalkAnswered,
    UidTaken,
)
from cii.providers.vocabulary import AttestationKind, LabelStanding, StaffChange
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from cii.workflow.publishing import publish
from tests.agreements.build_agreements import a_market, a_provider, acting, an_actor
from tests.institutions.build_institutions import a_unit
from tests.providers.build_providers import OTHER_UID, UID, a_label, a_subcontractor


@pytest.fixture
def market(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return a_market(work)


@pytest.fixture
def office(work: Work, market):
    """Somebody of the unemployment insurance, which pays the provider."""
    market.agreement()
    return acting(work, an_actor(work, unit_by_code(work, "LMMT")))


def in_the_ai(work: Work) -> Work:
    return acting(work, an_actor(work, unit_by_code(work, "OAI-REA")))


def the_enterprise(work: Work, provider) -> Work:
    return acting(work, an_actor(work, work.session.get_one(Unit, provider.unit_id), role="provider"))


def test_an_institution_becomes_a_provider_once(work: Work, market):
    unit = a_unit(work, None, UnitKind.PROVIDER)
    ask = AddProvider(institution_of(work, unit.id).ref, unit.ref, LegalForm.ASSOCIATION, uid=UID)

    made = register_provider(work, ask)
    with pytest.raises(Refusals) as no:
        register_provider(work, ask)

    assert made.uid == UID
    assert [type(one) for one in no.value.reasons] == [UidTaken, RegisteredAlready]


def test_a_provider_with_a_wrong_number_and_form_hears_of_both(work: Work, market):
    unit = a_unit(work, None, UnitKind.PROVIDER)
    owner = institution_of(work, unit.id)
    ask = AddProvider(owner.ref, unit.ref, LegalForm.FOUNDATION, non_profit=False, uid="CHE-123.456.789")

    with pytest.raises(Refusals) as no:
        register_provider(work, ask)

    assert {type(one): one.field for one in no.value.reasons} == {
        UidInvalid: "uid",
        FormForbidsProfit: "non_profit",
    }


def test_a_provider_is_changed_by_who_pays_it(office, market):
    changed = change_provider(office, ChangeProvider(market.provider.ref, LegalForm.LLC, uid=OTHER_UID))

    assert (changed.legal_form, changed.non_profit, changed.uid) == (LegalForm.LLC, False, OTHER_UID)
    assert changed.version == 2


def test_another_sector_reads_a_provider_and_changes_nothing(work: Work, office, market):
    other = in_the_ai(work)

    assert provider_view(other, market.provider.ref).writes is False
    for act in (
        lambda: change_provider(other, ChangeProvider(market.provider.ref, LegalForm.LLC)),
        lambda: a_label(other, market.provider),
        lambda: a_subcontractor(other, market.provider),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_provider_nobody_pays_yet_is_completed_by_any_office(work: Work, market):
    new = a_provider(work)

    assert a_label(in_the_ai(work), new).provider_id == new.id


def test_an_enterprise_sees_itself_only(work: Work, office, market):
    stranger, mine = a_provider(work), the_enterprise(work, market.provider)

    seen = [row.ref for row in providers_list(mine)]

    assert seen == [market.provider.ref]
    with pytest.raises(UnknownThing):
        provider_view(mine, stranger.ref)
    with pytest.raises(UnknownThing):
        provider_view(mine, "nothing234")
    with pytest.raises(NotAllowed):
        a_label(mine, market.provider)


def test_an_expired_label_is_no_evidence(office, market):
    yesterday = office.today - timedelta(days=1)

    with pytest.raises(LabelExpired) as no:
        a_label(office, market.provider, last_day=yesterday)

    assert no.value.field == "last_day"
    assert a_label(office, market.provider, last_day=office.today).valid_to == office.today + timedelta(
        days=1
    )


def test_a_label_is_recorded_once_for_its_days(office, market):
    first = a_label(office, market.provider)

    with pytest.raises(LabelTwice):
        a_label(office, market.provider)
    with pytest.raises(PeriodUpsideDown):
        a_label(office, market.provider, "B", since=date(2028, 1, 1), last_day=date(2027, 12, 31))
    withdraw_label(office, WithdrawLabel(first.ref, "Retiré par l'organe"))
    again = a_label(office, market.provider)

    assert label_counts(office, [market.provider.id])[market.provider.id] == {
        LabelStanding.WITHDRAWN: 1,
        LabelStanding.VALID: 1,
    }
    assert again.id != first.id
    with pytest.raises(LabelWithdrawn):
        withdraw_label(office, WithdrawLabel(first.ref, "Encore"))
    with pytest.raises(UnknownThing):
        withdraw_label(office, WithdrawLabel("nothing234", "Encore"))


def test_an_attestation_tells_what_was(office, market):
    ask = AddAttestation(market.provider.ref, AttestationKind.ICS, office.today, "Fiduciaire", "rapport 2026")

    add_attestation(office, ask)

    with pytest.raises(NotYetAttested) as no:
        add_attestation(
            office,
            AddAttestation(
                market.provider.ref, AttestationKind.ICS, office.today + timedelta(days=1), "Fiduciaire", "x"
            ),
        )
    assert no.value.field == "attested_on"


def test_subcontractors_deliver_no_more_than_everything(office, market):
    a_subcontractor(office, market.provider, 60)

    with pytest.raises(SharesBeyondWhole) as no:
        a_subcontractor(office, market.provider, 41, uid=OTHER_UID)
    with pytest.raises(UidInvalid) as wrong:
        a_subcontractor(office, market.provider, 10, uid="CHE-000")

    assert (no.value.field, no.value.facts["total"]) == ("share", 101)
    assert wrong.value.field == "uid"


def test_the_checks_read_a_provider_as_it_is_on_a_day(office, market):
    ref, day = market.provider.ref, office.today
    a_label(office, market.provider, "A", last_day=day + timedelta(days=10))
    a_label(office, market.provider, "B")
    for on in (day - timedelta(days=400), day - timedelta(days=30)):
        add_attestation(office, AddAttestation(ref, AttestationKind.ICS, on, "Fiduciaire", "rapport"))
    a_subcontractor(office, market.provider, 25)

    today = provider_facts(office, market.provider.id, day)
    later = provider_facts(office, market.provider.id, day + timedelta(days=11))
    before = provider_facts(office, market.provider.id, day - timedelta(days=60))

    assert today.labels_valid == {"A", "B"}
    assert (later.labels_valid, later.labels_expired) == ({"B"}, {"A"})
    assert (today.ics_on, before.ics_on) == (day - timedelta(days=30), day - timedelta(days=400))
    assert (today.subcontracted, today.places, today.risk_on) == (25, 1, None)


def test_a_provider_tells_changes_of_staff_and_asks_for_a_talk(work: Work, office, market):
    mine = the_enterprise(work, market.provider)

    tell_staff(
        mine, TellStaff(StaffChange.HIRED, "Maître socioprofessionnel", "Brevet fédéral", mine.today, 80)
    )
    asked = ask_talk(mine, AskTalk("Effectifs", "Deux départs prévus au printemps."))
    answer_talk(office, AnswerTalk(asked.ref, "Entretien le 10 décembre."))

    seen = provider_view(office, market.provider.ref)
    told = {(one.kind, one.account_id, one.subject_ref) for one in work.session.scalars(select(Notice))}
    assert ("provider-staff-told", market.drafter.account_id, market.provider.ref) in told
    assert [one.ref for one in own_staff_notices(mine)] == [one.ref for one in seen.staff]
    assert own_staff_notices(office) == []
    assert [(one.function, one.workload) for one in seen.staff] == [("Maître socioprofessionnel", 80)]
    assert seen.talks[0].answer == "Entretien le 10 décembre."
    with pytest.raises(TalkAnswered):
        answer_talk(office, AnswerTalk(asked.ref, "Encore"))
    with pytest.raises(UnknownThing):
        answer_talk(office, AnswerTalk("nothing234", "Encore"))


def test_a_change_of_staff_is_said_in_words(work: Work, office, market):
    mine = the_enterprise(work, market.provider)

    with pytest.raises(Refusals) as no:
        tell_staff(mine, TellStaff(StaffChange.LEFT, " ", "", mine.today))
    with pytest.raises(StaffUnsaid) as one:
        tell_staff(mine, TellStaff(StaffChange.LEFT, "Coach", "\t", mine.today))

    assert [reason.field for reason in no.value.reasons] == ["function", "qualification"]
    assert one.value.field == "qualification"
    assert own_staff_notices(mine) == []
    with pytest.raises(UnknownThing):
        tell_staff(office, TellStaff(StaffChange.LEFT, "Coach", "Bachelor", mine.today))


def test_another_sector_hears_nothing_of_staff_and_talks(work: Work, office, market):
    mine, other = the_enterprise(work, market.provider), in_the_ai(work)
    asked = ask_talk(mine, AskTalk("Effectifs", "Deux départs prévus au printemps."))

    assert provider_view(other, market.provider.ref).talks == ()
    with pytest.raises(NotAllowed):
        answer_talk(other, AnswerTalk(asked.ref, "Non"))
    with pytest.raises(UnknownThing):
        ask_talk(other, AskTalk("Effectifs", "Pas une entreprise"))


def test_nine_placements_a_year_are_agreed_case_by_case_ten_by_agreement(office, market):
    publish(office, HOUSE / "workflows")

    few, many = instrument_for(office, 9), instrument_for(office, 10)
    kept = propose_instrument(office, market.provider.ref, 2026, 10)

    assert (few.instrument, many.instrument) == (Instrument.CASE_BY_CASE, Instrument.AGREEMENT)
    assert "9 placement(s) par an, moins de 10" in " ".join(few.decision.explain("fr"))
    assert kept.instrument is Instrument.AGREEMENT
    assert (
        office.session.execute(text("SELECT COUNT(*) FROM wf_decision WHERE subject = 'provider'")).scalar()
        == 1
    )


@pytest.mark.parametrize("table", ["provider_label", "provider_subcontractor"])
def test_what_was_said_of_a_provider_is_not_rewritten(office, market, table):
    a_label(office, market.provider)
    a_subcontractor(office, market.provider)

    with pytest.raises(DBAPIError), office.session.begin_nested():
        office.session.execute(text(f"UPDATE {table} SET name = 'autre'"))
