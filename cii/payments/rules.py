"""Pure rules of the exchange with the payment office: accounts, what leaves, what an answer may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf, NotMoney
from cii.payments.vocabulary import TransferOutcome

KEY, OUTCOME, AMOUNT, DAY, REASON = "key", "outcome", "amount", "date", "reason"
"""Names of the columns of an answer."""
TITLES: Mapping[str, tuple[str, ...]] = {
    KEY: ("id", "identifiant", "Kennung", "key"),
    OUTCOME: ("outcome", "résultat", "Ergebnis"),
    AMOUNT: ("amount", "montant", "Betrag"),
    DAY: ("date", "Datum"),
    REASON: ("reason", "motif", "Grund"),
}
WORDS: Mapping[str, TransferOutcome] = {
    "executed": TransferOutcome.EXECUTED,
    "exécuté": TransferOutcome.EXECUTED,
    "ausgeführt": TransferOutcome.EXECUTED,
    "rejected": TransferOutcome.REJECTED,
    "rejeté": TransferOutcome.REJECTED,
    "zurückgewiesen": TransferOutcome.REJECTED,
    "returned": TransferOutcome.RETURNED,
    "retourné": TransferOutcome.RETURNED,
    "zurückgesandt": TransferOutcome.RETURNED,
}
FAILED = (TransferOutcome.REJECTED, TransferOutcome.RETURNED)
"""Outcomes after which the money is not with the payee."""
_QR_BANKS = (30_000, 31_999)
"""Clearing numbers of accounts that take QR references only. Source: SIX, QR-IBAN."""
_SWISS_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


class IbanUnfit(Refusal):
    """The account number is no IBAN: its check digits do not fit."""

    code, kind = "iban-unfit", "unfit"


class IbanForQr(Refusal):
    """The account takes only payments with the reference of a QR invoice; none of ours has one."""

    code, kind = "iban-for-qr", "unfit"


class AddressUnfit(Refusal):
    """Banks take an address in parts: postcode and town, the country by two letters."""

    code, kind = "payee-address-unfit", "unfit"


class AccountInPast(Refusal):
    """An account counts from today on at the earliest."""

    code, kind = "provider-account-in-past", "unfit"


class AccountWaiting(Refusal):
    """A change of this provider's account is waiting for its second person."""

    code, kind = "provider-account-waiting", "conflict"


class AccountDecided(Refusal):
    """The change has been confirmed or refused already."""

    code, kind = "provider-account-decided", "conflict"


class AccountFourEyes(Refusal):
    """Whoever asks for another account does not confirm it."""

    code, kind = "provider-account-four-eyes", "forbidden"


class NothingToSend(Refusal):
    """No released payment waits for a file; without a confirmed account none leaves."""

    code, kind = "payments-nothing-to-send", "conflict"


class DebtorMissing(Refusal):
    """The canton's directory does not say from which account this sector pays."""

    code, kind = "payments-debtor-missing", "conflict"


class NotAMessage(Refusal):
    """The file begins like a message of a bank and is none: broken, or with a document type."""

    code, kind = "payments-not-a-message", "unfit"


class MessageUnknown(Refusal):
    """A message of another kind than those that answer payments."""

    code, kind = "payments-message-unknown", "unfit"


class TransferCurrency(Refusal):
    """Payments are made and come back in Swiss francs."""

    code, kind = "transfer-currency", "unfit"


class TransferUnknown(Refusal):
    """No payment of this sector left under that key."""

    code, kind = "transfer-unknown", "unfit"


class TransferTwice(Refusal):
    """The file answers the same payment twice."""

    code, kind = "transfer-twice", "unfit"


class TransferAmountDiffers(Refusal):
    """The answer speaks of another amount than the one that left."""

    code, kind = "transfer-amount-differs", "unfit"


class TransferAnswered(Refusal):
    """The payment was answered otherwise before."""

    code, kind = "transfer-answered", "unfit"


class TransferReturned(Refusal):
    """The payment came back before, on another day: money comes back once for each time that it left."""

    code, kind = "transfer-returned", "unfit"


class TransferUnreadable(Refusal):
    """The cell holds no outcome, no amount or no day."""

    code, kind = "transfer-unreadable", "unfit"


class TransferDayUnfit(Refusal):
    """It happened from the day on which the file left until today."""

    code, kind = "transfer-day-unfit", "unfit"


class TransferReasonMissing(Refusal):
    """A rejection or a return says why."""

    code, kind = "transfer-reason-missing", "unfit"


class PaymentNotRejected(Refusal):
    """Only a rejected or returned payment is released again, and once for each time."""

    code, kind = "payment-not-rejected", "conflict"


class OwedSettled(Refusal):
    """What was owed back has come in already."""

    code, kind = "owed-settled", "conflict"


class PaymentReleaseFourEyes(Refusal):
    """Whoever prepared a payment does not release it again."""

    code, kind = "payment-release-four-eyes", "forbidden"


