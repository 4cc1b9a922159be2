"""A person of whom every room keeps something, each text with a word that nobody else has written."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, String, Text, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel
from sqlmodel import select as sqlselect

from cii.access.vocabulary import LinkDelivery, LinkPurpose, Role
from cii.cases.actions import AddNote, AnswerPlan, PlanPartAsk, ProposePlan, answer_plan, propose_plan
from cii.cases.attachments import AttachDocument, attach_document
from cii.cases.carrying import MarkAction, RecordWord, mark_action, record_word
from cii.cases.noting import CorrectNote, correct_note
from cii.cases.tables import CaseFile
from cii.cases.tables_plan import PlanPart
from cii.cases.vocabulary import ActionState, PersonReply, PlanReply
from cii.desk.drafting import SaveDraft, save_draft
from cii.desk.noting import write_note
from cii.desk.visiting import visited
from cii.desk.vocabulary import DraftPlace
from cii.institutions.tables import Unit
from cii.institutions.vocabulary import Sector
from cii.notices.actions import tell
from cii.partners.actions import MakeLink, make
from cii.people.actions import AttachPerson, attach_person
from cii.people.queries import identities
from cii.people.tables import Person
from cii.requests.actions import ask_access, carry_requests
from cii.requests.actions_glass import OpenGlass, ReviewGlass, end_glass, open_glass, review_glass
from cii.requests.vocabulary import Finding
from cii.rights.erasing import ROWS
from cii.rights.holds import LiftHold, SetHold, lift_hold, set_hold
from cii.rights.merging import merge
from cii.rights.person_requests import (
    AnswerPersonRequest,
    RecordPersonRequest,
    answer_request,
    record_request,
)
from cii.rights.vocabulary_erasing import HoldBasis
from cii.rights.vocabulary_requests import AnswerForm, MedicalWay, Proof, RequestKind
from cii.store.columns import UtcDateTime, Words, new_ref
from cii.store.erasing import theirs
from cii.store.work import Work
from tests.access.build_access import an_actor, as_
from tests.cases.build_cases import Network, a_grid, a_network, a_statement
from tests.institutions.build_institutions import a_unit
from tests.people.build_people import a_status
from tests.requests.build_requests import a_wish

WORD = "Zylphard"
"""Stands in every text about the person."""
AVS = "756.9217.0769.85"
BORN = date(1987, 3, 29)
SHORT = 10
"""Columns of so few signs hold names of rows, codes and languages."""
ADDRESS = f"{WORD.lower()}@exemple.invalid"


THE_HOUSE = frozenset({
    "account", "call", "call_award", "call_criterion", "call_letter", "call_offer", "offer_paper", "offer_score", "provider_label", "provider_attestation", "provider_subcontractor", "staff_notice", "talk_request", "overrun_notice", "deliverable_submission", "appointment", "appointment_remark", "talk_point", "acknowledgement", "allocation_round", "attendance_import", "agreement", "agreement_closure", "prices_kept", "agreement_measure",
    "evaluation", "evaluation_item", "missed_analysis", "agreement_signature", "convention_edition", "convention_part", "negotiation_comment", "negotiation_round", "steering_answer", "bid_night", "bid_price", "budget_account",
    "account_item", "account_payment", "checklist_answer", "conformity_record", "finding_justification", "budget_ceiling", "budget_ceiling_step", "budget_transfer",
    "budget_year", "calendar_feed", "carry_over", "receivable", "surplus_clause", "year_account", "client_category", "clock_shift", "collaboration_agreement", "collaboration_party",
    "body_member", "group_mandate", "corrective_measure", "corrective_step", "criterion_answer", "deliverable", "employer",
    "ceiling_fact", "employer_need", "finding", "funding_line", "grid_template", "indicator", "indicator_entry", "institution",
    "job_failure", "job_lease", "job_order", "job_run", "journal_seal", "legal_news", "login_attempt", "login_session", "measure",
    "measure_day", "measure_places", "measure_respondent", "measure_rule", "meeting", "membership",
    "agenda_guest", "agenda_item", "body_decision", "body_decision_step", "meeting_invitation", "meeting_step", "minutes_paper",
    "monthly_data", "monthly_figure", "notice_preference", "objective",
    "outcome_budget", "outcome_scheme", "outcome_scheme_version", "parameter", "place_quota", "plan_target", "postcode_region",
    "presidency", "provider", "provider_account", "quota_day", "recognition", "reconciliation_run", "released_share", "round_run", "settled_year",
    "report_comment", "report_draft", "report_sending", "report_file", "report_input", "report_issue", "subcontractor", "substitution", "tariff", "unit", "unit_region", "wf_definition", "wf_table",
})  # fmt: skip
"""The house, its agreements, measures, accounts and figures: no row is about a person who is helped."""


@dataclass
class Known:
    """The person, the row that was merged into theirs, their case, and who works there."""

    person: Person
    old: Person
    net: Network
    officer: Work
    second: Work

    @property
    def case(self) -> CaseFile:
        """Their case."""
        return self.net.case


def officers(work: Work) -> tuple[Work, Work]:
    """A data-protection officer and an administrator."""
    unit: Unit = a_unit(work, None)
    roles = (Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR)
    one, other = (as_(work, an_actor(work, (unit, role))) for role in roles)
    return one, other


def well_known(work: Work) -> Known:
    """Somebody of whom much is written by the acts of the rooms, and a row in each table that is erased."""
    net = a_network(work)
    hand, unit = net.hands["AC"], net.units["AC"]
    old = work.session.get_one(Person, net.case.person_id)
    (typed,) = identities(work, old.id)
    typed.last_name, typed.folded, typed.birth_date = f"Ancien{WORD}", f"ancien{WORD.lower()}", BORN
    work.session.add(typed)
    told = AttachPerson(AVS, WORD, f"Prénom{WORD}", BORN, "2000", f"Ville{WORD}", "fr")
    person = attach_person(hand, told, unit.id)
    a_status(hand, person, unit, Sector.AC, note=f"Note {WORD}")
    merge(as_(work, an_actor(work, (unit, Role.SUPERVISOR))), old.ref, person.ref, f"La même, {WORD}.")
    a_grid(net, "AC")
    a_statement(net, statement=f"Constat {WORD}", limits=f"Limites {WORD}")
    note = write_note(hand, AddNote(net.case.ref, f"Note {WORD}"))
    correct_note(hand, CorrectNote(net.case.ref, note.ref, f"Correction {WORD}"))
    attach_document(hand, AttachDocument(net.case.ref, f"Titre {WORD}"), f"Contenu {WORD}".encode())
    by_mail = {"delivery": LinkDelivery.MAIL, "address": ADDRESS}
    make(hand, MakeLink(net.case.ref, LinkPurpose.SATISFACTION, f"Porteur {WORD}", 7, **by_mail))
    ask_access(net.hands["stranger"], a_wish(avs=AVS, reason=f"Pour {WORD}, à voir."))
    carry_requests(work)
    tell(
        work, unit_id=unit.id, kind="case-inform-person", subject="case", subject_ref=net.case.ref, said=WORD
    )
    known = Known(person, old, net, *officers(work))
    plan_and_follow(net)
    guard_and_answer(known)
    fill(work, known)
    return known


def plan_and_follow(net: Network) -> None:
    """A plan in force of which an action was dropped, a text begun, and a page of the case that was read."""
    hand, ref, today = net.hands["AC"], net.case.ref, net.hands["AC"].today
    later = today + timedelta(days=60)
    parts = (
        PlanPartAsk(f"But {WORD}", f"Action {WORD}", net.units["AC"].ref, later),
        PlanPartAsk("", f"Conseil {WORD}", net.units["AI"].ref, later),
    )
    refused = propose_plan(hand, ProposePlan(ref, f"Axe {WORD}", parts))
    record_word(hand, RecordWord(refused.ref, PersonReply.REFUSE, today, f"Avis de {WORD}"))
    answer_plan(net.hands["AI"], AnswerPlan(ref, PlanReply.REFUSE, f"Trop tôt pour {WORD}"))
    answer_plan(hand, AnswerPlan(ref, PlanReply.AGREE))
    plan = propose_plan(hand, ProposePlan(ref, f"Axe {WORD}", parts[:1]))
    record_word(hand, RecordWord(plan.ref, PersonReply.AGREE, today))
    answer_plan(hand, AnswerPlan(ref, PlanReply.AGREE))
    begun = hand.session.exec(sqlselect(PlanPart).where(PlanPart.plan_id == plan.id)).one()
    mark_action(hand, MarkAction(begun.ref, ActionState.DROPPED, today, f"{WORD} a déménagé"))
    save_draft(hand, SaveDraft(ref, DraftPlace.NOTE, f"Brouillon {WORD}"))
    visited(hand, net.case.id or 0)


def guard_and_answer(known: Known) -> None:
    """A hold that was lifted, a request that was answered, an emergency that was looked at afterwards."""
    officer, today = known.officer, known.officer.today
    hold = set_hold(officer, SetHold(known.person.ref, HoldBasis.APPEAL, f"Recours de {WORD}"))
    lift_hold(officer, LiftHold(hold.ref, f"Recours de {WORD} retiré"))
    ask = RecordPersonRequest(
        AVS, RequestKind.ACCESS, Proof.PASSPORT, AnswerForm.PAPER, today, MedicalWay.PHYSICIAN,
        f"Dr {WORD}", f"Tout sur {WORD}",
    )  # fmt: skip
    request = record_request(officer, ask)
    answer_request(officer, AnswerPersonRequest(request.ref, f"Dossier remis à {WORD}"))
    urgent = known.net.hands["stranger"]
    why = f"{WORD} est en danger, la police demande une adresse sur le champ."
    opened, _ = open_glass(urgent, OpenGlass(why, case_number=known.case.number))
    end_glass(urgent, opened.ref)
    review_glass(
        officer, ReviewGlass(opened.ref, Finding.OK, f"L'urgence de {WORD} était réelle, examen du jour.")
    )


def fill(work: Work, known: Known) -> None:
    """A row of the person in each table that is erased, every text of it with the word."""
    ids = [known.person.id]
    held: dict[str, int] = {
        "person": known.person.id, "case_file": known.case.id, "unit": known.net.units["AC"].id,
        "account": known.officer.actor.account_id,
    }  # fmt: skip
    for one in ROWS:
        if one.table.name not in BESIDE and (there := _ids(work, one, ids)):
            held[one.table.name] = there[-1][0]
    for name in ("wf_table", "placement", "wf_instance", "observation_contract", "employer"):
        held[name] = a_written_row(work, name, held, LEADING.get(name, {}))
    for one in reversed(ROWS):
        name = one.table.name
        if name not in BESIDE:
            continue
        made = a_written_row(work, name, held, SHAPED.get(name, {}))
        held.setdefault(name, made)
    work.session.expire_all()
    counts = {one.table.name: len(_ids(work, one, ids)) for one in ROWS}
    missing = {name for name, number in counts.items() if not number}
    assert missing == {"erasure"}, missing


_PROCESS = "written by a process that runs; the network of these tests runs none"
_PLACE = "hangs on a place, which needs a measure, an agreement and a budget; journeys make it by acts"
_CLOSED = "the act closes the case to what follows here"
_LATER = "the night writes it, months after what it is about"
BESIDE = {
    "assessment": _PROCESS,
    "assessment_seat": _PROCESS,
    "assessment_voice": _PROCESS,
    "case_rest": _PROCESS,
    "wf_event": _PROCESS,
    "wf_decision": _PROCESS,
    "referral": _PROCESS,
    "stated_facts": _PROCESS,
    "placement_event": _PLACE,
    "round_candidate": _PLACE,
    "round_pin": _PLACE,
    "individual_objective": _PLACE,
    "interruption_notice": _PLACE,
    "observation_event": _PLACE,
    "placement_category": _PLACE,
    "outcome_step": _PLACE,
    "statement_remark": _PLACE,
    "wage_grant": _PLACE,
    "wage_engagement": _PLACE,
    "wage_part": _PLACE,
    "case_restriction": _CLOSED,
    "case_reader": _CLOSED,
    "outcome_check": _CLOSED,
    "satisfaction": _CLOSED,
    "right_end_warning": _LATER,
    "retention_proposal": _LATER,
    "detection": "read from a sector's file with a table of detection in force",
    "disclosure": "the act writes no reason of its own but from a basis with claims; this one has the word",
    "employer_approach": "needs an employer of the register and a contact of the case with them",
    "mention": "needs a colleague of the same unit to be named",
    "substituted_case": "needs a substitution and a task of the absent",
}
"""Tables whose row is written beside the acts, each with its reason; every other is written by an act."""
LEADING: dict[str, dict[str, Any]] = {
    "waiting_entry": {"paused_by_unit_id": None, "placement_id": None},
    "round_run": {"problem": b"x", "result": b"x"},
    "allocation_round": {"state": "open", "policy": {}}
    | dict.fromkeys(
        (
            "computed_by",
            "approved_run",
            "approved_by",
            "approved_at",
            "cancelled_by",
            "cancelled_at",
            "cancel_reason",
        )
    ),
    "agreement": {"signed_by": None},
    "case_file": {"outcome": None},
    "outcome_scheme_version": {"published_by": None},
    "funding_line": {"federal_permille": 1000, "cantonal_permille": 0, "communal_permille": 0},
    "placement": {"state": "cancelled"},
    "statement": {
        "state": "prefilled",
        "approved_by": None,
        "approved_at": None,
        "returned_reason": None,
        "invoice_number": None,
        "invoice_key": None,
        "period_end": date(2026, 11, 1),
    },
    "wf_instance": {"status": "closed", "closed_at": datetime(2026, 10, 1, tzinfo=UTC)},
}
_EARLIER = datetime(2026, 10, 1, tzinfo=UTC)
SHAPED: dict[str, dict[str, Any]] = {
    "round_candidate": {"standing": "unplaced", "why": "places", "lot": "0" * 64, "purse": "AC 2026"}
    | dict.fromkeys(("measure_id", "line_id")),
    "round_pin": {"kind": "refused", "withdrawn_by": None},
    "placement_category": {"code": "B"},
    "outcome_step": {"before_by": None},
    "outcome_scheme_version": {"published_at": _EARLIER},
    "detection": {"state": "announced"},
    "referral": {"named_unit_id": None},
    "outcome_check": {"outcome": "job", "holds": "yes", "answered_at": _EARLIER},
    "access_question": {"answer": "refused", "answered_at": _EARLIER},
    "wage_grant": {"normal_pay": 1, "permille": 1, "kind": "ait", "category": None}
    | dict.fromkeys(("decided_by", "decided_at")),
    "wage_part": {"state": "declined", "rounding": 0}
    | dict.fromkeys(("prepared_by", "checked_by", "approved_by", "released_by")),
    "satisfaction": {"subject": "case"},
    "wf_decision": {"subject": "case"},
    "wf_event": {"kind": "entered", "payload": {"stage": "triage", "why": WORD}},
    "stated_facts": {"asked_by": "youth_admission", "facts": {"origin": "school", "said": WORD}},
    "signed_link": {"token_hash": "0" * 64},
    "attachment": {"withdrawn_at": _EARLIER, "sha256": "1" * 64},
    "case_reader": {"closed_at": _EARLIER},
    "case_restriction": {"lifted_at": _EARLIER},
    "link_request": {"answered_at": _EARLIER},
    "interruption_notice": {"answered_at": _EARLIER},
    "individual_objective": {"signed_at": None, "signed_how": None},
}
"""What a table asks of its rows beyond the usual."""
_WORDY = frozenset(one.table.name for one in ROWS)


def _ids(work: Work, one, ids):
    key = next(iter(one.table.primary_key.columns))
    return work.session.connection().execute(select(key).where(theirs(one, ids))).all()


def a_written_row(work: Work, name: str, held: dict[str, int], shaped: dict[str, Any]) -> int:
    """Write one row with a value in each column that needs one, and the word in every text of a person."""
    table = SQLModel.metadata.tables[name]
    values = dict(shaped)
    for column in table.columns:
        if column.name in shaped or (column.name == "id" and column.primary_key):
            continue
        target = next((key.column.table.name for key in column.foreign_keys), None)
        told = _linked(work, column, target, held) if target else _said(work, column, name)
        if told is not None:
            values[column.name] = told
    key = work.session.connection().execute(insert(table).values(values)).inserted_primary_key
    return int(key[0]) if key and key[0] is not None else 0


def _linked(work: Work, column, target: str, held: dict[str, int]) -> int | None:
    """The row that a link leads to; one that is needed and not there yet is written."""
    other = {
        "opened_by": held["account"], "substitute_id": held["account"] - 1,
        "provider_unit_id": held["unit"] + 1, "to_unit_id": held["unit"] + 1,
    }  # fmt: skip
    if column.name in other:
        return other[column.name]
    if target not in held and not column.nullable:
        held[target] = a_written_row(work, target, held, LEADING.get(target, {}))
    return held.get(target)


def _said(work: Work, column, name: str) -> Any:
    """What stands in a column without a link."""
    kind, word = column.type, WORD if name in _WORDY else name
    if column.name == "lang":
        return "fr"
    if isinstance(kind, String | Text) and not isinstance(kind, Words):
        length = kind.length or 100
        return new_ref()[:length] if length <= SHORT else f"{word} {name} {new_ref()}"[:length]
    if "JSON" in type(kind).__name__.upper():
        return {"said": WORD, "deep": {"name": WORD}} if name in _WORDY else {}
    if column.nullable:
        return None
    usual = {Words: lambda: next(iter(kind.words)), UtcDateTime: lambda: work.now, Date: lambda: work.today}
    return next((made() for sort, made in usual.items() if isinstance(kind, sort)), 1)


def attempt(work, statement: str) -> bool:
    """Whether the database let it happen; it is taken back either way."""
    point = work.session.begin_nested()
    try:
        work.session.execute(text(statement))
    except DBAPIError:
        return False
    else:
        return True
    finally:
        point.rollback()
