"""Words of payments on their way."""

from enum import StrEnum


class TransferOutcome(StrEnum):
    """What the payment office says of a payment that left."""

    EXECUTED = "executed"
    REJECTED = "rejected"


class PaymentStep(StrEnum):
    """Where a released payment stands on its way to the provider."""

    READY = "ready"
    UNDER_WAY = "under_way"
    EXECUTED = "executed"
    REJECTED = "rejected"
