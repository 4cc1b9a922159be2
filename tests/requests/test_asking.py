from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from cii.access.queries import sections_on_case
from cii.access.vocabulary import NOTHING, Section
from cii.cases.queries import case_by_ref
from cii.institutions.queries import institution_of
from cii.journal.tables import JournalEntry
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.notices.queries import notices
from cii.people.queries import disclosures
from cii.people.rules import AvsCheckDigit, OnlyBetweenAcAndAi, PrivateInterest
from cii.people.vocabulary import Basis
from cii.requests.actions import (
    ask_access,
    carry_requests,
    grant_access,
    let_lapse,
    refuse_access,
    withdraw_request,
)
from cii.requests.queries import my_request, my_requests, question_view
from cii.requests.rules import (
    COVERED,
    Answered,
    BasisUnfit,
    PersonUnnamed,
    ReasonShort,
    RequestOver,
    SectionsBeyond,
    SectionsNotAsked,
    TermUnfit,
)
from cii.requests.tables import AccessQuestion
from cii.requests.take_over import ROWS
from cii.requests.vocabulary import RequestState
from cii.store.moving import move, put_back
from tests.cases.build_cases import a_person
from tests.requests.build_requests import (
    NOBODY,
    WHY,
    a_grant,
    a_refusal,
    a_town,
    a_wish,
    asked,
    later,
    waiting,
)

S = Section


def seen_by_asker(row):
    """What the asker reads, without what they typed and the name of the request."""
    return replace(row, ref="", person=None, by_number=False, birth_date=None)


def test_a_person_in_a_case_and_nobody_at_all_get_the_same_answer(work):
    town = a_town(work)
    asker = town.hands["asker"]

    there, nobody = asked(work, town), asked(work, town, avs=NOBODY)

    assert seen_by_asker(my_request(asker, there.ref)) == seen_by_asker(my_request(asker, nobody.ref))
    assert my_request(asker, there.ref).state is RequestState.TRANSMITTED
    assert len(waiting(town.hands["manager"])) == 1


def test_asking_looks_nothing_up_so_that_its_time_tells_nothing(work):
    town = a_town(work)
    told = []
    for avs in (None, NOBODY):
        before = len(notices(town.hands["manager"]))
        ask_access(town.hands["asker"], a_wish(**({"avs": avs} if avs else {})))
        told.append(len(notices(town.hands["manager"])) - before)

    assert told == [0, 0]
    assert carry_requests(work) == 2
    assert [one.kind for one in notices(town.hands["manager"])] == ["access-request"]
    assert carry_requests(work) == 0


def test_a_refusal_shows_at_the_end_of_the_term_as_silence_and_nobody_there_do(work):
    town = a_town(work)
    asker = town.hands["asker"]
    refused, nobody = asked(work, town), asked(work, town, avs=NOBODY)
    silent = asked(work, town, reason=WHY + " bis")
    refuse_access(town.hands["manager"], a_refusal(waiting(town.hands["manager"])[0]))

    for moment, state in (
        (asker.now + timedelta(days=1), RequestState.TRANSMITTED),
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), RequestState.TRANSMITTED),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), RequestState.NO_ACCESS),
    ):
        hand = replace(asker, now=moment)
        read = [seen_by_asker(my_request(hand, one.ref)) for one in (refused, nobody)]
        assert read[0] == read[1]
        assert {my_request(hand, one.ref).state for one in (refused, nobody, silent)} == {state}


def test_everybody_without_access_is_told_the_same_at_the_same_minute(work):
    town = a_town(work)
    refused, nobody = asked(work, town), asked(work, town, avs=NOBODY)
    refuse_access(town.hands["manager"], a_refusal(waiting(town.hands["manager"])[0]))

    assert let_lapse(later(work, days=10)) == 0
    over = replace(work, now=datetime(2026, 10, 25, 23, 1, tzinfo=UTC))
    assert let_lapse(over) == 2
    assert let_lapse(over) == 0

    told = [(one.kind, one.subject_ref, one.facts) for one in notices(town.hands["asker"])]
    assert sorted(told, key=lambda one: one[1]) == sorted(
        (("access-answered", one.ref, {}) for one in (refused, nobody)), key=lambda one: one[1]
    )


