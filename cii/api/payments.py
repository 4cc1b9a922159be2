"""Payments on their way: what waits, files that left, answers of the office, accounts of providers."""

from dataclasses import dataclass, field
from datetime import date, datetime

from flask import Response as FileResponse
from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import provider_refs
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.api.detections import FILE as UPLOADED
from cii.documents import csv
from cii.institutions.vocabulary import Sector
from cii.kernel.money import Chf
from cii.payments.actions import ReleaseAgain, SendPayments, release_again, send_payments
from cii.payments.actions_accounts import ChangeAccount, change_account, decide_account
from cii.payments.actions_answers import AnswersRead, ReadAnswers, read_answers
from cii.payments.actions_owed import NoteReceipt, note_receipt
from cii.payments.queries import (
    FileRow,
    PaymentRow,
    accounts_of,
    files_list,
    form_of,
    open_payments,
    payment_by_ref,
)
from cii.payments.queries_owed import OwedBack, owed_to
from cii.payments.tables import ProviderAccount
from cii.payments.vocabulary import PaymentFormat, PaymentKind, PaymentStep
from cii.store.work import Work
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.pages import Page, page_of, place
from cii.wire.reading import sent_file

blueprint = Blueprint("api-payments", __name__, url_prefix=f"{PREFIX}/payments")


@dataclass(frozen=True)
class PaymentShown:
    """A released payment; `attempt` is the one under way or the next, `reason` why the last was rejected."""

    ref: str
    kind: PaymentKind
    about_ref: str
    period: date
    agreement_number: str
    creditor: str
    sector: str
    amount: Chf
    attempt: int
    step: PaymentStep
    has_account: bool
    reason: str


@dataclass(frozen=True)
class OwedShown:
    """A sum that a provider owes back; `reference` is its QR invoice's, `about_ref` what it is about."""

    ref: str
    kind: PaymentKind
    about_ref: str
    agreement_number: str
    creditor: str
    line: str
    reference: str
    amount: Chf
    received: Chf
    left: Chf
    due_on: date
    settled: bool


@dataclass(frozen=True)
class ReceiptAsked:
    """On which day the rest came in."""

    received_on: date


@dataclass(frozen=True)
class FileShown:
    """A file that left: its sum, its hash, and how many of its payments are answered."""

    ref: str
    number: str
    sector: str
    format: PaymentFormat
    payments: int
    total: Chf
    made_at: datetime
    sha256: str
    executed: int
    rejected: int
    returned: int


@dataclass(frozen=True)
class AccountShown:
    """The account of a provider; `confirmed` is null while its second person is awaited."""

    ref: str
    provider_ref: str
    iban: str
    holder: str
    street: str
    house_number: str
    postcode: str
    town: str
    country: str
    valid_from: date
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    confirmed: bool | None


@dataclass(frozen=True)
class SendAsked:
    """The sector whose payments leave, and how they are written."""

    sector: Sector
    format: PaymentFormat = PaymentFormat.EXCHANGE


@dataclass(frozen=True)
class TryAsked:
    """Whether the file is only tried."""

    dry_run: bool = False


@dataclass(frozen=True)
class AgainAsked:
    """Why a rejected or returned payment will arrive now."""

    reason: str = field(metadata={"max": 500})


@dataclass(frozen=True)
class AccountAsked:
    """Another account of a provider from a day on."""

    provider_ref: str
    iban: str = field(metadata={"max": 42})
    holder: str = field(metadata={"max": 70})
    postcode: str = field(metadata={"max": 16})
    town: str = field(metadata={"max": 35})
    valid_from: date
    reason: str = field(metadata={"max": 500})
    street: str = field(default="", metadata={"max": 70})
    house_number: str = field(default="", metadata={"max": 16})
    country: str = field(default="CH", metadata={"max": 2})


@dataclass(frozen=True)
class DecisionAsked:
    """Whether the account is confirmed."""

    confirmed: bool


