"""Agreements: the register, one agreement with tariffs, objectives, indicators and deliverables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.agreements.actions import AddClosure, AddTariff, AgreeMargin, add_closure, agree_margin
from cii.agreements.queries import agreement_by_ref, agreement_view, agreements_list
from cii.agreements.schemas import DELIVERABLE, INDICATOR, OBJECTIVE
from cii.agreements.tables import Agreement, Deliverable, Indicator, Objective, Tariff
from cii.agreements.vocabulary import AgreementState, Basis, Instrument, LegalForm, Profile
from cii.api.asking import PageAsked, matched, versioned
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import Tagged, by_ref, tagged
from cii.conventions.dates import ComingDate, coming
from cii.conventions.schemas import DATE
from cii.institutions.queries import UnitLabel, lines_by_id, shown_units, unit_told
from cii.institutions.schemas import LINE, UNIT
from cii.institutions.tables import FundingLine
from cii.kernel.money import Chf
from cii.measures.queries import measure_by_ref, measures_by_id
from cii.measures.schemas import NAMED
from cii.measures.tables import Measure
from cii.settlement.actions_tariffs import agree_tariff
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page, page_of, place

blueprint = Blueprint("api-agreements", __name__, url_prefix=f"{PREFIX}/agreements")


@dataclass(frozen=True)
class AgreementsAsked(PageAsked):
    """Which agreements to list."""

    state: AgreementState | None = None
    measure_ref: str | None = None


@dataclass(frozen=True)
class AgreementLine:
    """An agreement as the register tells it; `valid_to` is the first day no more, `notice_on` ended it."""

    ref: str
    number: str
    profile: Profile
    instrument: Instrument
    state: AgreementState
    valid_from: date
    valid_to: date | None
    notice_months: int
    notice_on: date | None
    version: int
    provider: UnitLabel | None


@dataclass(frozen=True)
class BoughtShown:
    """What an agreement buys: a measure for a line, and how many places beyond its quota."""

    measure: Measure
    line: FundingLine
    overbooking: int


@dataclass(frozen=True)
class TariffShown:
    """What a unit of the measure costs the line from a day on."""

    ref: str
    measure_code: str
    line_code: str
    valid_from: date
    valid_to: date | None
    basis: Basis
    amount: Chf
    places: int
    month_begun: bool
    excused_days: int | None
    unexcused_days: int | None
    day_minutes: int | None
    full_from: int | None
    half_from: int | None
    guarantee: int | None


@dataclass(frozen=True)
class AgreementShown:
    """An agreement with all that hangs on it."""

    ref: str
    number: str
    profile: Profile
    instrument: Instrument
    state: AgreementState
    valid_from: date
    valid_to: date | None
    notice_months: int
    notice_on: date | None
    version: int
    legal_form: LegalForm
    document: Mapping[str, Any]
    provider: UnitLabel | None
    bought: tuple[BoughtShown, ...]
    tariffs: tuple[TariffShown, ...]
    objectives: tuple[Objective, ...]
    indicators: tuple[Indicator, ...]
    deliverables: tuple[Deliverable, ...]


ROW = only(
    AgreementLine, "ref", "number", "profile", "instrument", "state", "valid_from", "valid_to",
    "notice_months", "notice_on", "version", provider=UNIT, called="AgreementLineAnswer",
)  # fmt: skip
BOUGHT = only(BoughtShown, "overbooking", measure=NAMED, line=LINE, called="BoughtAnswer")
TARIFF = only(
    TariffShown, "ref", "measure_code", "line_code", "valid_from", "valid_to", "basis", "amount", "places",
    "month_begun", "excused_days", "unexcused_days", "day_minutes", "full_from", "half_from", "guarantee",
    called="TariffAnswer",
)  # fmt: skip
AGREEMENT = only(
    AgreementShown, "ref", "number", "profile", "instrument", "state", "valid_from", "valid_to",
    "notice_months", "notice_on", "version", "legal_form", "document", provider=UNIT, bought=BOUGHT,
    tariffs=TARIFF, objectives=OBJECTIVE, indicators=INDICATOR, deliverables=DELIVERABLE,
    called="AgreementAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.arguments(AgreementsAsked, location="query")
@blueprint.response(200, paged(ROW))
def listed(asked: AgreementsAsked) -> Page[AgreementLine]:
    """The agreements that I may see, by number."""
    return _page(asked)


@blueprint.get("/dates")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, paged(DATE))
def dates() -> Page[ComingDate]:
    """Ends, options, notices, prices and deliverables ahead of the agreements in force, the nearest first."""
    return Page(coming(g.work))


@blueprint.get("/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, AGREEMENT)
def one(ref: str) -> Tagged:
    """An agreement with its tariffs, objectives, indicators and deliverables."""
    return _shown(ref)


@blueprint.post("/<ref:ref>/tariffs")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(AddTariff, given=("agreement_ref",))
@blueprint.response(200, AGREEMENT)
def tariff_added(ask: Callable[..., AddTariff], ref: str) -> Tagged:
    """Add a dated tariff while the agreement's text is open; never in a month already stated."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    agree_tariff(g.work, ask(agreement_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/closures")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(AddClosure, given=("agreement_ref",))
