"""Links into a case for named readers: they stand on the name of who made them, and show their purpose alone."""

import pytest
from sqlalchemy import text

from cii.access.linking import LinkClosed
from cii.access.queries import sections_on_case
from cii.access.restricting import close_reader, lift_restriction, reader_by_account
from cii.access.vocabulary import LinkPurpose, Section
from cii.cases.queries import case_by_ref
from cii.cases.restricting import close_to_named
from cii.kernel.errors import UnknownThing
from cii.partners.actions import enter
from cii.partners.answering import OpinionByLink, RateByLink, answer, opened
from cii.partners.queries import OpinionShown, SatisfactionShown
from tests.cases.build_cases import a_network
from tests.partners.build_links import a_link, as_bearer

P = LinkPurpose
OPINION = OpinionByLink("Lombalgies.", "Pas de charges.", 60)
RATED = RateByLink(4, 5, 3, 4, "Merci.")


def restricted(net):
    """Closed to all but the one who works for the employment office."""
    close_to_named(net.hands["AC"], net.case, "La personne est parente d'un membre de l'unité.")


def asked(net, who="AC"):
    return a_link(net, P.MEDICAL_OPINION, who, unit_ref=net.units["physician"].ref, question="Quel travail ?")


def test_the_physician_answers_by_the_link_of_a_named_reader(work):
    net = a_network(work)
    restricted(net)
    made = asked(net)
    visitor = as_bearer(work)

    assert enter(as_bearer(work), made.token, made.code) is None
    shown = opened(visitor, made.token).shown
    assert isinstance(shown, OpinionShown)
    assert {one.sections for one in visitor.seen} == {int(Section.IDENTITY)}
    assert sections_on_case(visitor, net.case.id)[0] == Section.IDENTITY
    told = answer(as_bearer(work), made.token, OPINION)

    assert told.answer == "opinion"
    row = work.session.execute(text("SELECT statement, unit_id FROM medical_statement")).one()
    assert tuple(row) == ("Lombalgies.", net.units["physician"].id)
    with pytest.raises(UnknownThing):
        case_by_ref(net.hands["physician"], net.case.ref)


def test_who_is_not_named_makes_no_link_and_cannot_tell_the_case_from_none(work):
    net = a_network(work)
    restricted(net)

    for who in ("AI", "AS", "physician"):
        with pytest.raises(UnknownThing):
            a_link(net, P.SATISFACTION, who)


def test_a_link_made_before_by_somebody_who_is_not_named_is_closed(work):
    """Of the partner's unit too: what it showed is for the named now."""
    net = a_network(work)
    before = {"opinion": asked(net, "AI"), "rating": a_link(net, P.SATISFACTION, "AI")}
    restricted(net)

    for made in before.values():
        assert isinstance(enter(as_bearer(work), made.token, made.code or "17.5.1980"), LinkClosed)
        with pytest.raises(LinkClosed):
            opened(as_bearer(work), made.token)
    with pytest.raises(LinkClosed):
        answer(as_bearer(work), before["opinion"].token, OPINION)
    with pytest.raises(LinkClosed):
        answer(as_bearer(work), before["rating"].token, RATED)
    assert work.session.execute(text("SELECT count(*) FROM medical_statement")).scalar() == 0

    lift_restriction(work, net.case.id, "Le lien a pris fin.")
    assert isinstance(opened(as_bearer(work), before["rating"].token).shown, SatisfactionShown)


def test_a_link_closes_with_the_name_of_who_made_it(work):
    net = a_network(work)
    restricted(net)
    made = a_link(net, P.SATISFACTION)
    assert opened(as_bearer(work), made.token)
    ref = work.session.execute(
        text("SELECT ref FROM account WHERE id = :id"), {"id": net.hands["AC"].actor.account_id}
    ).scalar_one()

    close_reader(net.hands["AC"], reader_by_account(work, net.case.id, ref))

    with pytest.raises(LinkClosed):
        opened(as_bearer(work), made.token)


@pytest.mark.parametrize("purpose", [P.SATISFACTION, P.MEDICAL_OPINION])
def test_a_link_into_one_restricted_case_opens_no_other(work, purpose):
    net = a_network(work)
    more = {"unit_ref": net.units["physician"].ref, "question": "?"} if purpose is P.MEDICAL_OPINION else {}
    restricted(net)
    made = a_link(net, purpose, **more)
    other = a_network(work)
    restricted(other)
    visitor = as_bearer(work)
    opened(visitor, made.token)

    assert case_by_ref(visitor, net.case.ref)
    with pytest.raises(UnknownThing):
        case_by_ref(visitor, other.case.ref)
