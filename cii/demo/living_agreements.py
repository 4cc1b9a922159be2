"""How the demo's agreements are lived: what was handed in, years that were evaluated, talks and a visit.

Few enough to go through the rooms' own actions, each on its own day. Every wording is invented.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.agreements.actions import AddDeliverable, add_deliverable
from cii.agreements.ending import follow_correction
from cii.agreements.owed import owed_of
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.appointments.actions import (
    MinuteTalk,
    PlanTalk,
    PlanVisit,
    RemarkAppointment,
    ReportVisit,
    minute_talk,
    plan_talk,
    plan_visit,
    remark,
    report_visit,
)
from cii.conventions.vocabulary import TalkPurpose
from cii.coordination.queries import correctives_of
from cii.coordination.rules import CORRECTING
from cii.deliverables.actions import (
    AcceptDeliverable,
    ReturnDeliverable,
    SubmitDeliverable,
    accept,
    give_back,
    submit,
)
from cii.demo.dossiers import utc
from cii.demo.measures import MARK
from cii.evaluations.actions import (
    AnalyseMisses,
    CommentEvaluation,
    FinishEvaluation,
    PrefillEvaluation,
    ReviewEvaluation,
    analyse,
    comment,
    finish,
    prefill,
    review,
)
from cii.evaluations.queries import judged_of
from cii.evaluations.rules import missed
from cii.store.work import Work

_COURSES = b"cours;participants;interruptions\nBureautique;14;1\nFrancais;11;2\n"
STAFF: Mapping[str, str] = {"AC": "lmmt", "AS": "odas", "AI": "oai"}
"""Who leads the agreements of a payer."""
_TOPICS: Mapping[str, str] = {
    "structure": f"Équipe au complet depuis mars. {MARK}",
    "process": f"Délai d'entrée ramené à neuf jours. {MARK}",
    "result": f"Sorties vers l'emploi sous la cible, en hausse. {MARK}",
    "perspectives": f"Quatre places de plus souhaitées dès février. {MARK}",
}
_STEPS: Mapping[str, int] = {"comment": 12, "review": 25, "final": 32}
"""Days after the figures were frozen."""


def live_agreements(work: Work) -> None:
    """Deliverables, evaluations, talks and visits of some agreements in force."""
    held = {one.number: one for one in work.session.scalars(select(Agreement).order_by(col(Agreement.id)))}
    _hand_in(work, held["AC-2024-ETABLI"], held["AI-2024-ETABLI"], held["AS-2024-ETABLI"])
    for number, staff, last in (
        ("AC-2024-ETABLI", "lmmt", "final"),
        ("AI-2024-ETABLI", "oai", "review"),
        ("AS-2024-ETABLI", "odas", "comment"),
        ("AS-2024-TREMPLIN", "odas", "prefill"),
    ):
        _evaluate(work, held[number], staff, last)
    _meet(work, held["AC-2024-ETABLI"], held["AI-2024-ETABLI"])
    for one in held.values():
        if any(found.state in CORRECTING for found in correctives_of(work, one.id or 0)):
            follow_correction(_at(work, "gc", date(2026, 9, 11)), one.id or 0, correcting=True)
    for at, number in enumerate(sorted(held)):
        payer, _, rest = number.partition("-")
        if payer in STAFF and rest.startswith("2024") and not rest.endswith("ETABLI"):
            day = date(2026, 1, 20) if rest.endswith("VALLON") else date(2026, 5, 4) + timedelta(days=at)
            _held(work, held[number], f"{STAFF[payer]}.contrats", day)


def _hand_in(work: Work, market: Agreement, disability: Agreement, social: Agreement) -> None:
    """One file waits, one was accepted after it had been returned, one is due today."""
    sent = _at(work, "etabli", date(2026, 10, 14))
    submit(
        sent, SubmitDeliverable(_courses(work, market), f"Troisième trimestre {MARK}"), _COURSES, "text/csv"
    )
    owed = _courses(work, disability)
    submit(_at(work, "etabli", date(2026, 10, 7)), SubmitDeliverable(owed), _COURSES[:40], "text/csv")
    why = f"Il manque les cours de français. {MARK}"
    give_back(_at(work, "oai.contrats", date(2026, 10, 9)), ReturnDeliverable(owed, why))
    submit(_at(work, "etabli", date(2026, 10, 12)), SubmitDeliverable(owed), _COURSES, "text/csv")
    accept(_at(work, "oai.contrats", date(2026, 10, 13)), AcceptDeliverable(owed))
    late = AddDeliverable(social.ref, DeliverableKind.STAFF_QUALIFICATION, Frequency.ONCE, date(2026, 10, 15))
    add_deliverable(_at(work, "odas.contrats", date(2026, 8, 31)), late)


def _courses(work: Work, agreement: Agreement) -> str:
    return next(
        one.ref
        for one in owed_of(work, agreement.id or 0)
        if one.kind is DeliverableKind.COURSES and one.received_at is None
    )


def _evaluate(work: Work, agreement: Agreement, staff: str, last: str) -> None:
    """The year 2025, as far as it has come: prefilled, commented, reviewed, final with its analysis."""
    began = date(2026, 2, 2) if last == "final" else date(2026, 10, 15) - timedelta(days=_STEPS.get(last, 3))
    wish = PrefillEvaluation(agreement.ref, 2025, began + timedelta(days=30))
    ref = prefill(_at(work, f"{staff}.contrats", began), wish).ref
    if last == "prefill":
        return
    said = f"La part des sorties vers l'emploi a souffert de deux absences longues dans l'équipe. {MARK}"
    comment(_at(work, "etabli", began + timedelta(days=_STEPS["comment"])), CommentEvaluation(ref, said))
    if last == "comment":
        return
    review(_at(work, f"{staff}.contrats", began + timedelta(days=_STEPS["review"])), ReviewEvaluation(ref))
    if last == "review":
        return
    second = _at(work, f"{staff}.direction", began + timedelta(days=_STEPS["final"]))
    made = finish(second, FinishEvaluation(ref))
    if missed(judged_of(second, made)):
        why = f"Effectif réduit du printemps à l'automne ; remplacements tardifs. {MARK}"
        what = f"Remplacement assuré dans les vingt jours, suivi trimestriel de l'indicateur. {MARK}"
        analyse(second, AnalyseMisses(ref, why, what))


def _meet(work: Work, market: Agreement, disability: Agreement) -> None:
    """A talk held in spring, the visit that it led to, the next talk planned; a talk of the AI held."""
    spring = date(2026, 3, 17)
    talk = _held(work, market, "lmmt.contrats", spring, f"Visite à l'automne si l'écart demeure. {MARK}")
    wording = f"Lu et approuvé ; le délai d'entrée est de huit jours depuis avril. {MARK}"
    remark(_at(work, "etabli", spring + timedelta(days=6)), RemarkAppointment(talk, wording))
    why = f"L'écart constaté en mars demeure à la mi-année. {MARK}"
    place, criterion = "Chemin des Ateliers 5, Neuchâtel", "Un objectif de l'année 2025 est manqué"
    wish = PlanVisit(market.ref, utc(date(2026, 9, 29), 12), place, criterion, why)
    visit = plan_visit(_at(work, "lmmt.contrats", date(2026, 8, 25)), wish)
    found = f"Encadrement conforme ; le suivi après la sortie n'est pas consigné. {MARK}"
    report_visit(
        _at(work, "lmmt.contrats", date(2026, 10, 1)), ReportVisit(visit.ref, date(2026, 9, 29), found)
    )
    _talk(work, market, "lmmt.contrats", date(2026, 10, 6), date(2026, 11, 5))
    _held(work, disability, "oai.contrats", date(2026, 9, 22))


def _held(work: Work, agreement: Agreement, login: str, on: date, agreed: str = "") -> str:
    talk = _talk(work, agreement, login, on - timedelta(days=21), on)
    minutes = MinuteTalk(talk, on, **_TOPICS, agreed=agreed)
    minute_talk(_at(work, login, on + timedelta(days=1)), minutes)
    return talk


def _talk(work: Work, agreement: Agreement, login: str, day: date, on: date) -> str:
    wish = PlanTalk(agreement.ref, utc(on, 12), "Neuchâtel, rue du Marché 8", tuple(TalkPurpose))
    return plan_talk(_at(work, login, day), wish).ref


def _at(work: Work, login: str, day: date) -> Work:
    actor = account_actor(work, f"{login}@cii.example")
    return replace(work, actor=actor, now=min(utc(day, 9), work.now), seen=[])
