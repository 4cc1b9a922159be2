from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from cii.agreements.actions import AddDeliverable, add_deliverable, receive_deliverable
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.reconciliation.actions import reconcile
from cii.reconciliation.proofs import PROOFS
from cii.reconciliation.queries import findings_list, runs
from cii.reconciliation.tables import Finding
from cii.reconciliation.vocabulary import FindingKind, Severity
from cii.settlement.actions import pay
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.agreements.build_agreements import acting
from tests.reconciliation.tampering import tamper
from tests.settlement.build_settlement import LATER, Desk, a_desk

NIGHT = LATER


def a_settled_month(work: Work) -> Desk:
    """Two stays, one shared; the AC's statement is paid, the other's drafted; a stay that has not begun."""
    desk = a_desk(work)
    stage = desk.stage
    desk.attest(stage.started(), d03=Presence.UNEXCUSED_ABSENCE, d04=Presence.SICK)
    desk.attest(stage.started(None, (stage.market.ac, 60), (stage.market.social, 40)))
    stage.placement(days=(date(2026, 12, 1), date(2026, 12, 31)))
    desk.paid()
    desk.prefill(stage.market.social, stage.social)
    return desk


def told(work: Work) -> list[tuple[str, str | None, int, int, int]]:
    return [
        (row.kind.value, row.object_ref, row.expected, row.found, row.difference)
        for row in findings_list(work)
    ]


def test_a_night_without_a_difference_finds_nothing(work: Work):
    desk = a_settled_month(work)

    run = reconcile(desk.checker, NIGHT)

    assert told(work) == []
    assert run.findings == 0
    assert run.counts["accruals"] == 3
    assert run.sums["accruals"] == run.sums["commitments"] - 220000 == 209524 + 220000
    assert run.sums["payments"] == 209524 + 132000


