"""What the checks look at, as plain values: the agreement, its call, provider, negotiation, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cii.agreements.vocabulary import DeliverableKind
from cii.conventions.parts import Text
from cii.conventions.whole import Convention


@dataclass(frozen=True)
class Limits:
    """Dated numbers that decide (`workflows/parameters/agreements.yaml`); `binding`.

    The canton lets the guide's demands block a signature for this profile.
    """

    pages_least: int = 5
    pages_most: int = 10
    small_places: int = 20
    goals_small: int = 6
    goals_large: int = 10
    gauges_small: int = 8
    gauges_large: int = 12
    absence_days: int = 3
    information_duties: int = 6
    term_months: int = 12
    notice_months: int = 6
    notice_least_ac: int = 3
    ics_months: int = 12
    price_months: int = 36
    durable_permille: int = 250
    dynamic_permille: int = 600
    trajectory_years: int = 3
    binding: bool = False


@dataclass(frozen=True)
class CallSeen:
    """The call or direct award from which the agreement comes.

    `criteria`: short names that were published; `scored`: those by which offers were scored; `items`: what
    the specification tells (words of `CallItem`); `published`: everybody could read it before the offers.
    """

    ref: str
    direct: bool
    published: bool
    criteria: frozenset[str] = frozenset()
    scored: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    requirements_public: bool = False


@dataclass(frozen=True)
class ProviderSeen:
    """The provider on the day of the check; `places`: those in force with all payers.

    Labels by name; `ics_on`: day of its newest attestation of the internal control system.
    """

    places: int | None = None
    labels_valid: frozenset[str] = frozenset()
    labels_expired: frozenset[str] = frozenset()
    ics_on: date | None = None
    ics_known: bool = False


@dataclass(frozen=True)
class Document:
    """Another document that orders the same collaboration: framework, annex, specification (i.41)."""

    name: str
    text: Text


@dataclass(frozen=True)
class Overdue:
    """A deliverable that has not come in although its day is past, of this agreement or of the one before."""

    kind: DeliverableKind
    due_on: date


@dataclass(frozen=True)
class Facts:
    """Everything that one check needs; what is not known yet is None and raises no finding.

    `changed`: the parts in which a renewal differs from the agreement before, with the number of differences.
    `priced_from`: since when the oldest price stands, on the day of the check or on the first of the term.
    """

    now: Convention
    day: date
    limits: Limits = field(default_factory=Limits)
    call: CallSeen | None = None
    former: Convention | None = None
    changed: Mapping[str, int] = field(default_factory=dict)
    provider: ProviderSeen = field(default_factory=ProviderSeen)
    others: tuple[Document, ...] = ()
    late: tuple[Overdue, ...] = ()
    rounds: int = 0
    pages: int | None = None
    priced_from: date | None = None

    @property
    def places(self) -> int:
        """Places that this agreement buys at a time, or those of the provider with all payers if more."""
        own = sum(one.places or 0 for one in self.now.text.volume.offers)
        agreed = sum(one.places for one in self.now.rates if one.valid_to is None or one.valid_to > self.day)
        return max(own or agreed, self.provider.places or 0)

    @property
    def small(self) -> bool:
        """Whether the provider is a small one (i.10, i.23)."""
        return self.places < self.limits.small_places
