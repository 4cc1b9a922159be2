"""Each table of the house is erased with a person, or says why not; the database lets nothing else happen."""

from sqlalchemy import JSON, String, Text, text

from cii.rights.erasing import ROWS
from cii.rights.tables_erasing import Erasure
from cii.rights.vocabulary_erasing import ErasureGround
from cii.store.columns import Words
from cii.store.naming import load_all_tables
from tests.institutions.build_institutions import a_unit
from tests.people.build_people import a_person
from tests.rights.build_erasing import THE_HOUSE, attempt

STAYS = {
    "person": "the shell itself: erased_at is set, the number goes at the end of the erasure",
    "case_file": "number, path, days and outcome: figures and accounts hang on it",
    "case_party": "which unit had a part when: figures by unit",
    "employer_contact": "which unit spoke to an employer when",
    "placement": "days, measure, line and how it ended: figures and accounts",
    "placement_break": "days without the person, for the accounts", "placement_share": "sums", "placement_leg": "sums",
    "waiting_entry": "days of waiting: figures",
    "absence_notice": "days of an absence and when it was told, without a word",
    "attendance": "days attested and paid: kept with the accounts, without a name",
    "outcome": "sums, with the KPI they come from",
    "wage_result": "sums with the days they come from", "paid_wage": "sums",
    "statement": "sums", "statement_line": "sums with the days they come from", "payment": "sums",
    "payment_file": "sums", "payment_transfer": "sums", "transfer_answer": "what became of sums",
    "transfer_return": "what became of sums",
    "payment_release": "sums", "payment_file_form": "sums", "incoming_payment": "sums",
    "opening_balance": "sums of agreements and lines",
    "ledger_entry": "the books are never changed", "movement": "the books are never changed",
    "reversal_request": "the books are never changed",
    "consent": "that a consent was given, for what and until when: the basis of what was passed on",
    "consent_recipient": "the institutions of a consent",
    "observation_contract": "days and state of a contract",
    "access_request_step": "that a request went on, without a word",
    "wf_instance": "stage and outcome in words of the process: figures",
    "wf_part": "units", "wf_task": "words of the process and days", "wf_timer": "words of the process and days",
    "detection_run": "a file's name and numbers, about many persons at once",
    "status_import": "a file's name and numbers, about many persons at once",
    "saved_filter": "an account's own words, about nobody in particular",
    "default_filter": "an account's own choice",
    "journal_entry": "the chain", "journal_subject": "finds entries by number",
    "archive_offer": "the archive's part: hash and size of what it was offered",
    "archive_step": "what the archive answered",
    "erased_person": "which rows are shells", "erasure_certificate": "numbers only",
}  # fmt: skip
"""Tables with a way to a person whose rows stay as they are, each with its reason."""
OTHERWISE = {
    "identity_word": "goes with the identity, by the database itself",
    "journal_payload": "goes by the entries that speak of the person",
    "outbox": "messages to the person or about them go",
    "idempotency_record": "answers that name the person go",
    "erasure_file": "goes with its file",
}
"""Erased by other means than a way from the row to the person."""
WORDS_OF_THE_HOUSE = {
    "access_question.ref", "access_request.ref", "break_glass.ref", "detection.ref", "disclosure.ref",
    "employer_approach.ref", "erasure.ref", "individual_objective.ref", "interruption_notice.ref", "legal_hold.ref", "outcome_check.ref",
    "person_merge.ref", "placement_category.code", "person_request.ref", "referral.ref", "round_pin.ref", "satisfaction.ref", "stated_facts.ref",
    "wage_grant.ref", "wage_part.ref", "wf_decision.ref",
    "erasure.prepared_as", "erasure.decided_as", "outcome_check.outcome", "satisfaction.subject",
    "stated_facts.asked_by", "wf_decision.subject", "wf_event.kind", "erasure.planned",
    "round_candidate.lot", "round_candidate.purse", "round_candidate.why",
}  # fmt: skip
"""Texts that stay in rows that are emptied: outward names of the row, roles, words of tables and processes."""


def test_each_table_is_erased_or_says_why_not():
    erased = {one.table.name for one in ROWS}
    every = set(load_all_tables().tables)

    assert every - erased - THE_HOUSE - set(STAYS) - set(OTHERWISE) == set()
    assert erased & (THE_HOUSE | set(STAYS) | set(OTHERWISE)) == set()
    assert (THE_HOUSE | set(STAYS) | set(OTHERWISE)) <= every


def test_no_table_of_the_house_leads_to_a_person():
    tables = load_all_tables().tables
    leading = {"person", "case_file", *(one.table.name for one in ROWS), *STAYS} - {"employer_contact"}

    guilty = {
        (name, key.column.table.name)
        for name in THE_HOUSE
        for key in tables[name].foreign_keys
        if key.column.table.name in leading
    }

    assert guilty == set()


def test_each_text_of_a_row_that_stays_is_emptied_or_a_word_of_the_house():
    left = {
        f"{one.table.name}.{column.name}"
        for one in ROWS
        if not one.goes
        for column in one.table.columns
        if isinstance(column.type, String | Text | JSON) or "JSON" in repr(column.type)
        if not isinstance(column.type, Words)
        if column.name not in one.blank and column.name not in one.keep
    }

    assert left == WORDS_OF_THE_HOUSE


def guarded(work) -> list:
    """How rows are erased in tables that refuse every other change."""
    connection = work.session.connection()
    if connection.dialect.name == "sqlite":
        asked = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_delete' ESCAPE '\\'"
    else:
        asked = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_no\\_delete'"
    names = {row[0] for row in connection.execute(text(asked))}
    return [one for one in ROWS if one.table.name in names]


def test_without_the_mark_nothing_of_an_append_only_row_goes_or_is_emptied(house, known):
    work = house
    row = Erasure(
        whose_id=known.person.id, ground=ErasureGround.COURT_ORDER, reason="Jugement du 2 octobre.", planned={},
        prepared_at=work.now, prepared_by=known.officer.actor.account_id, prepared_as="x",
        decided_at=work.now, decided_by=known.second.actor.account_id, decided_as="x", approved=False,
        decision_reason="La cause est rayée du rôle.",
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    found = guarded(work)

    assert len(found) > 20
    for one in found:
        name = one.table.name
        if one.goes:
            assert not attempt(work, f"DELETE FROM {name}"), name
        for column in (*one.blank, *one.keep):
            value = "'[]'" if column in one.keep else repr(one.blank[column]).replace("None", "NULL")
            assert not attempt(work, f"UPDATE {name} SET {column} = {value}"), f"{name}.{column}"


def test_nobody_is_marked_without_an_approved_erasure(work):
    person = a_person(work, a_unit(work, None))

    assert not attempt(work, f"UPDATE person SET erased_at = created_at WHERE id = {person.id}")
    assert not attempt(work, "INSERT INTO person (ref, created_at, erased_at) SELECT 'zzzzzzzzzz', created_at, created_at FROM person")  # fmt: skip
