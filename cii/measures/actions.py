"""Writes of the measures. Places of single days follow in `placements`, which knows who holds them."""

from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from cii.files.reading import MAX_CHARACTERS
from cii.files.vocabulary import LANGUAGES
from cii.institutions.queries import institution_by_ref, line_by_ref, regions, unit_by_ref
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import Refusal, refuse
from cii.measures.eligibility import typed_table
from cii.measures.queries import measure_by_ref
from cii.measures.rules import (
    MeasureCodeTaken,
    MeasureDatesUpsideDown,
    NegativePlaces,
    OutsideTheMeasure,
    QuotaInThePast,
    RespondentInThePast,
    RuleInThePast,
    UnknownRegion,
)
from cii.measures.tables import Measure, MeasurePlaces, MeasureRespondent, MeasureRule, PlaceQuota
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.store.work import Work


@dataclass(frozen=True)
class KindPlaces:
    """Places of one kind."""

    kind: MeasureKind
    places: int


@dataclass(frozen=True)
class LinePlaces:
    """Places of one kind that a funding line may use."""

    line_ref: str
    kind: MeasureKind
    places: int


@dataclass(frozen=True)
class AddMeasure:
    """A new measure with its respondent, places, quotas and eligibility table, all from its first day."""

    code: str = field(metadata={"min": 1, "max": 40})
    name: str = field(metadata={"min": 1, "max": 200})
    kind: MeasureKind
    starts_on: date
    respondent_ref: str
    places: tuple[KindPlaces, ...]
    quotas: tuple[LinePlaces, ...]
    provider_ref: str | None = None
    ends_on: date | None = None
    region: str = ""
    languages: tuple[str, ...] = field(default=("fr",), metadata={"choices": LANGUAGES, "min": 1})
    target_groups: tuple[TargetGroup, ...] = ()
    description: str = field(default="", metadata={"max": 2000})
    justification: str | None = field(default=None, metadata={"max": 2000})
    rule_source: str | None = field(default=None, metadata={"max": MAX_CHARACTERS})
    opening_hours: str = field(default="", metadata={"max": 300})


def add_measure(work: Work, ask: AddMeasure) -> Measure:
    """Take a measure into the catalogue.

    Refuses: MeasureCodeTaken, MeasureDatesUpsideDown, NegativePlaces, UnknownRegion · UnknownThing ·
    TableFault with every fault of the table · NotAnEligibilityTable.
    """
    reasons: list[Refusal] = []
    if work.session.execute(select(col(Measure.id)).where(col(Measure.code) == ask.code)).first():
        reasons.append(MeasureCodeTaken(field="code", code=ask.code))
    if ask.ends_on is not None and ask.ends_on < ask.starts_on:
        reasons.append(MeasureDatesUpsideDown(field="ends_on", first=ask.starts_on, last=ask.ends_on))
    numbers = [one.places for one in ask.places] + [one.places for one in ask.quotas]
    if min(numbers, default=0) < 0:
        reasons.append(NegativePlaces(field="places"))
    if ask.region and ask.region not in regions(work):
        reasons.append(UnknownRegion(field="region", region=ask.region))
    refuse(reasons)
    provider = institution_by_ref(work, ask.provider_ref) if ask.provider_ref else None
    respondent = unit_by_ref(work, ask.respondent_ref)
    measure = Measure(
        code=ask.code,
        name=ask.name,
        kind=ask.kind,
        provider_institution_id=provider.id if provider else None,
        region=ask.region,
        languages=list(ask.languages),
        target_groups=[one.value for one in ask.target_groups],
        starts_on=ask.starts_on,
        ends_on=ask.ends_on,
        description=ask.description,
        justification=ask.justification,
        opening_hours=ask.opening_hours,
        recorded_at=work.now,
    )
    work.session.add(measure)
    work.session.flush()
    measure_id = measure.id or 0
    work.session.add(
        MeasureRespondent(measure_id=measure_id, unit_id=respondent.id or 0, valid_from=ask.starts_on)
    )
    for held in ask.places:
        work.session.add(_places(work, measure_id, held.kind, held.places, ask.starts_on, None))
    for quota in ask.quotas:
        line = line_by_ref(work, quota.line_ref)
        work.session.add(
            _quota(work, measure_id, line.id or 0, quota.kind, quota.places, ask.starts_on, None)
        )
    if ask.rule_source:
        work.session.add(_rule(work, measure, 1, ask.rule_source, ask.starts_on, "rule_source"))
    work.session.flush()
    wrote(work, "measure.add", "measure", measure_id, ref=measure.ref, payload=_payload(ask))
    return measure


