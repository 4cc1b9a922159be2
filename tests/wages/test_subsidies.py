from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from cii.access.actions import add_membership
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.notices.tables import Notice
from cii.wages.actions import ask_grant
from cii.wages.actions_parts import approve_part, check_part, pay_part
from cii.wages.actions_subsidies import ClaimSubsidy, claim_subsidy, correct_subsidy
from cii.wages.vocabulary import GrantKind, WageState
from tests.wages.build_wages import FIRST, Paying


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def settle(town: Paying, ref: str) -> None:
    check_part(town.checker, ref)
    approve_part(town.approver, ref)
    pay_part(town.cashier, ref)


def test_61_percent_is_refused_and_60_is_taken(town: Paying):
    stay = town.stay()
    told = {
        "kind": GrantKind.AIT, "category": None, "normal_pay": Chf.parse("4000"),
        "employer": "Menuiserie Exemple SA",
    }  # fmt: skip

    with pytest.raises(Refusal) as no:
        ask_grant(town.manager, town.wish(stay, percent=61, **told))

    assert (codes(no), no.value.kind) == (["subsidy-above-percentage"], "unfit")
    assert ask_grant(town.manager, town.wish(stay, percent=60, **told)).permille == 600


def test_a_claim_by_pay_slip_is_checked_approved_and_paid(town: Paying):
    grant = town.subsidised()

    town.claim(grant)
    (part,) = town.parts(grant)
    settle(town, part.ref)

    assert (str(part.amount), part.state) == ("2400.00", WageState.PAID)
    assert town.sums() == {"accrued": "0.00", "invoiced": "0.00", "paid": "2400.00"}


def test_a_claim_that_cannot_be_says_every_reason_at_once(town: Paying):
    grant = town.subsidised()
    town.claim(grant)
    (part,) = town.parts(grant)
    settle(town, part.ref)

    with pytest.raises(Refusal) as twice:
        town.claim(grant, amount="2400.05")
    with pytest.raises(Refusal) as outside:
        town.claim(grant, month=date(2026, 12, 1))

    assert codes(twice) == ["subsidy-above-percentage", "subsidy-month-twice", "wage-over-commitment"]
    assert codes(outside) == ["subsidy-outside-placement", "wage-month-not-over", "wage-over-commitment"]


def test_another_pay_slip_makes_a_further_row_that_is_taken_back(town: Paying):
    grant = town.subsidised()
    town.claim(grant)
    (first,) = town.parts(grant)
    settle(town, first.ref)

    correct_subsidy(town.provider, ClaimSubsidy(grant.ref, FIRST, Chf.parse("3000"), Chf.parse("1800")))
    settle(town, town.parts(grant)[1].ref)

    assert town.amounts(grant) == ["2400.00", "-600.00"]
    assert town.sums()["paid"] == "1800.00"


def test_a_closed_year_takes_no_claim(town: Paying):
    grant = town.subsidised()
    row = town.work.session.connection()
    row.exec_driver_sql(
        f"UPDATE budget_year SET state = 'closed', closed_at = '2026-12-20 10:00:00' WHERE line_id = {town.line.id}"
    )
    town.work.session.expire_all()

    with pytest.raises(Refusal) as no:
        claim_subsidy(town.provider, ClaimSubsidy(grant.ref, FIRST, Chf.parse("4000"), Chf.parse("2400")))

    assert codes(no) == ["subsidy-year-closed"]


def test_a_social_enterprise_has_its_own_share(town: Paying):
    stay = town.stay()
    told = {
        "kind": GrantKind.SOCIAL, "category": None, "normal_pay": Chf.parse("4000"),
        "employer": "Entreprise sociale Exemple",
    }  # fmt: skip

    with pytest.raises(Refusal) as no:
        ask_grant(town.manager, town.wish(stay, percent=41, **told))

    assert codes(no) == ["subsidy-above-percentage"]
    assert ask_grant(town.manager, town.wish(stay, percent=40, **told)).permille == 400


def heard(town: Paying, who) -> list[str]:
    rows = select(Notice).where(col(Notice.account_id) == who.actor.account_id).order_by(col(Notice.id))
    return [one.kind for one in town.work.session.scalars(rows)]


def test_who_decides_and_who_checks_for_a_paying_sector_is_told_and_nobody_else(town: Paying):
    for who in (town.finance, town.approver, town.checker, town.other_finance, town.manager):
        (seat,) = who.actor.seats
        account = town.work.session.get_one(Account, who.actor.account_id)
        add_membership(town.work, account, seat.unit_id, Role(seat.role))

    grant = town.subsidised()
    town.claim(grant)

    both = ["wage-grant-asked", "wage-subsidy-claimed"]
    assert heard(town, town.finance) == heard(town, town.approver) == both
    assert heard(town, town.checker) == ["wage-subsidy-claimed"]
    assert [heard(town, one) for one in (town.other_finance, town.manager, town.stranger)] == [[], [], []]
