"""Each table with a way to a person is told in their file or says why not, and so for the terms of keeping."""

from collections.abc import Iterator

from sqlalchemy import Table
from sqlalchemy.sql import visitors

from cii.rights.expiring import GOING
from cii.rights.file_parts import PERSON
from cii.rights.retention import KEPT
from cii.store.naming import load_all_tables
from tests.rights.build_erasing import THE_HOUSE

HEAD = {
    "person": "number and day of the entry, at the head of the file",
    "identity_word": "the words of a name again, for searching",
    "journal_entry": "the history at the end of the file, read from the journal",
    "journal_subject": "finds the entries of the history",
    "detection_run": "its name stands with each detection",
    "wf_instance": "its process stands with each task; the stage is told by the tasks",
    "retention_proposal": "the terms of keeping say the same, reckoned anew",
}
"""Told, but by other means than a part of the file."""
COUNTED = {
    "case_note": "internal notes of one unit (LPD 26)",
    "draft": "not sent to anybody yet (LPD 26)",
}
"""Withheld, and said how many of them."""
UNTOLD = {
    "access_grant": "why a unit reads a case: told as disclosures and in the history",
    "access_request_step": "whether a request was carried on or lapsed: the answer is told with it",
    "case_reader": "names employees; the restriction itself is told",
    "case_visit": "when an employee last opened a case: told in the history",
    "mention": "names employees in an internal note",
    "substituted_case": "which employee stood in for which",
    "saved_filter": "an employee's own words for a list, about nobody in particular",
    "default_filter": "an employee's own choice of a list",
    "link_request": "what the bearer of a link asked: the answer stands in the part it changed",
    "journal_payload": "what an entry changed: the parts tell it as it stands, the history that it happened",
    "outbox": "messages: told as notices and links",
    "idempotency_record": "the technical answer to a repeated request, gone after a day",
    "wf_event": "the steps of a process: told as tasks, decisions and history",
    "wf_part": "units with a part in a process: told with the case",
    "wf_timer": "moments at which a process goes on by itself, words of the process",
    "placement_leg": "sums of a placement by year: told as payers and amounts billed",
    "statement": "sums of many persons at once; the person's lines are told",
    "payment": "sums of many persons at once",
    "payment_file": "sums of many persons at once, on their way to a provider",
    "payment_file_form": "sums of many persons at once, on their way to a provider",
    "incoming_payment": "sums of a year, back from a provider",
    "payment_transfer": "sums of many persons at once, on their way to a provider",
    "transfer_answer": "sums of many persons at once, on their way to a provider",
    "transfer_return": "sums of many persons at once, back from a bank",
    "payment_release": "sums of many persons at once, on their way to a provider",
    "opening_balance": "the books: sums of agreements and lines",
    "ledger_entry": "the books",
    "movement": "the books",
    "reversal_request": "the books",
    "status_import": "a file about many persons at once; what it brought is told as statuses",
    "erasure": "after it there is nobody to tell",
    "erasure_certificate": "numbers only, for the canton",
    "erased_person": "after it there is nobody to tell",
    "erasure_file": "after it there is nobody to tell",
}
"""Not in the file, each with its reason."""


def told() -> set[str]:
    def walk(part) -> Iterator[str]:
        yield part.table.name
        for child in part.parts:
            yield from walk(child)

    return {name for part in PERSON for name in walk(part)}


def test_each_table_with_a_way_to_a_person_is_told_in_their_file_or_says_why_not():
    every, parts, said = set(load_all_tables().tables), told(), {**HEAD, **COUNTED, **UNTOLD}

    assert every - THE_HOUSE - parts - set(said) == set()
    assert parts & set(said) == set()
    assert parts & THE_HOUSE == set()
    assert set(said) <= every


