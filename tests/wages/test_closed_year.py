"""What is learned of pay and subsidies once the year's books are closed: booked in the next open year."""

from datetime import date

import pytest

from cii.budgets.actions import close_year, grant_budget
from cii.budgets.queries import movements_of, position_of
from cii.budgets.rules import BudgetYearClosed, StageExceeded
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.settlement.actions import approve, check_statement, pay, submit
from cii.settlement.vocabulary import Presence
from cii.wages.actions import EngageFurther, engage_further, release_rest
from cii.wages.actions_parts import (
    approve_month,
    approve_part,
    check_month,
    check_part,
    compute_month,
    pay_month,
    pay_part,
)
from cii.wages.queries import left_of
from cii.wages.rules import WageOverCommitment
from tests.settlement.build_settlement import Desk
from tests.wages.build_wages import FIRST, Paying

MARCH = date(2027, 3, 8)


def settled(town: Paying) -> None:
    """The provider's own month is paid, so that nothing of the stay stands in the way of closing."""
    desk = Desk(town.stage, town.provider, town.checker, town.approver, town.cashier)
    made = desk.prefill(town.line, town.stage.social)
    submit(town.provider, made.ref)
    check_statement(town.checker, made.ref)
    approve(town.approver, made.ref)
    pay(town.cashier, made.ref)


def closed(town: Paying) -> Paying:
    """The books of 2026 are closed and those of 2027 open; today is 8 March 2027."""
    settled(town)
    grant_budget(town.work, town.line.id, 2027, Chf.parse("500000"))
    close_year(town.work, town.line.id, 2026)
    return town.on(MARCH)


def nights(town: Paying) -> list[tuple[str, int, int]]:
    reconcile(town.finance, MARCH)
    return [(row.kind.value, row.expected, row.found) for row in findings_list(town.finance)]


def stages(town: Paying, year: int) -> dict[str, str]:
    found = position_of(town.work, town.line.id, year)
    names = ("committed", "accrued", "invoiced", "paid")
    return {name: str(getattr(found, name)) for name in names if getattr(found, name)}


def test_pay_learned_after_the_books_closed_is_bound_and_paid_in_the_open_year(town: Paying):
    stay = town.stay()
    grant = town.granted(stay)
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)
    town.paid()
    release_rest(town.on(date(2026, 12, 23)).finance, grant.ref)
    late = closed(town)

    late.attend(stay, d9=Presence.PRESENT)
    compute_month(late.finance, late.month)
    check_month(late.checker, late.month)
    with pytest.raises(Refusal) as no:
        approve_month(late.approver, late.month)
    engage_further(
        late.finance, EngageFurther(grant.ref, 2026, Chf.parse("58.10"), "Jour attesté après coup")
    )
    approve_month(late.approver, late.month)
    pay_month(late.cashier, late.month)

    assert no.value.code == WageOverCommitment.code
    assert stages(town, 2026) == {"paid": "3257.14"}  # 2095.24 of the place, 1161.90 of pay
    assert stages(town, 2027)["paid"] == "58.10"
    assert left_of(late.work, grant) == {(town.line.id, 2026): Chf(), (town.line.id, 2027): Chf()}
    moved = [row for row in movements_of(town.work, town.line.id, 2027) if row.amount == Chf.parse("58.10")]
    assert {row.origin_on for row in moved} == {FIRST}
    assert nights(late) == []


def test_pay_of_a_closed_year_that_was_too_much_is_taken_back_from_what_the_open_year_paid(town: Paying):
    stay, other = town.stay(), town.stay()
    grant, second = town.granted(stay), town.granted(other)
    town.attend(stay)
    town.attend(other, d9=Presence.UNEXCUSED_ABSENCE)
    town.paid()
    release_rest(town.on(date(2026, 12, 23)).finance, second.ref)
    late = closed(town)

    late.attend(stay, d10=Presence.UNEXCUSED_ABSENCE)
    compute_month(late.finance, late.month)
    check_month(late.checker, late.month)
    approve_month(late.approver, late.month)
    with pytest.raises(StageExceeded) as early:
        pay_month(late.cashier, late.month)
    late.attend(other, d9=Presence.PRESENT)
    engage_further(
        late.finance, EngageFurther(second.ref, 2027, Chf.parse("58.10"), "Jour attesté après coup")
    )
    compute_month(late.finance, late.month)
    check_month(late.checker, late.month)
    approve_month(late.approver, late.month)
    pay_month(late.cashier, late.month)

    assert early.value.facts["year"] == 2027
    assert "paid" not in stages(town, 2027)
    assert left_of(late.work, grant) == {
        (town.line.id, 2026): Chf(),
        (town.line.id, 2027): Chf.parse("58.10"),
    }
    release_rest(late.finance, grant.ref)
    assert nights(late) == []


def test_where_no_later_year_is_open_late_pay_is_refused(town: Paying):
    stay = town.stay()
    grant = town.granted(stay)
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)
    town.paid()
    release_rest(town.on(date(2026, 12, 23)).finance, grant.ref)
    settled(town)
    close_year(town.work, town.line.id, 2026)
    late = town.on(MARCH)

    with pytest.raises(BudgetYearClosed):
        engage_further(late.finance, EngageFurther(grant.ref, 2026, Chf.parse("58.10"), "Jour attesté"))


def test_a_subsidy_claimed_after_the_books_closed_is_paid_in_the_open_year(town: Paying):
    stay = town.stay()
    grant = town.subsidised(stay)
    town.attend(stay)
    release_rest(town.on(date(2026, 12, 23)).finance, grant.ref)
    late = closed(town)
    engage_further(
        late.finance, EngageFurther(grant.ref, 2026, Chf.parse("2400"), "Fiche de salaire tardive")
    )

    late.claim(grant)
    part = late.parts(grant)[0]
    check_part(late.checker, part.ref)
    approve_part(late.approver, part.ref)
    pay_part(late.cashier, part.ref)

    assert stages(town, 2027) == {"paid": "2400.00"}
    assert nights(late) == []
