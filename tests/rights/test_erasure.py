"""An erasure takes two: prepared by an officer, decided by somebody else, refused with all that stands against."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.people.actions import AttachPerson, attach_person
from cii.people.queries import find_by_avs
from cii.people.tables import Person
from cii.placements.life import EndPlacement, end_placement
from cii.placements.vocabulary import ExitType
from cii.rights.certificate import certificate
from cii.rights.erasure import (
    ErasureDecided,
    ErasurePrepared,
    MergedElsewhere,
    NotOffered,
    RejectErasure,
    SameHands,
    StillAsked,
    StillHeld,
    StillKept,
    StillOpenCases,
    StillPlaced,
    StillUnpaid,
    approve,
    hindrances,
    prepare,
    reject,
)
from cii.rights.holds import HoldReason, SetHold, set_hold
from cii.rights.merging import merge
from cii.rights.person_requests import RecordPersonRequest, record_request
from cii.rights.queries_erasing import erasure_view, erasures
from cii.rights.rules_requests import NobodyKept
from cii.rights.vocabulary_erasing import ErasureGround, ErasureState, HoldBasis
from cii.rights.vocabulary_requests import AnswerForm, Proof, RequestKind
from cii.store.work import HOUSE
from tests.access.build_access import an_actor, as_
from tests.institutions.build_institutions import a_unit, the_canton
from tests.people.build_people import a_person
from tests.placements.build_placements import a_stage
from tests.rights.build_erasing import AVS, WORD, officers

WHY = "Demande admise le 12 octobre."
RIGHT = ErasureGround.PERSON_RIGHT


@pytest.fixture
def house(work):
    """A canton with its dated numbers."""
    from cii.store.parameters import publish_parameters
    from tests.cases.build_cases import WORKFLOWS

    the_canton(work)
    publish_parameters(work.session, WORKFLOWS / "parameters", work.now)
    return work


@pytest.fixture
def somebody(house):
    """A person without a case, whom nothing keeps."""
    return a_person(house, a_unit(house, None), avs=AVS, last_name=WORD)


def codes(act, *args) -> list[str]:
    with pytest.raises(Refusal) as no:
        act(*args)
    return [one.code for one in no.value.reasons]


def classes(found) -> list[type]:
    return [type(one) for one in found]


def asked(hand, person, kind=RequestKind.ACCESS):
    ask = RecordPersonRequest(person.ref, kind, Proof.PASSPORT, AnswerForm.PAPER, hand.today)
    return record_request(hand, ask)


def test_one_prepares_another_erases_and_the_certificate_counts(house, somebody):
    officer, second = officers(house)
    row = prepare(officer, somebody.ref, RIGHT, WHY)
    before = erasure_view(officer, row.ref)

    approve(second, row.ref)

    after = erasure_view(second, row.ref)
    assert (before.state, after.state) == (ErasureState.PREPARED, ErasureState.DONE)
    assert (before.person, after.person, after.reason) == (f"{WORD} Élodie", None, "–")
    assert {one.table: one.rows for one in after.gone}["identity"] == 1
    assert find_by_avs(house, AVS) is None
    page = certificate(second, row.ref, "fr")
    assert page.startswith(b"%PDF")
    assert page == certificate(officer, row.ref, "fr")
    assert [one.ref for one in erasures(officer).items] == [row.ref]


def test_whoever_prepared_does_not_decide_and_a_decision_is_made_once(house, somebody):
    officer, second = officers(house)
    row = prepare(officer, somebody.ref, RIGHT, WHY)

    assert codes(approve, officer, row.ref) == [SameHands.code]
    assert codes(reject, officer, RejectErasure(row.ref, "non")) == [HoldReason.code, SameHands.code]
    assert codes(prepare, officer, somebody.ref, RIGHT, "x") == [HoldReason.code, ErasurePrepared.code]
    reject(second, RejectErasure(row.ref, "La personne a retiré sa demande."))
    assert codes(approve, second, row.ref) == [ErasureDecided.code]
    assert erasure_view(second, row.ref).state is ErasureState.REJECTED
    assert prepare(officer, somebody.ref, RIGHT, WHY).ref != row.ref


def test_the_database_itself_wants_four_eyes(house, somebody):
    officer, _ = officers(house)
    row = prepare(officer, somebody.ref, RIGHT, WHY)
    alone = (
        "UPDATE erasure SET decided_at = prepared_at, decided_by = prepared_by, decided_as = 'x', "
        f"approved = {'1' if house.session.get_bind().dialect.name == 'sqlite' else 'TRUE'} WHERE id = {row.id}"
    )

    with pytest.raises(DBAPIError, match="four_eyes"), house.session.begin_nested():
        house.session.execute(text(alone))


def test_only_officers_prepare_and_neither_the_house_nor_a_manager_decides(house, somebody):
    officer, second = officers(house)
    manager = as_(house, an_actor(house, (a_unit(house, None), Role.CASE_MANAGER)))
    row = prepare(officer, somebody.ref, RIGHT, WHY)

    for hand in (second, manager, replace(house, actor=HOUSE)):
        with pytest.raises(NotAllowed):
            prepare(hand, somebody.ref, RIGHT, WHY)
    for hand in (manager, replace(house, actor=HOUSE)):
        with pytest.raises(NotAllowed):
            approve(hand, row.ref)
    with pytest.raises(UnknownThing):
        certificate(officer, row.ref, "fr")
    with pytest.raises(UnknownThing):
        approve(second, "zzzzzzzzzz")
    assert codes(prepare, officer, "zzzzzzzzzz", RIGHT, WHY) == [NobodyKept.code]


def test_all_that_stands_against_it_is_said_at_once(work):
    stage = a_stage(work)
    officer, _ = officers(work)
    place = stage.started()
    person = work.session.get_one(Person, place.person_id)
    set_hold(officer, SetHold(person.ref, HoldBasis.APPEAL, "Recours pendant au tribunal."))
    asked(officer, person)

    found = codes(prepare, officer, person.ref, ErasureGround.RETENTION_OVER, "")

    assert found == [
        HoldReason.code, StillOpenCases.code, StillPlaced.code, StillHeld.code, StillKept.code,
        NotOffered.code, StillAsked.code,
    ]  # fmt: skip


def test_what_was_delivered_and_is_not_paid_stands_against_it(work):
    stage = a_stage(work)
    place = stage.started(days=(date(2026, 11, 2), date(2026, 11, 27)))
    end_placement(
        stage.on(date(2026, 11, 27)), EndPlacement(place.ref, date(2026, 11, 27), ExitType.NO_SOLUTION)
    )

    found = classes(hindrances(stage.on(date(2026, 12, 1)), place.person_id, RIGHT))

    assert StillUnpaid in found
    assert StillPlaced not in found


def test_the_request_to_be_erased_does_not_stand_against_itself(house, somebody):
    officer, _ = officers(house)
    asked(officer, somebody, RequestKind.ERASURE)

    assert classes(hindrances(house, somebody.id, RIGHT)) == []
    assert StillAsked in classes(hindrances(house, somebody.id, ErasureGround.RETENTION_OVER))


def test_what_stands_against_it_is_looked_up_once_for_all_rows_of_the_person(house):
    unit = a_unit(house, None)
    chief = as_(house, an_actor(house, (unit, Role.SUPERVISOR)))
    stays = a_person(house, unit)
    again = AttachPerson(None, "Exemple", "Élo", date(1985, 5, 20))
    first, second = (attach_person(house, again, unit.id) for _ in range(2))
    asked, counts = [], []
    listener = lambda *args: asked.append(args[2])  # noqa: E731 - a listener to take off again

    for old in (first, second):
        merge(chief, old.ref, stays.ref, "La même personne.")
        asked.clear()
        event.listen(house.session.connection(), "before_cursor_execute", listener)
        hindrances(house, stays.id, ErasureGround.RETENTION_OVER)
        event.remove(house.session.connection(), "before_cursor_execute", listener)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_row_merged_into_another_since_is_not_erased_by_itself(house):
    officer, second = officers(house)
    unit = a_unit(house, None)
    one, other = a_person(house, unit), a_person(house, unit)
    house.session.execute(text(f"UPDATE person SET avs_hash = NULL, avs_sealed = NULL WHERE id = {one.id}"))
    house.session.expire_all()
    row = prepare(officer, one.ref, RIGHT, WHY)
    merge(as_(house, an_actor(house, (unit, Role.SUPERVISOR))), one.ref, other.ref, "La même personne.")

    assert codes(approve, second, row.ref) == [MergedElsewhere.code]
    assert erasure_view(second, prepare(officer, one.ref, RIGHT, WHY).ref).person_ref == other.ref
