"""Measures: the catalogue, one measure, places and quotas, capacity of a day, the waiting list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, open_label, tagged
from cii.cases.queries import cases_by_id
from cii.institutions.queries import UnitLabel
from cii.institutions.schemas import UNIT
from cii.measures.actions import SetPlaces, SetQuota
from cii.measures.catalogue import CatalogueFilter, CatalogueRow, LineQuota, catalogue, catalogue_rows
from cii.measures.queries import measure_by_ref, measure_held
from cii.measures.schemas import QUOTA
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.placements.actions import change_places, change_quota
from cii.placements.board import BoardLine, BoardRow, WaitingRow, capacity_board, waiting_list
from cii.placements.vocabulary import RankEffect, RefusalReason
from cii.placements.waiting import JoinWaitingList, join_waiting_list, withdraw_waiting
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-measures", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class MeasuresAsked(PageAsked):
    """What to show of the catalogue, on which day (today when left out)."""

    day: date | None = None
    kind: MeasureKind | None = None
    sector: str | None = None
    region: str | None = None
    language: str | None = None
    target_group: TargetGroup | None = None
    mixed: bool | None = None
    text: str | None = field(default=None, metadata={"max": 100})


@dataclass(frozen=True)
class DayAsked:
    """On which day; today when left out."""

    day: date | None = None


@dataclass(frozen=True)
class MeasureShown:
    """A measure on a day; `respondent` is the service that speaks for it."""

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
    respondent: UnitLabel | None
    places: int
    places_by_kind: dict[str, int]
    quotas: tuple[LineQuota, ...]
    mixed: bool
    overlaps: tuple[str, ...]
    version: int


@dataclass(frozen=True)
class WaitingShown:
    """A place in the waiting list; the case is named to those who may see it.

    `position` none: paused since `paused_on`, and passed over. `rank_effect`: what the last refused place,
    for `declined_reason`, did to the rank; told with the case only.
    """

    position: int | None
    ref: str
    case_ref: str | None
    line_code: str
    urgency: int
    waiting_since: date
    lot: str
    starts_on: date
    ends_on: date
    paused_on: date | None
    declined_on: date | None
    declined_reason: RefusalReason | None
    rank_effect: RankEffect | None


MEASURE = only(
    MeasureShown, "ref", "code", "name", "kind", "region", "languages", "target_groups", "starts_on",
    "ends_on", "description", "opening_hours", "justification", "places", "places_by_kind", "mixed",
    "overlaps", "version",
    quotas=QUOTA, respondent=UNIT, called="MeasureAnswer",
)  # fmt: skip
BOARD_LINE = only(BoardLine, "line_code", "places", "taken", "free", "waiting", called="CapacityLineAnswer")
BOARD = only(
    BoardRow, "measure_ref", "measure_code", "measure_name", "kind", "places", "taken", "free", "waiting",
    lines=BOARD_LINE, called="CapacityAnswer",
)  # fmt: skip
WAITING = only(
    WaitingShown, "position", "ref", "case_ref", "line_code", "urgency", "waiting_since", "lot", "starts_on",
    "ends_on", "paused_on", "declined_on", "declined_reason", "rank_effect", called="WaitingAnswer",
)  # fmt: skip


@blueprint.get("/measures")
@needs(Permit.SEE_MEASURES)
@blueprint.arguments(MeasuresAsked, location="query")
@blueprint.response(200, paged(MEASURE))
def listed(asked: MeasuresAsked) -> Page[MeasureShown]:
    """The running measures of a day, by code."""
    return _page(asked)


@blueprint.get("/measures/capacity")
@needs(Permit.SEE_MEASURES)
@blueprint.arguments(DayAsked, location="query")
@blueprint.response(200, paged(BOARD))
def capacity(asked: DayAsked) -> Page[BoardRow]:
    """Places, taken, free and waiting of every measure and line on a day; nothing personal."""
    return Page(capacity_board(g.work, asked.day or g.work.today))


@blueprint.get("/measures/<ref:ref>")
@needs(Permit.SEE_MEASURES)
@blueprint.response(200, MEASURE)
def one(ref: str) -> Tagged:
    """A measure today."""
    return measure_shown(ref)


@blueprint.post("/measures/<ref:ref>/places")
@needs(Permit.EDIT_MEASURES)
@versioned
@once
@blueprint.arguments(SetPlaces, given=("measure_ref",))
@blueprint.response(200, MEASURE)
def places_set(ask: Callable[..., SetPlaces], ref: str) -> Tagged:
    """Change the places of a kind from a day on."""
    change_places(g.work, ask(measure_ref=_fresh(ref)))
    return measure_shown(ref)


@blueprint.post("/measures/<ref:ref>/quotas")
@needs(Permit.EDIT_MEASURES)
@versioned
@once
@blueprint.arguments(SetQuota, given=("measure_ref",))
@blueprint.response(200, MEASURE)
def quota_set(ask: Callable[..., SetQuota], ref: str) -> Tagged:
    """Change the quota of a line from a day on."""
    change_quota(g.work, ask(measure_ref=_fresh(ref)))
    return measure_shown(ref)


@blueprint.get("/measures/<ref:ref>/waiting")
@needs(Permit.SEE_MEASURES)
@blueprint.response(200, paged(WAITING))
def waiting(ref: str) -> Page[WaitingShown]:
    """Who waits for a place, in order."""
    return Page(_waiting(measure_by_ref(g.work, ref).id or 0))


@blueprint.post("/cases/<ref:ref>/waiting")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@blueprint.arguments(JoinWaitingList, given=("case_ref",))
@blueprint.response(201, paged(WAITING))
def joined(ask: Callable[..., JoinWaitingList], ref: str) -> Page[WaitingShown]:
    """Enter the person in the waiting list of a measure; the answer is the list."""
    return Page(_waiting(join_waiting_list(g.work, ask(case_ref=ref)).measure_id))


@blueprint.delete("/waiting/<ref:ref>")
@needs(Permit.ASSIGN_PLACEMENT)
@blueprint.response(204)
def left(ref: str) -> None:
    """Take a person off the waiting list."""
    withdraw_waiting(g.work, ref)


def _fresh(ref: str) -> str:
    matched(ref, measure_held(g.work, ref).version)
    return ref


def _page(asked: MeasuresAsked) -> Page[MeasureShown]:
    day = asked.day or g.work.today
    shown = CatalogueFilter(
        asked.kind, asked.region, asked.language, asked.target_group, asked.sector, asked.mixed, asked.text
    )
    name = f"measures {day} {shown}"
    since = place(g.work.settings, name, asked.after)
    rows = catalogue(g.work, shown, day, after=since[0] if since else "", limit=asked.limit + 1)
    page = page_of(rows, asked.limit, g.work.settings, name, lambda row: (row.code,))
    return Page([_measure(row) for row in page.items], page.next)


def measure_shown(ref: str) -> Tagged:
    """The measure today, with its version."""
    (row,) = catalogue_rows(g.work, [measure_by_ref(g.work, ref)], g.work.today)
    return tagged(_measure(row), row.ref, row.version)


def _measure(row: CatalogueRow) -> MeasureShown:
    return MeasureShown(
        row.ref, row.code, row.name, row.kind, row.region, row.languages, row.target_groups, row.starts_on,
        row.ends_on, row.description, row.opening_hours, row.justification, open_label(row.respondent),
        row.places, {kind.value: places for kind, places in row.places_by_kind.items()}, row.quotas,
        row.mixed, row.overlaps, row.version,
    )  # fmt: skip


def _waiting(measure_id: int) -> list[WaitingShown]:
    rows = waiting_list(g.work, measure_id)
    cases = cases_by_id(g.work, {row.case_id for row in rows if row.case_id is not None})
    return [_waiter(row, cases[row.case_id].ref if row.case_id in cases else None) for row in rows]


def _waiter(row: WaitingRow, case_ref: str | None) -> WaitingShown:
    return WaitingShown(
        row.position, row.ref, case_ref, row.line_code, row.urgency, row.waiting_since, row.lot,
        row.starts_on, row.ends_on, row.paused_on, row.declined_on, row.declined_reason, row.rank_effect,
    )  # fmt: skip
