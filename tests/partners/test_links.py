"""Links of partners and of the person: what each purpose shows, and what its answer writes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import text

from cii.access.linking import LinkClosed
from cii.access.vocabulary import LinkPurpose, Section
from cii.kernel.errors import Refusals, UnknownThing
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
    RatedBefore,
    RatingMissing,
)
from cii.store.work import HOUSE, working
from tests.cases.build_cases import a_network
from tests.conftest import NOW
from tests.partners.build_links import a_link, as_bearer
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