@dataclass(frozen=True)
class SetPlaces:
    """The measure has this many places of a kind from a day on."""

    measure_ref: str
    kind: MeasureKind
    places: int
    valid_from: date


@dataclass(frozen=True)
class SetQuota:
    """A funding line may use this many places of a kind from a day on."""

    measure_ref: str
    line_ref: str
    kind: MeasureKind
    places: int
    valid_from: date


def set_places(work: Work, ask: SetPlaces) -> MeasurePlaces:
    """Write a dated number of places; call `placements.actions.change_places`, which also adapts the days.

    Refuses: QuotaInThePast, OutsideTheMeasure, NegativePlaces, all at once.
    """
    measure = measure_by_ref(work, ask.measure_ref)
    _check_change(work, measure, ask.places, ask.valid_from)
    former = work.session.scalars(
        select(col(MeasurePlaces.id))
        .where(
            col(MeasurePlaces.measure_id) == measure.id,
            col(MeasurePlaces.kind) == ask.kind,
            col(MeasurePlaces.valid_from) == ask.valid_from,
        )
        .order_by(col(MeasurePlaces.id).desc())
    ).first()
    row = _places(work, measure.id or 0, ask.kind, ask.places, ask.valid_from, former)
    _save(work, measure, row, "measure.set-places", ask)
    return row


def set_quota(work: Work, ask: SetQuota) -> PlaceQuota:
    """Write a dated quota; call `placements.actions.change_quota`, which also adapts the days.

    Refuses: QuotaInThePast, OutsideTheMeasure, NegativePlaces, all at once.
    """
    measure, line = measure_by_ref(work, ask.measure_ref), line_by_ref(work, ask.line_ref)
    _check_change(work, measure, ask.places, ask.valid_from)
    former = work.session.scalars(
        select(col(PlaceQuota.id))
        .where(
            col(PlaceQuota.measure_id) == measure.id,
            col(PlaceQuota.line_id) == line.id,
            col(PlaceQuota.kind) == ask.kind,
            col(PlaceQuota.valid_from) == ask.valid_from,
        )
        .order_by(col(PlaceQuota.id).desc())
    ).first()
    row = _quota(work, measure.id or 0, line.id or 0, ask.kind, ask.places, ask.valid_from, former)
    _save(work, measure, row, "measure.set-quota", ask)
    return row


@dataclass(frozen=True)
class ChangeRespondent:
    """Another service speaks to the provider from a day on."""

    measure_ref: str
    unit_ref: str
    valid_from: date


def change_respondent(work: Work, ask: ChangeRespondent) -> MeasureRespondent:
    """Hand the measure to another respondent service: the former answers until the day before.

    Refuses: RespondentInThePast (before today, or not after the present one began).
    """
    measure, unit = measure_by_ref(work, ask.measure_ref), unit_by_ref(work, ask.unit_ref)
    last = work.session.scalar(
        select(func.max(MeasureRespondent.valid_from)).where(col(MeasureRespondent.measure_id) == measure.id)
    )
    if ask.valid_from < work.today or (last is not None and ask.valid_from <= last):
        raise RespondentInThePast(field="valid_from", day=ask.valid_from)
    row = MeasureRespondent(measure_id=measure.id or 0, unit_id=unit.id or 0, valid_from=ask.valid_from)
    _save(work, measure, row, "measure.change-respondent", ask)
    return row


