"""Who makes which link, about what, and when it closes before anybody has answered."""

import pytest
from sqlalchemy import text

from cii.access.linking import LinkClosed, close_links, live_link
from cii.access.vocabulary import LinkDelivery, LinkPurpose
from cii.cases.actions import CloseCase, close_case
from cii.cases.rules import CaseClosed, SectionNotYours
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.partners.actions import revoke
from cii.partners.rules import (
    BearerUnnamed,
    LinkOver,
    LinkPartMissing,
    LinkStands,
    LinkTooLong,
    MailAddressUnfit,
    NoBirthDate,
    NothingToAnswer,
    Wish,
    wish_faults,
)
from cii.people.actions import ConsentDates, ConsentTooWide
from tests.cases.build_cases import a_network
from tests.partners.build_links import a_link

P = LinkPurpose


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
