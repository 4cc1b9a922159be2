from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from cii.access.actions import (
    AddAccount,
    AddressTaken,
    LinkClosed,
    PasswordTooShort,
    TooManyAttempts,
    WrongPassword,
    add_account,
    close_account,
    end_membership,
    enter,
    grant,
    log_in,
    log_out,
    make_link,
    open_link,
    resolve_actor,
    revoke_link,
    set_password,
)
from cii.access.queries import open_session
from cii.access.tables import LoginSession, Membership, SignedLink
from cii.access.vocabulary import LinkPurpose, Relation, Role, Section
from cii.institutions.vocabulary import Sector
from cii.store.work import HOUSE, working
from tests.access.build_access import an_account
from tests.conftest import NOW
from tests.institutions.build_institutions import a_unit

PASSWORD = "une phrase assez longue"


def test_who_knows_the_password_enters_with_seats_and_permits(work):
    unit = a_unit(work, Sector.AI)
    account = an_account(work, (unit, Role.CASE_MANAGER), password=PASSWORD)

    _, token = log_in(work, account.email.upper(), PASSWORD)

    actor = resolve_actor(work.session, token, NOW)
    assert actor.account_id == account.id
    assert [(seat.unit_id, seat.role, seat.sector) for seat in actor.seats] == [
        (unit.id, "case_manager", "AI")
    ]
    assert "write_grid" in actor.permits
    assert "manage_accounts" not in actor.permits


def test_the_token_itself_is_kept_nowhere(work):
    account = an_account(work, password=PASSWORD)

    _, token = log_in(work, account.email, PASSWORD)

    assert all(token not in str(row) for row in work.session.exec(select(LoginSession)))


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(work):
    account = an_account(work, password=PASSWORD)
    refused = []
    for email in (account.email, "personne@cii.example"):
        with pytest.raises(WrongPassword) as no:
            log_in(work, email, "autre chose, bien longue")
        refused.append((no.value.code, no.value.facts))

    assert refused[0] == refused[1]


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(work, monkeypatch):
    from cii.access import passwords

    verified = []

    class Counting:
        def verify(self, held, given):
            verified.append(held[:9])
            return passwords_hasher.verify(held, given)

        def hash(self, given):
            return passwords_hasher.hash(given)

    account = an_account(work, password=PASSWORD)
    passwords_hasher = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Counting())

    for email in (account.email, "personne@cii.example", an_account(work).email):
        with pytest.raises(WrongPassword):
            log_in(work, email, "autre chose, bien longue")

    assert verified == ["$argon2id"] * 3


def test_an_account_without_password_cannot_enter(work):
    account = an_account(work)

    with pytest.raises(WrongPassword):
        log_in(work, account.email, "")


def test_the_sixth_wrong_password_in_fifteen_minutes_is_told_to_wait(fresh_engine, settings):
    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        email = an_account(work, password=PASSWORD).email
    for minute in range(5):
        with pytest.raises(WrongPassword):
            enter(fresh_engine, NOW + timedelta(minutes=minute), settings, email, "faux mot de passe")

    with pytest.raises(TooManyAttempts) as no:
        enter(fresh_engine, NOW + timedelta(minutes=5), settings, email, PASSWORD)

    assert no.value.facts["retry_after"] == 600
    assert no.value.kind == "limited"
    enter(fresh_engine, NOW + timedelta(minutes=16), settings, email, PASSWORD)


def test_an_unknown_address_is_counted_too(fresh_engine, settings):
    for _ in range(5):
        with pytest.raises(WrongPassword):
            enter(fresh_engine, NOW, settings, "personne@cii.example", "faux mot de passe")

    with pytest.raises(TooManyAttempts):
        enter(fresh_engine, NOW, settings, "Personne@cii.example ", "faux mot de passe")


def test_a_success_clears_the_count(fresh_engine, settings):
    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        email = an_account(work, password=PASSWORD).email
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(WrongPassword):
                enter(fresh_engine, NOW, settings, email, "faux mot de passe")
        enter(fresh_engine, NOW, settings, email, PASSWORD)


