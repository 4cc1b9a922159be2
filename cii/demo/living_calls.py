"""Calls of the demo at each stage: one takes offers, one is being scored, one is awarded, one was direct.

Few enough to go through the room's own actions, each on its own day. Words, prices and offers are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.agreements.tables import Provider
from cii.calls.actions import (
    CriterionWish,
    PointsWish,
    ProposeAward,
    RefusalReason,
    ScoreOffer,
    SetCall,
    close_offers,
    confirm_award,
    propose_award,
    publish_call,
    score_offer,
    set_call,
    settle_scores,
)
from cii.calls.letters import send_letters
from cii.calls.offering import HandIn, RecordOffer, Sent, hand_in, record_offer
from cii.calls.tables import Call, CallOffer
from cii.calls.vocabulary import CallKind, PaperKind
from cii.conventions.parts_conduct import Duty, Principles, Standard
from cii.conventions.parts_deal import Aims, Offer, Services
from cii.conventions.vocabulary import Area, DutyKind
from cii.demo.dossiers import utc
from cii.demo.measures import CLEAN_ROOM, MARK
from cii.documents import pdf
from cii.documents.layout import Letter, Letterhead
from cii.institutions.vocabulary import Sector
from cii.kernel.money import Chf
from cii.measures.tables import Measure
from cii.store.work import Work
from cii.texts.speech import say

_CRITERIA = (
    CriterionWish("prix", "Prix par an, toutes prestations comprises", 30, "Calcul du prix par place"),
    CriterionWish(
        "concept", "Concept d'encadrement et de sortie vers l'emploi", 45, "Concept daté, dix pages"
    ),
    CriterionWish("equipe", "Qualification et stabilité de l'équipe", 25, "Liste des fonctions et diplômes"),
)
_COSTS = "poste;francs\nsalaires;{salaries}\nlocaux;{rooms}\nmateriel;{goods}\n"


@dataclass(frozen=True, slots=True)
class Made:
    """An offer: by whom (the login of a provider, or a name on paper), for how much, points of the two."""

    by: str
    price: str
    wording: str
    first: tuple[int, int, int] = (0, 0, 0)
    second: tuple[int, int, int] = (0, 0, 0)
    refused: str = ""
    lang: str = "fr"
    address: str = ""


_SCORED = (
    Made("elan", "184000", "Atelier de seize places à La Chaux-de-Fonds, suivi de six mois après la sortie.",
         (3, 4, 4)),
    Made("tremplin", "171500", "Atelier de quatorze places au Locle, encadrement par deux formateurs.",
         (4, 3, 3)),
    Made("Werkgemeinschaft Seeland", "179000", "Atelier mit fünfzehn Plätzen, zweisprachige Begleitung.",
         (3, 4, 3), lang="de", address="Musterweg 4\n2502 Biel"),
)  # fmt: skip
_AWARDED = (
    Made("vallon", "206000", "Vingt places, encadrement renforcé trois mois, stages en entreprise.",
         (4, 5, 4), (4, 4, 5)),
    Made("tremplin", "198000", "Dix-huit places, encadrement de groupe.", (5, 3, 3), (4, 3, 3),
         f"Le prix est meilleur, mais le concept ne décrit pas le suivi après la sortie. {MARK}"),
    Made("Werkstatt am See", "214500", "Zwanzig Plätze, Begleitung auf Deutsch und Französisch.", (3, 4, 3),
         (3, 3, 4), f"Das Konzept überzeugt, der Preis liegt über den anderen Angeboten. {MARK}", "de",
         "Beispielstrasse 12\n2560 Nidau"),
)  # fmt: skip


def call_for_offers(work: Work) -> None:
    """A call that takes offers, one being scored, one awarded with its letters, a direct award."""
    measures = {one.code: one.ref for one in work.session.scalars(select(Measure))}
    _open(work, measures)
    _being_scored(work, measures)
    _award(work, measures)
    _direct(work, measures)


def _open(work: Work, measures: Mapping[str, str]) -> None:
    wish = _wish("Cours de bases numériques 2027-2029", Sector.AC, measures["NUMERIQUE"], date(2026, 11, 13))
    call = _published(work, "lmmt.contrats", wish, date(2026, 10, 1))
    for made, day in (
        (Made("troislacs", "92000", "Huit cours par an, deux niveaux."), date(2026, 10, 9)),
        (Made("horizon", "97500", "Dix cours par an, salle équipée à Marin."), date(2026, 10, 14)),
    ):
        _handed_in(work, call, made, day)


def _being_scored(work: Work, measures: Mapping[str, str]) -> None:
    wish = _wish("Atelier socioprofessionnel des Montagnes 2027-2029", Sector.AS, measures["SOCIOPRO"],
                 date(2026, 9, 25))  # fmt: skip
    call = _published(work, "odas.contrats", wish, date(2026, 8, 17))
    offers = _offered(work, call, "odas.contrats", _SCORED, date(2026, 9, 21), date(2026, 9, 28))
    for made, offer in zip(_SCORED, offers, strict=True):
        _score(work, "odas.contrats", call, offer, made.first, date(2026, 10, 8))
    _score(work, "odas.direction", call, offers[0], (3, 3, 4), date(2026, 10, 13))


def _award(work: Work, measures: Mapping[str, str]) -> None:
    wish = _wish("Atelier cuisine 2027-2029", Sector.AC, measures["CUISINE"], date(2026, 6, 12))
    call = _published(work, "lmmt.contrats", wish, date(2026, 5, 4))
    offers = _offered(work, call, "lmmt.contrats", _AWARDED, date(2026, 6, 8), date(2026, 6, 15))
    for made, offer in zip(_AWARDED, offers, strict=True):
        _score(work, "lmmt.contrats", call, offer, made.first, date(2026, 6, 23))
        _score(work, "lmmt.direction", call, offer, made.second, date(2026, 6, 26))
    settle_scores(_at(work, "lmmt.contrats", date(2026, 6, 29)), call.ref)
    reason = f"Meilleur concept et meilleure équipe, prix dans la moyenne des offres. {MARK}"
    refusals = tuple(
        RefusalReason(offer.ref, made.refused)
        for made, offer in zip(_AWARDED, offers, strict=True)
        if made.refused
    )
    chosen = ProposeAward(call.ref, offers[0].ref, reason, refusals)
    propose_award(_at(work, "lmmt.contrats", date(2026, 6, 30)), chosen)
    confirm_award(_at(work, "lmmt.direction", date(2026, 7, 2)), call.ref)
    send_letters(_at(work, "lmmt.contrats", date(2026, 7, 3)), call.ref)


def _direct(work: Work, measures: Mapping[str, str]) -> None:
    wish = replace(
        _wish(f"{CLEAN_ROOM} 2027", Sector.AI, measures["SALLE-BLANCHE"], None),
        kind=CallKind.DIRECT,
    )
    call = _published(work, "oai.contrats", wish, date(2026, 9, 14))
    on = date(2026, 9, 22)
    made = Made("etabli", "138000", "Douze places, réadaptation progressive en salle propre.")
    paper = RecordOffer(call.ref, "Fondation L'Établi", Chf.parse(made.price), on, f"{made.wording} {MARK}",
                        provider_ref=_register(work, made.by))  # fmt: skip
    offer = record_offer(_at(work, "oai.contrats", on), paper, _papers(made, on))
    reason = f"Seule salle blanche du canton équipée pour la réadaptation. {MARK}"
    propose_award(_at(work, "oai.contrats", date(2026, 9, 24)), ProposeAward(call.ref, offer.ref, reason))
    confirm_award(_at(work, "oai.direction", date(2026, 9, 28)), call.ref)
    send_letters(_at(work, "oai.contrats", date(2026, 9, 29)), call.ref)


def _wish(title: str, sector: Sector, measure_ref: str, until: date | None) -> SetCall:
    return SetCall(
        title, CallKind.CALL, sector, offers_until=until, criteria=_CRITERIA,
        base_requirements=f"Trois ans d'expérience avec ce public, comptes révisés, but non lucratif. {MARK}",
        aims=Aims(purpose=f"Amener chaque personne à un emploi durable ou à une formation. {MARK}"),
        services=Services(
            offers=(Offer(measure_ref, f"Encadrement, ateliers, stages, recherche d'emploi. {MARK}"),)
        ),
        principles=Principles(
            duties=(Duty(DutyKind.ETHICS, "Charte du prestataire, remise à chaque personne à l'entrée."),),
            standards=(Standard(Area.ORGANISATION, "eduQua", or_equivalent=True),),
        ),
    )  # fmt: skip


def _published(work: Work, login: str, wish: SetCall, day: date) -> Call:
    there = _at(work, login, day)
    return publish_call(there, set_call(there, wish).ref)


def _offered(  # noqa: PLR0917 - one call, its offers, two days
    work: Work, call: Call, office: str, offers: tuple[Made, ...], came: date, opened: date
) -> list[CallOffer]:
    """What providers hand in, then the closing, then what came on paper."""
    held = {made.by: _handed_in(work, call, made, came) for made in offers if not made.address}
    there = _at(work, office, opened)
    close_offers(there, call.ref)
    for made in offers:
        if made.address:
            paper = RecordOffer(call.ref, made.by, Chf.parse(made.price), came, f"{made.wording} {MARK}",
                                made.lang, made.address)  # fmt: skip
            held[made.by] = record_offer(there, paper, _papers(made, came))
    return [held[made.by] for made in offers]


def _handed_in(work: Work, call: Call, made: Made, day: date) -> CallOffer:
    wish = HandIn(call.ref, Chf.parse(made.price), wording=f"{made.wording} {MARK}")
    return hand_in(_at(work, made.by, day), wish, _papers(made, day))


def _papers(made: Made, day: date) -> tuple[Sent, ...]:
    """Its concept as a page, its costs as a list."""
    francs = int(made.price)
    rows = _COSTS.format(salaries=francs * 7 // 10, rooms=francs // 5, goods=francs - francs * 9 // 10)
    page = Letter(
        Letterhead(say("reports.canton", made.lang), f"Offre inventée, {made.by}"), (MARK,), "Neuchâtel", day,
        "Concept", "", (made.wording,), "", (),
    )  # fmt: skip
    return (
        Sent(PaperKind.CONCEPT, pdf.letter(page, created=utc(day), lang=made.lang), pdf.MEDIA_TYPE),
        Sent(PaperKind.COSTS, rows.encode(), "text/csv"),
    )


def _score(  # noqa: PLR0917 - who scores what, when
    work: Work, login: str, call: Call, offer: CallOffer, points: tuple[int, int, int], day: date
) -> None:
    given = tuple(PointsWish(one.code, held) for one, held in zip(_CRITERIA, points, strict=True))
    score_offer(_at(work, login, day), ScoreOffer(call.ref, offer.ref, given))


def _register(work: Work, login: str) -> str:
    units = _at(work, login, work.today).actor.units
    return work.session.scalars(select(Provider.ref).where(col(Provider.unit_id).in_(units))).one()


def _at(work: Work, login: str, day: date) -> Work:
    actor = account_actor(work, f"{login}@cii.example")
    return replace(work, actor=actor, now=min(utc(day, 9), work.now), seen=[])
