from dataclasses import replace

import pytest
from sqlmodel import col, select

from cii.access.queries import sections_on_case
from cii.access.restricting import AlreadyReader, AlreadyRestricted, NoReader, NotRestricted
from cii.access.tables import Account
from cii.access.tables_restricted import CaseReader, CaseRestriction
from cii.access.vocabulary import NOTHING, Section
from cii.cases.actions import join, move_lead
from cii.cases.listing import CaseFilter, case_list
from cii.cases.queries import case_by_ref, cases_of, open_files
from cii.cases.restricting import (
    LiftRestriction,
    NameMyself,
    NameReader,
    ReaderWithoutPart,
    ReasonTooShort,
    RemoveReader,
    RestrictCase,
    RestrictionNotYours,
    lift,
    name,
    name_myself,
    remove,
    restrict,
    restriction,
)
from cii.cases.rules import OnlyTheLead, TextMissing
from cii.cases.vocabulary import PartyRole
from cii.journal.tables import JournalEntry
from cii.kernel.errors import Refusals, UnknownThing
from cii.notices.actions import tell
from cii.notices.queries import notices, unread_count
from tests.requests.build_requests import a_town

WHY = "La personne est parente d'un membre de l'unité."


def ref_of(town, who):
    session = town.hands[who].session
    return session.exec(select(Account.ref).where(col(Account.id) == town.hands[who].actor.account_id)).one()


def restricted_town(work):
    """A case of ORP, with social aid as a party, restricted by its manager."""
    town = a_town(work)
    join(work, town.case, town.units["social"].id, PartyRole.AS, basis="consent")
    restrict(town.hands["manager"], RestrictCase(town.case.ref, WHY))
    return town


def sees(town, who):
    return bool(sections_on_case(town.hands[who], town.case.id)[0])


def test_a_restricted_case_is_gone_for_everybody_but_its_named_readers(work):
    town = a_town(work)
    join(work, town.case, town.units["social"].id, PartyRole.AS, basis="consent")
    before = {who for who in town.hands if sees(town, who)}

    restrict(town.hands["manager"], RestrictCase(town.case.ref, WHY))

    assert before == {"manager", "colleague", "supervisor", "social"}
    assert {who for who in town.hands if sees(town, who)} == {"manager"}
    for who in ("colleague", "supervisor", "social"):
        hand = town.hands[who]
        with pytest.raises(UnknownThing):
            case_by_ref(hand, town.case.ref)
        assert not case_list(hand, CaseFilter()).items
        assert not case_list(hand, CaseFilter(text=town.case.number)).items
        assert cases_of(hand, town.case.person_id) == []
        assert sections_on_case(hand, town.case.id) == (NOTHING, NOTHING)
        assert [one.seen for one in open_files(hand, Section.PLAN) if one.id == town.case.id] == [False]


def test_a_notice_to_the_unit_about_a_restricted_case_is_read_by_its_readers_only(work):
    town = restricted_town(work)
    unit = town.units["lead"].id
    tell(work, unit_id=unit, kind="access-request", subject="case", subject_ref=town.case.ref)

    assert [len(notices(town.hands[who])) for who in ("manager", "colleague")] == [1, 0]
    assert unread_count(town.hands["colleague"]) == 0


def test_a_case_can_be_restricted_from_its_first_moment(work):
    town = a_town(work, restricted=WHY)

    assert town.case.restricted
    assert {who for who in town.hands if sees(town, who)} == {"manager"}
    assert work.session.exec(select(CaseRestriction.reason)).one() == WHY


def test_a_named_member_of_a_party_sees_it_as_far_as_the_unit_may_and_at_once(work):
    town = restricted_town(work)
    manager = town.hands["manager"]

    name(manager, NameReader(town.case.ref, ref_of(town, "social")))
    assert sees(town, "social")
    assert case_by_ref(town.hands["social"], town.case.ref)

    remove(manager, RemoveReader(town.case.ref, ref_of(town, "social")))
    assert not sees(town, "social")


