"""An agreement as one value: its text and all that is counted on, as the checks.

The paper and a comparison read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cii.agreements.vocabulary import (
    AgreementState,
    Award,
    Basis,
    DeliverableKind,
    Direction,
    FollowsAs,
    Frequency,
    IndicatorUnit,
    Instrument,
    Interruptions,
    LegalForm,
    ObjectiveKind,
    ObjectiveLevel,
    Profile,
    Standing,
)
from cii.conventions.parts import Text
from cii.kernel.money import Chf


@dataclass(frozen=True)
class Header:
    """What stands above the text; `valid_to` is the first day no more."""

    ref: str
    number: str
    profile: Profile
    instrument: Instrument
    state: AgreementState
    lang: str
    valid_from: date
    valid_to: date | None
    notice_months: int
    award: Award | None
    follows_ref: str | None
    follows_as: FollowsAs | None
    contract_change: bool
    provider_ref: str
    legal_form: LegalForm
    non_profit: bool
    uid: str | None


@dataclass(frozen=True)
class Bought:
    """A measure bought for a funding line; `sector` is the line's, `overbooking` places beyond the quota."""

    measure_ref: str
    measure_code: str
    measure_name: str
    line_ref: str
    line_code: str
    sector: str
    overbooking: int


@dataclass(frozen=True)
class Rate:
    """What a unit costs from a day on; `valid_to` is the first day no more.

    `guarantee` percent paid in any case; absences, the length of a day and part-time as the tariff says them.
    """

    measure_ref: str
    line_ref: str
    valid_from: date
    valid_to: date | None
    basis: Basis
    amount: Chf
    places: int
    month_begun: bool
    guarantee: int | None
    excused_days: int | None = None
    unexcused_days: int | None = None
    day_minutes: int | None = None
    full_from: int | None = None
    half_from: int | None = None


@dataclass(frozen=True)
class Goal:
    """An objective with its place in the evaluation: a rank, or a weight in percent."""

    ref: str
    level: ObjectiveLevel
    kind: ObjectiveKind
    standing: Standing
    wording: str
    owner: str
    rank: int | None
    weight: int | None
    basic: bool


@dataclass(frozen=True)
class Gauge:
    """An indicator of a goal; percentages in permille, francs in centimes."""

    ref: str
    goal_ref: str
    code: str
    title: Mapping[str, str]
    unit: IndicatorUnit
    direction: Direction
    target: int
    minimum: int | None
    source: str
    interruptions: Interruptions | None


@dataclass(frozen=True)
class Owed:
    """What the provider hands in, and when."""

    ref: str
    kind: DeliverableKind
    frequency: Frequency
    due_on: date


@dataclass(frozen=True)
class Convention:
    """The whole agreement, in the order in which it is read."""

    header: Header
    text: Text
    bought: tuple[Bought, ...]
    rates: tuple[Rate, ...]
    goals: tuple[Goal, ...]
    gauges: tuple[Gauge, ...]
    owed: tuple[Owed, ...]
