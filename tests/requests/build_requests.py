"""Builders of requests: a network with numbers, somebody outside it who asks, an officer and a supervisor."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from cii.access.vocabulary import Role, Section
from cii.cases.actions import open_case
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.institutions.vocabulary import Sector, UnitKind
from cii.people.vocabulary import Basis, Purpose
from cii.requests.actions import AskAccess, GrantAccess, RefuseAccess, ask_access, carry_requests
from cii.requests.queries import questions_to_me
from cii.store.work import Work
from tests.access.build_access import an_actor, as_
from tests.cases.build_cases import a_network, a_person
from tests.institutions.build_institutions import a_unit

KNOWN = "756.9217.0769.85"
NOBODY = "756.1234.5678.97"
WHY = "Préparation du bilan professionnel de mars."


@dataclass
class Town:
    """A case led by an ORP for a person with a number; `hands["asker"]` works at the AI office."""

    case: CaseFile
    hands: dict[str, Work]
    units: dict[str, object]


def a_town(work: Work, restricted: str | None = None) -> Town:
    """One case, its unit with manager, colleague and supervisor; an asker elsewhere; officers."""
    a_network(work)
    units = {
        "lead": a_unit(work, Sector.AC),
        "asker": a_unit(work, Sector.AI, UnitKind.AI_OFFICE),
        "social": a_unit(work, Sector.AS, UnitKind.GSR),
        "office": a_unit(work, None, UnitKind.COORDINATION),
    }
    seats = {
        "manager": ("lead", Role.CASE_MANAGER), "colleague": ("lead", Role.CASE_MANAGER),
        "supervisor": ("lead", Role.SUPERVISOR), "asker": ("asker", Role.CASE_MANAGER),
        "neighbour": ("asker", Role.CASE_MANAGER), "social": ("social", Role.CASE_MANAGER),
        "auditor": ("office", Role.AUDITOR), "officer": ("office", Role.DATA_PROTECTION_OFFICER),
    }  # fmt: skip
    hands = {key: as_(work, an_actor(work, (units[unit], role))) for key, (unit, role) in seats.items()}
    person = a_person(work, units["lead"], "Rochat", "Aline", avs=KNOWN)
    case = open_case(
        hands["manager"], person_id=person.id, path=CasePath.NETWORK, opened_by_unit_id=units["lead"].id,
        lead_unit_id=units["lead"].id, lead_account_id=hands["manager"].actor.account_id,
        restricted=restricted,
    )  # fmt: skip
    return Town(case, hands, units)


def later(work: Work, **more: int) -> Work:
    """The same hands, some time later."""
    return replace(work, now=work.now + timedelta(**more), seen=[])


def a_wish(**more) -> AskAccess:
    usual = AskAccess(Purpose.ASSESSMENT, Basis.LACI_85F_3, Section.IDENTITY | Section.PLAN, WHY, avs=KNOWN)
    return replace(usual, **more)


def asked(work: Work, town: Town, **more):
    """A request, carried to whoever leads."""
    row = ask_access(town.hands["asker"], a_wish(**more))
    carry_requests(work)
    return row


def waiting(hand: Work) -> list:
    return list(questions_to_me(hand).items)


def a_grant(question, **more) -> GrantAccess:
    usual = GrantAccess(question.ref, Section.IDENTITY | Section.PLAN, date(2026, 12, 15), WHY)
    return replace(usual, **more)


def a_refusal(question) -> RefuseAccess:
    return RefuseAccess(question.ref, "La base invoquée ne tient pas ici.")
