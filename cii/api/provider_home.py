"""What a provider has before it: staff notices, indicators, volumes projected, stays at risk, attendance due.

The acts stand beside what they act on: `/placements/…/interruption-notices`, `/agreements/…/overrun-notices`,
`/deliverables`, `/placements/…/attendance`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.agreements.queries import agreement_by_ref
from cii.agreements.vocabulary import Direction, IndicatorUnit
from cii.api.base import PREFIX, Blueprint
from cii.figures.outlooks import VolumeOutlook, agreement_outlooks, own_outlooks
from cii.figures.own import indicators_seen
from cii.figures.shapes import IndicatorFigures
from cii.figures.vocabulary import Light, Origin, Prospect, Volume
from cii.placements.foreseeing import open_interruptions
from cii.providers.queries import own_staff_notices
from cii.providers.schemas import STAFF
from cii.providers.tables import StaffNotice
from cii.settlement.attesting import Attestation, attestations, recent_sheet
from cii.settlement.risks import stays_at_risk
from cii.settlement.vocabulary import RiskKind
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-provider-home", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class VolumeTold:
    """A volume of an agreement in a year; days of places, placements begun, or centimes, as `volume` says.

    `first`, `last`: the agreement's days of the year. `measure` null: the agreement's total. `projected`
    null: too early to say. `over_on`: the first day on which what was agreed is exceeded.
    """

    agreement_ref: str
    number: str
    volume: Volume
    measure: str | None
    first: date
    last: date
    agreed: int
    used: int
    bound: int
    projected: int | None
    over_on: date | None
    prospect: Prospect


@dataclass(frozen=True)
class IndicatorTold:
    """An indicator of the year so far.

    Target and minimum are in its unit, per cent as permille, francs as centimes. `numerator` and
    `denominator` null: nothing can be said yet.
    """

    agreement: str
    code: str
    title: Mapping[str, str]
    unit: IndicatorUnit
    direction: Direction
    target: int
    minimum: int | None
    numerator: int | None
    denominator: int | None
    origin: Origin
    light: Light


@dataclass(frozen=True)
class RiskTold:
    """Why a stay is at risk: from which day, how many absences, how many of them nobody pays.

    `since` of an absence is the first day of its month, of an arrival the day on which it was expected;
    `told_for`: the provider has told of an interruption that waits for an answer.
    """

    placement_ref: str
    measure: str
    kind: RiskKind
    since: date
    days: int
    unpaid: int
    told_for: date | None


@dataclass(frozen=True)
class AttestationTold:
    """Attendance of a participant that is missing for a month that is over, and by when it is due."""

    placement_ref: str
    month: date
    due_on: date
    late: bool
    days: int


VOLUME = only(
    VolumeTold, "agreement_ref", "number", "volume", "measure", "first", "last", "agreed", "used", "bound",
    "projected", "over_on", "prospect", called="ProviderVolumeAnswer",
)  # fmt: skip
INDICATOR = only(
    IndicatorTold, "agreement", "code", "title", "unit", "direction", "target", "minimum", "numerator",
    "denominator", "origin", "light", called="ProviderIndicatorAnswer",
)  # fmt: skip
RISK = only(
    RiskTold, "placement_ref", "measure", "kind", "since", "days", "unpaid", "told_for",
    called="ProviderRiskAnswer",
)  # fmt: skip
ATTESTATION = only(
    AttestationTold, "placement_ref", "month", "due_on", "late", "days", called="ProviderAttestationAnswer",
)  # fmt: skip


@blueprint.get("/provider/staff-notices")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(STAFF))
def staff() -> Page[StaffNotice]:
    """The last fifty changes of staff that one's own enterprise told, the newest first."""
    return Page(list(own_staff_notices(g.work)))


@blueprint.get("/provider/volumes")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(VOLUME))
def volumes() -> Page[VolumeTold]:
    """The volumes of one's own agreements this year: agreed, used, bound, projected to its end."""
    return Page([_volume(one) for one in own_outlooks(g.work)])


@blueprint.get("/agreements/<ref:ref>/volumes")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, paged(VOLUME))
def agreement_volumes(ref: str) -> Page[VolumeTold]:
    """The same of one agreement, for its provider and for who pays it; empty for others."""
    return Page([_volume(one) for one in agreement_outlooks(g.work, agreement_by_ref(g.work, ref))])


@blueprint.get("/provider/indicators")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(INDICATOR))
def indicators() -> Page[IndicatorTold]:
    """The indicators of one's own agreements this year against target and minimum."""
    return Page([_indicator(one) for one in indicators_seen(g.work)])


@blueprint.get("/provider/risks")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(RISK))
def risks() -> Page[RiskTold]:
    """One's own stays at risk of breaking off: absences that nobody pays, arrivals not recorded."""
    found = stays_at_risk(g.work, recent_sheet(g.work))
    told = open_interruptions(g.work, [one.placement.id for one in found])
    return Page(
        [
            RiskTold(
                one.placement.ref,
                one.placement.measure_name,
                risk.kind,
                risk.since,
                risk.days,
                risk.unpaid,
                told[one.placement.id].expected_on if one.placement.id in told else None,
            )
            for one in found
            for risk in one.risks
        ]
    )


@blueprint.get("/provider/attestations")
@needs(Permit.SEE_PARTICIPANTS)
@blueprint.response(200, paged(ATTESTATION))
def attestations_due() -> Page[AttestationTold]:
    """Attendance missing of the two months that ended last, for the unemployment insurance (OACI 96)."""
    found = attestations(g.work, recent_sheet(g.work))
    return Page([told for one in found for told in _attestation(one)])


def _volume(one: VolumeOutlook) -> VolumeTold:
    seen = one.outlook
    return VolumeTold(
        one.agreement_ref, one.number, one.volume, one.measure, one.span.start, one.span.last, seen.agreed,
        seen.used, seen.bound, seen.projected, seen.over_on, seen.prospect,
    )  # fmt: skip


def _indicator(one: IndicatorFigures) -> IndicatorTold:
    value = one.value
    return IndicatorTold(
        one.agreement, one.code, one.title, one.unit, one.direction, one.target, one.minimum,
        value.numerator if value else None, value.denominator if value else None, one.origin, one.light,
    )  # fmt: skip


def _attestation(one: Attestation) -> list[AttestationTold]:
    late = one.late(g.work.today)
    return [
        AttestationTold(place.ref, one.month.start, one.due_on, late, days) for place, days in one.missing
    ]


__all__ = ["blueprint"]
