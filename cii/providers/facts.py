"""What the checks of an agreement and the doors read of a provider on a day, as plain values."""

from dataclasses import dataclass
from datetime import date

from cii.agreements.vocabulary import LegalForm


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """A provider on one day; labels by their name, the newest attestation of each kind by its day.

    `places`: those of its agreements in force with all payers (agreed places of the tariffs of that day).
    `ics_on`, `risk_on`, `audit_on`: day of the newest attestation of the internal control system, of the risk
    management, of the audit, None when none came. `subcontracted`: percent of the services that others
    deliver that day. Source: indications 17, 21, 24, 32 of the guide; LACI 59cbis.
    """

    provider_id: int
    ref: str
    day: date
    legal_form: LegalForm
    non_profit: bool
    places: int = 0
    labels_valid: frozenset[str] = frozenset()
    labels_expired: frozenset[str] = frozenset()
    ics_on: date | None = None
    risk_on: date | None = None
    audit_on: date | None = None
    non_profit_on: date | None = None
    subcontracted: int = 0


__all__ = ["ProviderFacts"]
