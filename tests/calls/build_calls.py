"""Builders of calls: they name only what matters."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from cii.access.vocabulary import Role
from cii.calls.actions import (
    CriterionWish,
    PointsWish,
    ProposeAward,
    ScoreOffer,
    SetCall,
    close_offers,
    confirm_award,
    propose_award,
    publish_call,
    score_offer,
    set_call,
)
from cii.calls.letters import send_letters
from cii.calls.offering import HandIn, RecordOffer, Sent, hand_in, record_offer
from cii.calls.tables import Call, CallOffer
from cii.calls.vocabulary import CallKind, PaperKind
from cii.conventions.parts_conduct import Duty, Principles
from cii.conventions.parts_deal import Aims, Offer, Services
from cii.conventions.vocabulary import DutyKind
from cii.institutions.queries import unit_by_code
from cii.institutions.tables import Unit
from cii.institutions.vocabulary import Sector
from cii.kernel.money import Chf
from cii.store.work import Work
from tests.agreements.build_agreements import Market, acting, an_actor

TWO = (CriterionWish("price", "Prix", 40), CriterionWish("concept", "Concept d'encadrement", 60))


@dataclass
class Office:
    """The unit that pays, with three of its people."""

    market: Market
    first: Work
    second: Work
    third: Work


def an_office(work: Work, market: Market) -> Office:
    lmmt = unit_by_code(work, "LMMT")
    return Office(market, *(acting(work, an_actor(work, lmmt)) for _ in range(3)))


def wish(office: Office, kind: CallKind = CallKind.CALL, criteria=TWO, until: int = 30, **more) -> SetCall:
    measure = office.market.measure.ref
    whole = SetCall(
        "Atelier de réinsertion 2027",
        kind,
        Sector.AC,
        base_requirements="Expérience de trois ans dans le canton.",
        offers_until=office.first.today + timedelta(days=until) if kind is CallKind.CALL else None,
        criteria=criteria,
        aims=Aims(purpose="Réinsertion rapide et durable."),
        services=Services(offers=(Offer(measure, "Atelier"),)),
        principles=Principles(duties=(Duty(DutyKind.ETHICS, "Charte du prestataire"),)),
    )
    return replace(whole, **more)


def a_published(office: Office, **more) -> Call:
    return publish_call(office.first, set_call(office.first, wish(office, **more)).ref)


def an_offer(office: Office, call: Call, name="Fondation", on: date | None = None, **more) -> CallOffer:
    ask = RecordOffer(call.ref, name, Chf.parse("120000"), on or office.first.today, "Notre offre", **more)
    return record_offer(office.first, ask)


def a_maker(work: Work, office: Office, provider=None) -> Work:
    """Somebody of a provider's unit."""
    unit = work.session.get_one(Unit, (provider or office.market.provider).unit_id)
    return acting(work, an_actor(work, unit, role=Role.PROVIDER))


CONCEPT = Sent(PaperKind.CONCEPT, b"Encadrement : deux maitres socioprofessionnels.", "text/plain")


def handed_in(maker: Work, call: Call, *files: Sent, price="118000", **more) -> CallOffer:
    return hand_in(maker, HandIn(call.ref, Chf.parse(price), **more), files or (CONCEPT,))


def later(work: Work, days: int) -> Work:
    return replace(work, now=work.now + timedelta(days=days))


def after(office: Office, days: int) -> Office:
    return Office(office.market, *(later(one, days) for one in (office.first, office.second, office.third)))


def closed(office: Office, names=("Fondation", "Association")):
    """A call whose time for offers is over, the office a day after, and the offers."""
    call, came = a_published(office), office.first.today
    then = after(office, 31)
    close_offers(then.first, call.ref)
    offers = [an_offer(then, call, one, on=came, provider_ref=office.market.provider.ref) for one in names]
    return call, then, offers


def score(work: Work, call: Call, offer: CallOffer, price: int = 4, concept: int = 3):
    points = (PointsWish("price", price), PointsWish("concept", concept))
    return score_offer(work, ScoreOffer(call.ref, offer.ref, points))


def a_direct_award(work: Work) -> Call:
    """A direct award of the unemployment insurance that everybody may read."""
    told = "Trois ans d'expérience dans le canton"
    ask = SetCall("Bilan", CallKind.DIRECT, Sector.AC, base_requirements=told, criteria=TWO)
    return publish_call(work, set_call(work, ask).ref)


def a_told_award(first: Work, second: Work, call: Call, provider_ref: str) -> CallOffer:
    """The direct award goes to that provider, by two hands, and its letter is sent."""
    ask = RecordOffer(call.ref, "Fondation de l'Arbalète", Chf.parse("96000"), first.today,
                      provider_ref=provider_ref)  # fmt: skip
    offer = record_offer(first, ask, [CONCEPT])
    propose_award(first, ProposeAward(call.ref, offer.ref, "Seul prestataire de cette offre dans la région."))
    confirm_award(second, call.ref)
    send_letters(first, call.ref)
    return offer


def an_open_call(first: Work, measure_ref: str, until: date) -> Call:
    """A call of the unemployment insurance that takes offers."""
    ask = SetCall(
        "Atelier de réinsertion 2027", CallKind.CALL, Sector.AC, offers_until=until, criteria=TWO,
        base_requirements="Expérience de trois ans dans le canton.",
        aims=Aims(purpose="Réinsertion rapide et durable."),
        services=Services(offers=(Offer(measure_ref, "Atelier"),)),
        principles=Principles(duties=(Duty(DutyKind.ETHICS, "Charte du prestataire"),)),
    )  # fmt: skip
    return publish_call(first, set_call(first, ask).ref)