def test_a_person_is_found_by_name_and_birth_date_without_accents_and_case(work):
    town = a_town(work)

    asked(work, town, avs=None, last_name="ROCHAT", first_name="aline", birth_date=date(1980, 5, 17))
    asked(work, town, avs=None, last_name="Rochat", first_name="Aline", birth_date=date(1980, 5, 18))

    assert len(waiting(town.hands["manager"])) == 1


def test_all_that_is_wrong_with_a_request_is_said_at_once(work):
    town = a_town(work)

    with pytest.raises(Refusals) as no:
        ask_access(
            town.hands["asker"],
            a_wish(avs="756.9217.0769.84", reason="court", basis=Basis.MANDATE_GC_4),
        )
    with pytest.raises(Refusals) as nobody:
        ask_access(town.hands["asker"], a_wish(avs=None, sections=S.MEDICAL, last_name="Rochat"))

    assert {type(one) for one in no.value.reasons} == {AvsCheckDigit, ReasonShort, BasisUnfit}
    assert {type(one) for one in nobody.value.reasons} == {PersonUnnamed, SectionsBeyond}


def test_no_basis_lets_anybody_ask_for_medical_data_notes_or_what_social_aid_holds():
    assert not any(covered & (S.MEDICAL | S.NOTES | S.SOCIAL) for covered in COVERED.values())


def test_a_grant_opens_the_sections_to_the_unit_until_the_day_and_is_listed(work):
    town = a_town(work)
    asker, manager = town.hands["asker"], town.hands["manager"]
    row = asked(work, town, sections=S.IDENTITY | S.PLAN | S.FUNCTIONAL)
    with pytest.raises(UnknownThing):
        case_by_ref(asker, town.case.ref)

    grant_access(manager, a_grant(waiting(manager)[0]))

    assert sections_on_case(asker, town.case.id) == (S.IDENTITY | S.PLAN, NOTHING)
    told = my_request(asker, row.ref)
    assert (told.state, told.cases[0].ref) == (RequestState.GRANTED, town.case.ref)
    listed = disclosures(work, town.case.person_id)
    assert [(one.basis, one.to_unit_id, one.reason) for one in listed] == [
        (Basis.LACI_85F_3, town.units["asker"].id, WHY)
    ]
    assert notices(asker)[0].kind == "access-granted"
    last = replace(asker, now=datetime(2026, 12, 15, 22, 59, tzinfo=UTC))
    assert case_by_ref(last, town.case.ref)
    with pytest.raises(UnknownThing):
        case_by_ref(replace(asker, now=datetime(2026, 12, 15, 23, 0, tzinfo=UTC)), town.case.ref)


def test_an_answer_is_journalled_with_its_basis_and_whom_it_concerns(work):
    town = a_town(work)
    asked(work, town)
    grant_access(town.hands["manager"], a_grant(waiting(town.hands["manager"])[0]))

    entry = work.session.exec(select(JournalEntry).where(col(JournalEntry.action) == "access_granted")).one()

    assert entry.basis == Basis.LACI_85F_3
    assert f"case:{town.case.id}" in entry.objects
    assert f"person:{town.case.person_id}" in entry.objects


def test_every_precondition_of_the_basis_that_fails_is_shown_with_the_other_faults(work):
    town = a_town(work)
    social = town.hands["social"]
    ask_access(social, a_wish())
    carry_requests(work)
    manager = town.hands["manager"]

    with pytest.raises(Refusals) as no:
        grant_access(
            manager,
            a_grant(
                waiting(manager)[0], until=date(2026, 10, 15), sections=S.PLACEMENT, reason="oui",
                overriding_private_interest=True,
            ),
        )  # fmt: skip

    assert {type(one) for one in no.value.reasons} == {
        TermUnfit, SectionsNotAsked, ReasonShort, OnlyBetweenAcAndAi, PrivateInterest,
    }  # fmt: skip
    assert not disclosures(work, town.case.person_id)


def test_an_answer_is_given_once(work):
    town = a_town(work)
    asked(work, town)
    manager = town.hands["manager"]
    question = waiting(manager)[0]
    refuse_access(manager, a_refusal(question))

    with pytest.raises(Answered):
        grant_access(manager, a_grant(question))
    assert waiting(manager) == []


