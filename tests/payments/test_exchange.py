"""The exchange with the payment office: accounts by two persons, files that stay, answers, a second release."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.agreements.queries import agreements_by_id
from cii.agreements.tables import Provider
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.money import Chf
from cii.payments.actions import ReleaseAgain, SendPayments, release_again, send_payments
from cii.payments.actions_accounts import ChangeAccount, change_account, decide_account
from cii.payments.actions_answers import ReadAnswers, read_answers
from cii.payments.queries import file_by_ref, files_list, form_of, open_payments
from cii.payments.rules import (
    AccountDecided,
    AccountFourEyes,
    AccountInPast,
    AccountWaiting,
    AddressUnfit,
    AnswerRow,
    IbanForQr,
    IbanUnfit,
    IncomingRow,
    NothingToSend,
    PaymentNotRejected,
    PaymentReleaseFourEyes,
    Sent,
    TransferAnswered,
    TransferUnreadable,
    answer_faults,
    iban_of,
    incoming_faults,
    read_answer,
)
from cii.payments.vocabulary import PaymentStep, TransferOutcome
from tests.settlement.build_settlement import a_desk

IBAN = "CH93 0076 2011 6238 5295 7"
AC = SendPayments(Sector.AC)


@pytest.mark.parametrize(
    "text", ["", "CH93 0076 2011 6238 5295 8", "CH93", "0076 2011 6238 5295 7", "XX93 0076 2011 6238 5295 7"]
)
def test_an_account_number_with_wrong_check_digits_is_none(text):
    with pytest.raises(IbanUnfit):
        iban_of(text)


def test_an_account_for_qr_references_only_takes_no_payment_of_ours():
    with pytest.raises(IbanForQr):
        iban_of("CH44 3199 9123 0008 8901 2")


def test_a_row_that_cannot_be_read_says_every_cell_at_once():
    cells = {"key": "A-1", "outcome": "peut-être", "amount": "1e400", "date": "31.02.2026", "reason": ""}

    row, faults = read_answer(4, cells)

    assert row is None
    assert {type(one) for one in faults} == {TransferUnreadable}
    assert [(one.field, one.facts["line"]) for one in faults] == [("outcome", 4), ("amount", 4), ("date", 4)]


@pytest.mark.parametrize(("amount", "day"), [("1'234.50", "01.12.2026"), ("1234,50", "2026-12-01")])
def test_amounts_and_days_are_read_as_people_and_programs_write_them(amount, day):
    cells = {"key": "A-1", "outcome": "Rejeté", "amount": amount, "date": day, "reason": "compte clos"}

    row, faults = read_answer(2, cells)

    assert faults == []
    assert (row.amount, row.happened_on.isoformat(), row.reason) == (
        Chf.parse("1234.50"), "2026-12-01", "compte clos",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "day"),
    [
        ("1e309", "2026-02-31"), ("NaN", "31.02.2026"), ("1'000.005", "01.01.0000"), ("١٢", "٠١.١٢.2026"),
        ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_no_other_writing_of_a_sum_or_a_day_is_guessed(amount, day):
    row, faults = read_answer(
        2, {"key": "A-1", "outcome": "Exécuté", "amount": amount, "date": day, "reason": ""}
    )

    assert row is None
    assert [one.field for one in faults] == ["amount", "date"]


def test_nothing_is_answered_or_received_before_its_day_has_come():
    left, today, tomorrow = date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 9)
    sent = Sent(Chf.parse("10"), left, None)

    def said(day):
        row = AnswerRow(2, "A-1", TransferOutcome.EXECUTED, Chf.parse("10"), day, "")
        came = IncomingRow(2, "RF", Chf.parse("10"), "CHF", day, "B-1")
        return [one.code for one in [*answer_faults(row, sent, today), *incoming_faults(came, today)]]

    assert [said(day) for day in (left, today)] == [[], []]
    assert said(tomorrow) == ["transfer-day-unfit"] * 2
    assert said(date(2026, 11, 30)) == ["transfer-day-unfit"], "answered before it left"


def the_provider(desk):
    held = agreements_by_id(desk.work, [desk.stage.ac.id])[desk.stage.ac.id]
    return desk.work.session.get(Provider, held.provider_id)


def an_account(desk):
    return ChangeAccount(
        the_provider(desk).ref, IBAN, "Fondation d'essai", "2300", "La Chaux-de-Fonds", desk.payer.today,
        "Nouvelle relation", street="Rue de l'Essai", house_number="7",
    )  # fmt: skip


def with_account(desk):
    """The provider's account, asked by one and confirmed by another."""
    ask = an_account(desk)
    asked = change_account(desk.approver, ask)
    return decide_account(desk.payer, asked.ref, confirmed=True)


def answer(*rows):
    return ("id;outcome;amount;date;reason\r\n" + "\r\n".join(rows) + "\r\n").encode()


def test_an_account_is_asked_by_one_and_confirmed_by_another(work):
    desk = a_desk(work)
    ask = an_account(desk)

    with pytest.raises(NotAllowed):
        change_account(desk.provider, ask)
    asked = change_account(desk.approver, ask)
    with pytest.raises(AccountFourEyes):
        decide_account(desk.approver, asked.ref, confirmed=True)
    with pytest.raises(Refusals) as refused:
        change_account(
            desk.payer, replace(ask, iban="CH1", town=" ", valid_from=desk.payer.today - timedelta(days=1))
        )
    assert [type(one) for one in refused.value.reasons] == [
        IbanUnfit, AddressUnfit, AccountInPast, AccountWaiting,
    ]  # fmt: skip

    decide_account(desk.payer, asked.ref, confirmed=True)

    with pytest.raises(AccountDecided):
        decide_account(desk.payer, asked.ref, confirmed=False)
    assert (asked.iban, asked.confirmed, asked.decided_by) == (
        "CH9300762011623852957", True, desk.payer.actor.account_id,
    )  # fmt: skip


