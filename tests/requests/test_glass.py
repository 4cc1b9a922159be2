from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.queries import sections_on_case
from cii.access.vocabulary import NOTHING, Section
from cii.cases.listing import CaseFilter, case_list
from cii.cases.queries import case_by_ref
from cii.cases.view import case_view
from cii.journal.actions import read_rows
from cii.journal.tables import JournalEntry
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.notices.queries import notices
from cii.people.rules import AvsCheckDigit
from cii.requests.actions_glass import (
    OpenGlass,
    ReviewGlass,
    alert_unreviewed,
    end_glass,
    open_glass,
    person_informed,
    review_glass,
)
from cii.requests.queries_glass import active_openings, addressee, opening, openings
from cii.requests.rules import (
    GlassNamesNobody,
    GlassOver,
    GlassReviewed,
    GlassStillOpen,
    OwnGlass,
    PersonInformed,
    ReasonShort,
)
from cii.requests.tables import BreakGlassStep
from cii.requests.vocabulary import Finding, GlassState, GlassStep
from tests.requests.build_requests import KNOWN, NOBODY, a_town, later

S = Section
URGENT = "Expulsion du logement annoncée pour ce soir."
FOUND = "L'urgence est attestée par la commune."


def opened(town, who="asker", **more):
    ask = OpenGlass(URGENT, **(more or {"case_number": town.case.number}))
    return open_glass(town.hands[who], ask)[0]


def a_review(row, **more):
    return replace(ReviewGlass(row.ref, Finding.OK, FOUND), **more)


@pytest.mark.parametrize("by", ["case_number", "avs"])
def test_an_emergency_opens_the_case_to_one_account_for_four_hours(work, by):
    town = a_town(work)
    asker = town.hands["asker"]

    row = opened(town, **{by: town.case.number.lower() if by == "case_number" else KNOWN})

    assert row.until - row.opened_at == timedelta(hours=4)
    assert sections_on_case(asker, town.case.id) == (
        S.IDENTITY | S.FUNCTIONAL | S.PLAN | S.PLACEMENT, NOTHING,
    )  # fmt: skip
    assert [one["ref"] for one in case_list(asker, CaseFilter()).items] == [town.case.ref]
    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["neighbour"], town.case.ref)
    assert case_by_ref(later(asker, hours=4, microseconds=-1), town.case.ref)
    with pytest.raises(UnknownThing):
        case_by_ref(later(asker, hours=4), town.case.ref)


def test_the_ai_office_sees_no_medical_data_under_an_emergency_whatever_it_sees_elsewhere(work):
    town = a_town(work)
    opened(town)

    assert not sections_on_case(town.hands["asker"], town.case.id)[0] & (S.MEDICAL | S.SOCIAL | S.NOTES)
    assert "medical" not in case_view(town.hands["asker"], town.case.ref).sections


def test_an_auditor_sees_case_content_under_an_emergency_only_and_no_health_at_all(work):
    town = a_town(work)
    auditor = town.hands["auditor"]
    before = sections_on_case(auditor, town.case.id)[0]

    opened(town, "auditor")

    assert before == NOTHING
    assert sections_on_case(auditor, town.case.id)[0] == S.IDENTITY | S.PLAN | S.PLACEMENT


def test_all_that_is_wrong_with_an_emergency_is_said_at_once(work):
    town = a_town(work)

    with pytest.raises(Refusals) as both:
        open_glass(town.hands["asker"], OpenGlass("court", town.case.number, "756.9217.0769.84"))
    with pytest.raises(Refusals) as none:
        open_glass(town.hands["asker"], OpenGlass("court"))

    assert {type(one) for one in both.value.reasons} == {ReasonShort, GlassNamesNobody, AvsCheckDigit}
    assert {type(one) for one in none.value.reasons} == {ReasonShort, GlassNamesNobody}


def test_a_reason_of_nineteen_characters_and_blanks_is_too_short(work):
    town = a_town(work)

    with pytest.raises(ReasonShort) as no:
        open_glass(town.hands["asker"], OpenGlass("x" * 19 + "     ", town.case.number))

    assert no.value.facts["least"] == 20
    assert open_glass(town.hands["asker"], OpenGlass("x" * 20, town.case.number))


@pytest.mark.parametrize("more", [{"case_number": "CII-0000-0000"}, {"avs": NOBODY}])
def test_nothing_opens_where_nothing_is(work, more):
    town = a_town(work)

    with pytest.raises(UnknownThing):
        opened(town, **more)
    assert openings(town.hands["officer"]).items == ()


def test_an_officer_opens_nothing(work):
    town = a_town(work)

    with pytest.raises(NotAllowed):
        opened(town, "officer")


def test_an_emergency_opens_a_restricted_case_too(work):
    town = a_town(work, restricted="Menaces contre la personne.")

    opened(town)

    assert case_by_ref(town.hands["asker"], town.case.ref)


