"""The tariffs of one agreement: what is in force when, by which basis; adding one while the text is open."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.actions import AddTariff
from cii.agreements.price_talks import KeepPrices, keep_prices, priced_from, prices_kept
from cii.agreements.queries import agreement_by_ref, agreement_view, may_write
from cii.agreements.rules import LIVING_STATES, OPEN_STATES
from cii.agreements.tables import Agreement, Tariff
from cii.agreements.vocabulary import Basis, Profile
from cii.institutions.queries import lines_by_id
from cii.kernel.period import ONE_DAY
from cii.measures.queries import measures_by_id
from cii.settlement.actions_tariffs import agree_tariff
from cii.store.work import Work
from cii.texts import formats
from cii.web.agreement_tabs import state_chip
from cii.web.agreements import absences
from cii.web.base import Blueprint, see_other
from cii.web.budgets import used_lines
from cii.web.choices import options, t, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("tariffs", __name__)


@page.get("/agreements/<ref:ref>/tariffs", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def tariffs_page(ref: str) -> str:
    """The tariffs with their dates, and the form while the agreement's text is open."""
    return render_template(
        "pages/tariffs/index.html", **_tariffs(g.work, ref), budget_lines=used_lines(g.work)
    )


@page.post("/agreements/<ref:ref>/tariffs")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(tariffs_page)
def add(ref: str) -> Response:
    """Add a dated tariff."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    agree_tariff(g.work, asked(AddTariff, agreement_ref=ref))
    return see_other("tariffs.index", ref=ref)


@page.post("/agreements/<ref:ref>/price-talks")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(tariffs_page)
def keep(ref: str) -> Response:
    """Record that the prices were talked over and kept."""
    require_match(ref, agreement_by_ref(g.work, ref).version)
    keep_prices(g.work, asked(KeepPrices, agreement_ref=ref))
    return see_other("tariffs.index", ref=ref)


def _tariffs(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    measures = measures_by_id(work, {one.measure_id for one in view.measures})
    lines = lines_by_id(work, {one.line_id for one in view.measures})
    return {
        "agreement": held,
        "state": state_chip(held.state),
        "version": etag(ref, held.version),
        "rows": [_row(row, measures, lines) for row in view.tariffs],
        "closures": [
            {
                "measure": measures[one.measure_id].name,
                "from": one.starts_on,
                "until": one.ends_on,
                "reason": one.reason,
            }
            for one in view.closures
        ],
        "open": _may_add(work, held),
        "signed": held.state not in OPEN_STATES,
        "measures": [{"value": one.ref, "label": one.name} for one in _sorted(measures)],
        "lines": [{"value": one.ref, "label": one.code} for one in _sorted(lines)],
        "bases": options(Basis, "basis"),
        "talks": _talks(work, held),
    }


def _talks(work: Work, held: Agreement) -> dict[str, Any] | None:
    """Since when the prices of the AI stand, and the talks that kept them; nothing for another payer."""
    since = priced_from(work, held.id or 0, work.today)
    if held.profile is not Profile.AI or held.state not in LIVING_STATES or since is None:
        return None
    return {
        "since": since,
        "rows": [{"on": one.talked_on, "reason": one.reason} for one in prices_kept(work, held.id or 0)],
        "may_keep": Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held),
    }


def _may_add(work: Work, held: Agreement) -> bool:
    return (
        held.state in OPEN_STATES and Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    )


def _sorted(rows: Mapping[int, Any]) -> list[Any]:
    return sorted(rows.values(), key=lambda one: str(one.code))


def _row(row: Tariff, measures: Mapping[int, Any], lines: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "measure": measures[row.measure_id].name,
        "line": lines[row.line_id].code,
        "valid_from": row.valid_from,
        "until": row.valid_to - ONE_DAY if row.valid_to else None,
        "basis": word(row.basis, "basis"),
        "amount": row.amount,
        "terms": "; ".join(_terms(row)),
    }


def _terms(row: Tariff) -> list[str]:
    """What else the tariff says: absences, month begun, hours, part time, places, guarantee."""
    lang = language.lang()
    said = [absences(row.excused_days, row.unexcused_days)]
    if row.basis is Basis.AGREED_PLACES or row.guarantee is not None:
        said.append(t("web.tariffs.with-places", n=row.places))
    if row.guarantee is not None:
        said.append(t("web.tariffs.with-guarantee", percent=row.guarantee))
    if row.day_minutes is not None:
        hours = formats.number(row.day_minutes, lang)
        said.append(t("web.tariffs.with-day", minutes=hours))
    if row.full_from is not None:
        said.append(t("web.tariffs.with-full", percent=row.full_from))
    if row.half_from is not None:
        said.append(t("web.tariffs.with-half", percent=row.half_from))
    if row.month_begun:
        said.append(t("web.tariffs.with-month-begun"))
    return said