PAYMENT = only(
    PaymentShown, "ref", "kind", "about_ref", "period", "agreement_number", "creditor", "sector", "amount",
    "attempt", "step", "has_account", "reason", called="PaymentOnItsWayAnswer",
)  # fmt: skip
FILE = only(
    FileShown, "ref", "number", "sector", "format", "payments", "total", "made_at", "sha256",
    "executed", "rejected", "returned", called="PaymentFileAnswer",
)  # fmt: skip
ACCOUNT = only(
    AccountShown, "ref", "provider_ref", "iban", "holder", "street", "house_number", "postcode",
    "town", "country", "valid_from", "reason", "asked_at", "decided_at",
    "confirmed", called="ProviderAccountAnswer",
)  # fmt: skip
OWED = only(
    OwedShown, "ref", "kind", "about_ref", "agreement_number", "creditor", "line", "reference", "amount",
    "received", "left", "due_on", "settled", called="OwedBackAnswer",
)  # fmt: skip
READ = only(
    AnswersRead,
    "rows",
    "executed",
    "rejected",
    "received",
    "known",
    "other",
    "returned",
    called="PaymentAnswersReadAnswer",
)


@blueprint.get("")
@needs(Permit.PAY_STATEMENT)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(PAYMENT))
def waiting(asked: PageAsked) -> Page[PaymentShown]:
    """Released payments of my sectors that are not executed yet, the oldest first."""
    since = place(g.work.settings, "payments", asked.after)
    rows = open_payments(g.work, after=since[0] if since else None, limit=asked.limit + 1)
    page = page_of(rows, asked.limit, g.work.settings, "payments", lambda row: (row.ref,))
    return Page([_payment(one) for one in page.items], page.next)


@blueprint.get("/files")
@needs(Permit.PAY_STATEMENT)
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, paged(FILE))
def files(asked: PageAsked) -> Page[FileShown]:
    """The files of my sectors, the newest first."""
    since = place(g.work.settings, "payment files", asked.after)
    rows = files_list(g.work, before=since[0] if since else 0, limit=asked.limit + 1)
    page = page_of(rows, asked.limit, g.work.settings, "payment files", lambda row: (row.id,))
    return Page([_file(one) for one in page.items], page.next)


@blueprint.post("/files")
@needs(Permit.PAY_STATEMENT)
@once
@blueprint.arguments(SendAsked)
@blueprint.response(201, FILE)
def sent(ask: SendAsked) -> FileShown:
    """Put what waits of a sector into one file."""
    made = send_payments(g.work, SendPayments(ask.sector, ask.format)).file
    return _file(next(one for one in files_list(g.work) if one.ref == made.ref))


@blueprint.get("/files/<ref:ref>/csv")
@needs(Permit.PAY_STATEMENT)
@blueprint.response(200, content_type="text/csv")
def as_csv(ref: str) -> FileResponse:
    """The file as it left, as CSV."""
    held, content = form_of(g.work, ref, "csv")
    return handed_out([content], f"{held.number}.csv", csv.MEDIA_TYPE, len(content))


@blueprint.get("/files/<ref:ref>/json")
@needs(Permit.PAY_STATEMENT)
@blueprint.response(200, content_type="application/json")
def as_json(ref: str) -> FileResponse:
    """The file as it left, as JSON."""
    held, content = form_of(g.work, ref, "json")
    return handed_out([content], f"{held.number}.json", "application/json", len(content))


@blueprint.get("/files/<ref:ref>/xml")
@needs(Permit.PAY_STATEMENT)
@blueprint.response(200, content_type="application/xml")
def as_xml(ref: str) -> FileResponse:
    """The order as it left, as pain.001."""
    held, content = form_of(g.work, ref, "xml")
    return handed_out([content], f"{held.number}.xml", "application/xml", len(content))


@blueprint.post("/answers")
@needs(Permit.PAY_STATEMENT)
@once
@blueprint.doc(requestBody=UPLOADED)
@blueprint.arguments(TryAsked, location="query")
@blueprint.response(200, READ)
def answered(asked: TryAsked) -> AnswersRead:
    """Read an answer of the payment office; with a fault in it nothing is taken."""
    return read_answers(g.work, ReadAnswers(sent_file().content, asked.dry_run))


