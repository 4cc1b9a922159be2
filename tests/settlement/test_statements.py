from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from cii.access.vocabulary import Role
from cii.agreements.rules_recount import recompute
from cii.budgets.actions import Leg, Source, grant_budget
from cii.budgets.actions import pay as pay_out
from cii.budgets.queries import trial_balance
from cii.budgets.rules import BudgetExceeded, StageExceeded
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import IllegalMove
from cii.placements.queries import shares_of
from cii.settlement.actions import (
    LineReason,
    Mark,
    RecordAttendance,
    ReturnStatement,
    approve,
    check_statement,
    decide_further_engagement,
    pay,
    prefill_month,
    record_attendance,
    return_statement,
    submit,
)
from cii.settlement.queries import lines_of, moves_for, statement_view, statements_list
from cii.settlement.rules import (
    AttendanceIncomplete,
    EarlierStatementUnpaid,
    ExceedsCommitment,
    InvoiceNumberUsed,
    LineUnknown,
    MonthNotOver,
    NothingToState,
    ReturnUnexplained,
    StatementFourEyes,
    StatementOutdated,
    StatementUnderway,
)
from cii.settlement.vocabulary import Presence, StatementEvent, StatementState
from cii.store.work import Work
from tests.settlement.build_settlement import NOVEMBER, a_desk

UNEXCUSED, EXCUSED, PRESENT = Presence.UNEXCUSED_ABSENCE, Presence.EXCUSED_ABSENCE, Presence.PRESENT


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def test_a_month_with_two_absences_is_stated_approved_by_a_second_person_and_paid(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement, d03=UNEXCUSED, d04=UNEXCUSED)

    statement = desk.prefill()
    submit(desk.provider, statement.ref)
    check_statement(desk.checker, statement.ref)
    approve(desk.approver, statement.ref)
    payment = pay(desk.payer, statement.ref)

    assert statement.state is StatementState.PAID
    assert str(statement.total) == "1990.48"
    assert (str(payment.amount), str(payment.transferred), str(payment.rounding)) == (
        "1990.48",
        "1990.50",
        "0.02",
    )
    assert desk.sums() == {"paid": "1990.48"}
    assert [str(share.committed) for share in shares_of(work, placement.id)] == ["1990.48"]
    assert work.session.execute(trial_balance()).all() == []


def test_a_line_explains_its_sum(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started(), d03=UNEXCUSED, d04=EXCUSED)

    statement = desk.prefill()

    (line,) = lines_of(work, statement.id)
    told = line.explanation
    assert (told["basis"], told["amount"], told["factor"], told["attended"]) == (
        "weekdays",
        220000,
        "1/1",
        "20/21",
    )
    assert told["absences"] == {"2026-11-03": "unexcused_absence", "2026-11-04": "excused_absence"}
    assert recompute(told) == line.amount
    assert (told["rule"], line.tariff_id) == ("proration/2", told["tariff"])
    assert (line.factor_num, line.factor_den, str(line.amount)) == (20, 21, "2095.24")