WITH_THE_CASE = {
    "access_grant", "assessment", "assessment_seat", "assessment_voice", "attachment", "case_note",
    "case_party", "case_reader", "case_rest", "case_restriction", "employer_approach", "employer_contact",
    "grid_entry", "medical_statement", "mention", "observation_contract", "observation_event",
    "outcome_check", "plan", "plan_answer", "plan_consent", "plan_goal", "plan_part", "plan_progress",
    "referral", "round_candidate", "round_pin", "satisfaction", "stated_facts", "substituted_case", "waiting_entry", "wf_decision",
    "wf_event", "wf_instance", "wf_part", "wf_task", "wf_timer",
}  # fmt: skip
"""Parts of a case, kept as long as its term: a case that is not closed or not over keeps the whole person."""
WITH_ITS_ROW = {
    "access_request_step": "access_request", "break_glass_step": "break_glass",
    "consent_recipient": "consent", "identity_word": "identity", "right_end_warning": "system_status",
    "absence_notice": "placement", "statement_remark": "placement",
    "placement_event": "placement", "placement_share": "placement", "placement_leg": "placement_share",
    "placement_category": "placement", "outcome": "placement", "outcome_step": "outcome",
    "individual_objective": "placement", "interruption_notice": "placement", "placement_break": "placement", "attendance": "placement",
    "statement_line": "placement", "wage_grant": "placement", "wage_engagement": "wage_grant",
    "wage_result": "wage_grant", "wage_part": "wage_result", "paid_wage": "placement",
}  # fmt: skip
"""Kept by the term of the row it belongs to."""
NO_TERM = {
    "statement": "the accounts",
    "payment": "the accounts",
    "payment_file": "the accounts",
    "payment_file_form": "the accounts",
    "incoming_payment": "the accounts",
    "payment_transfer": "the accounts",
    "transfer_answer": "the accounts",
    "transfer_return": "the accounts",
    "payment_release": "the accounts",
    "opening_balance": "the accounts",
    "ledger_entry": "the accounts",
    "movement": "the accounts",
    "reversal_request": "the accounts",
    "detection_run": "a file's name and numbers, about many persons at once",
    "status_import": "a file's name and numbers, about many persons at once",
    "saved_filter": "an account's own words, until it takes them away",
    "default_filter": "an account's own choice, until it makes another",
    "legal_hold": "keeps by itself until it is lifted or over",
    "person_merge": "goes with the entry, and keeps nothing by itself",
    "retention_proposal": "goes when a term runs again, or with the person",
    "archive_offer": "the archive's part, kept after the person",
    "archive_step": "what the archive answered",
    "erasure": "the proof of the erasure",
    "erasure_certificate": "the proof of the erasure",
    "erased_person": "the mark of the shell",
    "erasure_file": "goes with its file, in minutes",
}
"""Keeps nobody and goes by no term, each with its reason."""


def held_by_a_term() -> set[str]:
    """Tables whose rows keep a person for a term, or go by themselves after one."""
    keeping = {
        one.name for kept in KEPT for one in visitors.iterate(kept.rows.element) if isinstance(one, Table)
    }
    return keeping | {str(one.model.__tablename__) for one in GOING}


def test_each_table_with_a_way_to_a_person_has_a_term_or_says_why_not():
    every, terms = set(load_all_tables().tables), held_by_a_term()
    said = WITH_THE_CASE | set(WITH_ITS_ROW) | set(NO_TERM)

    assert every - THE_HOUSE - terms - said == set()
    assert terms & said == set()
    assert said <= every
    assert set(WITH_ITS_ROW.values()) <= terms | set(WITH_ITS_ROW)


def test_what_is_kept_with_a_case_or_a_row_leads_to_it():
    tables = load_all_tables().tables
    leads = {name: {key.column.table.name for key in table.foreign_keys} for name, table in tables.items()}
    polymorphic = {"access_grant", "satisfaction", "wf_instance"}
    """By the kind and number of their subject."""

    for name in WITH_THE_CASE - polymorphic:
        assert leads[name] & ({"case_file"} | WITH_THE_CASE), name
    for name, row in WITH_ITS_ROW.items():
        assert row in leads[name], name