PLANTED = {
    "a balance": (
        "UPDATE budget_account SET total = total + 5 WHERE stage = 'paid'",
        {
            FindingKind.BALANCE,
            FindingKind.BUDGET,
            FindingKind.COMMITMENT,
            FindingKind.STATEMENT,
            FindingKind.PAYMENT,
        },
    ),
    "a commitment": (
        "UPDATE placement_share SET committed = committed + 5 WHERE id = (SELECT min(id) FROM placement_share)",
        {FindingKind.COMMITMENT, FindingKind.PLACEMENT},
    ),
    "a stored amount": (
        "UPDATE statement_line SET amount = amount + 1 WHERE id = (SELECT max(id) FROM statement_line)",
        {FindingKind.RECOUNT, FindingKind.STATEMENT},
    ),
    "a payment": (
        "UPDATE payment SET amount = amount + 1, rounding = rounding - 1",
        {FindingKind.PAYMENT},
    ),
    "a statement's total": (
        "UPDATE statement SET total = total + 1 WHERE state = 'prefilled'",
        {FindingKind.STATEMENT},
    ),
    "an invoice under another statement": (
        "UPDATE ledger_entry SET source_id = source_id + 1000 WHERE source_kind = 'statement' AND kind = 'invoice'",
        {FindingKind.STATEMENT},
    ),
    "a payment under another statement": (
        "UPDATE ledger_entry SET source_id = source_id + 1000 WHERE source_kind = 'statement' AND kind = 'payment'",
        {FindingKind.PAYMENT},
    ),
    "a place": (
        "UPDATE measure_day SET taken = taken - 1 WHERE day = '2026-12-10'",
        {FindingKind.PLACES},
    ),
    "a quota": (
        "UPDATE quota_day SET taken = taken + 1 WHERE day = '2026-11-10' AND taken = 0",
        {FindingKind.QUOTA},
    ),
    "a day of attendance": (
        (
            "INSERT INTO attendance (placement_id, day, presence, recorded_at, replaces) "
            "SELECT placement_id, day, 'unexcused_absence', recorded_at, id FROM attendance "
            "WHERE id = (SELECT max(id) FROM attendance)"
        ),
        {FindingKind.ACCRUAL},
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_is_named(work: Work, name: str):
    desk = a_settled_month(work)
    sql, kinds = PLANTED[name]
    if sql.startswith("UPDATE"):
        tamper(work, sql)
    else:
        work.session.execute(text(sql))
        work.session.expire_all()

    reconcile(desk.checker, NIGHT)

    assert {row.kind for row in findings_list(work)} == kinds


def test_a_finding_says_what_where_expected_found_since_when(work: Work):
    desk = a_settled_month(work)
    work.session.execute(
        text("UPDATE placement_share SET committed = committed + 5 WHERE line_id = :line"),
        {"line": desk.stage.market.social.id},
    )

    reconcile(desk.checker, NIGHT)

    row, stay = findings_list(work)
    assert (stay.kind, stay.object_kind, stay.difference) == (FindingKind.PLACEMENT, "placement", -5)
    assert (row.kind, row.object_kind, row.object_ref) == (
        FindingKind.COMMITMENT,
        "agreement",
        desk.stage.social.number,
    )
    assert (row.expected, row.found, row.difference) == (88005, 88000, -5)
    assert (row.since, row.facts, row.closed_on) == (
        NIGHT,
        {"line": "SAS", "ref": desk.stage.social.ref},
        None,
    )


def test_run_twice_the_same_and_closed_when_the_cause_is_gone(work: Work):
    desk = a_settled_month(work)
    bend = "UPDATE placement_share SET committed = committed + {} WHERE id = (SELECT min(id) FROM placement_share)"
    work.session.execute(text(bend.format(5)))

    reconcile(desk.checker, NIGHT)
    first = told(work)
    again = reconcile(desk.checker, NIGHT)
    after = desk.on(NIGHT + timedelta(days=2)).checker
    reconcile(after, NIGHT + timedelta(days=1))
    second = told(work)
    work.session.execute(text(bend.format(-5)))
    reconcile(after, NIGHT + timedelta(days=2))

    assert first == second
    assert again.findings == 2
    assert [run.business_date.day for run in runs(work)] == [5, 4, 3]
    rows = work.session.scalars(select(Finding)).all()
    assert {(row.since, row.closed_on) for row in rows} == {(NIGHT, NIGHT + timedelta(days=2))}
    assert findings_list(work) == []


def test_an_earlier_date_is_run_again_without_touching_what_stands(work: Work):
    desk = a_settled_month(work)
    reconcile(desk.checker, NIGHT)
    work.session.execute(text("UPDATE placement_share SET committed = committed + 5 WHERE weight = 60"))

    run = reconcile(desk.checker, NIGHT - timedelta(days=1))

    assert run.findings == 2
    assert findings_list(work) == []


def test_a_late_absence_stands_as_a_finding_until_its_correction_is_settled(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    desk.paid()
    desk.attest(placement, d03=Presence.UNEXCUSED_ABSENCE)

    reconcile(desk.checker, NIGHT)
    waiting = told(work)
    correction = desk.approved()
    reconcile(desk.checker, NIGHT)
    approved = told(work)
    pay(desk.payer, correction.ref)
    reconcile(desk.checker, NIGHT)

    assert waiting == approved == [("accrual", placement.ref, 209524, 220000, 10476)]
    assert told(work) == []


def test_an_overdue_deliverable_warns_the_provider(work: Work):
    desk = a_desk(work)
    mine = acting(work, desk.stage.market.drafter)
    due = add_deliverable(
        mine,
        AddDeliverable(desk.stage.ac.ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(2026, 12, 1)),
    )

    reconcile(desk.checker, NIGHT)
    (row,) = findings_list(work)
    receive_deliverable(mine, due.ref)
    reconcile(desk.checker, NIGHT)

    assert (row.severity, row.object_ref, row.found, row.owner_unit_id) == (
        Severity.WARNING,
        due.ref,
        2,
        desk.stage.market.provider.unit_id,
    )
    assert row.closed_on == NIGHT


def test_the_watcher_sees_the_comparisons_pass(work: Work):
    desk = a_desk(work)
    seen = []

    reconcile(desk.checker, NIGHT, lambda name, done, total: seen.append((name, done, total)))

    assert seen[0] == ("balances", 1, len(PROOFS))
    assert seen[-1] == ("transfers", len(PROOFS), len(PROOFS))