@dataclass(frozen=True)
class PublishRule:
    """A new eligibility table for a measure, in force from a day on."""

    measure_ref: str
    source: str = field(metadata={"min": 1, "max": MAX_CHARACTERS})
    valid_from: date


def publish_rule(work: Work, ask: PublishRule) -> MeasureRule:
    """Publish the next version of the eligibility table.

    Refuses: RuleInThePast · TableFault with every fault and its line · NotAnEligibilityTable.
    """
    measure = measure_by_ref(work, ask.measure_ref)
    if ask.valid_from < work.today:
        raise RuleInThePast(field="valid_from", day=ask.valid_from)
    newest = work.session.scalar(
        select(func.max(MeasureRule.version)).where(col(MeasureRule.measure_id) == measure.id)
    )
    row = _rule(work, measure, (newest or 0) + 1, ask.source, ask.valid_from)
    _save(work, measure, row, "measure.publish-rule", ask)
    return row


@dataclass(frozen=True)
class JustifyMeasure:
    """Why the measure exists beside another that offers the same."""

    measure_ref: str
    text: str


def justify(work: Work, ask: JustifyMeasure) -> Measure:
    """Write the justification of an overlap."""
    measure = measure_by_ref(work, ask.measure_ref)
    measure.justification = ask.text.strip() or None
    _save(work, measure, None, "measure.justify", ask)
    return measure


def _check_change(work: Work, measure: Measure, places: int, day: date) -> None:
    reasons: list[Refusal] = []
    if places < 0:
        reasons.append(NegativePlaces(field="places"))
    if day < work.today:
        reasons.append(QuotaInThePast(field="valid_from", day=day))
    if day < measure.starts_on or (measure.ends_on is not None and day > measure.ends_on):
        reasons.append(OutsideTheMeasure(field="valid_from", day=day))
    refuse(reasons)


def _save(work: Work, measure: Measure, row: object, act: str, ask: object) -> None:
    measure.version += 1
    work.session.add(measure)
    if row is not None:
        work.session.add(row)
    work.session.flush()
    wrote(work, act, "measure", measure.id, ref=measure.ref, payload=_payload(ask))


def _payload(ask: object) -> dict[str, object]:
    return {name: plain(value) for name, value in asdict(ask).items()}  # type: ignore[call-overload]


def _places(  # noqa: PLR0917 - the columns of the row
    work: Work, measure_id: int, kind: MeasureKind, places: int, day: date, replaces: int | None
) -> MeasurePlaces:
    return MeasurePlaces(
        measure_id=measure_id,
        kind=kind,
        places=places,
        valid_from=day,
        recorded_at=work.now,
        replaces=replaces,
    )


def _quota(  # noqa: PLR0917 - the columns of the row
    work: Work, measure_id: int, line_id: int, kind: MeasureKind, places: int, day: date, replaces: int | None
) -> PlaceQuota:
    return PlaceQuota(
        measure_id=measure_id,
        line_id=line_id,
        kind=kind,
        places=places,
        valid_from=day,
        recorded_at=work.now,
        replaces=replaces,
    )


def _rule(  # noqa: PLR0917 - the columns of the row, and where its text was typed
    work: Work, measure: Measure, version: int, source: str, day: date, field_name: str = "source"
) -> MeasureRule:
    source = source.replace("\r\n", "\n")
    table = typed_table(source, f"{measure.code}.md", field_name)
    return MeasureRule(
        measure_id=measure.id or 0,
        version=version,
        valid_from=day,
        source=source,
        digest=table.digest,
        recorded_at=work.now,
    )


__all__ = [
    "AddMeasure", "ChangeRespondent", "JustifyMeasure", "KindPlaces", "LinePlaces", "PublishRule",
    "SetPlaces", "SetQuota", "add_measure", "change_respondent", "justify", "publish_rule", "set_places",
    "set_quota",
]  # fmt: skip
