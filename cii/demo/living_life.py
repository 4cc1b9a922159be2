"""In the demo: stays that live. Objectives with balances, modules, breaches and warnings, reports, checks.

Told by the acts of the room, by the providers and by those who placed the person, on the demo's own day.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from cii.access.queries import account_actor
from cii.kernel.errors import Refusal
from cii.kernel.period import months_later
from cii.placements.following import (
    BalanceObjective,
    CheckExit,
    NoticeBreach,
    RecordModule,
    ReportExit,
    balance_objective,
    check_exit,
    notice_breach,
    record_module,
    report_exit,
)
from cii.placements.hearing import HearPerson, WarnPerson, hear_person, warn_person
from cii.placements.objectives import (
    ObjectiveAsk,
    SetObjectives,
    SignOnPaper,
    set_objectives,
    sign_on_paper,
)
from cii.placements.tables import Placement
from cii.placements.vocabulary import BalanceOutcome, ExitSituation, PlacementState
from cii.store.work import Work

PLACING = ("orp", "orp.montagnes", "gsr.neuchatel", "gsr.cdf", "oai")
PROVIDERS = ("etabli", "tremplin", "troislacs", "horizon", "elan")
MODULES = (
    ("Conseil à la clientèle, module 1", "ATT-2026-0417"),
    ("Sécurité au travail", "ATT-2026-0422"),
    ("Lecture de plans, niveau 1", "ATT-2026-0439"),
)
GOALS = (
    "Arriver à l'heure et annoncer chaque absence avant 8 h.",
    "Tenir un poste seul pendant une demi-journée.",
)
SITUATIONS = (
    ExitSituation.AT_WORK, ExitSituation.OTHER_MEASURE, ExitSituation.SEEKING, ExitSituation.NOT_REACHED,
)  # fmt: skip
EXIT_REPORT = (
    "Présence régulière, gestes professionnels acquis. Une activité à 80 % dans l'atelier est réaliste ; "
    "un accompagnement les trois premiers mois est conseillé. Données inventées."
)
MONTHS, LONG_AGO = 6, 9
"""Exits are checked after so many months; those of so many months ago are left alone."""
OF_EACH = 2
FEW = timedelta(days=6)


def live_stays(work: Work) -> None:
    """Some stays of each placing unit and each provider get what a stay gets; the others stay as they are."""
    for login in PLACING:
        _placed_by(_hand(work, login))
    for login in PROVIDERS:
        _held_by(_hand(work, login))


def _placed_by(hand: Work) -> None:
    mine = col(Placement.requested_by_unit_id).in_(hand.actor.units)
    running = _running(hand, mine)
    for ref in _first(hand, running, partial(_agree, hand)):
        balance_objective(hand, BalanceObjective(ref, 1, BalanceOutcome.PARTLY, hand.today, "Deux retards."))
    for ref in _first(hand, running, partial(_warn, hand), 1):
        heard = "La personne reconnaît les absences ; un rendez-vous médical n'avait pas été annoncé."
        hear_person(hand, HearPerson(ref, hand.today, heard))
    last = months_later(hand.today, -MONTHS)
    over = _refs(hand, mine, _ended(months_later(hand.today, -LONG_AGO), last))
    for situation in SITUATIONS:
        _first(hand, over, partial(_check, hand, situation), 1)


def _held_by(hand: Work) -> None:
    mine = col(Placement.provider_unit_id).in_(hand.actor.units)
    running = _running(hand, mine)
    for name, certificate in MODULES:
        _first(hand, running, partial(_module, hand, name, certificate), 1)
    _first(hand, running, partial(_breach, hand), 1)
    over = _refs(hand, mine, _ended(hand.today - timedelta(days=60), hand.today))
    _first(hand, over, lambda ref: report_exit(hand, ReportExit(ref, EXIT_REPORT)))


def _agree(hand: Work, ref: str) -> None:
    stay = _stay(hand, ref)
    goals = tuple(ObjectiveAsk(goal, stay.ends_on) for goal in GOALS)
    set_objectives(hand, SetObjectives(ref, goals))
    sign_on_paper(hand, SignOnPaper(ref, hand.today))


def _warn(hand: Work, ref: str) -> None:
    first = max(_stay(hand, ref).starts_on, hand.today - FEW)
    warn_person(hand, WarnPerson(ref, first, "Trois absences non annoncées en deux semaines."))


def _check(hand: Work, situation: ExitSituation, ref: str) -> None:
    check_exit(hand, CheckExit(ref, situation, "Appel téléphonique."))


def _module(hand: Work, name: str, certificate: str, ref: str) -> None:
    record_module(hand, RecordModule(ref, name, hand.today, certificate))


def _breach(hand: Work, ref: str) -> None:
    day = hand.today - timedelta(days=1)
    notice_breach(hand, NoticeBreach(ref, day, "Absence non annoncée, la deuxième ce mois."))


def _stay(hand: Work, ref: str) -> Placement:
    return hand.session.scalars(select(Placement).where(col(Placement.ref) == ref)).one()


def _first(hand: Work, refs: list[str], act: Callable[[str], object], most: int = OF_EACH) -> list[str]:
    """The first stays with which it could be done, which then are taken; one that it does not fit is left."""
    done: list[str] = []
    for ref in refs:
        if len(done) == most:
            break
        with suppress(Refusal), hand.session.begin_nested():
            act(ref)
            done.append(ref)
    refs[:] = [ref for ref in refs if ref not in done]
    return done


def _running(hand: Work, mine: ColumnElement[bool]) -> list[str]:
    at = hand.today
    there = (
        col(Placement.state) == PlacementState.STARTED,
        col(Placement.starts_on) < at,
        col(Placement.ends_on) >= at,
    )
    return _refs(hand, mine, there)


def _ended(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Placement.state) == PlacementState.ENDED,
        col(Placement.exited_on) >= first,
        col(Placement.exited_on) <= last,
    )


def _refs(hand: Work, mine: ColumnElement[bool], wanted: Iterable[ColumnElement[bool]]) -> list[str]:
    query = select(col(Placement.ref)).where(mine, *wanted).order_by(col(Placement.id)).limit(20)
    return list(hand.session.scalars(query))


def _hand(work: Work, login: str) -> Work:
    return replace(work, actor=account_actor(work, f"{login}@cii.example"), seen=[])


__all__ = ["live_stays"]
