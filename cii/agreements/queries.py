"""Reads of agreements, tariffs and prices."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.agreements.prices import Key, PriceBook, in_use, price_book, price_of, tariffs_for
from cii.agreements.rules import OPEN_STATES
from cii.agreements.tables import (
    Agreement,
    AgreementClosure,
    AgreementMeasure,
    Deliverable,
    Indicator,
    Objective,
    Provider,
    Tariff,
)
from cii.agreements.vocabulary import AgreementState
from cii.institutions.queries import institution_name, line_facts, unit_labels, with_units
from cii.kernel.errors import UnknownThing
from cii.store.work import HOUSE, Actor, Work

ALL_READERS = ("coordination_member", "steering", "dashboard_reference", "auditor")
"""Roles that read every agreement (product.md §10)."""


def own_sector(actor: Actor) -> ColumnElement[bool]:
    """Agreements that the actor's own sector pays: the ones it may also write."""
    sectors = actor.sectors()
    if actor == HOUSE:
        return true()
    if not sectors:
        return false()
    bought = select(col(AgreementMeasure.id)).join(
        line_facts, line_facts.c.line_id == col(AgreementMeasure.line_id)
    )
    mine = (col(AgreementMeasure.agreement_id) == col(Agreement.id), line_facts.c.sector.in_(sectors))
    return bought.where(*mine).exists()


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Own sector's and those of mixed measures; a provider's own once laid before it; some roles all."""
    if actor == HOUSE or actor.has_role(*ALL_READERS):
        return true()
    open_ = [own_sector(actor)]
    if any(seat.sector for seat in actor.seats):
        open_.append(_of_mixed_measure())
    if (units := actor.units) and actor.has_role("provider"):
        mine = select(col(Provider.id)).where(col(Provider.unit_id).in_(units))
        open_.append(col(Agreement.provider_id).in_(mine) & _laid)
    return or_(*open_)


_laid = col(Agreement.state).not_in((AgreementState.DRAFT, AgreementState.DROPPED)) | (
    (col(Agreement.state) == AgreementState.DROPPED) & col(Agreement.laid_at).is_not(None)
)
"""What a provider may know of: everything but drafts that were never laid before it."""


def reads_laid_only(work: Work, agreement: Agreement) -> bool:
    """Whether the actor, as its provider, reads only what was laid before it: it is not settled yet."""
    unsettled = agreement.state in {*OPEN_STATES, AgreementState.DROPPED}
    if not unsettled or work.actor == HOUSE or not work.actor.has_role("provider"):
        return False
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    return unit in work.actor.units and not may_write(work, agreement)


def _of_mixed_measure() -> ColumnElement[bool]:
    mine, other = aliased(AgreementMeasure), aliased(AgreementMeasure)
    here, there = line_facts.alias("here"), line_facts.alias("there")
    return (
        select(col(mine.id))
        .join(here, here.c.line_id == col(mine.line_id))
        .join(other, col(other.measure_id) == col(mine.measure_id))
        .join(there, there.c.line_id == col(other.line_id))
        .where(col(mine.agreement_id) == col(Agreement.id), here.c.sector != there.c.sector)
        .exists()
    )


def provider_names(actor: Actor) -> Select[Any]:
    """Ref, code and name of providers' units that the actor may know; protected names are for members."""
    known = or_(unit_labels.c.sensitive.is_(False), unit_labels.c.unit_id.in_(actor.units))
    return select(col(Provider.ref), unit_labels.c.code, unit_labels.c.name).join(
        unit_labels, (unit_labels.c.unit_id == col(Provider.unit_id)) & known
    )