def test_a_payment_leaves_once_is_rejected_released_again_and_executed(work):
    """The whole way: no account, a frozen file, faults all at once, a rejection, a second release, the end."""
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    desk.paid()
    (waiting,) = open_payments(desk.payer)
    with pytest.raises(NothingToSend):
        send_payments(desk.payer, AC)
    account = with_account(desk)

    sent = send_payments(desk.payer, AC)
    with pytest.raises(NothingToSend):
        send_payments(desk.approver, AC)

    (_, as_json), (_, as_csv) = (form_of(desk.approver, sent.file.ref, form) for form in ("json", "csv"))
    told = json.loads(as_json)
    order = told["payments"][0]
    assert (told["number"], told["count"], told["total"]) == ("PF-AC-2026-0001", 1, str(waiting.amount))
    assert (order["id"], order["iban"], order["currency"]) == (f"{waiting.ref}-1", account.iban, "CHF")
    assert (order["kind"], order["about"], order["agreement"]) == (
        "statement", waiting.about_ref, desk.stage.ac.number,
    )  # fmt: skip
    assert (
        f";{account.iban};Rue de l'Essai;7;2300;La Chaux-de-Fonds;CH;{waiting.amount};CHF;" in as_csv.decode()
    )
    assert file_by_ref(desk.approver, sent.file.ref).sha256 == sent.file.sha256
    other = desk.stage.actor(desk.stage.provider_unit, Role.PROVIDER)
    with pytest.raises(UnknownThing):
        file_by_ref(other, sent.file.ref)

    day, sum_ = desk.payer.today.isoformat(), waiting.amount
    wrong = answer(
        f"nowhere-1;executed;{sum_};{day};",
        f"{order['id']};rejected;1.00;{day};",
        f"{order['id']};executed;1.00;2026-01-01;",
        f"{order['id']};executed;{sum_};{day};",
    )
    with pytest.raises(Refusals) as refused:
        read_answers(desk.payer, ReadAnswers(wrong))
    assert [(one.code, one.facts["line"]) for one in refused.value.reasons] == [
        ("transfer-unknown", 2),
        ("transfer-reason-missing", 3),
        ("transfer-amount-differs", 4),
        ("transfer-day-unfit", 4),
        ("transfer-twice", 5),
    ]

    back = answer(f"{order['id']};rejected;{sum_};{day};compte clos")
    tried = read_answers(desk.payer, ReadAnswers(back, dry_run=True))
    assert open_payments(desk.payer)[0].step is PaymentStep.UNDER_WAY
    first, again = (read_answers(desk.payer, ReadAnswers(back)) for _ in range(2))
    assert (tried, again.known, again.rejected) == (first, 1, 0)
    assert (first.rejected, first.executed) == (1, 0)
    with pytest.raises(TransferAnswered):
        read_answers(desk.payer, ReadAnswers(answer(f"{order['id']};executed;{sum_};{day};")))

    with pytest.raises(NothingToSend):
        send_payments(desk.payer, AC)
    with pytest.raises(PaymentReleaseFourEyes):
        release_again(desk.approver, ReleaseAgain(waiting.ref, "Compte corrigé"))
    release_again(desk.payer, ReleaseAgain(waiting.ref, "Compte corrigé"))
    with pytest.raises(PaymentNotRejected):
        release_again(desk.payer, ReleaseAgain(waiting.ref, "Encore"))
    second = send_payments(desk.payer, AC)
    read_answers(desk.payer, ReadAnswers(answer(f"{waiting.ref}-2;executed;{sum_};{day};")))

    assert open_payments(desk.payer) == []
    assert [(one.number, one.executed, one.rejected) for one in files_list(desk.payer)] == [
        (second.file.number, 1, 0),
        (sent.file.number, 0, 1),
    ]
    assert desk.sums() == {"paid": desk.sums()["paid"]}, "the ledger paid once, at the first release"


ATTACKS = {
    "a file changed": "UPDATE payment_file_form SET content = ''",
    "a file gone": "DELETE FROM payment_file",
    "another sum": "UPDATE payment_transfer SET amount = 1",
    "the same payment in another file": (
        "INSERT INTO payment_transfer (file_id, kind, source_id, attempt, key, account_id, amount, rounding) "
        "SELECT file_id, kind, source_id, attempt, 'again', account_id, amount, rounding FROM payment_transfer"
    ),
    "an account after its confirmation": "UPDATE provider_account SET iban = 'CH5604835012345678009'",
    "confirmed by the same hand": (
        "INSERT INTO provider_account (ref, provider_id, iban, holder, street, house_number, postcode, town, country, "
        "valid_from, reason, asked_by, asked_at, decided_by, decided_at, confirmed) "
        "SELECT 'other', provider_id, iban, holder, street, house_number, postcode, town, country, '2027-01-01', reason, "
        "asked_by, asked_at, asked_by, asked_at, confirmed FROM provider_account"
    ),
    "released again by who prepared": (
        "INSERT INTO payment_release (kind, source_id, attempt, reason, prepared_by, released_by, released_at) "
        "SELECT 'statement', id, 2, 'x', prepared_by, prepared_by, prepared_at FROM payment"
    ),
}


def test_the_database_refuses_every_attack_on_the_exchange(work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    desk.paid()
    with_account(desk)
    send_payments(desk.payer, AC)
    taken = []

    for name, attack in ATTACKS.items():
        try:
            with work.session.begin_nested():
                work.session.execute(text(attack))
            taken.append(name)
        except DBAPIError:
            continue

    assert taken == []
