"""Accounts of providers: asked for by one person, confirmed by another, before a payment goes there."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import provider_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.payments.queries import payer
from cii.payments.rules import (
    AccountDecided,
    AccountFourEyes,
    AccountInPast,
    AccountWaiting,
    AddressUnfit,
    IbanForQr,
    IbanUnfit,
    iban_of,
)
from cii.payments.tables import ProviderAccount
from cii.store.work import Work


@dataclass(frozen=True)
class ChangeAccount:
    """Wish that a provider be paid to another account from a day on; another person confirms it."""

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


def change_account(work: Work, ask: ChangeAccount) -> ProviderAccount:
    """Ask for another account; nothing is paid to it before somebody else has confirmed it.

    Refuses: UnknownThing, NotAllowed; all at once IbanUnfit or IbanForQr, AddressUnfit, AccountInPast,
    AccountWaiting.
    """
    account = payer(work)
    provider = provider_by_ref(work, ask.provider_ref)
    faults: list[Refusal] = []
    iban = ""
    try:
        iban = iban_of(ask.iban)
    except (IbanUnfit, IbanForQr) as unfit:
        faults.append(unfit)
    faults += [
        AddressUnfit(field=name)
        for name, fit in (("postcode", ask.postcode.strip()), ("town", ask.town.strip()))
        if not fit
    ]
    if not (len(ask.country) == 2 and ask.country.isascii() and ask.country.isalpha()):  # noqa: PLR2004
        faults.append(AddressUnfit(field="country"))
    if ask.valid_from < work.today:
        faults.append(AccountInPast(field="valid_from", day=ask.valid_from))
    waiting = select(col(ProviderAccount.id)).where(
        col(ProviderAccount.provider_id) == provider.id, col(ProviderAccount.decided_by).is_(None)
    )
    if work.session.execute(waiting).first() is not None:
        faults.append(AccountWaiting(field="provider_ref"))
    refuse(faults)
    made = ProviderAccount(
        provider_id=provider.id or 0,
        iban=iban,
        holder=ask.holder,
        street=ask.street.strip(),
        house_number=ask.house_number.strip(),
        postcode=ask.postcode.strip(),
        town=ask.town.strip(),
        country=ask.country.upper(),
        valid_from=ask.valid_from,
        reason=ask.reason,
        asked_by=account,
        asked_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    facts = {"provider": provider.ref, "valid_from": ask.valid_from.isoformat(), "reason": ask.reason}
    wrote(work, "provider_account_asked", "provider_account", made.id, ref=made.ref, payload=facts)
    return made


def decide_account(work: Work, ref: str, *, confirmed: bool) -> ProviderAccount:
    """Confirm or refuse an account that somebody else has asked for.

    Refuses: UnknownThing, NotAllowed, AccountDecided, AccountFourEyes.
    """
    account = payer(work)
    found = work.session.scalars(
        select(ProviderAccount).where(col(ProviderAccount.ref) == ref).with_for_update()
    ).first()
    if found is None:
        raise UnknownThing(field="account_ref")
    if found.decided_by is not None:
        raise AccountDecided
    if found.asked_by == account:
        raise AccountFourEyes
    found.decided_by, found.decided_at, found.confirmed = account, work.now, confirmed
    work.session.flush()
    act = "provider_account_confirmed" if confirmed else "provider_account_refused"
    wrote(work, act, "provider_account", found.id, ref=found.ref)
    return found