def agreement_by_ref(work: Work, ref: str) -> Agreement:
    """The agreement, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(
        select(Agreement).where(col(Agreement.ref) == ref, visible_to(work.actor))
    ).first()
    if found is None:
        raise UnknownThing(field="agreement_ref")
    return found


def numbers_seen(work: Work, numbers: Collection[str]) -> set[str]:
    """Those of these numbers that name an agreement the actor may see."""
    return set(
        work.session.scalars(
            select(col(Agreement.number)).where(
                col(Agreement.number).in_(list(numbers)), visible_to(work.actor)
            )
        )
    )


def may_write(work: Work, agreement: Agreement) -> bool:
    """Whether the actor may change it: its own sector pays, or it prepared it itself."""
    own = select(col(Agreement.id)).where(col(Agreement.id) == agreement.id, own_sector(work.actor))
    prepared = agreement.prepared_by is not None and agreement.prepared_by == work.actor.account_id
    return prepared or work.session.scalars(own).first() is not None


def agreements_by_id(work: Work, ids: Iterable[int]) -> dict[int, Agreement]:
    """Agreements by id, for labels of other rooms' lists (no visibility: the caller started its read)."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = work.session.scalars(select(Agreement).where(col(Agreement.id).in_(wanted)))
    return {row.id or 0: row for row in rows}


