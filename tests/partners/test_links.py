"""Links of partners and of the person: who may make which, what each shows, when it closes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from cii.access.linking import LinkClosed, LinkLocked, WrongFactor, close_links, live_link
from cii.access.passwords import matches
from cii.access.vocabulary import LinkDelivery, LinkPurpose, Section
from cii.cases.actions import CloseCase, close_case
from cii.cases.rules import CaseClosed, SectionNotYours
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.partners.actions import enter, make, revoke
from cii.partners.answering import (
    ConsentByLink,
    OpinionByLink,
    PlaceByLink,
    RateByLink,
    SeenByLink,
    answer,
    opened,
    receipt,
)
from cii.partners.queries import (
    ConsentTerms,
    LineShown,
    NetworkShown,
    ObjectivesShown,
    OpinionShown,
    PlaceShown,
    PlanShown,
    SatisfactionShown,
)
from cii.partners.rules import (
    BearerUnnamed,
    LinkOver,
    LinkPartMissing,
    LinkStands,
    LinkTooLong,
    MailAddressUnfit,
    NoBirthDate,
    NothingToAnswer,
    RatedBefore,
    RatingMissing,
    Wish,
    birth_date_said,
    ends_at,
    factor_said,
    wish_faults,
)
from cii.people.actions import ConsentDates, ConsentTooWide
from cii.store.outbox import NothingToSend, forget_secrets, mark_missed, mark_sent, revive, take
from cii.store.work import HOUSE, working
from cii.wire.logs import masked
from tests.cases.build_cases import a_network
from tests.conftest import NOW
from tests.partners.build_links import BORN, a_link, a_wish, as_bearer
from tests.people.build_people import a_consent

P = LinkPurpose
RATED = RateByLink(4, 5, 3, 4, "Merci.")


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        (PlaceShown, {"person", "birth_date", "measure", "first", "last", "answer_until"}),
        (OpinionShown, {"person", "birth_date", "question"}),
        (NetworkShown, {"person", "told", "lines"}),
        (ConsentTerms, {"person", "purpose", "institutions", "sections", "until", "given_on"}),
        (PlanShown, {"person", "version", "focus", "lines"}),
        (ObjectivesShown, {"person", "measure", "first", "last", "objectives"}),
        (SatisfactionShown, {"person", "measure"}),
        (LineShown, {"goal", "action", "due_on", "unit"}),
    ],
)
def test_each_purpose_shows_these_fields_and_no_other(shown, names):
    assert {one.name for one in fields(shown)} == names


def test_a_physician_is_asked_with_identity_and_question_alone(work):
    net = a_network(work)
    made = a_link(net, P.MEDICAL_OPINION, unit_ref=net.units["physician"].ref, question="Quel travail ?")
    visitor = as_bearer(work)

    seen = opened(visitor, made.token).shown

    assert seen == OpinionShown("Exemple Dominique", date(1980, 5, 17), "Quel travail ?")
    assert len(made.code) == 6
    assert visitor.actor.name == "Marie Exemple"
    assert {one.sections for one in visitor.seen} == {int(Section.IDENTITY)}


def test_an_opinion_is_written_under_the_bearers_name_for_the_physicians_unit(work):
    net = a_network(work)
    made = a_link(net, P.MEDICAL_OPINION, unit_ref=net.units["physician"].ref, question="Quel travail ?")

    answer(as_bearer(work), made.token, OpinionByLink("Lombalgies.", "Pas de charges.", 60))

    row = work.session.execute(text("SELECT statement, unit_id, account_id FROM medical_statement")).one()
    assert tuple(row) == ("Lombalgies.", net.units["physician"].id, None)
    acts = work.session.execute(text("SELECT action FROM journal_entry WHERE actor = 'Marie Exemple'"))
    assert {"use_link", "write_medical"} <= {one[0] for one in acts}


def test_a_link_serves_once_and_its_receipt_tells_a_word_not_the_text(work):
    net = a_network(work)
    made = a_link(net, P.SATISFACTION)
    told = answer(as_bearer(work), made.token, RATED)

    with pytest.raises(LinkClosed):
        answer(as_bearer(work), made.token, RATED)

    assert (told.answer, receipt(work, made.token).answer) == ("rated", "rated")
    with pytest.raises(RatedBefore):
        a_link(net, P.SATISFACTION, bearer="Une autre personne")


def test_an_answer_of_another_purpose_is_not_taken(work):
    net = a_network(work)
    made = a_link(net, P.SATISFACTION)

    with pytest.raises(UnknownThing):
        answer(as_bearer(work), made.token, PlaceByLink(accept=True))


def test_a_rating_answers_every_question_from_one_to_five(work):
    net = a_network(work)
    made = a_link(net, P.SATISFACTION)

    with pytest.raises(Refusals) as no:
        answer(as_bearer(work), made.token, RateByLink(0, 6, None, 3))

    assert [type(one) for one in no.value.reasons] == [RatingMissing] * 3
    assert [one.field for one in no.value.reasons] == ["informed", "listened", "useful"]


def test_a_rating_is_given_once_even_through_two_links(work):
    net = a_network(work)
    first, second = a_link(net, P.SATISFACTION), a_link(net, P.SATISFACTION, bearer="La même, autrement")
    answer(as_bearer(work), first.token, RATED)

    with pytest.raises(RatedBefore):
        answer(as_bearer(work), second.token, RATED)


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


def test_every_reason_against_a_wish_is_told(work):
    wish = Wish(P.MEDICAL_OPINION, " ", LinkDelivery.MAIL, "not an address", 31, 30, "", False, False, False)

    assert [type(one) for one in wish_faults(wish)] == [
        BearerUnnamed, MailAddressUnfit, LinkTooLong, LinkPartMissing, LinkPartMissing,
    ]  # fmt: skip


def test_a_place_and_a_consent_need_what_they_are_about(work):
    net = a_network(work)

    with pytest.raises(LinkPartMissing):
        a_link(net, P.PLACE_ANSWER)
    with pytest.raises(Refusals) as no:
        a_link(net, P.CONSENT)

    assert [type(one) for one in no.value.reasons] == [LinkPartMissing, ConsentTooWide, ConsentDates]


def test_a_plan_that_is_not_proposed_waits_for_nobody(work):
    with pytest.raises(NothingToAnswer):
        a_link(a_network(work), P.PLAN)


def test_who_has_no_permit_or_does_not_see_the_section_makes_no_link(work):
    net = a_network(work)

    with pytest.raises(NotAllowed):
        a_link(net, P.CONSENT, "physician", consent_ref="xxxxxxxxxx")
    with pytest.raises(UnknownThing):
        a_link(net, P.SATISFACTION, "stranger")
    assert issubclass(SectionNotYours, Exception)


def test_a_physician_is_asked_for_a_unit_of_the_case_only(work):
    net = a_network(work)

    with pytest.raises(LinkPartMissing):
        a_link(net, P.MEDICAL_OPINION, unit_ref=net.units["stranger"].ref, question="?")


def test_a_member_of_the_network_is_told_nothing_without_the_persons_consent(work):
    net = a_network(work)

    with pytest.raises(Exception) as no:  # noqa: PT011 - the basis tells its own code
        a_link(net, P.NETWORK_VIEW, unit_ref=net.units["stranger"].ref)

    assert no.value.code == "basis-no-consent"


def test_a_disclosure_to_a_member_of_the_network_is_listed(work):
    net = a_network(work)
    body = work.session.execute(
        text("SELECT institution_id FROM unit WHERE id = :id"), {"id": net.units["stranger"].id}
    ).scalar_one()
    from cii.institutions.tables import Institution
    from cii.people.queries import person_by_id

    a_consent(net.hands["AC"], person_by_id(work, net.case.person_id), net.units["AC"],
              work.session.get_one(Institution, body), sections=Section.IDENTITY | Section.PLAN)  # fmt: skip

    made = a_link(net, P.NETWORK_VIEW, unit_ref=net.units["stranger"].ref, question="Rendez-vous.")

    assert opened(as_bearer(work), made.token).shown == NetworkShown("Exemple Dominique", "Rendez-vous.", ())
    listed = work.session.execute(text("SELECT to_unit_id, basis FROM disclosure")).all()
    assert [tuple(one) for one in listed] == [(net.units["stranger"].id, "consent")]
    assert answer(as_bearer(work), made.token, SeenByLink()).answer == "seen"


def test_a_link_for_the_same_bearer_stands_until_it_is_revoked(work):
    net = a_network(work)
    first = a_link(net, P.SATISFACTION)

    with pytest.raises(LinkStands):
        a_link(net, P.SATISFACTION, bearer="MARIE EXEMPLE")
    revoke(net.hands["AC"], first.ref)

    assert a_link(net, P.SATISFACTION).ref != first.ref
    with pytest.raises(LinkOver):
        revoke(net.hands["AC"], first.ref)
    with pytest.raises(UnknownThing):
        revoke(net.hands["AI"], first.ref)


def test_a_person_without_identity_on_file_gets_no_link_of_their_own(work):
    net = a_network(work)
    work.session.execute(text("DELETE FROM identity"))

    with pytest.raises(NoBirthDate):
        a_link(net, P.SATISFACTION)


def test_a_closed_case_closes_its_links_but_the_question_of_satisfaction(work):
    net = a_network(work)
    opinion = a_link(net, P.MEDICAL_OPINION, unit_ref=net.units["physician"].ref, question="?")
    rating = a_link(net, P.SATISFACTION)

    close_case(net.hands["AC"], CloseCase(net.case.ref, "job"))
    close_links(net.hands["AC"], case_id=net.case.id)

    with pytest.raises(LinkClosed):
        live_link(work, opinion.token)
    assert live_link(work, rating.token).ref == rating.ref
    with pytest.raises(CaseClosed):
        a_link(net, P.PLAN)
    with pytest.raises(ValueError, match="which links"):
        close_links(work)


def test_terms_of_a_consent_that_the_person_declines_are_not_kept_as_consent(work):
    net = a_network(work)
    body = work.session.execute(text("SELECT ref FROM institution ORDER BY id")).scalars().first()
    made = a_link(net, P.CONSENT, institutions=(body,), sections=Section.PLAN, valid_until=date(2027, 1, 31))

    told = answer(as_bearer(work), made.token, ConsentByLink(agree=False))

    assert told.answer == "declined"
    assert work.session.execute(text("SELECT count(*) FROM consent")).scalar_one() == 0


def test_of_two_browsers_that_answer_at_once_one_is_heard(fresh_engine, settings):
    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        made = a_link(a_network(work), P.SATISFACTION)

    def send(points):
        try:
            with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
                return answer(as_bearer(work), made.token, RateByLink(points, points, points, points)).answer
        except LinkClosed as no:
            return no.code

    with ThreadPoolExecutor(4) as browsers:
        told = sorted(browsers.map(send, (1, 2, 3, 4)))

    assert told == ["link-closed"] * 3 + ["rated"]
    with fresh_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM satisfaction")).scalar_one() == 1


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


def test_a_mail_is_written_with_the_link_and_the_address_kept_as_a_hash(work):
    net = a_network(work)

    made = make(net.hands["AC"], a_wish(net, P.SATISFACTION, delivery=LinkDelivery.MAIL, address="Marie@Exemple.ch"))  # fmt: skip

    assert made.token is None
    mail = work.session.execute(text("SELECT recipient, body FROM outbox ORDER BY id DESC")).first()
    assert mail[0] == "Marie@Exemple.ch"
    assert "/links/" in mail[1]
    assert "Dominique" not in mail[1]
    row = work.session.execute(text("SELECT * FROM signed_link")).one()
    assert "exemple.ch" not in str(tuple(row)).lower()


def test_a_mail_with_a_link_keeps_no_text_once_it_has_left(work):
    net = a_network(work)
    make(net.hands["AC"], a_wish(net, P.SATISFACTION, delivery=LinkDelivery.MAIL, address="marie@exemple.ch"))
    work.session.flush()
    token = work.session.execute(text("SELECT body FROM outbox ORDER BY id DESC")).scalar().split("/links/")[1].split()[0]  # fmt: skip

    (mail,) = [one for one in take(work, 1000) if token in one.body]
    mark_sent(work, [mail.id])

    held = work.session.execute(text("SELECT * FROM outbox")).all()
    assert token not in str(held)
    assert live_link(work, token).bearer == "Marie Exemple"
    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(text("UPDATE outbox SET body = 'x' WHERE id = :id"), {"id": mail.id})


def test_a_mail_that_could_not_leave_loses_its_text_when_its_link_is_over(work):
    net = a_network(work)
    make(net.hands["AC"], a_wish(net, P.SATISFACTION, delivery=LinkDelivery.MAIL, address="marie@exemple.ch"))
    work.session.flush()
    ref = work.session.execute(text("SELECT ref FROM outbox ORDER BY id DESC")).scalar()
    (mail,) = [one for one in take(work, 1000) if one.ref == ref]
    mark_missed(work, mail, "550 no such mailbox", for_good=True)
    assert forget_secrets(work) == 0
    over = replace(work, now=ends_at(work.now, 7))

    gone = forget_secrets(over)

    held = work.session.execute(text("SELECT body, failed_at FROM outbox WHERE ref = :r"), {"r": ref}).one()
    assert (gone, held.body, held.failed_at is None) == (1, "", False)
    assert forget_secrets(over) == 0
    with pytest.raises(NothingToSend):
        revive(over, ref)


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
