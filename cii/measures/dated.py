"""Measures with their dated places, quotas and tables, each in one statement: for many days at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import col

from cii.measures.rules import Dated
from cii.measures.tables import Measure, MeasurePlaces, MeasureRule, PlaceQuota
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Offered:
    """A measure as a place in it is chosen; `ends_on` is its last day, None is open."""

    id: int
    code: str
    region: str
    languages: tuple[str, ...]
    target_groups: tuple[str, ...]
    starts_on: date
    ends_on: date | None

    def runs(self, first: date, last: date) -> bool:
        """Whether it runs on every day between the two (both inside)."""
        return self.starts_on <= first and (self.ends_on is None or last <= self.ends_on)


def offered(work: Work, first: date, last: date) -> list[Offered]:
    """The measures that run on a day between the two (both inside), by code."""
    rows = work.session.execute(
        select(
            col(Measure.id),
            col(Measure.code),
            col(Measure.region),
            col(Measure.languages),
            col(Measure.target_groups),
            col(Measure.starts_on),
            col(Measure.ends_on),
        )
        .where(
            col(Measure.starts_on) <= last, or_(col(Measure.ends_on).is_(None), col(Measure.ends_on) >= first)
        )
        .order_by(col(Measure.code))
    )
    return [
        Offered(id_ or 0, code, region, tuple(languages), tuple(groups), start, end)
        for id_, code, region, languages, groups, start, end in rows
    ]


def all_places(work: Work) -> Mapping[int, list[Dated]]:
    """Every dated number of places, by measure."""
    found: dict[int, list[Dated]] = {}
    for measure, *row in work.session.execute(
        select(
            col(MeasurePlaces.measure_id),
            col(MeasurePlaces.kind),
            col(MeasurePlaces.places),
            col(MeasurePlaces.valid_from),
            col(MeasurePlaces.id),
        )
    ):
        found.setdefault(measure, []).append(Dated((row[0],), row[1], row[2], row[3]))
    return found


def all_quotas(work: Work) -> Mapping[tuple[int, int], list[Dated]]:
    """Every dated quota, by measure and line."""
    found: dict[tuple[int, int], list[Dated]] = {}
    for measure, line, *row in work.session.execute(
        select(
            col(PlaceQuota.measure_id),
            col(PlaceQuota.line_id),
            col(PlaceQuota.kind),
            col(PlaceQuota.places),
            col(PlaceQuota.valid_from),
            col(PlaceQuota.id),
        ).order_by(col(PlaceQuota.measure_id), col(PlaceQuota.line_id))
    ):
        found.setdefault((measure, line), []).append(Dated((row[0],), row[1], row[2], row[3]))
    return found


@dataclass(frozen=True, slots=True)
class RuleFrom:
    """An eligibility table with the first day on which it decides."""

    valid_from: date
    version: int
    source: str


def rules_until(work: Work, last: date) -> Mapping[int, list[RuleFrom]]:
    """The eligibility tables of each measure that begin to decide up to that day, the earliest first."""
    found: dict[int, list[RuleFrom]] = {}
    for measure, *row in work.session.execute(
        select(
            col(MeasureRule.measure_id),
            col(MeasureRule.valid_from),
            col(MeasureRule.version),
            col(MeasureRule.source),
        )
        .where(col(MeasureRule.valid_from) <= last)
        .order_by(col(MeasureRule.valid_from), col(MeasureRule.version))
    ):
        found.setdefault(measure, []).append(RuleFrom(*row))
    return found


def rule_on(rules: Sequence[RuleFrom], day: date) -> RuleFrom | None:
    """The table that decides on that day: the last version among equal starts."""
    return next((one for one in reversed(rules) if one.valid_from <= day), None)


__all__ = ["Offered", "RuleFrom", "all_places", "all_quotas", "offered", "rule_on", "rules_until"]