def test_only_the_manager_or_a_supervisor_of_the_lead_restricts_and_says_why(work):
    town = a_town(work)
    join(work, town.case, town.units["social"].id, PartyRole.AS, basis="consent")

    with pytest.raises(Refusals) as both:
        restrict(town.hands["colleague"], RestrictCase(town.case.ref, " "))
    with pytest.raises(OnlyTheLead):
        restrict(town.hands["social"], RestrictCase(town.case.ref, WHY))
    with pytest.raises(UnknownThing):
        restrict(town.hands["asker"], RestrictCase(town.case.ref, WHY))

    assert {type(one) for one in both.value.reasons} == {RestrictionNotYours, TextMissing}
    restrict(town.hands["supervisor"], RestrictCase(town.case.ref, WHY))
    assert {who for who in town.hands if sees(town, who)} == {"manager", "supervisor"}
    with pytest.raises(AlreadyRestricted):
        restrict(town.hands["supervisor"], RestrictCase(town.case.ref, WHY))


def test_only_members_of_parties_are_named_once_and_only_in_a_restricted_case(work):
    town = a_town(work)
    manager = town.hands["manager"]
    with pytest.raises(NotRestricted):
        name(manager, NameReader(town.case.ref, ref_of(town, "colleague")))
    restrict(manager, RestrictCase(town.case.ref, WHY))

    with pytest.raises(ReaderWithoutPart):
        name(manager, NameReader(town.case.ref, ref_of(town, "asker")))
    with pytest.raises(AlreadyReader):
        name(manager, NameReader(town.case.ref, ref_of(town, "manager")))
    with pytest.raises(NoReader):
        remove(manager, RemoveReader(town.case.ref, ref_of(town, "manager")))
    shown = restriction(manager, town.case.ref)
    assert (shown.reason, len(shown.readers), len(shown.others)) == (WHY, 1, 2)


def test_a_supervisor_names_themselves_by_the_number_never_silently(work):
    town = restricted_town(work)
    supervisor = town.hands["supervisor"]

    with pytest.raises(ReasonTooShort):
        name_myself(supervisor, NameMyself(town.case.number, "urgent"))
    name_myself(supervisor, NameMyself(town.case.number, "Remplacement de la gestionnaire absente."))

    assert sees(town, "supervisor")
    row = work.session.exec(
        select(CaseReader).where(col(CaseReader.account_id) == supervisor.actor.account_id)
    ).one()
    assert (row.named_by, row.reason) == (row.account_id, "Remplacement de la gestionnaire absente.")
    entry = work.session.exec(
        select(JournalEntry).where(
            col(JournalEntry.action) == "name_reader",
            col(JournalEntry.account_id) == supervisor.actor.account_id,
        )
    ).one()
    assert f"case:{town.case.id}" in entry.objects


@pytest.mark.parametrize("who", ["colleague", "social", "asker", "officer"])
def test_nobody_else_names_themselves_and_learns_nothing(work, who):
    town = restricted_town(work)

    for number in (town.case.number, "CII-0000-0000"):
        with pytest.raises(UnknownThing):
            name_myself(town.hands[who], NameMyself(number, "Remplacement de la gestionnaire."))


def test_a_lifted_restriction_opens_the_case_again_and_its_history_stays(work):
    town = restricted_town(work)

    lift(town.hands["manager"], LiftRestriction(town.case.ref, "Le lien de parenté a pris fin."))

    assert {who for who in town.hands if sees(town, who)} == {"manager", "colleague", "supervisor", "social"}
    row = work.session.exec(select(CaseRestriction)).one()
    assert (row.reason, row.lift_reason) == (WHY, "Le lien de parenté a pris fin.")
    with pytest.raises(NotRestricted):
        lift(town.hands["manager"], LiftRestriction(town.case.ref, "Encore."))


def test_the_manager_who_takes_a_restricted_case_over_is_named_with_it(work):
    town = restricted_town(work)
    social = town.hands["social"]

    move_lead(town.hands["manager"], town.case, town.units["social"].id, social.actor.account_id)

    assert sees(town, "social")
    assert sees(town, "manager")
    assert not sees(town, "colleague")


def test_a_reader_who_leaves_the_unit_sees_it_no_more_in_the_next_request(work):
    town = restricted_town(work)
    gone = replace(town.hands["manager"], actor=replace(town.hands["manager"].actor, seats=()))

    assert sections_on_case(gone, town.case.id) == (NOTHING, NOTHING)
