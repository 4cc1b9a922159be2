"""Mails with a link: what they say, what is kept of them, and when their text goes."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.access.linking import live_link
from cii.access.vocabulary import LinkDelivery, LinkPurpose
from cii.partners.actions import make
from cii.partners.rules import (
    ends_at,
)
from cii.store.outbox import NothingToSend, forget_secrets, mark_missed, mark_sent, revive, take
from tests.cases.build_cases import a_network
from tests.partners.build_links import a_wish

P = LinkPurpose


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
