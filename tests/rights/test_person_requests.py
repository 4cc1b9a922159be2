"""What persons ask about their own data: recorded, answered within its term, warned of in time."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_code
from cii.journal.queries import history
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.tables import Notice
from cii.people.actions import AttachPerson, attach_person
from cii.rights.merging import merge
from cii.rights.person_requests import (
    AnswerPersonRequest,
    ExtendPersonRequest,
    RecordPersonRequest,
    RefusePersonRequest,
    answer_request,
    extend_request,
    fit_for_file,
    open_requests,
    record_request,
    refuse_request,
    watch,
)
from cii.rights.queries_requests import request_view, requests_page
from cii.rights.rules_requests import (
    AnswerShort,
    AskedLater,
    ExtendedTooLate,
    FileNotAsked,
    MatterMissing,
    MedicalNeedless,
    NobodyKept,
    PhysicianNeedless,
    PhysicianUnnamed,
    RequestClosed,
    TermNotLater,
)
from cii.rights.vocabulary_requests import (
    AnswerForm,
    MedicalWay,
    PersonRequestState,
    PersonRequestStep,
    Proof,
    RequestKind,
)
from tests.access.build_access import an_actor, as_
from tests.figures.build_figures import later, the_numbers
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_person, an_avs

SAID = "Le dossier est remis en mains propres."


@pytest.fixture
def officer(work):
    the_numbers(work)
    the_canton(work)
    return as_(work, an_actor(work, (unit_by_code(work, "DPO"), Role.DATA_PROTECTION_OFFICER)))


def someone(officer, **more):
    return a_person(officer, unit_by_code(officer, "ORP-LITTORAL"), **more)


def wish(person, *, kind=RequestKind.ACCESS, asked_on=date(2026, 10, 15), **more):
    return RecordPersonRequest(person, kind, Proof.PASSPORT, AnswerForm.PAPER, asked_on, **more)


def kinds(no):
    return {type(one) for one in no.value.reasons}


def test_the_answer_is_due_thirty_days_after_the_person_asked(officer):
    avs = an_avs()
    person = someone(officer, avs=avs)

    by_number = record_request(officer, wish(avs))
    by_ref = record_request(officer, wish(person.ref))
    shown = request_view(officer, by_number.ref)

    assert by_number.person_id == by_ref.person_id == person.id
    assert (shown.due_on, shown.state) == (date(2026, 11, 14), PersonRequestState.OPEN)
    assert shown.person == "Exemple Élodie"
    assert [one.ref for one in open_requests(officer, [person.id])] == [by_number.ref, by_ref.ref]
    assert "record_person_request" in [one.action for one in history(officer, person_ids=[person.id])]


def test_all_that_is_amiss_with_a_request_is_told_at_once(officer):
    with pytest.raises(Refusal) as physician:
        record_request(
            officer,
            wish(an_avs(), asked_on=date(2026, 10, 16), medical=MedicalWay.PHYSICIAN),
        )
    with pytest.raises(Refusal) as correction:
        record_request(
            officer,
            wish(
                "zzzzzzzzzz",
                kind=RequestKind.RECTIFICATION,
                medical=MedicalWay.DIRECT,
                physician="Dr Exemple",
            ),
        )

    assert kinds(physician) == {PhysicianUnnamed, AskedLater, NobodyKept}
    assert kinds(correction) == {PhysicianNeedless, MedicalNeedless, MatterMissing, NobodyKept}


def test_a_number_with_a_wrong_check_digit_is_told_beside_the_person(officer):
    with pytest.raises(Refusal) as no:
        record_request(officer, wish("756.0000.0000.00"))

    assert [one.field for one in no.value.reasons] == ["person"]


def test_who_asks_after_two_rows_were_one_is_found_under_the_row_that_stays(officer):
    orp = unit_by_code(officer, "ORP-LITTORAL")
    supervisor = as_(officer, an_actor(officer, (orp, Role.SUPERVISOR)))
    old = attach_person(officer, AttachPerson(None, "Exemple", "Élodie", date(1985, 5, 20)), orp.id)
    new = a_person(officer, orp, last_name="Exemplaire")
    before = record_request(officer, wish(old.ref))
    merge(supervisor, old.ref, new.ref, "Même personne, annoncée deux fois.")

    after = record_request(officer, wish(old.ref))

    assert after.person_id == new.id
    assert [one.ref for one in open_requests(officer, [new.id])] == [before.ref, after.ref]


def test_an_answer_closes_a_request_once(officer):
    row = record_request(officer, wish(someone(officer).ref))
    with pytest.raises(AnswerShort):
        answer_request(officer, AnswerPersonRequest(row.ref, "fait"))

    answer_request(officer, AnswerPersonRequest(row.ref, SAID))

    assert request_view(officer, row.ref).state is PersonRequestState.ANSWERED
    assert not open_requests(officer, [row.person_id])
    with pytest.raises(RequestClosed):
        refuse_request(officer, RefusePersonRequest(row.ref, SAID))
    with pytest.raises(RequestClosed):
        extend_request(officer, ExtendPersonRequest(row.ref, date(2027, 1, 1), SAID))
    assert [one.ref for one in requests_page(officer, waiting=False).items] == [row.ref]
    assert not requests_page(officer).items


def test_a_term_is_extended_to_a_later_day_and_before_it_is_over(officer):
    row = record_request(officer, wish(someone(officer).ref))
    with pytest.raises(TermNotLater):
        extend_request(officer, ExtendPersonRequest(row.ref, date(2026, 11, 14), SAID))

    extend_request(later(officer, days=30), ExtendPersonRequest(row.ref, date(2026, 12, 14), SAID))

    assert request_view(officer, row.ref).due_on == date(2026, 12, 14)
    with pytest.raises(ExtendedTooLate):
        extend_request(later(officer, days=61), ExtendPersonRequest(row.ref, date(2027, 1, 14), SAID))


def test_the_officers_are_warned_a_week_before_and_when_it_is_late_each_once(officer):
    row = record_request(officer, wish(someone(officer).ref))

    early = watch(later(officer, days=22), date(2026, 11, 6))
    soon = [watch(later(officer, days=day), officer.today + timedelta(days=day)) for day in (23, 24)]
    late = [watch(later(officer, days=day), officer.today + timedelta(days=day)) for day in (31, 32)]

    assert early == {"warned": 0, "late": 0}
    assert soon == [{"warned": 1, "late": 0}, {"warned": 0, "late": 0}]
    assert late == [{"warned": 0, "late": 1}, {"warned": 0, "late": 0}]
    told = officer.session.exec(select(Notice.kind, Notice.subject_ref).order_by(Notice.id)).all()
    assert told == [("person-request-warned", row.ref), ("person-request-late", row.ref)]


def test_an_extended_term_is_warned_of_anew(officer):
    row = record_request(officer, wish(someone(officer).ref))
    watch(later(officer, days=23), date(2026, 11, 7))
    extend_request(later(officer, days=24), ExtendPersonRequest(row.ref, date(2026, 12, 14), SAID))

    again = [watch(later(officer, days=day), officer.today) for day in (25, 54)]

    assert [one["warned"] for one in again] == [0, 1]
    steps = [one.kind for one in request_view(officer, row.ref).events]
    assert steps == [PersonRequestStep.WARNED, PersonRequestStep.EXTENDED, PersonRequestStep.WARNED]


def test_a_file_goes_out_for_access_that_was_not_refused_only(officer):
    person = someone(officer)
    access = record_request(officer, wish(person.ref))
    erasure = record_request(officer, wish(person.ref, kind=RequestKind.ERASURE))

    assert fit_for_file(officer, access.ref).ref == access.ref
    with pytest.raises(FileNotAsked):
        fit_for_file(officer, erasure.ref)
    refuse_request(officer, RefusePersonRequest(access.ref, "La personne n'a pas prouvé son identité."))
    with pytest.raises(FileNotAsked):
        fit_for_file(officer, access.ref)


def test_requests_are_the_officers_alone(officer):
    row = record_request(officer, wish(someone(officer).ref))
    administrator = as_(officer, an_actor(officer, (unit_by_code(officer, "GC"), Role.ADMINISTRATOR)))

    for ask in (
        lambda: record_request(administrator, wish("zzzzzzzzzz")),
        lambda: request_view(administrator, row.ref),
        lambda: requests_page(administrator),
    ):
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(UnknownThing):
        request_view(officer, "zzzzzzzzzz")
