"""What a payment office offers, whatever its files look like: a way to write orders, what answers say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.payments.rules import AnswerRow, GroupRejected, IncomingRow

CURRENCY = "CHF"


@dataclass(frozen=True, slots=True)
class Party:
    """Who pays or is paid: the account and the address in parts, `country` by its two letters."""

    iban: str
    name: str
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "CH"


@dataclass(frozen=True, slots=True)
class Order:
    """One payment to be made; `key` names it for ever, `reference` is what the creditor reads."""

    key: str
    kind: str
    creditor: Party
    amount: Chf
    reference: str
    about: str
    agreement: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself; `debtor` is who pays, where the form names it."""

    number: str
    made_at: datetime
    made_on: date
    sector: str
    debtor: Party | None = None


@dataclass(slots=True)
class Told:
    """What an answer says: of single payments, of whole files, of what came in, and what is wrong with it.

    `other`: entries that concern no payment between the house and a provider. `message`: the bank's number.
    """

    rows: list[AnswerRow] = field(default_factory=list)
    groups: list[GroupRejected] = field(default_factory=list)
    incoming: list[IncomingRow] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)
    other: int = 0
    message: str = ""


class Adapter(Protocol):
    """How payments are written for a payment office."""

    def written(self, head: Head, orders: Sequence[Order]) -> dict[str, str]:
        """The file in each of its forms, by name of the form."""
