"""Reads of the measures. The catalogue holds no personal data: every account may read it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, union_all
from sqlmodel import col

from cii.institutions.queries import UnitLabel, line_facts, unit_told, with_units
from cii.kernel.errors import UnknownThing
from cii.measures.rules import Dated, Profile, is_mixed, overlap
from cii.measures.tables import Measure, MeasurePlaces, MeasureRespondent, MeasureRule, PlaceQuota
from cii.measures.vocabulary import MeasureKind
from cii.store.work import Work

measure_names = select(col(Measure.ref), col(Measure.code), col(Measure.name), col(Measure.ends_on))
"""Every measure as search knows it; the catalogue is open to every account."""


measure_words = select(
    col(Measure.id).label("measure_id"),
    col(Measure.ref).label("measure_ref"),
    col(Measure.code).label("measure_code"),
    col(Measure.name).label("measure_name"),
    col(Measure.kind).label("measure_kind"),
).subquery("measure_words")
"""Each measure as lists of the rooms above name it."""


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
    """Places of a kind that a line may use in a measure, and the words of the line."""

    measure_id: int
    line_id: int
    kind: MeasureKind
    places: int
    line_ref: str
    line_code: str
    sector: str


def quotas_at(work: Work, day: date, *, known_at: datetime | None = None) -> list[QuotaAt]:
    """The quotas of all running measures on that day, as known then; by measure, line, kind."""
    return sorted(
        (QuotaAt(*row) for row in work.session.execute(_quotas(day, known_at))),
        key=lambda one: (one.measure_id, one.line_id, one.kind),
    )


def _quotas(day: date, known_at: datetime | None) -> Select[Any]:
    keys = (PlaceQuota.measure_id, PlaceQuota.line_id, PlaceQuota.kind)
    newest = _newest(PlaceQuota, keys, day, known_at).subquery("quotas")
    c = newest.c
    return (
        select(c.measure_id, c.line_id, c.kind, c.places, *line_facts.c["line_ref", "code", "sector"])
        .join(line_facts, line_facts.c.line_id == c.line_id)
        .where(c.age == 1)
    )


def _newest(table: Any, keys: Sequence[Any], day: date, known_at: datetime | None) -> Select[Any]:  # noqa: ANN401
    """The numbers of running measures on that day, as known then, with their age: 1 is in force."""
    order = (col(table.valid_from).desc(), col(table.id).desc())
    age = func.row_number().over(partition_by=[col(one) for one in keys], order_by=order)
    return select(*(col(one) for one in keys), col(table.places), age.label("age")).where(
        col(table.valid_from) <= day,
        col(table.measure_id).in_(running_ids(day)),
        *((col(table.recorded_at) <= known_at,) if known_at else ()),
    )


@dataclass(frozen=True, slots=True)
class PlacesAt:
    """Places of a kind in a measure."""

    measure_id: int
    kind: MeasureKind
    places: int


def places_at(work: Work, day: date, *, known_at: datetime | None = None) -> list[PlacesAt]:
    """The places of all running measures on that day, as known then; by measure and kind."""
    return sorted(
        (PlacesAt(row[0], row[2], row[3]) for row in work.session.execute(_places(day, known_at))),
        key=lambda one: (one.measure_id, one.kind),
    )


def _places(day: date, known_at: datetime | None) -> Select[Any]:
    """In the shape of `_quotas`, of no line."""
    keys = (MeasurePlaces.measure_id, MeasurePlaces.kind)
    c = _newest(MeasurePlaces, keys, day, known_at).subquery("places").c
    nothing = [null().label(name) for name in ("line_ref", "code", "sector")]
    return select(c.measure_id, literal(0).label("line_id"), c.kind, c.places, *nothing).where(c.age == 1)


def _numbers_at(work: Work, day: date) -> tuple[list[QuotaAt], dict[int, dict[MeasureKind, int]]]:
    """The quotas of running measures, and their places by measure and kind, in one statement."""
    both = union_all(_quotas(day, None), _places(day, None))
    found = sorted(
        (QuotaAt(*row) for row in work.session.execute(both)),
        key=lambda one: (one.measure_id, one.line_id, one.kind),
    )
    places: dict[int, dict[MeasureKind, int]] = {}
    for one in found:
        if not one.line_id:
            places.setdefault(one.measure_id, {})[one.kind] = one.places
    return [one for one in found if one.line_id], places


def mixed_ids(work: Work, day: date, *, known_at: datetime | None = None) -> set[int]:
    """The measures in which at least two sectors have places on that day."""
    return _mixed(quotas_at(work, day, known_at=known_at))


def _mixed(quotas: Sequence[QuotaAt]) -> set[int]:
    sectors: dict[int, set[str]] = {}
    for quota in quotas:
        if quota.places > 0:
            sectors.setdefault(quota.measure_id, set()).add(quota.sector)
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
    held = with_units(_respondents(day), work.actor, respondent=col(MeasureRespondent.unit_id))
    told = {row.measure_id: unit_told(row, "respondent") for row in work.session.execute(held)}
    return {measure: unit for measure, unit in told.items() if unit is not None}


def respondent_units_at(work: Work, day: date) -> dict[int, int]:
    """Measure → the unit that answers for it on that day."""
    return {row.measure_id: row.unit_id for row in work.session.execute(_respondents(day))}


def _respondents(day: date) -> Any:  # noqa: ANN401 - a select
    return (
        select(col(MeasureRespondent.measure_id), col(MeasureRespondent.unit_id))
        .select_from(MeasureRespondent)
        .where(
            col(MeasureRespondent.valid_from) <= day,
            or_(col(MeasureRespondent.valid_to).is_(None), col(MeasureRespondent.valid_to) > day),
        )
    )


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
    return _overlapping(work.session.scalars(select(Measure).where(col(Measure.id).in_(running_ids(day)))))


def _overlapping(running: Iterable[Measure]) -> list[Overlap]:
    alike: dict[MeasureKind, list[tuple[Measure, Profile]]] = {}
    for row in sorted(running, key=lambda one: one.code):
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
    groups = tuple(row.target_groups)
    return Profile(row.code, row.kind, row.region, tuple(row.languages), groups, row.starts_on, row.ends_on)


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
    wanted: list[ColumnElement[bool]] = [col(Measure.code) > after]
    if shown.kind is not None:
        wanted.append(col(Measure.kind) == shown.kind)
    if shown.region:
        wanted.append(col(Measure.region).in_(("", shown.region)))
    if shown.text:
        wanted.append(
            or_(
                func.lower(col(Measure.name)).contains(shown.text.lower(), autoescape=True),
                func.lower(col(Measure.code)).contains(shown.text.lower(), autoescape=True),
            )
        )
    speaks = _respondents(day).subquery("speaks")
    query = (
        select(Measure, and_(*wanted).label("passes"))
        .join_from(Measure, speaks, speaks.c.measure_id == col(Measure.id), isouter=True)
        .where(col(Measure.id).in_(running_ids(day)))
        .order_by(col(Measure.code))
    )
    found = work.session.execute(with_units(query, work.actor, respondent=speaks.c.unit_id)).all()
    rows = list({one[0].id: one[0] for one in found if one.passes}.values())
    beside = list({one[0].id: one[0] for one in found}.values()) if overlaps else []
    told = {one[0].id: unit for one in found if (unit := unit_told(one, "respondent")) is not None}
    full = catalogue_rows(work, rows, day, beside=beside, respondents=told)
    return [row for row in full if _passes(row, shown)][:limit]


def catalogue_rows(
    work: Work,
    rows: Sequence[Measure],
    day: date,
    *,
    beside: Sequence[Measure] | None = None,
    respondents: Mapping[int, UnitLabel] | None = None,
) -> list[CatalogueRow]:
    """These measures as the catalogue shows them on that day, in the order given; few queries, any length.

    `beside`: every measure that runs, where the caller has read them; none of them tells of no overlaps.
    `respondents`: who speaks for each that day, where the caller has read it.
    """
    quotas, places = _numbers_at(work, day)
    if respondents is None:
        respondents = respondents_at(work, day)
    lines = {quota.line_id: quota for quota in quotas}
    mixed = _mixed(quotas)
    by_line: dict[int, dict[int, int]] = {}
    for quota in quotas:
        mine = by_line.setdefault(quota.measure_id, {})
        mine[quota.line_id] = mine.get(quota.line_id, 0) + quota.places
    twins: dict[str, list[str]] = {}
    for pair in overlapping(work, day) if beside is None else _overlapping(beside):
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
                LineQuota(
                    line_id, lines[line_id].line_ref, lines[line_id].line_code, lines[line_id].sector, held
                )
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
