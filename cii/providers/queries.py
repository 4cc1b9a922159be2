"""Reads of providers: the register, one provider with all that is known of it, its facts on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_, select, true
from sqlmodel import col

from cii.agreements.known import (
    agreements_by_provider,
    places_in_force,
    provider_by_id,
    provider_columns,
    writes_for,
)
from cii.agreements.tables import Provider
from cii.institutions.queries import institution_name, unit_labels, unit_told, with_units
from cii.kernel.errors import UnknownThing
from cii.providers.facts import ProviderFacts
from cii.providers.rules import Part, label_standing, subcontracted
from cii.providers.tables import (
    ProviderAttestation,
    ProviderLabel,
    ProviderSubcontractor,
    StaffNotice,
    TalkRequest,
)
from cii.providers.vocabulary import AttestationKind, LabelStanding
from cii.store.work import HOUSE, Actor, Work

_P = provider_columns
"""The providers' own columns, told by the room of agreements."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A provider's people see their own; offices see all but protected ones of others."""
    if actor == HOUSE:
        return true()
    mine = _P.c.unit_id.in_(actor.units) if actor.units else false()
    if all(seat.role == "provider" for seat in actor.seats):
        return mine
    known = select(unit_labels.c.unit_id).where(unit_labels.c.sensitive.is_(False))
    return or_(mine, _P.c.unit_id.in_(known))


def providers_list(work: Work, *, after: int = 0, limit: int = 50) -> Sequence[Row[Any]]:
    """The providers that the actor may see, in the order of registration; `after` is the last one's mark.

    Rows: provider_id, ref, unit_id, uid, legal_form, non_profit; owner, the institution's name; how the unit
    is shown, told by `unit_told` as "provider".
    """
    owner = institution_name(_P.c.institution_id, work.actor).label("owner")
    query = select(_P, owner).select_from(_P).where(visible_to(work.actor), _P.c.provider_id > after)
    named = with_units(query, work.actor, provider=_P.c.unit_id)
    return work.session.execute(named.order_by(_P.c.provider_id).limit(limit)).all()


def provider_id(work: Work, ref: str) -> int:
    """The provider with this ref, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(
        select(_P.c.provider_id).where(_P.c.ref == ref, visible_to(work.actor))
    ).first()
    if found is None:
        raise UnknownThing(field="provider_ref")
    return int(found)


def own_provider_id(work: Work) -> int:
    """The provider in whose unit the actor has a seat as provider; refuses UnknownThing."""
    units = {seat.unit_id for seat in work.actor.seats if seat.role == "provider"}
    found = work.session.scalars(
        select(_P.c.provider_id).where(_P.c.unit_id.in_(units)).order_by(_P.c.provider_id)
    ).first()
    if found is None:
        raise UnknownThing(field="provider_ref")
    return int(found)


def own_staff_notices(work: Work, limit: int = 50) -> Sequence[StaffNotice]:
    """The changes of staff that the actor's own enterprise told, the newest first; none for others."""
    units = [seat.unit_id for seat in work.actor.seats if seat.role == "provider"]
    mine = select(_P.c.provider_id).where(_P.c.unit_id.in_(units))
    wanted = select(StaffNotice).where(col(StaffNotice.provider_id).in_(mine))
    return work.session.scalars(wanted.order_by(col(StaffNotice.id).desc()).limit(limit)).all()


def label_counts(work: Work, ids: Sequence[int]) -> Mapping[int, Mapping[LabelStanding, int]]:
    """How many labels of each provider are valid, expiring, expired today: one statement for a page."""
    near = work.parameter("label_warning_days")
    told: dict[int, dict[LabelStanding, int]] = {}
    rows = work.session.scalars(select(ProviderLabel).where(col(ProviderLabel.provider_id).in_(list(ids))))
    for row in rows:
        held = told.setdefault(row.provider_id, {})
        one = label_standing(row.valid_from, row.valid_to, row.withdrawn_on, work.today, near)
        held[one] = held.get(one, 0) + 1
    return told


