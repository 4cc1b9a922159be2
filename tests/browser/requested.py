"""Requests for access and an emergency in the canton of the browser tests: one to decide, one asked, one opened."""

from dataclasses import replace
from datetime import UTC, date, datetime

from cii.access.vocabulary import Role, Section
from cii.cases.actions import open_case
from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.institutions.queries import unit_by_code
from cii.people.actions import AttachPerson, attach_person
from cii.people.queries import identities, person_by_id
from cii.people.vocabulary import Basis, Purpose
from cii.requests.actions import AskAccess, ask_access, carry_requests
from cii.requests.actions_glass import OpenGlass, open_glass
from cii.requests.queries import questions_to_me
from cii.rights.archiving import OfferFile, offer_file
from cii.rights.erasure import prepare
from cii.rights.holds import SetHold, set_hold
from cii.rights.person_requests import RecordPersonRequest, record_request
from cii.rights.vocabulary_erasing import ErasureGround, HoldBasis
from cii.rights.vocabulary_requests import AnswerForm, Proof, RequestKind
from tests.access.build_access import an_actor, as_
from tests.browser.stage import hand

WHY = "Préparation du bilan professionnel de mars."


def requested(town) -> None:
    """Somebody at a counter without part in the case asks for it, and opens it in an emergency."""
    refs = town.canton.refs
    with town.work() as work:
        social = hand(work, "social_manager")
        case = case_by_ref(social, refs["case"])
        asker = hand(work, "stranger")
        known = _known(work, case.person_id)
        ask_access(asker, AskAccess(Purpose.ASSESSMENT, Basis.LPGA_32, Section.IDENTITY, WHY, None, *known))
        orp = hand(work, "case_manager")
        nobody = AskAccess(Purpose.FOLLOW_UP, Basis.LPGA_32, Section.IDENTITY, WHY, "756.1234.5678.97")
        refs["request"] = ask_access(orp, nobody).ref
        carry_requests(work)
        refs["question"] = questions_to_me(social).items[0].ref
        refs["glass"] = open_glass(asker, OpenGlass(WHY, case.number))[0].ref
        refs["person_request"] = _asked_by_person(work, case.person_id)
        refs["archived"], refs["archive_offer"] = _offered_to_archive(work)
        refs["erasure"], refs["hold"] = _prepared_and_held(work, case.person_id)


def _asked_by_person(work, person_id) -> str:
    """The person asks to know what is kept of them."""
    asks = RecordPersonRequest(
        person_by_id(work, person_id).ref, RequestKind.ACCESS, Proof.PASSPORT, AnswerForm.PAPER, work.today
    )
    return record_request(work, asks).ref


def _offered_to_archive(work) -> tuple[str, str]:
    """Somebody whose only case was closed long ago is offered to the archive."""
    before = replace(work, now=datetime(2009, 3, 2, 9, tzinfo=UTC))
    unit = unit_by_code(work, "ORP-LITTORAL").id
    person = attach_person(before, AttachPerson(None, "Exemple", "Archibald", date(1950, 1, 2)), unit)
    case = open_case(
        before, person_id=person.id, path=CasePath.EVERYDAY, opened_by_unit_id=unit, lead_unit_id=unit
    )
    case.status, case.closed_at, case.outcome = CaseStatus.CLOSED, before.now, "goal"
    work.session.add(case)
    work.session.flush()
    return person.ref, offer_file(work, OfferFile(person.ref)).ref


def _prepared_and_held(work, held_id) -> tuple[str, str]:
    """Somebody without a case is to be erased, and somebody with one is held."""
    unit = unit_by_code(work, "ORP-LITTORAL")
    seat = unit, Role.DATA_PROTECTION_OFFICER
    officer = as_(work, an_actor(work, seat))
    person = attach_person(work, AttachPerson(None, "Exemple", "Oubliée", date(1951, 3, 4)), unit.id)
    held = SetHold(person_by_id(work, held_id).ref, HoldBasis.APPEAL, "Recours pendant.")
    row = prepare(officer, person.ref, ErasureGround.PERSON_RIGHT, "Demande admise.")
    return row.ref, set_hold(officer, held).ref


def _known(work, person_id):
    first = identities(work, person_id)[0]
    return first.last_name, first.first_name, first.birth_date
