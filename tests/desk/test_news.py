"""A change of the law is shown to those it concerns until each has read it."""

from dataclasses import replace
from datetime import date

import pytest

from cii.access.vocabulary import Role
from cii.desk.announcing import (
    PublishNews,
    acknowledge,
    news_for_me,
    publish_news,
    published_news,
    withdraw_news,
)
from cii.desk.rules import NewsIncomplete, NewsWithdrawn
from cii.institutions.queries import institution_of
from cii.kernel.errors import Refusal, UnknownThing
from tests.desk.build_desk import a_desk, later

NEWS = PublishNews(
    "Délai-cadre prolongé", "Rahmenfrist verlängert", "Framework period extended", "Texte.", "Text.", "Text.",
    "LACI art. 9b", date(2027, 1, 1),
)  # fmt: skip


@pytest.fixture
def net(work):
    return a_desk(work)


def unread(hand):
    return [one.title["fr"] for one in news_for_me(hand, unread=True)]


def test_a_news_waits_until_it_is_read_and_is_kept_with_its_moment(work, net):
    row = publish_news(work, NEWS)
    mine = later(net.hands["AC"], hours=1)
    acknowledge(mine, row.ref)
    acknowledge(later(mine, hours=1), row.ref)

    assert unread(mine) == []
    assert news_for_me(mine)[0].read_at == mine.now
    assert unread(net.hands["AI"]) == ["Délai-cadre prolongé"]


def test_a_news_concerns_the_roles_and_institutions_that_it_names(work, net):
    body = institution_of(work, net.units["AC"].id).code
    publish_news(work, replace(NEWS, roles=(Role.SUPERVISOR,), institutions=(body,)))

    assert unread(net.hands["chief"]) == ["Délai-cadre prolongé"]
    assert unread(net.hands["AC"]) == unread(net.hands["AI"]) == []


def test_a_news_that_concerns_others_is_not_mine_to_acknowledge(work, net):
    row = publish_news(work, replace(NEWS, roles=(Role.SUPERVISOR,)))

    with pytest.raises(UnknownThing):
        acknowledge(net.hands["AC"], row.ref)


def test_the_publisher_sees_who_has_read_it_and_who_has_not(work, net):
    row = publish_news(work, replace(NEWS, roles=(Role.SUPERVISOR, Role.PHYSICIAN)))
    acknowledge(net.hands["chief"], row.ref)

    ((_, readers),) = published_news(work)

    assert [(one.name, one.read_at is not None) for one in readers] == [
        (net.hands["physician"].actor.name, False),
        ("Laurent Dubied", True),
    ]


def test_a_withdrawn_news_is_asked_of_nobody(work, net):
    row = publish_news(work, NEWS)
    withdraw_news(work, row.ref)

    assert unread(net.hands["AC"]) == []
    with pytest.raises(NewsWithdrawn):
        acknowledge(net.hands["AC"], row.ref)


def test_a_news_is_told_in_three_languages(work, net):
    with pytest.raises(Refusal) as no:
        publish_news(work, replace(NEWS, title_de=" ", text_en=""))

    assert {(type(one), one.field) for one in no.value.reasons} == {
        (NewsIncomplete, "title_de"),
        (NewsIncomplete, "text_en"),
    }


def test_a_news_names_institutions_that_exist(work, net):
    with pytest.raises(UnknownThing):
        publish_news(work, replace(NEWS, institutions=("XYZ",)))
