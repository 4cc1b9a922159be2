"""Providers: the register, what is known of one; what a provider tells of itself; unit prices compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, g

from cii.access.permits import Permit
from cii.agreements.vocabulary import LegalForm
from cii.api.base import PREFIX, Blueprint
from cii.documents import csv
from cii.figures.unit_prices import UnitPrices, unit_prices
from cii.figures.unit_prices_paper import unit_prices_table
from cii.providers.actions import AskTalk, TellStaff, ask_talk, tell_staff
from cii.providers.queries import provider_facts, provider_view, providers_list
from cii.providers.schemas import STAFF, TALK
from cii.providers.tables import StaffNotice, TalkRequest
from cii.wire.answers import answer_schema
from cii.wire.doors import needs, once

blueprint = Blueprint("api-providers", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class ProviderRow:
    """A provider as the register tells it."""

    ref: str
    name: str | None
    uid: str | None
    legal_form: LegalForm
    non_profit: bool


@dataclass(frozen=True)
class ProvidersTold:
    """The first two hundred providers that the reader may see."""

    items: tuple[ProviderRow, ...]


@dataclass(frozen=True)
class ProviderTold:
    """A provider today: labels by name, days of the newest attestations, places, percent subcontracted."""

    ref: str
    name: str
    uid: str | None
    legal_form: LegalForm
    non_profit: bool
    places: int
    subcontracted: int
    labels_valid: tuple[str, ...]
    labels_expired: tuple[str, ...]
    ics_on: date | None
    risk_on: date | None
    audit_on: date | None
    agreements: tuple[str, ...]


@dataclass(frozen=True)
class DayAsked:
    """On which day; today when left out."""

    day: date | None = None


@blueprint.get("/providers")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, answer_schema(ProvidersTold))
def listed() -> ProvidersTold:
    """The providers that the reader may see, in the order of registration."""
    return ProvidersTold(tuple(_rows(providers_list(g.work, limit=200))))


@blueprint.get("/providers/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.response(200, answer_schema(ProviderTold))
def shown(ref: str) -> ProviderTold:
    """One provider with what counts today of its labels, attestations, subcontractors."""
    view = provider_view(g.work, ref)
    held, today = view.provider, provider_facts(g.work, view.provider.id or 0, g.work.today)
    return ProviderTold(
        ref=held.ref,
        name=view.name,
        uid=held.uid,
        legal_form=held.legal_form,
        non_profit=held.non_profit,
        places=today.places,
        subcontracted=today.subcontracted,
        labels_valid=tuple(sorted(today.labels_valid)),
        labels_expired=tuple(sorted(today.labels_expired)),
        ics_on=today.ics_on,
        risk_on=today.risk_on,
        audit_on=today.audit_on,
        agreements=tuple(row.number for row in view.agreements),
    )


@blueprint.post("/provider/staff-notices")
@needs(Permit.SEE_PARTICIPANTS)
@once
@blueprint.arguments(TellStaff)
@blueprint.response(201, STAFF)
def told(ask: TellStaff) -> StaffNotice:
    """Tell a change of staff of one's own enterprise: function and qualification, no name."""
    return tell_staff(g.work, ask)


@blueprint.post("/provider/talk-requests")
@needs(Permit.SEE_PARTICIPANTS)
@once
@blueprint.arguments(AskTalk)
@blueprint.response(201, TALK)
def asked_for(ask: AskTalk) -> TalkRequest:
    """Ask the payers for a talk."""
    return ask_talk(g.work, ask)


@blueprint.get("/unit-prices")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.arguments(DayAsked, location="query")
@blueprint.response(200, answer_schema(UnitPrices))
def prices(asked: DayAsked) -> UnitPrices:
    """What a place costs, by kind of measure, payer and provider, with the extras declared."""
    return unit_prices(g.work, asked.day or g.work.today)


@blueprint.get("/unit-prices/csv")
@needs(Permit.SEE_AGREEMENTS)
@blueprint.arguments(DayAsked, location="query")
@blueprint.response(200)
def prices_file(asked: DayAsked) -> Response:
    """The same as a CSV file, one row per tariff."""
    table = unit_prices_table(unit_prices(g.work, asked.day or g.work.today))
    answer = Response(csv.write(table), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="cii-{table.title}.csv"'
    return answer


def _rows(found: Sequence[Any]) -> list[ProviderRow]:
    return [
        ProviderRow(row.ref, row.owner, row.uid, LegalForm(row.legal_form), row.non_profit) for row in found
    ]


__all__ = ["blueprint"]
