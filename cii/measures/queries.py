"""Reads of the measures. The catalogue holds no personal data: every account may read it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from sqlalchemy import Select, func, or_, select
from sqlmodel import col

from cii.institutions.queries import UnitLabel, lines_by_id, shown_units
from cii.kernel.errors import UnknownThing
from cii.measures.rules import Dated, Profile, is_mixed, overlap
from cii.measures.tables import Measure, MeasurePlaces, MeasureRespondent, MeasureRule, PlaceQuota
from cii.measures.vocabulary import MeasureKind
from cii.store.work import Work

measure_names = select(col(Measure.ref), col(Measure.code), col(Measure.name), col(Measure.ends_on))
"""Every measure as search knows it; the catalogue is open to every account."""


def measure_by_ref(work: Work, ref: str) -> Measure:
    """The measure of that reference; refuses UnknownThing."""
    found = work.session.scalars(select(Measure).where(col(Measure.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="measure_ref")
    return found


def measures_by_id(work: Work, ids: Collection[int]) -> dict[int, Measure]:
    """Measures by id, for labels of other rooms' lists."""
    if not ids:
        return {}
    rows = work.session.scalars(select(Measure).where(col(Measure.id).in_(set(ids))))
    return {row.id: row for row in rows if row.id is not None}


def running_ids(day: date) -> Select[int | None]:
    """Ids of the measures that run on that day; a named selectable for other rooms."""
    return select(col(Measure.id)).where(
        col(Measure.starts_on) <= day, or_(col(Measure.ends_on).is_(None), col(Measure.ends_on) >= day)
    )


@dataclass(frozen=True, slots=True)
class QuotaAt:
    """Places of a kind that a line may use in a measure."""

    measure_id: int
    line_id: int
    kind: MeasureKind
    places: int