def test_parallel_guesses_are_counted_one_by_one(fresh_engine, settings):
    from concurrent.futures import ThreadPoolExecutor

    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        email = an_account(work, password=PASSWORD).email

    def guess(n):
        try:
            enter(fresh_engine, NOW, settings, email, f"faux mot de passe {n}")
        except (WrongPassword, TooManyAttempts) as no:
            return no.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(8)))

    assert answers.count("wrong-password") == 5
    assert answers.count("too-many-attempts") == 3


def test_a_session_ends_by_logging_out_by_time_and_with_the_account(work):
    account = an_account(work, password=PASSWORD)
    tokens = [log_in(work, account.email, PASSWORD)[1] for _ in range(2)]
    hours = timedelta(minutes=work.settings.session_minutes)

    log_out(work, tokens[0])

    assert resolve_actor(work.session, tokens[0], NOW) is None
    assert resolve_actor(work.session, tokens[1], NOW) is not None
    assert resolve_actor(work.session, tokens[1], NOW + hours) is None
    close_account(work, account)
    assert resolve_actor(work.session, tokens[1], NOW) is None


def test_a_new_password_ends_the_open_sessions(work):
    account = an_account(work, password=PASSWORD)
    _, token = log_in(work, account.email, PASSWORD)

    set_password(work, account, "une autre phrase longue")

    assert resolve_actor(work.session, token, NOW) is None
    log_in(work, account.email, "une autre phrase longue")


def test_a_seat_that_ends_takes_its_rights_with_it_at_once(work):
    account = an_account(work, (a_unit(work), Role.SUPERVISOR), password=PASSWORD)
    _, token = log_in(work, account.email, PASSWORD)

    end_membership(work, work.session.exec(select(Membership)).one())

    actor = resolve_actor(work.session, token, NOW)
    assert (actor.seats, actor.permits) == ((), frozenset())


def test_forms_of_two_sessions_have_two_tokens(work):
    account = an_account(work, password=PASSWORD)

    opened = [open_session(work.session, log_in(work, account.email, PASSWORD)[1], NOW) for _ in range(2)]

    assert opened[0].csrf != opened[1].csrf
    assert resolve_actor(work.session, "no such token", NOW) is None


def test_two_accounts_do_not_share_an_address(work):
    an_account(work, email="meme@cii.example")

    with pytest.raises(AddressTaken):
        add_account(work, AddAccount("MEME@cii.example", "Autre"))


def test_a_short_password_is_refused(work):
    with pytest.raises(PasswordTooShort) as no:
        an_account(work, password="court")

    assert no.value.facts["least"] == 12


def a_link(work, **more):
    given = grant(
        work, person_id=more.pop("person_id"), reads=Section.PLAN | Section.NOTES, basis="consent", cause="link:1",
        relation=Relation.LINK,
    )  # fmt: skip
    return make_link(
        work,
        purpose=LinkPurpose.PLAN,
        subject="plan",
        subject_id=7,
        bearer="La personne",
        grant_id=given.id,
        expires_at=NOW + timedelta(days=7),
    ).token


@pytest.fixture
def person_id(work):
    from cii.people.tables import Person

    row = Person(created_at=NOW)
    work.session.add(row)
    work.session.flush()
    return row.id


def test_a_link_opens_what_its_grant_says_and_is_used_once(work, person_id):
    from cii.access.queries import sections_on_person

    token = a_link(work, person_id=person_id)

    link, bearer = open_link(work, token, LinkPurpose.PLAN)
    assert sections_on_person(replace(work, actor=bearer), person_id)[0] == Section.PLAN
    assert link.subject_id == 7
    open_link(work, token, LinkPurpose.PLAN, use=True)

    with pytest.raises(LinkClosed):
        open_link(work, token, LinkPurpose.PLAN)


def test_a_link_is_closed_for_another_purpose_after_its_date_and_when_revoked(work, person_id):
    token = a_link(work, person_id=person_id)

    with pytest.raises(LinkClosed):
        open_link(work, token, LinkPurpose.CONSENT)
    with pytest.raises(LinkClosed):
        open_link(replace(work, now=NOW + timedelta(days=7)), token, LinkPurpose.PLAN)
    revoke_link(work, work.session.exec(select(SignedLink)).one())
    with pytest.raises(LinkClosed):
        open_link(work, token, LinkPurpose.PLAN)
