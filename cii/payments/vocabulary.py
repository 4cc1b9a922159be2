"""Words of payments on their way."""

from enum import StrEnum


class PaymentKind(StrEnum):
    """Which room owes a payment that leaves."""

    STATEMENT = "statement"
    YEAR = "year"
    OUTCOME = "outcome"
    WAGE = "wage"
    WAGE_SUBSIDY = "wage_subsidy"


class PaymentFormat(StrEnum):
    """How payments are written for the payment office: the documented exchange, or ISO 20022."""

    EXCHANGE = "exchange"
    PAIN = "pain"


class AnswerFormat(StrEnum):
    """How the payment office answers: a table, the status of orders, or the account's entries."""

    TABLE = "table"
    PAIN = "pain"
    CAMT = "camt"


class TransferOutcome(StrEnum):
    """What the payment office says of a payment that left."""

    EXECUTED = "executed"
    REJECTED = "rejected"
    RETURNED = "returned"


class PaymentStep(StrEnum):
    """Where a released payment stands on its way to the provider."""

    READY = "ready"
    UNDER_WAY = "under_way"
    EXECUTED = "executed"
    REJECTED = "rejected"
    RETURNED = "returned"