def quotas_at(work: Work, day: date, *, known_at: datetime | None = None) -> list[QuotaAt]:
    """The quotas of all running measures on that day, as known then; by measure, line, kind."""
    keys = (PlaceQuota.measure_id, PlaceQuota.line_id, PlaceQuota.kind)
    newest = (
        select(
            *(col(one) for one in keys),
            col(PlaceQuota.places),
            func.row_number()
            .over(
                partition_by=[col(one) for one in keys],
                order_by=(col(PlaceQuota.valid_from).desc(), col(PlaceQuota.id).desc()),
            )
            .label("age"),
        )
        .where(
            col(PlaceQuota.valid_from) <= day,
            col(PlaceQuota.measure_id).in_(running_ids(day)),
            *((col(PlaceQuota.recorded_at) <= known_at,) if known_at else ()),
        )
        .subquery()
    )
    rows = work.session.execute(
        select(newest.c.measure_id, newest.c.line_id, newest.c.kind, newest.c.places)
        .where(newest.c.age == 1)
        .order_by(newest.c.measure_id, newest.c.line_id, newest.c.kind)
    )
    return [QuotaAt(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class PlacesAt:
    """Places of a kind in a measure."""

    measure_id: int
    kind: MeasureKind
    places: int


def places_at(work: Work, day: date, *, known_at: datetime | None = None) -> list[PlacesAt]:
    """The places of all running measures on that day, as known then; by measure and kind."""
    newest = (
        select(
            col(MeasurePlaces.measure_id),
            col(MeasurePlaces.kind),
            col(MeasurePlaces.places),
            func.row_number()
            .over(
                partition_by=(col(MeasurePlaces.measure_id), col(MeasurePlaces.kind)),
                order_by=(col(MeasurePlaces.valid_from).desc(), col(MeasurePlaces.id).desc()),
            )
            .label("age"),
        )
        .where(
            col(MeasurePlaces.valid_from) <= day,
            col(MeasurePlaces.measure_id).in_(running_ids(day)),
            *((col(MeasurePlaces.recorded_at) <= known_at,) if known_at else ()),
        )
        .subquery()
    )
    rows = work.session.execute(
        select(newest.c.measure_id, newest.c.kind, newest.c.places)
        .where(newest.c.age == 1)
        .order_by(newest.c.measure_id, newest.c.kind)
    )
    return [PlacesAt(*row) for row in rows]


def mixed_ids(work: Work, day: date, *, known_at: datetime | None = None) -> set[int]:
    """The measures in which at least two sectors have places on that day."""
    quotas = quotas_at(work, day, known_at=known_at)
    lines = lines_by_id(work, {quota.line_id for quota in quotas})
    return _mixed(quotas, {line_id: line.sector for line_id, line in lines.items()})


def _mixed(quotas: Sequence[QuotaAt], sector_of: Mapping[int, str]) -> set[int]:
    sectors: dict[int, set[str]] = {}
    for quota in quotas:
        if quota.places > 0:
            sectors.setdefault(quota.measure_id, set()).add(sector_of[quota.line_id])
    return {measure_id for measure_id, found in sectors.items() if is_mixed(found)}


def places_by_kind(
    work: Work, day: date, *, mixed: bool | None = None, known_at: datetime | None = None
) -> dict[MeasureKind, int]:
    """Places of each kind on that day, as known then; `mixed` narrows to mixed or to single-sector measures.

    Each kind is present, with 0 where there is none. Source: product.md F2-F4 (204, 199, 194 in mixed
    measures; single-sector social-aid programmes are counted apart).
    """
    shared = mixed_ids(work, day, known_at=known_at) if mixed is not None else set()
    total = dict.fromkeys(MeasureKind, 0)
    for row in places_at(work, day, known_at=known_at):
        if mixed is None or (row.measure_id in shared) == mixed:
            total[row.kind] += row.places
    return total


def places_rows(work: Work, measure_id: int) -> list[Dated]:
    """Every dated number of places of the measure; one series per kind."""
    rows = work.session.scalars(select(MeasurePlaces).where(col(MeasurePlaces.measure_id) == measure_id))
    return [Dated((row.kind,), row.places, row.valid_from, row.id or 0) for row in rows]


def quota_rows(work: Work, measure_id: int) -> dict[int, list[Dated]]:
    """Every dated quota of the measure by line; one series per kind."""
    found: dict[int, list[Dated]] = {}
    for row in work.session.scalars(
        select(PlaceQuota).where(col(PlaceQuota.measure_id) == measure_id).order_by(col(PlaceQuota.line_id))
    ):
        found.setdefault(row.line_id, []).append(Dated((row.kind,), row.places, row.valid_from, row.id or 0))
    return found


def respondents_at(work: Work, day: date) -> dict[int, UnitLabel]:
    """The respondent service of each measure on that day, where its name is open to the reader."""
    held = respondent_units_at(work, day)
    units = shown_units(work, held.values())
    return {measure: units[unit] for measure, unit in held.items() if unit in units}


def respondent_units_at(work: Work, day: date) -> dict[int, int]:
    """Measure → the unit that answers for it on that day."""
    rows = work.session.execute(
        select(col(MeasureRespondent.measure_id), col(MeasureRespondent.unit_id)).where(
            col(MeasureRespondent.valid_from) <= day,
            or_(col(MeasureRespondent.valid_to).is_(None), col(MeasureRespondent.valid_to) > day),
        )
    )
    return {row.measure_id: row.unit_id for row in rows}


def rules_at(work: Work, day: date, measure_ids: Collection[int] | None = None) -> dict[int, MeasureRule]:
    """The eligibility table in force of each measure that has one; the last version among equal starts."""
    query = select(MeasureRule).where(col(MeasureRule.valid_from) <= day)
    if measure_ids is not None:
        query = query.where(col(MeasureRule.measure_id).in_(set(measure_ids)))
    rows = work.session.scalars(query.order_by(col(MeasureRule.valid_from), col(MeasureRule.version)))
    return {row.measure_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two measures (by code) that offer the same at the same time; `justified` when one of them says why."""

    one: str
    other: str
    justified: bool


def overlapping(work: Work, day: date) -> list[Overlap]:
    """Every pair of running measures that overlap, in the order of their codes. Source: product.md P5."""
    rows = work.session.scalars(
        select(Measure).where(col(Measure.id).in_(running_ids(day))).order_by(col(Measure.code))
    ).all()
    alike: dict[MeasureKind, list[tuple[Measure, Profile]]] = {}
    for row in rows:
        alike.setdefault(row.kind, []).append((row, _profile(row)))
    return sorted(
        (
            Overlap(one.code, other.code, bool(one.justification or other.justification))
            for group in alike.values()
            for (one, mine), (other, theirs) in combinations(group, 2)
            if overlap(mine, theirs)
        ),
        key=lambda pair: (pair.one, pair.other),
    )


def _profile(row: Measure) -> Profile:
    return Profile(
        row.code,
        row.kind,
        row.region,
        tuple(row.languages),
        tuple(row.target_groups),
        row.starts_on,
        row.ends_on,
    )


@dataclass(frozen=True, slots=True)
class CatalogueFilter:
    """What to show of the catalogue; None shows all."""

    kind: MeasureKind | None = None
    region: str | None = None
    language: str | None = None
    target_group: str | None = None
    sector: str | None = None
    mixed: bool | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class LineQuota:
    """Places of one line in a measure, all kinds together."""

    line_id: int
    line_ref: str
    line_code: str
    sector: str
    places: int


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A measure as the catalogue shows it on one day; `overlaps`: codes of measures that offer the same."""

    id: int
    ref: str
    code: str
    name: str
    kind: MeasureKind
    region: str
    languages: tuple[str, ...]
    target_groups: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    description: str
    justification: str | None
    provider_institution_id: int | None
    respondent: UnitLabel | None
    places: int
    places_by_kind: Mapping[MeasureKind, int]
    quotas: tuple[LineQuota, ...]
    mixed: bool
    overlaps: tuple[str, ...]
    version: int


def catalogue(
    work: Work,
    shown: CatalogueFilter,
    day: date,
    *,
    after: str = "",
    limit: int = 200,
    overlaps: bool = True,
) -> list[CatalogueRow]:
    """The running measures on that day that pass the filter, by code; `after` is the last code shown."""
    query = select(Measure).where(col(Measure.id).in_(running_ids(day)), col(Measure.code) > after)
    if shown.kind is not None:
        query = query.where(col(Measure.kind) == shown.kind)
    if shown.region:
        query = query.where(col(Measure.region).in_(("", shown.region)))
    if shown.text:
        query = query.where(
            or_(
                func.lower(col(Measure.name)).contains(shown.text.lower(), autoescape=True),
                func.lower(col(Measure.code)).contains(shown.text.lower(), autoescape=True),
            )
        )
    rows = work.session.scalars(query.order_by(col(Measure.code))).all()
    full = [row for row in catalogue_rows(work, rows, day, overlaps=overlaps) if _passes(row, shown)]
    return full[:limit]


def catalogue_rows(
    work: Work, rows: Sequence[Measure], day: date, *, overlaps: bool = True
) -> list[CatalogueRow]:
    """These measures as the catalogue shows them on that day, in the order given; few queries, any length."""
    quotas, respondents = quotas_at(work, day), respondents_at(work, day)
    lines = lines_by_id(work, {quota.line_id for quota in quotas})
    mixed = _mixed(quotas, {line_id: line.sector for line_id, line in lines.items()})
    places: dict[int, dict[MeasureKind, int]] = {}
    for held in places_at(work, day):
        places.setdefault(held.measure_id, {})[held.kind] = held.places
    by_line: dict[int, dict[int, int]] = {}
    for quota in quotas:
        mine = by_line.setdefault(quota.measure_id, {})
        mine[quota.line_id] = mine.get(quota.line_id, 0) + quota.places
    twins: dict[str, list[str]] = {}
    for pair in overlapping(work, day) if overlaps else ():
        twins.setdefault(pair.one, []).append(pair.other)
        twins.setdefault(pair.other, []).append(pair.one)
    return [
        CatalogueRow(
            id=row.id or 0,
            ref=row.ref,
            code=row.code,
            name=row.name,
            kind=row.kind,
            region=row.region,
            languages=tuple(row.languages),
            target_groups=tuple(row.target_groups),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            description=row.description,
            justification=row.justification,
            provider_institution_id=row.provider_institution_id,
            respondent=respondents.get(row.id or 0),
            places=sum(places.get(row.id or 0, {}).values()),
            places_by_kind=places.get(row.id or 0, {}),
            quotas=tuple(
                LineQuota(line_id, lines[line_id].ref, lines[line_id].code, lines[line_id].sector, held)
                for line_id, held in by_line.get(row.id or 0, {}).items()
            ),
            mixed=(row.id or 0) in mixed,
            overlaps=tuple(sorted(twins.get(row.code, ()))),
            version=row.version,
        )
        for row in rows
    ]


def _passes(row: CatalogueRow, shown: CatalogueFilter) -> bool:
    return (
        (shown.language is None or shown.language in row.languages)
        and (shown.target_group is None or shown.target_group in row.target_groups)
        and (shown.sector is None or any(q.sector == shown.sector and q.places for q in row.quotas))
        and (shown.mixed is None or row.mixed == shown.mixed)
    )