@dataclass(frozen=True, slots=True)
class LabelSeen:
    """A label with what it is worth today."""

    row: ProviderLabel
    standing: LabelStanding


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A provider with all that is known of it; `agreements`: number, ref, state, profile of those seen.

    `name`: how it is shown to the actor; `writes`: whether the actor may add to what is known.
    """

    provider: Provider
    name: str
    writes: bool
    labels: tuple[LabelSeen, ...]
    attestations: tuple[ProviderAttestation, ...]
    subcontractors: tuple[ProviderSubcontractor, ...]
    staff: tuple[StaffNotice, ...]
    talks: tuple[TalkRequest, ...]
    agreements: tuple[Row[Any], ...]


def provider_view(work: Work, ref: str) -> ProviderView:
    """One provider, when the actor may see it; refuses UnknownThing.

    Notices on staff and requests for a talk are told to the provider and to offices that pay it, to others
    none.
    """
    own = provider_id(work, ref)
    provider = provider_by_id(work, own)
    writes = writes_for(work, own)
    near = writes or provider.unit_id in work.actor.units
    row = named_row(work, own)
    told = unit_told(row, "provider")
    return ProviderView(
        provider,
        row.owner or (told.name if told else ref),
        writes,
        labels_of(work, own),
        tuple(_rows(work, ProviderAttestation, own, "attested_on")),
        tuple(_rows(work, ProviderSubcontractor, own, "starts_on")),
        tuple(_rows(work, StaffNotice, own, "effective_on")) if near else (),
        tuple(_rows(work, TalkRequest, own, "recorded_at")) if near else (),
        tuple(agreements_by_provider(work, [own])),
    )


def requests_open(work: Work, own: int) -> Sequence[TalkRequest]:
    """A provider's unanswered requests for a talk, the oldest first; the caller started its read."""
    return [one for one in _rows(work, TalkRequest, own, "recorded_at") if one.answered_at is None]


def own_requests_open(work: Work) -> Sequence[TalkRequest]:
    """The requests for a talk of the actor's own enterprises that nobody has answered, the oldest first."""
    units = {seat.unit_id for seat in work.actor.seats if seat.role == "provider"}
    mine = select(_P.c.provider_id).where(_P.c.unit_id.in_(units))
    wanted = select(TalkRequest).where(
        col(TalkRequest.provider_id).in_(mine), col(TalkRequest.answered_at).is_(None)
    )
    return work.session.scalars(wanted.order_by(col(TalkRequest.recorded_at), col(TalkRequest.id))).all()


def named_row(work: Work, own: int) -> Row[Any]:
    """How a provider is shown to the actor: owner, and its unit told by `unit_told` as "provider"."""
    owner = institution_name(_P.c.institution_id, work.actor).label("owner")
    query = select(_P.c.ref, owner).select_from(_P).where(_P.c.provider_id == own)
    return work.session.execute(with_units(query, work.actor, provider=_P.c.unit_id)).one()


def labels_of(work: Work, own: int) -> tuple[LabelSeen, ...]:
    """The labels of a provider with what each is worth today, by the day it began."""
    near = work.parameter("label_warning_days")
    return tuple(
        LabelSeen(row, label_standing(row.valid_from, row.valid_to, row.withdrawn_on, work.today, near))
        for row in _rows(work, ProviderLabel, own, "valid_from")
    )


def parts_of(work: Work, own: int) -> list[Part]:
    """What each subcontractor of a provider delivers, and when."""
    rows = _rows(work, ProviderSubcontractor, own, "starts_on")
    return [Part(row.share, row.starts_on, row.ends_on) for row in rows]


def provider_facts(work: Work, own: int, day: date) -> ProviderFacts:
    """What the checks read of a provider on a day; the caller started its read (no visibility)."""
    provider = provider_by_id(work, own)
    near = work.parameter("label_warning_days", day)
    labels = [
        (row.name, label_standing(row.valid_from, row.valid_to, row.withdrawn_on, day, near))
        for row in _rows(work, ProviderLabel, own, "valid_from")
    ]
    good = frozenset(name for name, one in labels if one in {LabelStanding.VALID, LabelStanding.EXPIRING})
    over = frozenset(name for name, one in labels if one in {LabelStanding.EXPIRED, LabelStanding.WITHDRAWN})
    newest: dict[AttestationKind, date] = {}
    for row in _rows(work, ProviderAttestation, own, "attested_on"):
        if row.attested_on <= day:
            newest[row.kind] = row.attested_on
    return ProviderFacts(
        provider_id=own,
        ref=provider.ref,
        day=day,
        legal_form=provider.legal_form,
        non_profit=provider.non_profit,
        places=places_in_force(work, own, day),
        labels_valid=good,
        labels_expired=over - good,
        ics_on=newest.get(AttestationKind.ICS),
        risk_on=newest.get(AttestationKind.RISK_MANAGEMENT),
        audit_on=newest.get(AttestationKind.AUDIT),
        non_profit_on=newest.get(AttestationKind.NON_PROFIT),
        subcontracted=subcontracted(parts_of(work, own), day),
    )


def _rows(work: Work, table: Any, own: int, order: str) -> Sequence[Any]:  # noqa: ANN401 - a table
    mine = select(table).where(col(table.provider_id) == own)
    return work.session.scalars(mine.order_by(getattr(table, order), table.id)).all()


__all__ = [
    "LabelSeen",
    "ProviderView",
    "label_counts",
    "labels_of",
    "named_row",
    "own_provider_id",
    "own_requests_open",
    "own_staff_notices",
    "parts_of",
    "provider_facts",
    "provider_id",
    "provider_view",
    "providers_list",
    "requests_open",
    "visible_to",
]  # fmt: skip