@blueprint.post("/<ref:ref>/release")
@needs(Permit.PAY_STATEMENT)
@once
@blueprint.arguments(AgainAsked)
@blueprint.response(200, PAYMENT)
def released(ask: AgainAsked, ref: str) -> PaymentShown:
    """Release a rejected or returned payment again, by somebody who had not prepared it."""
    release_again(g.work, ReleaseAgain(ref, ask.reason))
    return _payment(payment_by_ref(g.work, ref))


@blueprint.get("/owed")
@needs(Permit.PAY_STATEMENT)
@blueprint.response(200, paged(OWED))
def owed() -> Page[OwedShown]:
    """What providers owe back to the actor's sectors and has not come in, the oldest first."""
    return Page([_owed(one) for one in owed_to(g.work, open_only=True)])


@blueprint.post("/owed/<ref:ref>/receipt")
@needs(Permit.PAY_STATEMENT)
@once
@blueprint.arguments(ReceiptAsked)
@blueprint.response(200, OWED)
def owed_received(ask: ReceiptAsked, ref: str) -> OwedShown:
    """Note by hand that the rest has come in; a year's is noted at the final account."""
    return _owed(note_receipt(g.work, NoteReceipt(ref, ask.received_on)))


@blueprint.get("/accounts")
@needs(Permit.PAY_STATEMENT)
@blueprint.response(200, paged(ACCOUNT))
def accounts() -> Page[AccountShown]:
    """The accounts of providers, the newest first: waiting, confirmed, refused."""
    found = accounts_of(g.work)
    refs = provider_refs(g.work, {one.provider_id for one in found})
    return Page([_account(one, refs[one.provider_id]) for one in found])


@blueprint.post("/accounts")
@needs(Permit.PAY_STATEMENT)
@once
@blueprint.arguments(AccountAsked)
@blueprint.response(201, ACCOUNT)
def account_asked(ask: AccountAsked) -> AccountShown:
    """Ask for another account of a provider; somebody else confirms it."""
    made = change_account(g.work, ChangeAccount(**vars(ask)))
    return _account(made, ask.provider_ref)


@blueprint.post("/accounts/<ref:ref>/decision")
@needs(Permit.PAY_STATEMENT)
@once
@blueprint.arguments(DecisionAsked)
@blueprint.response(200, ACCOUNT)
def account_decided(ask: DecisionAsked, ref: str) -> AccountShown:
    """Confirm or refuse an account that somebody else has asked for."""
    return _named(g.work, decide_account(g.work, ref, confirmed=ask.confirmed))


def _named(work: Work, one: ProviderAccount) -> AccountShown:
    return _account(one, provider_refs(work, [one.provider_id])[one.provider_id])


def _owed(one: OwedBack) -> OwedShown:
    return OwedShown(
        one.ref, one.kind, one.about_ref, one.agreement, one.creditor, one.line, one.reference, one.amount,
        one.received, one.left, one.due_on, one.settled,
    )  # fmt: skip


def _payment(one: PaymentRow) -> PaymentShown:
    return PaymentShown(
        one.ref, one.kind, one.about_ref, one.period, one.agreement, one.creditor, one.sector, one.amount,
        one.attempt, one.step, one.account is not None, one.reason,
    )  # fmt: skip


def _file(one: FileRow) -> FileShown:
    return FileShown(
        one.ref, one.number, one.sector, one.format, one.payments, one.total, one.made_at, one.sha256,
        one.executed, one.rejected, one.returned,
    )  # fmt: skip


def _account(one: ProviderAccount, provider_ref: str) -> AccountShown:
    return AccountShown(
        one.ref, provider_ref, one.iban, one.holder, one.street, one.house_number, one.postcode,
        one.town, one.country, one.valid_from, one.reason, one.asked_at, one.decided_at,
        one.confirmed,
    )  # fmt: skip