def test_each_read_under_an_emergency_names_it_in_the_journal(work):
    town = a_town(work)
    row = opened(town)
    case_view(town.hands["asker"], town.case.ref)
    read_rows(town.hands["asker"])

    entries = work.session.exec(select(JournalEntry).where(col(JournalEntry.basis) == "break_glass")).all()

    assert {("break_glass", "break_glass"), ("grant", "access_grant"), ("read", "case")} <= {
        (one.action, one.kind) for one in entries
    }
    assert f"person:{row.person_id}" in entries[0].objects or len(entries) > 1


def test_the_officer_is_told_and_finds_it_in_the_list(work):
    town = a_town(work)
    row = opened(town)
    officer = town.hands["officer"]

    assert [(one.kind, one.subject_ref) for one in notices(officer)] == [("break-glass", row.ref)]
    listed = openings(officer, to_review=True).items
    assert [(one.ref, one.state, one.review_due, one.cases) for one in listed] == [
        (row.ref, GlassState.ACTIVE, date(2026, 10, 22), ())
    ]


def test_an_opening_is_seen_by_its_user_and_the_officer_only(work):
    town = a_town(work)
    row = opened(town)

    assert opening(town.hands["asker"], row.ref).mine
    for who in ("neighbour", "manager", "auditor", "supervisor"):
        with pytest.raises(UnknownThing):
            opening(town.hands[who], row.ref)


def test_the_user_ends_it_early_and_sees_nothing_in_the_same_request(work):
    town = a_town(work)
    row = opened(town)

    end_glass(town.hands["asker"], row.ref)

    with pytest.raises(UnknownThing):
        case_by_ref(town.hands["asker"], town.case.ref)
    assert active_openings(town.hands["asker"]) == []
    with pytest.raises(GlassOver):
        end_glass(town.hands["asker"], row.ref)


def test_the_time_that_is_left_is_known_while_it_lasts(work):
    town = a_town(work)
    row = opened(town)

    assert [one.ref for one in active_openings(town.hands["asker"])] == [row.ref]
    assert active_openings(town.hands["neighbour"]) == []
    assert active_openings(later(town.hands["asker"], hours=4)) == []


def test_nobody_ends_somebody_elses_emergency(work):
    town = a_town(work)
    row = opened(town)

    for who in ("neighbour", "officer"):
        with pytest.raises(UnknownThing):
            end_glass(town.hands[who], row.ref)


def test_the_person_is_informed_once_at_the_address_that_is_known(work):
    town = a_town(work)
    row = opened(town)
    officer = town.hands["officer"]

    assert addressee(officer, row.ref).name == "Aline Rochat"
    with pytest.raises(UnknownThing):
        addressee(town.hands["asker"], row.ref)
    person_informed(officer, row.ref)

    assert opening(officer, row.ref).informed_at == officer.now
    with pytest.raises(PersonInformed):
        person_informed(officer, row.ref)


def test_an_opening_is_reviewed_when_it_is_over_once_and_with_the_reason(work):
    town = a_town(work)
    row = opened(town)
    officer = later(town.hands["officer"], hours=5)

    with pytest.raises(Refusals) as early:
        review_glass(town.hands["officer"], a_review(row, reason="oui"))
    review_glass(officer, a_review(row, finding=Finding.ABUSE))

    assert {type(one) for one in early.value.reasons} == {GlassStillOpen, ReasonShort}
    told = opening(officer, row.ref)
    assert (told.state, told.finding, told.finding_reason) == (GlassState.REVIEWED, Finding.ABUSE, FOUND)
    assert openings(officer, to_review=True).items == ()
    with pytest.raises(GlassReviewed):
        review_glass(officer, a_review(row))


def test_nobody_reviews_their_own_emergency_not_even_past_the_action(work):
    town = a_town(work)
    row = opened(town)
    own = replace(later(town.hands["officer"], hours=5), actor=replace(
        town.hands["officer"].actor, account_id=town.hands["asker"].actor.account_id
    ))  # fmt: skip

    with pytest.raises(OwnGlass):
        review_glass(own, a_review(row))
    work.session.add(
        BreakGlassStep(
            opening_id=row.id, opened_by=row.account_id, kind=GlassStep.REVIEWED, at=work.now,
            account_id=row.account_id, finding=Finding.OK, reason=FOUND,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        work.session.flush()


def test_what_nobody_reviewed_in_five_working_days_alerts_officer_and_presidency_once(work):
    town = a_town(work)
    row = opened(town)
    chair = town.hands["social"].actor.account_id

    assert alert_unreviewed(replace(later(work, days=7)), [chair]) == 0
    assert alert_unreviewed(later(work, days=8), [chair], [town.units["office"].id]) == 1
    assert alert_unreviewed(later(work, days=9), [chair]) == 0

    for who in ("officer", "social"):
        assert ("break-glass-unreviewed", row.ref) in [
            (one.kind, one.subject_ref) for one in notices(town.hands[who])
        ]


def test_what_was_reviewed_in_time_alerts_nobody(work):
    town = a_town(work)
    row = opened(town)
    review_glass(later(town.hands["officer"], hours=5), a_review(row))

    assert alert_unreviewed(later(work, days=30)) == 0
