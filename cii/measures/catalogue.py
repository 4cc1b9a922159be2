"""The catalogue of a day: the measures that run, as lists and pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from cii.institutions.queries import UnitLabel, unit_told, with_units
from cii.measures.queries import (
    mixed_of,
    numbers_at,
    overlapping,
    overlaps_of,
    respondents_at,
    respondents_on,
    running_ids,
)
from cii.measures.tables import Measure
from cii.measures.vocabulary import MeasureKind
from cii.store.work import Work

FEW = 50
"""So many measures are asked for by themselves; of more, all that run are read."""


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
    opening_hours: str
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
    speaks = respondents_on(day).subquery("speaks")
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
    few = {row.id or 0 for row in rows} if len(rows) <= FEW else None
    quotas, places = numbers_at(work, day, few)
    if respondents is None:
        respondents = respondents_at(work, day, few)
    lines = {quota.line_id: quota for quota in quotas}
    mixed = mixed_of(quotas)
    by_line: dict[int, dict[int, int]] = {}
    for quota in quotas:
        mine = by_line.setdefault(quota.measure_id, {})
        mine[quota.line_id] = mine.get(quota.line_id, 0) + quota.places
    twins: dict[str, list[str]] = {}
    for pair in overlapping(work, day) if beside is None else overlaps_of(beside):
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
            opening_hours=row.opening_hours,
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