def provider_by_ref(work: Work, ref: str) -> Provider:
    """The provider with this outward name; refuses UnknownThing."""
    found = work.session.scalars(select(Provider).where(col(Provider.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="provider_ref")
    return found


def provider_refs(work: Work, ids: Iterable[int]) -> dict[int, str]:
    """The outward names of providers."""
    rows = work.session.execute(
        select(col(Provider.id), col(Provider.ref)).where(col(Provider.id).in_(set(ids)))
    )
    return {row[0]: row[1] for row in rows}


def provider_units(work: Work, agreement_ids: Iterable[int]) -> dict[int, int]:
    """The provider's unit of each agreement."""
    wanted = set(agreement_ids)
    if not wanted:
        return {}
    rows = work.session.execute(
        select(col(Agreement.id), col(Provider.unit_id))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(col(Agreement.id).in_(wanted))
    )
    return {row[0]: row[1] for row in rows}


_row: Any = select(
    col(Agreement.id),
    col(Agreement.ref),
    col(Agreement.number),
    col(Agreement.profile),
    col(Agreement.instrument),
    col(Agreement.state),
    col(Agreement.valid_from),
    col(Agreement.valid_to),
    col(Agreement.notice_months),
    col(Agreement.notice_on),
    col(Agreement.version),
    col(Provider.ref).label("provider_ref"),
    col(Provider.institution_id),
    col(Provider.unit_id),
).join(Provider, col(Provider.id) == col(Agreement.provider_id))


def agreements_list(
    work: Work,
    *,
    states: Sequence[AgreementState] = (),
    measure_id: int | None = None,
    after: str = "",
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """The agreements that the actor may see, by number; `after` is the last number shown.

    Rows: the columns of `_row`; `owner`, the name of the provider's institution; how the provider's unit is
    shown, told by `unit_told` as "provider".
    """
    owner = institution_name(col(Provider.institution_id), work.actor).label("owner")
    query = _row.add_columns(owner).where(visible_to(work.actor), col(Agreement.number) > after)
    if states:
        query = query.where(col(Agreement.state).in_(states))
    if measure_id is not None:
        bought = select(col(AgreementMeasure.agreement_id)).where(
            col(AgreementMeasure.measure_id) == measure_id
        )
        query = query.where(col(Agreement.id).in_(bought))
    named = with_units(query, work.actor, provider=col(Provider.unit_id))
    return work.session.execute(named.order_by(col(Agreement.number)).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement with all that hangs on it."""

    agreement: Agreement
    provider: Provider
    measures: tuple[AgreementMeasure, ...]
    tariffs: tuple[Tariff, ...]
    closures: tuple[AgreementClosure, ...]
    objectives: tuple[Objective, ...]
    indicators: tuple[Indicator, ...]
    deliverables: tuple[Deliverable, ...]


def agreement_view(work: Work, ref: str) -> AgreementView:
    """The agreement with its parts, when the actor may see it; refuses UnknownThing.

    Of one that is not settled its provider reads what was laid before it (`conventions.editions`), not the
    rows on which the payer still works: they are empty here.
    """
    found = agreement_by_ref(work, ref)
    provider = work.session.get(Provider, found.provider_id)
    if provider is None:
        raise UnknownThing(field="agreement_ref")
    session, own = work.session, found.id
    measures = tuple(
        session.scalars(
            select(AgreementMeasure)
            .where(col(AgreementMeasure.agreement_id) == own)
            .order_by(col(AgreementMeasure.id))
        )
    )
    if reads_laid_only(work, found):
        return AgreementView(found, provider, measures, (), (), (), (), ())
    return AgreementView(
        found,
        provider,
        measures,
        tuple(
            session.scalars(
                select(Tariff)
                .where(col(Tariff.agreement_id) == own, in_use(Tariff))
                .order_by(col(Tariff.measure_id), col(Tariff.line_id), col(Tariff.valid_from))
            )
        ),
        tuple(
            session.scalars(
                select(AgreementClosure)
                .where(
                    col(AgreementClosure.agreement_id) == own, col(AgreementClosure.withdrawn_at).is_(None)
                )
                .order_by(col(AgreementClosure.starts_on))
            )
        ),
        tuple(
            session.scalars(
                select(Objective).where(col(Objective.agreement_id) == own).order_by(col(Objective.id))
            )
        ),
        tuple(
            session.scalars(
                select(Indicator).where(col(Indicator.agreement_id) == own).order_by(col(Indicator.id))
            )
        ),
        tuple(
            session.scalars(
                select(Deliverable)
                .where(col(Deliverable.agreement_id) == own)
                .order_by(col(Deliverable.due_on), col(Deliverable.id))
            )
        ),
    )


def of_provider_units(unit_ids: Iterable[int], *, laid: bool = True) -> Select[Any]:
    """Ids of the agreements of these providers' units; a named selectable for other rooms.

    `laid`: those only that the providers may know of.
    """
    found = (
        select(col(Agreement.id))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(col(Provider.unit_id).in_(set(unit_ids)))
    )
    return found.where(_laid) if laid else found


def agreements_buying(measure_id: int, line_id: int) -> Select[Any]:
    """The agreements that buy a measure for a line: agreement_id, number; for other rooms."""
    named: list[Any] = [col(Agreement.id).label("agreement_id"), col(Agreement.number).label("number")]
    return (
        select(*named)
        .join(AgreementMeasure, col(AgreementMeasure.agreement_id) == col(Agreement.id))
        .where(col(AgreementMeasure.measure_id) == measure_id, col(AgreementMeasure.line_id) == line_id)
    )


_bought: list[Any] = [
    col(AgreementMeasure.agreement_id).label("agreement_id"),
    col(AgreementMeasure.measure_id).label("measure_id"),
    col(AgreementMeasure.line_id).label("line_id"),
    col(Agreement.number).label("number"),
]
_buying = select(*_bought).join(Agreement, col(Agreement.id) == col(AgreementMeasure.agreement_id))
bought = _buying.subquery("bought")
"""Which agreement buys which measure for which line: agreement_id, number, measure_id, line_id."""


def agreements_bought_by(work: Work, line_id: int) -> Sequence[Row[Any]]:
    """What a line pays, as far as the actor may see it: ref, number, measure_id."""
    return work.session.execute(
        select(col(Agreement.ref), col(Agreement.number), col(AgreementMeasure.measure_id))
        .join(AgreementMeasure, col(AgreementMeasure.agreement_id) == col(Agreement.id))
        .where(col(AgreementMeasure.line_id) == line_id, visible_to(work.actor))
        .order_by(col(Agreement.number), col(AgreementMeasure.id))
    ).all()


_numbered: list[Any] = [col(Agreement.id).label("agreement_id"), col(Agreement.number).label("number")]
agreement_numbers = select(*_numbered).subquery("agreement_numbers")
"""The number of each agreement, for exports of other rooms: agreement_id, number."""


__all__ = [
    "ALL_READERS",
    "AgreementView",
    "Key",
    "PriceBook",
    "agreement_by_ref",
    "agreement_numbers",
    "agreement_view",
    "agreements_bought_by",
    "agreements_buying",
    "agreements_by_id",
    "agreements_list",
    "bought",
    "may_write",
    "of_provider_units",
    "own_sector",
    "price_book",
    "price_of",
    "provider_by_ref",
    "provider_names",
    "provider_units",
    "reads_laid_only",
    "tariffs_for",
    "visible_to",
]  # fmt: skip
