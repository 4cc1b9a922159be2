"""What comes in of what providers owe back: told by the bank, or noted by hand."""

from dataclasses import dataclass
from datetime import date

from cii.final_accounts.rules import ReceiptInFuture
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.kernel.money import Chf
from cii.payments.queries import payer
from cii.payments.queries_owed import OwedBack, owed_by_ref
from cii.payments.rules import OwedSettled
from cii.payments.tables import IncomingPayment
from cii.payments.vocabulary import PaymentKind
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Came:
    """A sum that came in: the bank's number of the entry, sum, day, its message, the file's digest."""

    entry: str
    amount: Chf
    received_on: date
    message: str = ""
    digest: str = ""


@dataclass(frozen=True)
class NoteReceipt:
    """Wish to note that all that was still owed came in on a day."""

    owed_ref: str
    received_on: date


def note_receipt(work: Work, ask: NoteReceipt) -> OwedBack:
    """Note by hand that the rest has come in, at the latest today; a year's is noted on its own page.

    Refuses: ReceiptInFuture, OwedSettled, NotAllowed, UnknownThing.
    """
    account = payer(work)
    held = owed_by_ref(work, ask.owed_ref)
    if held.kind is PaymentKind.YEAR:
        raise NotAllowed
    if held.settled:
        raise OwedSettled
    if ask.received_on > work.today:
        raise ReceiptInFuture(field="received_on", last=work.today)
    entry = f"{held.reference}/{held.received.centimes}"
    take_in(work, account, held, Came(entry, held.left, ask.received_on))
    return owed_by_ref(work, ask.owed_ref)


def take_in(work: Work, account: int, held: OwedBack, came: Came) -> IncomingPayment:
    """Record a sum that came in; the same entry of the bank is recorded once."""
    made = IncomingPayment(
        kind=held.kind,
        source_id=held.source_id,
        entry=came.entry,
        message=came.message[:70],
        amount=came.amount,
        received_on=came.received_on,
        file_sha256=came.digest,
        recorded_at=work.now,
        account_id=account,
    )
    work.session.add(made)
    work.session.flush()
    facts = {"amount": came.amount, "reference": held.reference, "file": came.digest}
    wrote(work, "incoming_payment_recorded", "incoming_payment", made.id, ref=made.ref, payload=facts)
    return made
