"""The door of a link: what is typed there, how long it opens, whom it lets in, and what is kept of its token."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from cii.access.linking import LinkClosed, LinkLocked, WrongFactor, live_link
from cii.access.passwords import matches
from cii.access.vocabulary import LinkPurpose
from cii.partners.actions import enter, revoke
from cii.partners.answering import (
    RateByLink,
    answer,
)
from cii.partners.rules import (
    birth_date_said,
    ends_at,
    factor_said,
)
from cii.store.work import HOUSE, working
from cii.wire.logs import masked
from tests.cases.build_cases import a_network
from tests.conftest import NOW
from tests.partners.build_links import BORN, a_link, as_bearer

P = LinkPurpose
RATED = RateByLink(4, 5, 3, 4, "Merci.")


def test_five_wrong_answers_close_a_link_and_the_sixth_is_too_many(work):
    net = a_network(work)
    made = a_link(net, P.SATISFACTION)

    told = [enter(as_bearer(work), made.token, "1.1.1900") for _ in range(4)]
    fifth, sixth = (enter(as_bearer(work), made.token, said) for said in ("1.1.1900", BORN))

    assert [(type(one), one.facts["left"]) for one in told] == [(WrongFactor, n) for n in (4, 3, 2, 1)]
    assert isinstance(fifth, LinkLocked)
    assert isinstance(sixth, LinkLocked)
    with pytest.raises(LinkClosed):
        live_link(work, made.token)
    kinds = work.session.execute(text("SELECT kind FROM notice")).scalars().all()
    assert kinds == ["link-locked"]


def test_the_right_answer_opens_however_it_is_written(work):
    net = a_network(work)
    made = a_link(net, P.SATISFACTION)
    coded = a_link(net, P.MEDICAL_OPINION, unit_ref=net.units["physician"].ref, question="?")

    assert [enter(as_bearer(work), made.token, said) for said in (BORN, "17/05/1980", " 1980-05-17 ")] == [
        None
    ] * 3
    assert enter(as_bearer(work), coded.token, f"{coded.code[:3]} {coded.code[3:]}") is None
    assert isinstance(enter(as_bearer(work), "never made", BORN), LinkClosed)


def test_what_is_typed_at_the_door_is_read_as_it_was_kept():
    assert birth_date_said("1.2.1990") == "1990-02-01"
    assert factor_said(" 123 456 ") == "123456"
    assert factor_said("rien") == "rien"


@pytest.mark.parametrize(
    ("made_at", "days", "ends"),
    [
        (datetime(2026, 10, 15, 6, tzinfo=UTC), 1, datetime(2026, 10, 16, 22, tzinfo=UTC)),
        (datetime(2026, 10, 15, 21, 59, tzinfo=UTC), 1, datetime(2026, 10, 16, 22, tzinfo=UTC)),
        (datetime(2026, 10, 15, 22, 0, tzinfo=UTC), 1, datetime(2026, 10, 17, 22, tzinfo=UTC)),
        (datetime(2026, 10, 24, 6, tzinfo=UTC), 1, datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_a_link_ends_with_a_swiss_midnight_also_when_the_clocks_change(made_at, days, ends):
    assert ends_at(made_at, days) == ends


def test_a_link_opens_in_its_last_second_and_not_in_the_next(work):
    net = a_network(work)
    made = a_link(net, P.SATISFACTION, days=1)
    end = ends_at(NOW, 1)

    assert live_link(replace(work, now=end - timedelta(seconds=1)), made.token).ref == made.ref
    with pytest.raises(LinkClosed):
        live_link(replace(work, now=end), made.token)


@pytest.mark.parametrize("token", ["", "x", "y" * 10_000, "\x00", "'; DROP TABLE signed_link; --", "é" * 50])
def test_a_token_that_was_never_given_opens_nothing(work, token):
    with pytest.raises(LinkClosed):
        live_link(work, token)


def test_wrong_answers_at_once_are_all_counted(fresh_engine, settings):
    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        made = a_link(a_network(work), P.SATISFACTION)

    def send(_):
        with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
            return enter(as_bearer(work), made.token, "1.1.1900").code

    with ThreadPoolExecutor(8) as browsers:
        told = sorted(browsers.map(send, range(8)))

    assert told == ["link-locked"] * 4 + ["wrong-factor"] * 4


def test_a_token_stands_in_no_row_and_in_no_log(work):
    net = a_network(work)
    made = a_link(net, P.SATISFACTION)

    held = [
        str(tuple(row))
        for table in ("signed_link", "link_request", "journal_entry", "journal_payload", "access_grant")
        for row in work.session.execute(text(f"SELECT * FROM {table}"))
    ]

    assert not [one for one in held if made.token in one]
    assert made.token not in masked(f"GET /links/{made.token}/answer failed")
    assert masked("GET /cases/abcdefghij/links/new") == "GET /cases/abcdefghij/links/new"


def asked_at_the_door(work, token, said="1.1.1970"):
    """The statements and the comparisons of a password that an answer at the door costs, and what it says."""
    said_to_the_database, compared = [], []

    def heard(_, __, statement, *___):
        said_to_the_database.append(statement)

    def compare(*given):
        compared.append(given[0] is None)
        return matches(*given)

    event.listen(work.session.get_bind(), "before_cursor_execute", heard)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cii.access.linking.matches", compare)
            no = enter(as_bearer(work), token, said)
    finally:
        event.remove(work.session.get_bind(), "before_cursor_execute", heard)
    return said_to_the_database, compared, type(no)


def test_unknown_expired_used_and_revoked_links_take_the_same_way_at_the_door(work):
    net = a_network(work)
    used, revoked, expired = (
        a_link(net, P.SATISFACTION, bearer=one, days=days)
        for one, days in (("Utilisé", 7), ("Révoqué", 7), ("Échu", 1))
    )
    answer(as_bearer(work), used.token, RATED)
    revoke(net.hands["AC"], revoked.ref)
    later = replace(work, now=ends_at(work.now, 1))
    work.session.flush()
    tokens = ("x" * 43, used.token, revoked.token, expired.token)
    asked_at_the_door(later, "y" * 43)

    ways = [asked_at_the_door(later, one) for one in tokens]

    assert ways[0][1:] == ([True], LinkClosed)
    assert len(ways[0][0]) == 1
    assert ways == [ways[0]] * 4
