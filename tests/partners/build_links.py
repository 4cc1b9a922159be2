"""Builders of links: a network case whose lead makes a link, and its bearer."""

from dataclasses import replace

from cii.access.vocabulary import LinkDelivery, LinkPurpose
from cii.partners.actions import Made, MakeLink, make
from tests.cases.build_cases import Network

BORN = "17.5.1980"


def a_wish(net: Network, purpose: LinkPurpose, **more) -> MakeLink:
    ask = MakeLink(net.case.ref, purpose, "Marie Exemple", 7, LinkDelivery.LETTER)
    return replace(ask, **more)


def a_link(net: Network, purpose: LinkPurpose, who: str = "AC", **more) -> Made:
    return make(net.hands[who], a_wish(net, purpose, **more))


def as_bearer(work):
    """The same transaction, as a browser without an account comes in."""
    from cii.store.work import Actor

    return replace(work, actor=Actor("visitor"), seen=[])
