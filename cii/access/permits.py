"""May this role do it? One table, role to permits; what is not written here is denied."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from cii.access.vocabulary import Role


class Permit(StrEnum):
    """An act that a door may offer; `wire.needs(Permit.X)` guards it."""

    SEE_DESK = "see_desk"
    SEE_PERSON = "see_person"
    ANNOUNCE_PERSON = "announce_person"
    EDIT_PERSON = "edit_person"
    MERGE_PERSONS = "merge_persons"
    RECORD_STATUS = "record_status"
    RECORD_CONSENT = "record_consent"
    DISCLOSE = "disclose"
    IMPORT_DETECTIONS = "import_detections"
    SEE_CASE = "see_case"
    OPEN_CASE = "open_case"
    WRITE_GRID = "write_grid"
    WRITE_MEDICAL = "write_medical"
    SIGN_ASSESSMENT = "sign_assessment"
    PROPOSE_PLAN = "propose_plan"
    ANSWER_PLAN = "answer_plan"
    WRITE_NOTE = "write_note"
    CLOSE_CASE = "close_case"
    ANSWER_REFERRAL = "answer_referral"
    SEND_REFERRAL = "send_referral"
    REASSIGN = "reassign"
    BREAK_GLASS = "break_glass"
    ASK_ACCESS = "ask_access"
    ANSWER_ACCESS = "answer_access"
    RESTRICT_CASE = "restrict_case"
    REVIEW_BREAK_GLASS = "review_break_glass"
    SEE_MEASURES = "see_measures"
    EDIT_MEASURES = "edit_measures"
    FIND_PLACES = "find_places"
    ASSIGN_PLACEMENT = "assign_placement"
    SEE_PLACEMENTS = "see_placements"
    ANSWER_PLACEMENT = "answer_placement"
    END_PLACEMENT = "end_placement"
    SEE_PARTICIPANTS = "see_participants"
    SEE_AGREEMENTS = "see_agreements"
    EDIT_AGREEMENTS = "edit_agreements"
    SIGN_AGREEMENTS = "sign_agreements"
    SEE_BUDGETS = "see_budgets"
    EDIT_BUDGETS = "edit_budgets"
    REVERSE_LEDGER = "reverse_ledger"
    RECORD_ATTENDANCE = "record_attendance"
    SEE_STATEMENTS = "see_statements"
    SUBMIT_STATEMENT = "submit_statement"
    CHECK_STATEMENT = "check_statement"
    APPROVE_STATEMENT = "approve_statement"
    PAY_STATEMENT = "pay_statement"
    SEE_OUTCOMES = "see_outcomes"
    EDIT_SCHEMES = "edit_schemes"
    SIMULATE_OUTCOMES = "simulate_outcomes"
    SET_CATEGORY = "set_category"
    CLAIM_OUTCOME = "claim_outcome"
    VERIFY_OUTCOME = "verify_outcome"
    PAY_OUTCOME = "pay_outcome"
    SEE_WAGES = "see_wages"
    ASK_WAGES = "ask_wages"
    CLAIM_WAGES = "claim_wages"
    TELL_WAGES = "tell_wages"
    CHECK_WAGES = "check_wages"
    PAY_WAGES = "pay_wages"
    SEE_RECONCILIATION = "see_reconciliation"
    SEE_FIGURES = "see_figures"
    SEE_REPORTS = "see_reports"
    FREEZE_REPORTS = "freeze_reports"
    SEE_COORDINATION = "see_coordination"
    EDIT_COORDINATION = "edit_coordination"
    DECIDE_STEERING = "decide_steering"
    DELIVER_MONTH = "deliver_month"
    SEE_JOURNAL = "see_journal"
    SEE_DISCLOSURES = "see_disclosures"
    EXPORT_PERSON_FILE = "export_person_file"
    ERASE_PERSON = "erase_person"
    APPROVE_ERASURE = "approve_erasure"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_WORKFLOWS = "see_workflows"
    EDIT_RULES = "edit_rules"
    TRY_RULES = "try_rules"
    SEE_JOBS = "see_jobs"
    SEE_RUNS = "see_runs"
    RUN_JOBS = "run_jobs"
    ATTACH_DOCUMENT = "attach_document"
    PUBLISH_NEWS = "publish_news"
    SEE_ROUNDS = "see_rounds"
    RUN_ROUNDS = "run_rounds"
    APPROVE_ROUNDS = "approve_rounds"


P = Permit
_CASE_WORK = frozenset({
    P.SEE_DESK, P.SEE_PERSON, P.ANNOUNCE_PERSON, P.EDIT_PERSON, P.RECORD_STATUS, P.RECORD_CONSENT,
    P.DISCLOSE, P.IMPORT_DETECTIONS, P.SEE_CASE, P.OPEN_CASE, P.WRITE_GRID, P.SIGN_ASSESSMENT,
    P.PROPOSE_PLAN, P.ANSWER_PLAN, P.WRITE_NOTE, P.CLOSE_CASE, P.ANSWER_REFERRAL, P.SEND_REFERRAL,
    P.BREAK_GLASS, P.ASK_ACCESS, P.ANSWER_ACCESS, P.RESTRICT_CASE, P.SEE_MEASURES, P.FIND_PLACES,
    P.ASSIGN_PLACEMENT, P.SEE_PLACEMENTS, P.END_PLACEMENT, P.SEE_BUDGETS, P.SEE_WORKFLOWS,
    P.ATTACH_DOCUMENT, P.SEE_WAGES, P.ASK_WAGES, P.CLAIM_WAGES,
})  # fmt: skip
_CONTRACTS = frozenset({
    P.SEE_DESK, P.SEE_MEASURES, P.EDIT_MEASURES, P.SEE_AGREEMENTS, P.EDIT_AGREEMENTS, P.SIGN_AGREEMENTS,
    P.SEE_BUDGETS, P.SEE_STATEMENTS, P.CHECK_STATEMENT, P.SEE_FIGURES, P.SEE_REPORTS, P.SEE_WORKFLOWS,
    P.EDIT_RULES, P.SEE_OUTCOMES, P.EDIT_SCHEMES, P.SIMULATE_OUTCOMES,
    P.SEE_WAGES, P.CHECK_WAGES, P.SEE_ROUNDS, P.DELIVER_MONTH,
})  # fmt: skip

ROLE_PERMITS: Mapping[Role, frozenset[Permit]] = {
    Role.CASE_MANAGER: _CASE_WORK,
    Role.SUPERVISOR: _CASE_WORK
    | {
        P.MERGE_PERSONS, P.REASSIGN, P.TRY_RULES, P.SEE_FIGURES, P.SEE_REPORTS, P.CHECK_STATEMENT,
        P.SEE_STATEMENTS, P.SEE_OUTCOMES, P.SIMULATE_OUTCOMES, P.CHECK_WAGES, P.SEE_ROUNDS,
    },
    Role.PHYSICIAN: frozenset({
        P.SEE_DESK, P.SEE_PERSON, P.SEE_CASE, P.WRITE_MEDICAL, P.SIGN_ASSESSMENT, P.ATTACH_DOCUMENT,
    }),
    Role.FINANCE: frozenset({
        P.SEE_DESK, P.SEE_PLACEMENTS, P.SEE_MEASURES, P.SEE_AGREEMENTS, P.SEE_BUDGETS, P.EDIT_BUDGETS,
        P.REVERSE_LEDGER, P.SEE_STATEMENTS, P.CHECK_STATEMENT, P.APPROVE_STATEMENT, P.PAY_STATEMENT,
        P.SEE_RECONCILIATION, P.SEE_RUNS, P.SEE_FIGURES, P.SEE_REPORTS,
        P.SEE_OUTCOMES, P.SIMULATE_OUTCOMES, P.PAY_OUTCOME,
        P.SEE_WAGES, P.CHECK_WAGES, P.PAY_WAGES, P.SEE_ROUNDS,
    }),
    Role.CONTRACT_MANAGER: _CONTRACTS,
    Role.DASHBOARD_REFERENCE: frozenset({
        P.SEE_DESK, P.SEE_MEASURES, P.SEE_BUDGETS, P.SEE_FIGURES, P.SEE_REPORTS, P.FREEZE_REPORTS,
        P.SEE_RECONCILIATION, P.SEE_COORDINATION, P.SEE_WORKFLOWS, P.TRY_RULES, P.DELIVER_MONTH,
    }),
    Role.COORDINATION_MEMBER: frozenset({
        P.SEE_DESK, P.SEE_PERSON, P.SEE_CASE, P.SEE_MEASURES, P.SEE_PLACEMENTS, P.SEE_AGREEMENTS,
        P.SEE_BUDGETS, P.SEE_FIGURES, P.SEE_REPORTS, P.FREEZE_REPORTS, P.SEE_COORDINATION,
        P.EDIT_COORDINATION, P.SEE_WORKFLOWS, P.TRY_RULES, P.PUBLISH_NEWS,
        P.SEE_OUTCOMES, P.SIMULATE_OUTCOMES, P.SEE_ROUNDS, P.RUN_ROUNDS, P.APPROVE_ROUNDS,
    }),
    Role.COORDINATION_GUEST: frozenset({P.SEE_DESK, P.SEE_CASE, P.SEE_COORDINATION}),
    Role.STEERING: frozenset({
        P.SEE_DESK, P.SEE_MEASURES, P.SEE_AGREEMENTS, P.SEE_BUDGETS, P.SEE_FIGURES, P.SEE_REPORTS,
        P.SEE_COORDINATION, P.DECIDE_STEERING, P.SEE_ROUNDS,
    }),
    Role.REFERRAL_SERVICE: frozenset({
        P.SEE_DESK, P.SEE_PERSON, P.ANNOUNCE_PERSON, P.RECORD_CONSENT, P.SEE_CASE, P.OPEN_CASE,
        P.SEND_REFERRAL, P.ANSWER_REFERRAL, P.SEE_MEASURES, P.FIND_PLACES,
        P.SEE_OUTCOMES, P.SET_CATEGORY, P.CLAIM_OUTCOME, P.VERIFY_OUTCOME,
    }),
    Role.DATA_PROTECTION_OFFICER: frozenset({
        P.SEE_DESK, P.SEE_JOURNAL, P.MERGE_PERSONS, P.SEE_DISCLOSURES, P.EXPORT_PERSON_FILE, P.ERASE_PERSON,
        P.REVIEW_BREAK_GLASS, P.APPROVE_ERASURE,
    }),
    Role.PROVIDER: frozenset({
        P.SEE_DESK, P.SEE_MEASURES, P.SEE_PARTICIPANTS, P.ANSWER_PLACEMENT, P.RECORD_ATTENDANCE,
        P.SEE_AGREEMENTS, P.SEE_STATEMENTS, P.SUBMIT_STATEMENT,
        P.SEE_OUTCOMES, P.CLAIM_OUTCOME, P.SEE_WAGES, P.CLAIM_WAGES, P.TELL_WAGES,
    }),
    Role.ADMINISTRATOR: frozenset({
        P.SEE_DESK, P.MANAGE_ACCOUNTS, P.SEE_WORKFLOWS, P.EDIT_RULES, P.TRY_RULES, P.SEE_JOBS, P.SEE_RUNS,
        P.RUN_JOBS, P.PUBLISH_NEWS, P.APPROVE_ERASURE,
    }),
    Role.AUDITOR: frozenset({
        P.SEE_DESK, P.SEE_JOURNAL, P.SEE_FIGURES, P.SEE_REPORTS, P.SEE_RECONCILIATION, P.SEE_BUDGETS,
        P.SEE_STATEMENTS, P.BREAK_GLASS, P.SEE_CASE, P.SEE_OUTCOMES,
        P.SEE_WAGES, P.SEE_ROUNDS,
    }),
}  # fmt: skip
"""Role → what it may do (product.md §10); sections of a case are another question (`sections.py`)."""


def permits_of(roles: Iterable[str]) -> frozenset[str]:
    """All permits of these roles together."""
    return frozenset(permit.value for role in roles for permit in ROLE_PERMITS.get(Role(role), ()))
