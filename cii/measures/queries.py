"""Reads of the measures. The catalogue holds no personal data: every account may read it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Select, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased
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


def measure_held(work: Work, ref: str) -> Measure:
    """The measure as it is now, held until the transaction ends: of two who change it, one waits.

    Refuses UnknownThing.
    """
    held = select(Measure).where(col(Measure.ref) == ref).with_for_update()
    found = work.session.scalars(held.execution_options(populate_existing=True)).first()
    if found is None:
        raise UnknownThing(field="measure_ref")
    return found


def measures_by_id(work: Work, ids: Collection[int]) -> dict[int, Measure]:
    """Measures by id, for labels of other rooms' lists."""
    if not ids:
        return {}
    rows = work.session.scalars(select(Measure).where(col(Measure.id).in_(set(ids))))
    return {row.id: row for row in rows if row.id is not None}


def measures_by_code(work: Work, codes: Collection[str]) -> list[Measure]:
    """The measures with these codes, by code; a code that no measure has is left out."""
    return list(
        work.session.scalars(
            select(Measure).where(col(Measure.code).in_(set(codes))).order_by(col(Measure.code))
        )
    )


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


def _quotas(day: date, known_at: datetime | None, measure_ids: Collection[int] | None = None) -> Select[Any]:
    keys = (PlaceQuota.measure_id, PlaceQuota.line_id, PlaceQuota.kind)
    newest = _newest(PlaceQuota, keys, day, known_at, measure_ids).subquery("quotas")
    c = newest.c
    return (
        select(c.measure_id, c.line_id, c.kind, c.places, *line_facts.c["line_ref", "code", "sector"])
        .join(line_facts, line_facts.c.line_id == c.line_id)
        .where(c.age == 1)
    )


def _newest(
    table: Any,  # noqa: ANN401 - one of the dated tables
    keys: Sequence[Any],
    day: date,
    known_at: datetime | None,
    measure_ids: Collection[int] | None = None,
) -> Select[Any]:
    """The numbers of running measures on that day, as known then, with their age: 1 is in force."""
    order = (col(table.valid_from).desc(), col(table.id).desc())
    age = func.row_number().over(partition_by=[col(one) for one in keys], order_by=order)
    return select(*(col(one) for one in keys), col(table.places), age.label("age")).where(
        col(table.valid_from) <= day,
        col(table.measure_id).in_(running_ids(day)),
        *((col(table.recorded_at) <= known_at,) if known_at else ()),
        *((col(table.measure_id).in_(measure_ids),) if measure_ids is not None else ()),
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


def _places(day: date, known_at: datetime | None, measure_ids: Collection[int] | None = None) -> Select[Any]:
    """In the shape of `_quotas`, of no line."""
    keys = (MeasurePlaces.measure_id, MeasurePlaces.kind)
    c = _newest(MeasurePlaces, keys, day, known_at, measure_ids).subquery("places").c
    nothing = [null().label(name) for name in ("line_ref", "code", "sector")]
    return select(c.measure_id, literal(0).label("line_id"), c.kind, c.places, *nothing).where(c.age == 1)


def numbers_at(
    work: Work, day: date, measure_ids: Collection[int] | None = None
) -> tuple[list[QuotaAt], dict[int, dict[MeasureKind, int]]]:
    """The quotas of running measures, and their places by measure and kind, in one statement.

    `measure_ids`: of these only.
    """
    both = union_all(_quotas(day, None, measure_ids), _places(day, None, measure_ids))
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
    return mixed_of(quotas_at(work, day, known_at=known_at))


def mixed_of(quotas: Sequence[QuotaAt]) -> set[int]:
    """Of these quotas, the measures in which at least two sectors have places."""
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


def respondents_at(work: Work, day: date, measure_ids: Collection[int] | None = None) -> dict[int, UnitLabel]:
    """The respondent service of each measure on that day, where its name is open to the reader.

    `measure_ids`: of these only.
    """
    spoken = respondents_on(day)
    if measure_ids is not None:
        spoken = spoken.where(col(MeasureRespondent.measure_id).in_(measure_ids))
    held = with_units(spoken, work.actor, respondent=col(MeasureRespondent.unit_id))
    told = {row.measure_id: unit_told(row, "respondent") for row in work.session.execute(held)}
    return {measure: unit for measure, unit in told.items() if unit is not None}


def respondent_units_at(work: Work, day: date) -> dict[int, int]:
    """Measure → the unit that answers for it on that day."""
    return {row.measure_id: row.unit_id for row in work.session.execute(respondents_on(day))}


def respondents_on(day: date) -> Any:  # noqa: ANN401 - a select
    """Measure and the unit that answers for it on that day, the last that began; a named selectable."""
    later = aliased(MeasureRespondent)
    return select(col(MeasureRespondent.measure_id), col(MeasureRespondent.unit_id)).where(
        col(MeasureRespondent.valid_from) <= day,
        ~exists().where(
            col(later.measure_id) == col(MeasureRespondent.measure_id),
            col(later.valid_from) <= day,
            col(later.valid_from) > col(MeasureRespondent.valid_from),
        ),
    )


def rules_at(work: Work, day: date, measure_ids: Collection[int] | None = None) -> dict[int, MeasureRule]:
    """The eligibility table in force of each measure that has one; the last version among equal starts."""
    query = select(MeasureRule).where(col(MeasureRule.valid_from) <= day)
    if measure_ids is not None:
        query = query.where(col(MeasureRule.measure_id).in_(set(measure_ids)))
    rows = work.session.scalars(query.order_by(col(MeasureRule.valid_from), col(MeasureRule.version)))
    return {row.measure_id: row for row in rows}


def rules_of(work: Work, measure_id: int) -> list[MeasureRule]:
    """Every version of the measure's eligibility table, the newest first."""
    mine = select(MeasureRule).where(col(MeasureRule.measure_id) == measure_id)
    return list(work.session.scalars(mine.order_by(col(MeasureRule.version).desc())))


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two measures (by code) that offer the same at the same time; `justified` when one of them says why."""

    one: str
    other: str
    justified: bool


def overlapping(work: Work, day: date) -> list[Overlap]:
    """Every pair of running measures that overlap, in the order of their codes. Source: product.md P5."""
    return overlaps_of(work.session.scalars(select(Measure).where(col(Measure.id).in_(running_ids(day)))))


def overlaps_of(running: Iterable[Measure]) -> list[Overlap]:
    """Every pair of these measures that offers the same, in the order of their codes."""
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
