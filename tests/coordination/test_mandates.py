"""The mandate of the group, what is due of it, and the mandates of analysis, on both engines."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from cii.coordination.actions import MoveCorrective, ObserveDeviation, move_corrective, observe_deviation
from cii.coordination.actions_mandates import (
    EndMandate,
    GiveMandate,
    MandateDates,
    MandateEnded,
    MandateNumberTaken,
    NotADigest,
    end_mandate,
    give_mandate,
)
from cii.coordination.mandate import due_now, the_mandate
from cii.coordination.mandates import mandates, mandates_open
from cii.coordination.tables_mandates import GroupMandate
from cii.coordination.vocabulary import CorrectiveEvent
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.notices.tables import Notice
from tests.agreements.build_agreements import a_market
from tests.coordination.build_coordination import the_group, the_steering
from tests.figures.build_figures import the_numbers
from tests.institutions.build_institutions import the_canton

ISSUED = date(2026, 9, 1)
DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def canton(work):
    the_numbers(work)
    the_canton(work)
    return work


def given(work, number="GP-2026-1", **more):
    ask = GiveMandate(
        number, "Jeunes sans projet", "Analyser les parcours.", **({"issued_on": ISSUED} | more)
    )
    return give_mandate(the_steering(work), ask)


def test_the_published_mandate_has_nine_tasks_and_six_rules_in_three_languages():
    held = the_mandate()

    assert (list(held.tasks), list(held.rules)) == ([*range(1, 10)], [*range(1, 7)])
    assert (held.issued_on, held.valid_from) == (date(2012, 12, 19), date(2013, 1, 1))
    told = [
        held.title,
        *held.tasks.values(),
        *(said for one in held.rules.values() for said in (one.text, one.held_by)),
    ]
    assert all(set(one) == {"fr", "de", "en"} and all(one.values()) for one in told)


def test_the_steering_group_charges_the_group_which_is_told(canton):
    row = given(canton, until=date(2027, 3, 31), document_sha256=DIGEST)

    (notice,) = canton.session.exec(select(Notice).where(Notice.kind == "mandate-given"))
    assert notice.unit_id == unit_by_code(canton, "GC").id
    assert (row.until, row.document_sha256) == (date(2027, 3, 31), DIGEST)
    with pytest.raises(NotAllowed):
        give_mandate(the_group(canton), GiveMandate("GP-2", "Autre", "Texte", ISSUED))


def test_all_that_is_wrong_with_a_mandate_is_told_at_once(canton):
    given(canton)

    with pytest.raises(Refusals) as no:
        given(canton, issued_on=date(2026, 12, 1), until=date(2026, 11, 1), document_sha256="G" * 64)
    assert [(type(one), one.field) for one in no.value.reasons] == [
        (MandateNumberTaken, "number"), (MandateDates, "issued_on"), (MandateDates, "until"),
        (NotADigest, "document_sha256"),
    ]  # fmt: skip


def test_a_mandate_ends_once_by_who_gave_it(canton):
    row, other = given(canton, until=date(2026, 12, 1)), given(canton, "GP-2026-2")
    assert list(mandates_open(canton)) == [row, other]

    with pytest.raises(NotAllowed):
        end_mandate(the_group(canton), EndMandate(row.ref, date(2026, 10, 1)))
    for wrong in (date(2026, 8, 31), date(2027, 1, 1)):
        with pytest.raises(MandateDates):
            end_mandate(the_steering(canton), EndMandate(row.ref, wrong))
    end_mandate(the_steering(canton), EndMandate(row.ref, date(2026, 10, 1)))
    with pytest.raises(MandateEnded):
        end_mandate(the_steering(canton), EndMandate(row.ref, date(2026, 10, 2)))
    with pytest.raises(UnknownThing):
        end_mandate(the_steering(canton), EndMandate("0000000000", date(2026, 10, 2)))

    assert list(mandates_open(canton)) == [other]
    assert list(mandates(canton)) == [other, row]


def test_the_words_of_a_mandate_stay(canton):
    row = given(canton)

    with pytest.raises(DBAPIError), canton.session.begin_nested():
        canton.session.execute(update(GroupMandate).where(GroupMandate.id == row.id).values(wording="Autre"))


def test_what_waits_is_counted_by_task(work):
    the_numbers(work)
    agreement = a_market(work).agreement().ref
    group = the_group(work)
    within, beyond = (
        observe_deviation(group, ObserveDeviation(agreement, f"Constat {n}", date(2026, 9, 1)))
        for n in range(2)
    )
    move_corrective(group, MoveCorrective(beyond.ref, CorrectiveEvent.NEED_CONTRACT_CHANGE))
    given(work)

    assert due_now(group) == {2: 1, 3: 1, 7: 0, 8: 3, 9: 1}
    move_corrective(group, MoveCorrective(within.ref, CorrectiveEvent.DROP))
    move_corrective(group, MoveCorrective(beyond.ref, CorrectiveEvent.PROPOSE))
    assert due_now(group) == {2: 0, 3: 1, 7: 0, 8: 3, 9: 1}
