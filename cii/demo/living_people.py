"""What the demo knows of a few persons beyond their cases: statuses, consents, employers, results."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.access.vocabulary import Section
from cii.cases.approaching import Approach, approach
from cii.cases.checking import WITHOUT_RESULT, AnswerCheck, answer_check, ask_later
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus, ResultHolds
from cii.institutions.employers import AddEmployer, AddNeed, add_employer, add_need
from cii.institutions.queries import institution_by_code
from cii.institutions.vocabulary import Sector
from cii.people.actions import GiveConsent, RecordStatus, give_consent, record_status
from cii.people.queries import person_by_id
from cii.people.vocabulary import ConsentHow, Purpose, StatusKind
from cii.routing.actions_announce import TEXT_VERSION
from cii.store.work import Work

HANDS = ("orp", "gsr.vdt", "oai")
EMPLOYERS = (
    (AddEmployer("Menuiserie des Gorges SA", "Menuiserie", "2103", "Noiraigue", "Mme Exemple"),
     "Aide-menuisier, stage de trois mois", 1),
    (AddEmployer("Boulangerie du Lac", "Alimentation", "2000", "Neuchâtel", "M. Exemple"),
     "Vente à temps partiel", 2),
    (AddEmployer("Logistique du Jura Sàrl", "Logistique", "2300", "La Chaux-de-Fonds"),
     "Préparation de commandes", 3),
)  # fmt: skip
"""Invented employers, with what they look for and for how many."""
_FEW = 3
_AGAIN = timedelta(days=240)


def build_people(work: Work) -> None:
    """Statuses and consents of persons whom some hands follow, employers they spoke to, results to check."""
    hands = [_hand(work, login) for login in HANDS]
    for hand in hands:
        for turn, case in enumerate(_cases(hand, CaseStatus.OPEN)):
            _stands(hand, case, turn)
    _employers(hands)
    for hand in hands:
        _results(hand)


def _stands(hand: Work, case: CaseFile, turn: int) -> None:
    """Where the person stands in two systems, entered by hand; the second agrees to a further purpose."""
    ref, unit = person_by_id(hand, case.person_id).ref, hand.actor.units[0]
    told = (
        RecordStatus(ref, Sector.AC, StatusKind.BENEFIT, hand.today - timedelta(days=90),
                     hand.today - timedelta(days=400), hand.today + timedelta(days=80), 57),
        RecordStatus(ref, Sector.AI, StatusKind.EARLY_DETECTION, hand.today - timedelta(days=45),
                     note="Annonce par le médecin traitant."),
        RecordStatus(ref, Sector.AS, StatusKind.CLAIM_OPEN, hand.today - timedelta(days=20)),
    )  # fmt: skip
    for status in (told[turn % len(told)], told[(turn + 1) % len(told)]):
        record_status(hand, status, unit)
    if turn == 1:
        given = hand.today - timedelta(days=30)
        body = institution_by_code(hand, "SFPO").ref
        give_consent(
            hand,
            GiveConsent(ref, (body,), Section.IDENTITY | Section.PLAN, Purpose.PLACEMENT, given,
                        date(given.year + 1, given.month, 1), TEXT_VERSION, ConsentHow.SIGNED_PAPER),
            unit,
        )  # fmt: skip


def _employers(hands: Sequence[Work]) -> None:
    """Each employer, what it looks for, and who spoke to it for which case."""
    for turn, (entry, need, wanted) in enumerate(EMPLOYERS):
        hand = hands[turn % 2]
        employer = add_employer(replace(hand, now=hand.now - timedelta(days=50), seen=[]), entry)
        add_need(hand, AddNeed(employer.ref, need, wanted))
        for case in _cases(hand, CaseStatus.OPEN)[turn : turn + 1]:
            day = hand.today - timedelta(days=10 + turn)
            approach(
                hand, Approach(case.ref, employer.ref, "Stage d'essai possible ?", day, entry.spokesperson)
            )


def _results(hand: Work) -> None:
    """Cases closed with a result some months ago: the check is asked for; one is answered."""
    closed = _cases(hand, CaseStatus.CLOSED)
    for turn, case in enumerate(closed):
        row = ask_later(replace(hand, now=case.closed_at or hand.now, seen=[]), case)
        if row is not None and turn == 0 and row.check_on <= hand.today:
            known = "Téléphone avec la personne"
            answer_check(hand, AnswerCheck(row.ref, ResultHolds.YES, hand.today - timedelta(days=1), known))


def _cases(hand: Work, status: CaseStatus) -> Sequence[CaseFile]:
    """A few cases that the hand leads: the newest open ones, or the oldest lately closed with a result."""
    wanted = select(CaseFile).where(
        col(CaseFile.lead_unit_id).in_(hand.actor.units),
        col(CaseFile.status) == status,
        col(CaseFile.restricted).is_(False),
    )
    if status is CaseStatus.CLOSED:
        wanted = wanted.where(
            col(CaseFile.outcome).not_in(WITHOUT_RESULT), col(CaseFile.closed_at) > hand.now - _AGAIN
        ).order_by(col(CaseFile.closed_at), col(CaseFile.id))
    else:
        wanted = wanted.order_by(col(CaseFile.opened_at).desc(), col(CaseFile.id))
    return hand.session.exec(wanted.limit(_FEW)).all()


def _hand(work: Work, login: str) -> Work:
    return replace(work, actor=account_actor(work, f"{login}@cii.example"), seen=[])
