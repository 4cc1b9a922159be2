"""What keeps a person, when every term is over, and the night that lets the rest go; on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, insert
from sqlmodel import func, select

from cii.access.actions import AddAccount, add_account
from cii.access.tables import Account, LoginSession, SignedLink
from cii.access.vocabulary import LinkPurpose, Role
from cii.cases.actions import open_case
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.desk.tables import CaseVisit, Draft
from cii.desk.vocabulary import DraftPlace
from cii.institutions.queries import unit_by_code
from cii.jobs.smtp import post
from cii.journal.tables import JournalEntry
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.period import months_later
from cii.notices.actions import tell
from cii.notices.tables import Notice
from cii.people.tables import Person
from cii.requests.actions import ask_access, carry_requests
from cii.requests.erasing import TYPED
from cii.requests.tables import AccessQuestion, AccessRequest, AccessRequestStep
from cii.requests.vocabulary import RequestStep
from cii.rights.dues import due
from cii.rights.expiring import GOING, expire, proposed
from cii.rights.holds import SetHold, set_hold
from cii.rights.merging import merge
from cii.rights.retention import KEPT, until
from cii.rights.rules_retention import PARAMETERS, Term, Unit
from cii.rights.terms_file import FILE, number_faults
from cii.rights.vocabulary_erasing import HoldBasis
from cii.rights.vocabulary_retention import Keeping
from cii.store.erasing import GONE
from cii.store.outbox import mark_sent, take
from cii.store.parameters import read_parameters
from cii.store.settings import HOUSE
from cii.store.tables import Outgoing
from tests.access.build_access import an_actor, as_
from tests.figures.build_figures import the_numbers
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_person
from tests.requests.build_requests import NOBODY, a_wish
from tests.rights.build_erasing import attempt

LONG_AGO = datetime(2009, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def canton(work, tmp_path):
    the_numbers(work)
    the_canton(work)
    return replace(work, settings=work.settings.model_copy(update={"data_dir": tmp_path}))


def then(work, at=LONG_AGO):
    """The same house at an earlier moment."""
    return replace(work, now=at)


def an_officer(work):
    return as_(work, an_actor(work, (unit_by_code(work, "DPO"), Role.DATA_PROTECTION_OFFICER)))


def a_closed_case(work, person, unit, closed_at, path=CasePath.NETWORK):
    case = open_case(
        then(work), person_id=person.id, path=path, opened_by_unit_id=unit.id, lead_unit_id=unit.id
    )
    case.status, case.closed_at, case.outcome = CaseStatus.CLOSED, closed_at, "goal"
    work.session.add(case)
    work.session.flush()
    return case


def dues(work, on=None):
    return [(one.person_ref, one.rule, one.since) for one in due(work, on).items]


@pytest.mark.parametrize(
    ("term", "since", "last"),
    [
        (Term(90, Unit.DAYS), date(2026, 1, 1), date(2026, 4, 1)),
        (Term(6, Unit.MONTHS), date(2026, 8, 31), date(2027, 2, 28)),
        (Term(10, Unit.YEARS), date(2016, 2, 29), date(2026, 2, 28)),
    ],
)
def test_a_term_ends_on_its_last_day_and_is_over_the_day_after(term, since, last):
    assert term.last_day(since) == last
    assert term.over_before(last) <= since < term.over_before(last + timedelta(days=1))


def test_every_term_has_a_dated_number_with_its_source(canton):
    names = {name for name, _ in PARAMETERS.values()}

    assert read_parameters(canton.session, names, date(2026, 10, 15)).keys() == names
    assert {one.rule for one in KEPT} == set(Keeping)
    assert {one.rule for one in GOING} <= PARAMETERS.keys()


def test_the_file_of_terms_is_whole_and_a_slip_is_told_with_its_line_and_what_was_meant(tmp_path):
    text = (HOUSE / "workflows" / "parameters" / FILE).read_text(encoding="utf-8")
    slips = (
        text.replace("retention_draft_days:", "retention_drafts_days:")
        .replace("value: 6, source", "value: six, source")
        .replace("from: 2009-01-01", "from: 2009-13-01", 1)
    )

    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / FILE).write_text(slips, encoding="utf-8")

    assert number_faults(HOUSE / "workflows") == []
    found = number_faults(tmp_path)

    line = 1 + slips[: slips.index("retention_drafts_days")].count("\n")
    told = {(one.code, one.line): one.said("fr") for one in found}
    assert "retention_draft_days" in told["unknown-key", line]
    assert {code for code, _ in told} == {"unknown-key", "missing-key", "not-a-number", "bad-date"}


def test_a_closed_case_keeps_its_person_ten_years_an_everyday_one_five(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    network, everyday = a_person(then(canton), orp), a_person(then(canton), orp)
    closed = datetime(2020, 6, 30, 12, tzinfo=UTC)
    a_closed_case(canton, network, orp, closed)
    a_closed_case(canton, everyday, orp, closed, CasePath.EVERYDAY)

    assert until(canton, network.id) == date(2030, 6, 30)
    assert until(canton, everyday.id) is None
    assert dues(canton) == [(everyday.ref, Keeping.CASE_EVERYDAY, date(2025, 7, 1))]
    assert [ref for ref, _, _ in dues(canton, date(2030, 7, 1))] == [network.ref, everyday.ref]
    assert [ref for ref, _, _ in dues(canton, date(2030, 6, 30))] == [everyday.ref]


def test_an_open_case_keeps_its_person_however_old_it_is(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    person = a_person(then(canton), orp)
    open_case(
        then(canton),
        person_id=person.id,
        path=CasePath.NETWORK,
        opened_by_unit_id=orp.id,
        lead_unit_id=orp.id,
    )

    assert dues(canton) == []
    assert until(canton, person.id) == date(2036, 10, 15)


def test_an_entry_without_a_case_is_over_after_two_years_and_what_was_written_yesterday_keeps(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    person = a_person(then(canton, datetime(2024, 10, 14, 9, tzinfo=UTC)), orp)
    fresh = a_person(canton, orp)

    assert dues(canton) == [(person.ref, Keeping.ENTRY, date(2024, 10, 15) + timedelta(days=730))]
    assert until(canton, fresh.id) == date(2028, 10, 15)


def test_a_hold_is_said_and_an_entry_that_became_another_is_not_proposed(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    chief = as_(canton, an_actor(canton, (orp, Role.SUPERVISOR)))
    held, old, new = (a_person(then(canton), orp) for _ in range(3))
    old.avs_sealed = old.avs_hash = None
    canton.session.flush()
    merge(chief, old.ref, new.ref, "Même personne, annoncée deux fois.")
    officer = an_officer(canton)
    set_hold(officer, SetHold(held.ref, HoldBasis.APPEAL, "Procédure devant le tribunal cantonal."))

    found = {one.person_ref: one.held for one in due(officer).items}

    assert found[held.ref] is True
    assert old.ref not in found


def test_the_list_takes_as_many_statements_for_sixty_persons_as_for_five(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    for _ in range(5):
        a_person(then(canton), orp)
    few = statements(canton)
    canton.session.execute(
        insert(Person.__table__), [{"ref": f"many{n:06d}", "created_at": LONG_AGO} for n in range(55)]
    )

    assert len(due(canton, limit=60).items) == 60
    assert statements(canton) == few


def statements(work) -> int:
    found: list[str] = []
    connection = work.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *said: found.append(said[2]))
    due(work, limit=60)
    return len(found) if found else pytest.fail("nothing was asked")


def test_the_list_goes_on_where_a_page_ended(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    refs = [a_person(then(canton), orp).ref for _ in range(3)]

    first = due(canton, limit=2)
    rest = due(canton, mark=first.next, limit=2)

    assert [one.person_ref for one in (*first.items, *rest.items)] == refs
    assert rest.next is None


def test_the_night_lets_workings_go_counts_them_and_finds_nothing_the_second_time(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    case = a_closed_case(canton, a_person(canton, orp), orp, canton.now)
    (letter, kept_letter) = the_workings(canton, case, orp)

    counts = expire(canton, local_day(canton.now))

    assert counts == {
        "letters": 1, "outbox": 1, "draft": 1, "case_visit": 1, "notice": 1, "signed_link": 1,
        "login_session": 1, "accounts": 1,
    }  # fmt: skip
    assert (letter.exists(), kept_letter.exists()) == (False, True)
    assert left(canton) == {"draft": 1, "case_visit": 1, "notice": 1, "outbox": 1}
    told = canton.session.exec(select(JournalEntry).where(JournalEntry.action == "expire")).all()
    assert len(told) == 1
    assert expire(canton, local_day(canton.now)) == {}
    assert len(canton.session.exec(select(JournalEntry).where(JournalEntry.action == "expire")).all()) == 1


def the_workings(work, case, unit):
    """Two of each working: one past its term, one of yesterday; returns where the two letters lie."""
    account = add_account(work, AddAccount("lea.exemple@cii.example", "Léa Exemple", "fr", None))
    an_actor(work, (unit, Role.CASE_MANAGER))
    yesterday = work.now - timedelta(days=1)
    for at, place in ((LONG_AGO, DraftPlace.NOTE), (yesterday, DraftPlace.PLAN)):
        work.session.add(
            Draft(account_id=account.id, case_id=case.id, place=place, part="", text="Début", saved_at=at)
        )
        who = account if at is LONG_AGO else an_account(work, "autre@cii.example")
        work.session.add(CaseVisit(account_id=who.id, case_id=case.id, seen_at=at))
        row = tell(then(work, at), unit_id=unit.id, kind="case", subject="case", subject_ref=case.ref)
        row.read_at = at
    account.created_at = LONG_AGO
    work.session.add(
        LoginSession(
            token_hash="h", account_id=account.id, csrf="c", created_at=LONG_AGO, expires_at=LONG_AGO
        )
    )
    work.session.add(
        SignedLink(
            token_hash="t", purpose=LinkPurpose.SATISFACTION, subject="case", subject_id=case.id, bearer="–",
            created_at=LONG_AGO, expires_at=LONG_AGO,
        )
    )  # fmt: skip
    work.session.flush()
    mails = take(work, 10)
    with post(work.settings) as way:
        for mail in mails:
            way.send(mail)
    for mail in mails:
        mark_sent(then(work, mail.created_at), [mail.id])
    return [work.settings.data_dir / "mail" / f"{mail.id:08d}.eml" for mail in mails]


def an_account(work, email):
    return add_account(work, AddAccount(email, "Autre Exemple", "fr", None))


def left(work):
    models = (Draft, CaseVisit, Notice, Outgoing)
    return {
        one.__tablename__: work.session.exec(select(func.count()).select_from(one)).one() for one in models
    }


def test_an_account_without_a_seat_is_closed_after_a_year_one_with_a_seat_never(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    gone = an_account(then(canton), "parti@cii.example")
    there = canton.session.get_one(Account, an_actor(canton, (orp, Role.CASE_MANAGER)).account_id)
    there.created_at = LONG_AGO

    expire(canton, local_day(canton.now))

    assert (gone.active, there.active) == (False, True)


def test_persons_are_proposed_once_in_one_notice_and_nobody_is_erased(canton):
    orp, officer = unit_by_code(canton, "ORP-LITTORAL"), an_officer(canton)
    people = [a_person(then(canton), orp) for _ in range(3)]

    assert expire(canton, date(2026, 10, 14))["proposed"] == 3
    assert "proposed" not in expire(canton, date(2026, 10, 15))

    told = canton.session.exec(select(Notice).where(Notice.kind == "retention-due")).all()
    assert [(one.account_id, one.facts) for one in told] == [(officer.actor.account_id, {"count": 3})]
    assert proposed(canton) == 3
    assert [one.erased_at for one in people] == [None, None, None]


def test_a_person_who_comes_back_is_no_longer_proposed(canton):
    orp = unit_by_code(canton, "ORP-LITTORAL")
    an_officer(canton)
    person = a_person(then(canton), orp)
    expire(canton, date(2026, 10, 14))

    open_case(
        canton, person_id=person.id, path=CasePath.NETWORK, opened_by_unit_id=orp.id, lead_unit_id=orp.id
    )
    expire(canton, date(2026, 10, 15))

    assert proposed(canton) == 0
    assert canton.session.exec(select(func.count()).select_from(CaseFile)).one() == 1


def test_whom_a_request_about_nobody_named_goes_after_its_term_and_not_before(canton):
    asker = as_(canton, an_actor(canton, (unit_by_code(canton, "OAI-REA"), Role.CASE_MANAGER)))
    by_number = ask_access(asker, a_wish(avs=NOBODY))
    by_name = ask_access(asker, a_wish(avs=None, last_name="Inconnue", birth_date=date(1990, 1, 1)))
    carry_requests(canton)
    over = months_later(local_day(by_name.lapses_at), 24)

    expire(then(canton, local_midnight(over)), over)
    before = canton.session.get_one(AccessRequest, by_name.id).typed_name
    counts = expire(then(canton, local_midnight(over + timedelta(days=2))), over + timedelta(days=1))

    assert "Inconnue" in before
    assert counts["access_requests"] == 2
    for row in (by_number, by_name):
        canton.session.refresh(row)
        assert {getattr(row, name) for name in TYPED} == {None, GONE}
    assert "access_requests" not in expire(then(canton, local_midnight(over)), over + timedelta(days=1))


def test_the_database_empties_no_request_that_was_not_forgotten_or_that_led_to_somebody(canton):
    asker = as_(canton, an_actor(canton, (unit_by_code(canton, "OAI-REA"), Role.CASE_MANAGER)))
    row = ask_access(asker, a_wish(avs=NOBODY))
    emptied = f"UPDATE access_request SET avs_sealed = NULL, avs_hash = NULL, reason = '{GONE}'"

    assert not attempt(canton, emptied)
    canton.session.add(AccessRequestStep(request_id=row.id, kind=RequestStep.FORGOTTEN, at=row.lapses_at))
    canton.session.flush()
    assert not attempt(canton, f"{emptied}, sections = 1")
    assert not attempt(canton, "UPDATE access_request SET reason = 'Autre'")
    assert attempt(canton, emptied)
    orp = unit_by_code(canton, "ORP-LITTORAL")
    case = a_closed_case(canton, a_person(canton, orp), orp, canton.now)
    put = AccessQuestion(request_id=row.id, case_id=case.id, person_id=case.person_id)
    canton.session.add(put)
    canton.session.flush()
    assert not attempt(canton, emptied)
