"""Who asked to see what in the demo: requests for access, two emergencies, a case for named readers.

Told by the acts of the rooms themselves, by invented members of the canton's units about invented persons.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from cii.access.queries import account_actor, account_by_email, units_reading
from cii.access.vocabulary import Section
from cii.cases.restricting import NameReader, RestrictCase, name, restrict
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.people.queries import identities
from cii.people.vocabulary import Basis, Purpose
from cii.requests.actions import (
    AskAccess,
    GrantAccess,
    RefuseAccess,
    ask_access,
    carry_requests,
    grant_access,
    let_lapse,
    refuse_access,
)
from cii.requests.actions_glass import (
    OpenGlass,
    ReviewGlass,
    end_glass,
    open_glass,
    person_informed,
    review_glass,
)
from cii.requests.queries import questions_to_me
from cii.requests.vocabulary import Finding
from cii.store.work import Work

ASKER, LEAD = "orp.montagnes", "gsr.vdt"
EMERGENCY, OFFICER = "gsr.cdf", "dpo"
MANAGER, READER = "orp", "orp.2"
_DAYS = (40, 20, 3)
"""Days since each request that means somebody: the one refused, the one granted, the one that waits."""
_NOBODY = AskAccess(
    Purpose.COORDINATION, Basis.LPGA_32, Section.IDENTITY,
    "La personne dit être suivie ailleurs ; coordination des démarches.", avs="756.1234.5678.97",
)  # fmt: skip


def build_requests(work: Work) -> None:
    """Requests refused, granted, waiting and about nobody; two emergencies; a case for named readers."""
    cases = _led_by(work, LEAD, but=ASKER)
    for case, ago in zip(cases, _DAYS, strict=False):
        _ask(work, case, ago)
    ask_access(_hand(work, ASKER, 2), _NOBODY)
    carry_requests(replace(work, now=work.now - timedelta(days=2), seen=[]))
    let_lapse(work)
    for case, ago in zip(_led_by(work, MANAGER, but=EMERGENCY), (12, 1), strict=False):
        _emergency(work, case, ago)
    for case in _led_by(work, MANAGER, but=EMERGENCY)[-1:]:
        _restrict(work, case)


def _ask(work: Work, case: CaseFile, ago: int) -> None:
    """One request; the first is refused three days later, the second granted, the third waits."""
    known = identities(work, case.person_id)[0]
    ask = AskAccess(
        Purpose.ASSESSMENT, Basis.LPGA_32, Section.IDENTITY | Section.FUNCTIONAL,
        "Entretien fixé : savoir qui accompagne la personne et ce qu'elle peut faire.",
        last_name=known.last_name, first_name=known.first_name, birth_date=known.birth_date,
    )  # fmt: skip
    row = ask_access(_hand(work, ASKER, ago), ask)
    carry_requests(replace(work, now=work.now - timedelta(days=ago), seen=[]))
    lead = _hand(work, LEAD, ago - 3)
    put = [one for one in questions_to_me(lead).items if one.reason == row.reason and one.open]
    for question in put[-1:]:
        if ago == _DAYS[0]:
            refuse_access(
                lead, RefuseAccess(question.ref, "La base invoquée ne tient pas : aucun droit en cause.")
            )
        elif ago == _DAYS[1]:
            why = "Démarches communes : les limites fonctionnelles sont nécessaires."
            until = work.today + timedelta(days=60)
            grant_access(lead, GrantAccess(question.ref, Section.IDENTITY, until, why, proportional=True))


def _emergency(work: Work, case: CaseFile, ago: int) -> None:
    """Opened and ended; the older one told to the person and reviewed."""
    hand, officer = _hand(work, EMERGENCY, ago), _hand(work, OFFICER, ago - 1)
    why = "Personne sans logement au guichet, son gestionnaire est injoignable."
    row, _ = open_glass(hand, OpenGlass(why, case_number=case.number))
    end_glass(replace(hand, now=hand.now + timedelta(minutes=25), seen=[]), row.ref)
    if ago > 1:
        person_informed(officer, row.ref)
        found = "Situation d'urgence établie, accès bref et proportionné."
        review_glass(officer, ReviewGlass(row.ref, Finding.OK, found))


def _restrict(work: Work, case: CaseFile) -> None:
    """For its manager and one colleague: the person is known to others of the unit."""
    hand = _hand(work, MANAGER, 5)
    restrict(hand, RestrictCase(case.ref, "La personne est parente d'un membre de l'unité."))
    name(hand, NameReader(case.ref, account_by_email(work, f"{READER}@cii.example").ref))


def _led_by(work: Work, login: str, *, but: str) -> Sequence[CaseFile]:
    """Open cases older than two months that the account leads and the other's units do not read; few."""
    actor, other = (account_actor(work, f"{one}@cii.example") for one in (login, but))
    rows = work.session.exec(
        select(CaseFile)
        .where(
            col(CaseFile.lead_unit_id).in_(actor.units),
            col(CaseFile.lead_account_id) == actor.account_id,
            col(CaseFile.status) == CaseStatus.OPEN,
            col(CaseFile.opened_at) < work.now - timedelta(days=60),
            col(CaseFile.restricted).is_(False),
        )
        .order_by(col(CaseFile.opened_at), col(CaseFile.id))
        .limit(40)
    )
    closed = [one for one in rows if units_reading(work, one.id or 0).isdisjoint(other.units)]
    return closed[:4]


def _hand(work: Work, login: str, ago: int) -> Work:
    """The work of an account so many days ago."""
    actor = account_actor(work, f"{login}@cii.example")
    return replace(work, actor=actor, now=work.now - timedelta(days=ago), seen=[])