def test_a_statement_at_full_use_is_the_commitment_to_the_centime(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started(None, (desk.stage.market.ac, 60), (desk.stage.market.social, 40))
    desk.attest(placement)

    ours = desk.prefill()
    theirs = desk.prefill(desk.stage.market.social, desk.stage.social)

    committed = [share.committed for share in shares_of(work, placement.id)]
    assert [ours.total, theirs.total] == committed == [Chf.parse("1320"), Chf.parse("880")]
    assert desk.sums() == {"accrued": "1320.00"}
    assert desk.sums(desk.stage.market.social) == {"accrued": "880.00"}


def test_a_statement_waits_for_every_day(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    record_attendance(desk.provider, RecordAttendance(placement.ref, (Mark(date(2026, 11, 3), PRESENT),)))
    statement = desk.prefill()

    with pytest.raises(AttendanceIncomplete) as no:
        submit(desk.provider, statement.ref)

    assert no.value.facts == {"placement": placement.ref, "days": 20, "first": date(2026, 11, 2)}


def test_a_statement_waits_for_the_end_of_its_month(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    early = replace(desk.provider, now=desk.stage.on(date(2026, 11, 30)).now)
    record_attendance(early, RecordAttendance(placement.ref, others_present=NOVEMBER))
    statement = desk.prefill(by=early)

    with pytest.raises(MonthNotOver):
        submit(early, statement.ref)


def test_whoever_prepared_or_checked_does_not_approve_and_whoever_approved_does_not_pay(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    statement = desk.prefill()
    submit(desk.provider, statement.ref)
    check_statement(desk.approver, statement.ref)

    with pytest.raises(StatementFourEyes):
        approve(desk.approver, statement.ref)
    approve(desk.payer, statement.ref)
    with pytest.raises(StatementFourEyes):
        pay(desk.payer, statement.ref)
    assert moves_for(desk.payer, statement) == ()
    assert moves_for(desk.approver, statement) == (StatementEvent.PAY,)


def test_the_database_refuses_an_approval_by_the_one_who_checked(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    desk.approved()

    with pytest.raises(IntegrityError):
        work.session.execute(text("UPDATE statement SET approved_by = checked_by"))


def test_the_provider_does_not_approve_and_another_sector_sees_nothing(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    statement = desk.prefill()
    submit(desk.provider, statement.ref)
    check_statement(desk.checker, statement.ref)
    social = replace(desk.provider, actor=desk.stage.actor(unit_by_code(work, "ODAS"), Role.FINANCE).actor)

    with pytest.raises(NotAllowed):
        approve(desk.provider, statement.ref)
    with pytest.raises(UnknownThing):
        approve(social, statement.ref)
    assert statements_list(social) == []
    assert [row.ref for row in statements_list(desk.provider, month=NOVEMBER)] == [statement.ref]


def test_a_returned_statement_is_computed_and_submitted_anew(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    statement = desk.prefill()
    submit(desk.provider, statement.ref)
    return_statement(desk.checker, ReturnStatement(statement.ref, "Absence du 3 novembre"))
    desk.attest(placement, d03=UNEXCUSED)

    with pytest.raises(IllegalMove):
        submit(desk.provider, statement.ref)
    again = desk.prefill()
    submit(desk.provider, statement.ref)

    assert again.id == statement.id
    assert (again.returned_reason, str(again.total)) == (None, "2095.24")


def test_a_statement_under_check_is_not_computed_again(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    statement = desk.prefill()
    submit(desk.provider, statement.ref)
    desk.attest(placement, d03=UNEXCUSED)

    with pytest.raises(StatementUnderway):
        desk.prefill()
    with pytest.raises(StatementOutdated) as no:
        check_statement(desk.checker, statement.ref)
    assert no.value.facts == {"stated": Chf.parse("2200"), "now": Chf.parse("2095.24")}


@pytest.mark.parametrize("attack", ["UPDATE statement_line SET amount = 1", "DELETE FROM statement_line"])
def test_a_submitted_statement_keeps_its_lines(work: Work, attack: str):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    submit(desk.provider, desk.prefill().ref)

    with pytest.raises(DBAPIError, match="keeps its lines"):
        work.session.execute(text(attack))


def test_nothing_is_stated_twice(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    desk.paid()

    with pytest.raises(NothingToState):
        desk.prefill()


def test_a_later_truth_becomes_a_negative_correction_that_goes_all_the_way_back(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    first = desk.approved()
    desk.attest(placement, d03=UNEXCUSED)
    correction = desk.approved()

    with pytest.raises(EarlierStatementUnpaid):
        pay(desk.payer, correction.ref)
    pay(desk.payer, first.ref)
    payment = pay(desk.payer, correction.ref)

    assert (correction.sequence, str(correction.total)) == (2, "-104.76")
    assert str(payment.transferred) == "-104.75"
    assert desk.sums() == {"paid": "2095.24"}
    assert [str(share.committed) for share in shares_of(work, placement.id)] == ["2095.24"]


def test_what_exceeds_the_commitment_waits_for_a_further_engagement(work: Work):
    desk = a_desk(work, ac="2200.00")
    placement = desk.stage.started()
    desk.attest(placement, d03=UNEXCUSED)
    desk.paid()
    other = desk.stage.market.ac
    grant_budget(work, other.id, 2026, Chf.parse("-104.76"))

    recorded = desk.attest(placement, d03=PRESENT)
    correction = desk.prefill()
    submit(desk.provider, correction.ref)
    check_statement(desk.checker, correction.ref)

    assert str(recorded.excess) == "104.76"
    with pytest.raises(ExceedsCommitment) as no:
        approve(desk.approver, correction.ref)
    assert no.value.facts == {"excess": Chf.parse("104.76")}
    with pytest.raises(BudgetExceeded):
        decide_further_engagement(desk.approver, correction.ref)
    grant_budget(work, other.id, 2026, Chf.parse("200"))
    assert decide_further_engagement(desk.approver, correction.ref) == Chf.parse("104.76")
    approve(desk.approver, correction.ref)
    pay(desk.payer, correction.ref)
    assert desk.sums() == {"paid": "2200.00"}


def test_the_monthly_job_drafts_every_statement_once(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started(None, (desk.stage.market.ac, 60), (desk.stage.market.social, 40))
    desk.attest(placement)
    december = desk.stage.on(date(2026, 12, 1))

    made = prefill_month(december, NOVEMBER)
    again = prefill_month(december, NOVEMBER)

    assert sorted(str(one.total) for one in made) == ["1320.00", "880.00"]
    assert [one.id for one in again] == [one.id for one in made]


def test_reading_a_statement_is_reading_its_persons(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    statement = desk.prefill()
    desk.checker.seen.clear()

    view = statement_view(desk.checker, statement.ref)

    assert view.persons == {placement.id: placement.person_id}
    assert [(one.kind, one.ids) for one in desk.checker.seen] == [("person", (placement.person_id,))]


def test_a_statement_goes_back_with_a_reason_at_each_line_which_stays_when_it_is_computed_again(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    statement = desk.prefill()
    submit(desk.provider, statement.ref)

    with pytest.raises(ReturnUnexplained):
        return_statement(desk.checker, ReturnStatement(statement.ref, " ", (LineReason(1, " "),)))
    with pytest.raises(LineUnknown) as no:
        return_statement(desk.checker, ReturnStatement(statement.ref, "", (LineReason(2, "Absences"),)))
    return_statement(desk.checker, ReturnStatement(statement.ref, "", (LineReason(1, "Absence du 3"),)))
    desk.attest(placement, d03=UNEXCUSED)
    desk.prefill()
    view = statement_view(desk.provider, statement.ref)

    assert (no.value.field, no.value.facts) == ("lines-0-line", {"line": 2})
    remark = view.remark_on(view.lines[0])
    assert (remark.reason, str(remark.amount), str(view.lines[0].amount)) == (
        "Absence du 3", "2200.00", "2095.24",
    )  # fmt: skip


def test_the_same_invoice_number_of_a_provider_is_taken_once_whatever_its_spaces_and_case(work: Work):
    desk = a_desk(work)
    place = desk.stage.started(None, (desk.stage.market.ac, 60), (desk.stage.market.social, 40))
    desk.attest(place)
    ours, theirs = desk.prefill(), desk.prefill(desk.stage.market.social, desk.stage.social)
    submit(desk.provider, ours.ref, "F-2026 118")

    with pytest.raises(InvoiceNumberUsed) as no:
        submit(desk.provider, theirs.ref, "f-2026118 ")
    submit(desk.provider, theirs.ref, "F-2026 119")

    assert (no.value.field, no.value.kind) == ("invoice_number", "conflict")
    assert (ours.invoice_number, theirs.invoice_number) == ("F-2026 118", "F-2026 119")
    with pytest.raises(IntegrityError):
        work.session.execute(text("UPDATE statement SET invoice_key = 'f-2026118'"))


def test_a_statement_handed_in_again_keeps_its_number(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    statement = desk.prefill()
    submit(desk.provider, statement.ref, "118")
    return_statement(desk.checker, ReturnStatement(statement.ref, "Signature"))
    desk.prefill()

    assert submit(desk.provider, statement.ref, "118").invoice_number == "118"


def test_a_payment_above_the_statement_is_refused_by_the_ledger(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    statement = desk.approved()
    leg = Leg(statement.line_id, statement.agreement_id, statement.total + Chf(1), NOVEMBER)

    with pytest.raises(StageExceeded):
        pay_out(work, [leg], Source("statement", statement.id, "above"))