def iban_of(text: str) -> str:
    """The account number without spaces; refuses IbanUnfit, IbanForQr."""
    try:
        found = str(iban_number.validate(text))
    except ValidationError:
        raise IbanUnfit(field="iban") from None
    if found[:2] in {"CH", "LI"} and _QR_BANKS[0] <= int(found[4:9]) <= _QR_BANKS[1]:
        raise IbanForQr(field="iban")
    return found


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one row or entry says of a payment; `amount` is empty where a status names none.

    `of_an_account`: an entry of an account, in which other payments stand too.
    """

    line: int
    key: str
    outcome: TransferOutcome
    amount: Chf | None
    happened_on: date
    reason: str
    currency: str = "CHF"
    of_an_account: bool = False


@dataclass(frozen=True, slots=True)
class GroupRejected:
    """A whole file that the bank has rejected, by its number."""

    line: int
    number: str
    happened_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """What came in under a creditor reference; `entry` is the bank's own number of it."""

    line: int
    reference: str
    amount: Chf
    currency: str
    received_on: date
    entry: str


def read_answer(line: int, cells: Mapping[str, str]) -> tuple[AnswerRow | None, list[Refusal]]:
    """The row, or everything that is wrong with it by itself."""
    faults: list[Refusal] = []
    outcome = WORDS.get(cells[OUTCOME].strip().casefold())
    amount, day = _money(cells[AMOUNT]), _day(cells[DAY])
    reason = cells[REASON].strip()[:300]
    for name, held in ((OUTCOME, outcome), (AMOUNT, amount), (DAY, day)):
        if held is None:
            faults.append(TransferUnreadable(field=name, line=line, found=cells[name][:40]))
    failed = outcome in FAILED
    if failed and not reason:
        faults.append(TransferReasonMissing(field=REASON, line=line))
    if faults or outcome is None or amount is None or day is None:
        return None, faults
    told = reason if failed else ""
    return AnswerRow(line, cells[KEY].strip(), outcome, amount, day, told), []


@dataclass(frozen=True, slots=True)
class Sent:
    """A transfer as it left, with the answer it has had (outcome, day) and the day on which it came back."""

    amount: Chf
    left_on: date
    answer: tuple[TransferOutcome, date] | None
    returned_on: date | None = None


def answer_faults(row: AnswerRow, sent: Sent | None, today: date) -> list[Refusal]:
    """What is wrong with an answer, held against what left."""
    at = {"line": row.line}
    if sent is None:
        return [TransferUnknown(field=KEY, found=row.key[:40], **at)]
    found: list[Refusal] = []
    if row.currency != "CHF":
        found.append(TransferCurrency(field="currency", found=row.currency[:10], **at))
    if row.amount is not None and row.amount != sent.amount:
        found.append(TransferAmountDiffers(field=AMOUNT, found=str(row.amount), amount=sent.amount, **at))
    first, last = sent.left_on, today
    answered, on = sent.answer or (None, first)
    back = row.outcome is TransferOutcome.RETURNED
    if back and sent.returned_on not in {None, row.happened_on}:
        found.append(TransferReturned(field=OUTCOME, day=sent.returned_on, **at))
    if back and answered is TransferOutcome.EXECUTED:
        first = on
    elif answered is not None and (answered, on) != (row.outcome, row.happened_on):
        found.append(TransferAnswered(field=OUTCOME, found=row.outcome.value, outcome=answered, **at))
    if not back and sent.returned_on is not None:
        last = sent.returned_on
        if answered is None and row.outcome is TransferOutcome.REJECTED:
            told = {"found": row.outcome.value, "outcome": TransferOutcome.RETURNED}
            found.append(TransferAnswered(field=OUTCOME, **told, **at))
    if not first <= row.happened_on <= last:
        facts = {"first": first, "last": last}
        found.append(TransferDayUnfit(field=DAY, found=row.happened_on.isoformat(), **facts, **at))
    return found


def incoming_faults(row: IncomingRow, today: date) -> list[Refusal]:
    """What is wrong with a sum that came in under a reference of ours."""
    found: list[Refusal] = []
    if row.currency != "CHF":
        found.append(TransferCurrency(field="currency", found=row.currency[:10], line=row.line))
    if row.received_on > today:
        told = {"first": row.received_on, "last": today}
        found.append(TransferDayUnfit(field=DAY, found=row.received_on.isoformat(), line=row.line, **told))
    return found


def _money(text: str) -> Chf | None:
    for comma in (False, True):
        try:
            return Chf.parse(text, decimal_comma=comma)
        except NotMoney:
            continue
    return None


def _day(text: str) -> date | None:
    swiss = _SWISS_DAY.fullmatch(text)
    try:
        if swiss:
            return date(int(swiss[3]), int(swiss[2]), int(swiss[1]))
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
