"""What every act on a year account does: find it, lock it, see that the move is open, move money, tell."""

from collections.abc import Mapping
from datetime import date

from cii.agreements.settling import settled_otherwise
from cii.agreements.vocabulary import SettledBy
from cii.budgets.actions import Leg, Source, book, in_open_years
from cii.budgets.vocabulary import EntryKind
from cii.final_accounts.queries import account_by_ref, events_of_role, same_eyes
from cii.final_accounts.rules import MOVES, AccountFourEyes, PlacesBound
from cii.final_accounts.tables import AccountPayment, YearAccount
from cii.final_accounts.vocabulary import AccountEvent, DueKind
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal
from cii.kernel.money import Chf, round5
from cii.kernel.moves import move
from cii.placements.settled import bound_by_places
from cii.store.work import Work


def acting(work: Work) -> int:
    """The account of whoever acts; refuses NotAllowed: jobs decide nothing about money."""
    if work.actor.account_id is None:
        raise NotAllowed
    return work.actor.account_id


def locked(work: Work, ref: str, event: AccountEvent) -> YearAccount:
    """The year account, locked, when the move is open to this actor.

    Refuses: UnknownThing, IllegalMove, AccountFourEyes, NotAllowed.
    """
    account = account_by_ref(work, ref)
    work.session.refresh(account, with_for_update=True)
    move(MOVES, account.state, event)
    acting(work)
    if event not in events_of_role(work, account.agreement_id, account.line_id):
        raise NotAllowed
    if same_eyes(work.actor, account, event):
        raise AccountFourEyes
    return account


def moved(
    work: Work, account: YearAccount, event: AccountEvent, facts: Mapping[str, object] | None = None
) -> YearAccount:
    """Take the step and write it down."""
    account.state = move(MOVES, account.state, event)
    return kept(work, account, f"year_account_{account.state.value}", facts or {})


def kept(work: Work, account: YearAccount, act: str, facts: Mapping[str, object]) -> YearAccount:
    """Count the change and write it to the journal."""
    account.version += 1
    work.session.flush()
    wrote(work, act, "year_account", account.id, ref=account.ref, payload=facts)
    return account


def prepared(
    work: Work, account: YearAccount, kind: DueKind, amount: Chf, *, due_on: date, number: int = 1
) -> None:
    """Prepare a payment; another person releases it."""
    transferred = round5(amount)
    work.session.add(
        AccountPayment(
            account_id=account.id or 0,
            kind=kind,
            number=number,
            due_on=due_on,
            amount=amount,
            transferred=transferred,
            rounding=transferred - amount,
            prepared_by=acting(work),
            prepared_at=work.now,
        )
    )


def booked(
    work: Work, account: YearAccount, kind: EntryKind, amount: Chf, source: Source, *, on: date | None = None
) -> None:
    """Move a sum of the year in the ledger, effective on its last day unless said otherwise.

    Once the books of the year are closed it is a later truth: it goes into the next open year.
    """
    if amount:
        leg = Leg(account.line_id, account.agreement_id, amount, on or date(account.year, 12, 31))
        book(work, kind, in_open_years(work, [leg]), source)


def stated_or_bound(work: Work, agreement_id: int, line_id: int, year: int) -> list[Refusal]:
    """Why a year cannot be settled by costs: it has statements, or places bind it by their tariffs."""
    found = settled_otherwise(work, agreement_id, line_id, year, SettledBy.COSTS, field="year")
    if not found and (bound := bound_by_places(work, agreement_id, line_id, year)):
        found.append(PlacesBound(field="year", amount=bound, year=year))
    return found


def source_of(account: YearAccount, kind: str, act: str) -> Source:
    """What an act on the year account is called in the ledger."""
    return Source(kind, account.id or 0, f"{kind}:{account.ref}:{act}")