@blueprint.response(200, AGREEMENT)
def closure_added(ask: Callable[..., AddClosure], ref: str) -> Tagged:
    """State days on which a measure is closed, while the agreement's text is open."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    add_closure(g.work, ask(agreement_ref=ref))
    return _shown(ref)


@blueprint.post("/<ref:ref>/margins")
@needs(Permit.EDIT_AGREEMENTS)
@versioned
@once
@blueprint.arguments(AgreeMargin, given=("agreement_ref",))
@blueprint.response(200, AGREEMENT)
def margin_agreed(ask: Callable[..., AgreeMargin], ref: str) -> Tagged:
    """State by how many places a line may go beyond its quota, while the agreement's text is open."""
    matched(ref, agreement_by_ref(g.work, ref).version)
    agree_margin(g.work, ask(agreement_ref=ref))
    return _shown(ref)


def _page(asked: AgreementsAsked) -> Page[AgreementLine]:
    work, name = g.work, f"agreements {asked.state or ''} {asked.measure_ref or ''}"
    since = place(work.settings, name, asked.after)
    rows = agreements_list(
        work,
        states=(asked.state,) if asked.state else (),
        measure_id=measure_by_ref(work, asked.measure_ref).id if asked.measure_ref else None,
        after=since[0] if since else "",
        limit=asked.limit + 1,
    )
    page = page_of(rows, asked.limit, work.settings, name, lambda row: (row.number,))
    return Page([_line(row) for row in page.items], page.next)


def _line(row: Any) -> AgreementLine:  # noqa: ANN401 - a Core row
    return AgreementLine(
        row.ref, row.number, row.profile, row.instrument, row.state, row.valid_from, row.valid_to,
        row.notice_months, row.notice_on, row.version, unit_told(row, "provider"),
    )  # fmt: skip


def _shown(ref: str) -> Tagged:
    view, work = agreement_view(g.work, ref), g.work
    lines = lines_by_id(work, {one.line_id for one in view.measures})
    measures = measures_by_id(work, {one.measure_id for one in view.measures})
    row: Agreement = view.agreement
    shown = AgreementShown(
        row.ref, row.number, row.profile, row.instrument, row.state, row.valid_from, row.valid_to,
        row.notice_months, row.notice_on, row.version, view.provider.legal_form, row.document,
        next(iter(by_ref(shown_units(work, [view.provider.unit_id]), [view.provider.unit_id])), None),
        tuple(
            BoughtShown(measures[one.measure_id], lines[one.line_id], one.overbooking)
            for one in view.measures
        ),
        _tariffs(view.tariffs, measures, lines), view.objectives, view.indicators, view.deliverables,
    )  # fmt: skip
    return tagged(shown, row.ref, row.version)


def _tariffs(
    rows: Sequence[Tariff], measures: Mapping[int, Measure], lines: Mapping[int, FundingLine]
) -> tuple[TariffShown, ...]:
    return tuple(
        TariffShown(
            one.ref, measures[one.measure_id].code, lines[one.line_id].code, one.valid_from, one.valid_to,
            one.basis, one.amount, one.places, one.month_begun, one.excused_days, one.unexcused_days,
            one.day_minutes, one.full_from, one.half_from, one.guarantee,
        )
        for one in rows
    )  # fmt: skip