def test_a_request_that_was_taken_back_or_has_lapsed_is_granted_no_more(work):
    town = a_town(work)
    manager, asker = town.hands["manager"], town.hands["asker"]
    asked(work, town)
    lapsed = waiting(manager)[0]
    with pytest.raises(RequestOver):
        grant_access(later(manager, days=11), a_grant(lapsed))

    back = asked(work, town)
    taken = waiting(manager)[1]
    withdraw_request(asker, back.ref)

    with pytest.raises(RequestOver):
        grant_access(manager, a_grant(taken))
    with pytest.raises(RequestOver):
        withdraw_request(asker, back.ref)
    assert my_request(asker, back.ref).state is RequestState.WITHDRAWN


def test_a_refused_request_can_be_taken_back_like_one_about_nobody(work):
    town = a_town(work)
    asker = town.hands["asker"]
    refused, nobody = asked(work, town), asked(work, town, avs=NOBODY)
    refuse_access(town.hands["manager"], a_refusal(waiting(town.hands["manager"])[0]))

    for one in (refused, nobody):
        withdraw_request(asker, one.ref)

    assert seen_by_asker(my_request(asker, refused.ref)) == seen_by_asker(my_request(asker, nobody.ref))


def test_only_the_unit_that_leads_reads_and_answers_a_request(work):
    town = a_town(work)
    asked(work, town)
    question = waiting(town.hands["manager"])[0]

    assert waiting(town.hands["colleague"])[0].ref == question.ref
    for who in ("asker", "social", "officer", "auditor"):
        assert waiting(town.hands[who]) == []
        with pytest.raises(UnknownThing):
            question_view(town.hands[who], question.ref)
        with pytest.raises(UnknownThing):
            refuse_access(town.hands[who], a_refusal(question))


def test_a_request_is_read_by_its_asker_only(work):
    town = a_town(work)
    row = asked(work, town)

    assert my_requests(town.hands["neighbour"]).items == ()
    for who in ("neighbour", "manager", "officer"):
        with pytest.raises(UnknownThing):
            my_request(town.hands[who], row.ref)


def test_who_leads_no_cases_asks_for_none(work):
    with pytest.raises(NotAllowed):
        ask_access(a_town(work).hands["auditor"], a_wish())


def test_a_request_about_a_restricted_case_reaches_its_named_readers_only(work):
    town = a_town(work, restricted="La personne est parente d'un membre de l'unité.")

    asked(work, town)

    assert waiting(town.hands["colleague"]) == []
    assert not notices(town.hands["colleague"])
    question = waiting(town.hands["manager"])[0]
    grant_access(town.hands["manager"], a_grant(question))
    assert case_by_ref(town.hands["asker"], town.case.ref)
    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["neighbour"], town.case.ref)


def test_a_colleague_of_a_restricted_case_asks_like_a_stranger_and_is_named_by_the_answer(work):
    town = a_town(work, restricted="La personne est parente d'un membre de l'unité.")
    colleague = town.hands["colleague"]
    ask_access(colleague, a_wish())
    carry_requests(work)

    grant_access(town.hands["manager"], a_grant(waiting(town.hands["manager"])[0]))

    assert case_by_ref(colleague, town.case.ref)
    assert not disclosures(work, town.case.person_id)


def test_whoever_has_the_case_open_already_troubles_nobody(work):
    town = a_town(work)
    ask_access(town.hands["colleague"], a_wish())
    carry_requests(work)

    assert waiting(town.hands["manager"]) == []


def test_a_sensitive_unit_that_asks_is_not_named_to_who_answers(work):
    town = a_town(work)
    institution_of(work, town.units["asker"].id).sensitive = True
    work.session.flush()
    asked(work, town)

    assert waiting(town.hands["manager"])[0].unit is None


def test_an_answered_request_follows_a_person_who_is_found_to_be_another_and_returns(work):
    town = a_town(work)
    asked(work, town)
    question = waiting(town.hands["manager"])[0]
    refuse_access(town.hands["manager"], a_refusal(question))
    other = a_person(work, town.units["lead"], "Rochat", "Aline")

    moved = move(work.session, ROWS, town.case.person_id, other.id)
    row = work.session.exec(select(AccessQuestion).where(col(AccessQuestion.ref) == question.ref)).one()
    there = row.person_id
    put_back(work.session, ROWS, moved, town.case.person_id)

    assert there == other.id
    work.session.refresh(row)
    assert row.person_id == town.case.person_id
