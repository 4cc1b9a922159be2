"""Reads of pay by outcome: schemes and what is left of their money, outcomes, categories, who sees which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, func, or_, select, true, type_coerce
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.queries import of_provider_units
from cii.budgets.queries import reached
from cii.budgets.vocabulary import Stage
from cii.institutions.queries import line_facts, roles_paying
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.kernel.moves import open_moves
from cii.kernel.period import Period
from cii.outcomes.rules import MOVES, Line
from cii.outcomes.tables import (
    ClientCategory,
    Outcome,
    OutcomeScheme,
    OutcomeStepRow,
    PlacementCategory,
    SchemeBudget,
    SchemeVersion,
    Subcontractor,
)
from cii.outcomes.vocabulary import Measured, OutcomeEvent, OutcomeState, OutcomeStep
from cii.placements.queries import shares_in, visible_ids
from cii.store.work import HOUSE, Actor, Work

ALL_SCHEMES = (Role.AUDITOR, Role.COORDINATION_MEMBER, Role.REFERRAL_SERVICE)
"""Roles that read every scheme; the referral service stands apart from the sectors that pay."""
SECTOR_ROLES = (Role.FINANCE, Role.CONTRACT_MANAGER, Role.SUPERVISOR)
"""Roles that see the outcomes that their sector pays."""
EVENTS: dict[str, frozenset[OutcomeEvent]] = {
    Role.REFERRAL_SERVICE: frozenset({OutcomeEvent.VERIFY, OutcomeEvent.DECLINE}),
    Role.FINANCE: frozenset(
        {OutcomeEvent.ACCEPT, OutcomeEvent.PAY, OutcomeEvent.ASK_REVERSAL, OutcomeEvent.REVERSE}
    ),
}
"""What a role does with an outcome; everything else is not its own."""
BEFORE: dict[OutcomeEvent, OutcomeStep] = {
    OutcomeEvent.VERIFY: OutcomeStep.CLAIMED,
    OutcomeEvent.ACCEPT: OutcomeStep.VERIFIED,
    OutcomeEvent.PAY: OutcomeStep.ACCEPTED,
    OutcomeEvent.REVERSE: OutcomeStep.REVERSAL_ASKED,
}
"""The step that another person must have done."""
EVER = Period(date(1990, 1, 1), date(2200, 1, 1))
stays = shares_in(EVER).subquery("stays")
"""Each payer's share of each placement that is or was financed."""


def _sectors(actor: Actor, *roles: str) -> ColumnElement[bool]:
    lines = select(line_facts.c.line_id).where(line_facts.c.sector.in_(actor.sectors(*roles)))
    return col(OutcomeScheme.line_id).in_(lines)


def own_sector(actor: Actor) -> ColumnElement[bool]:
    """Schemes that the actor's own sector pays."""
    return true() if actor == HOUSE else _sectors(actor)


def own_provider(actor: Actor) -> list[ColumnElement[bool]]:
    """The condition of a provider's own schemes; empty for everybody else."""
    units = tuple(seat.unit_id for seat in actor.seats if seat.role == Role.PROVIDER)
    return [col(OutcomeScheme.agreement_id).in_(of_provider_units(units))] if units else []


def schemes_visible(actor: Actor) -> ColumnElement[bool]:
    """The schemes of the actor's sector, a provider's own, and all for some roles."""
    if actor == HOUSE or actor.has_role(*ALL_SCHEMES):
        return true()
    return or_(own_sector(actor), *own_provider(actor))


def visible_to(work: Work) -> ColumnElement[bool]:
    """Outcomes of the own sector, of a provider's own schemes, of placements open to the referral service.

    A condition on `outcome` joined with its scheme.
    """
    actor = work.actor
    if actor == HOUSE or actor.has_role(Role.AUDITOR):
        return true()
    seen = [_sectors(actor, *SECTOR_ROLES), *own_provider(actor)]
    if actor.has_role(Role.REFERRAL_SERVICE):
        seen.append(col(Outcome.placement_id).in_(visible_ids(work)))
    return or_(*seen)


_scheme_row: list[Any] = [
    col(OutcomeScheme.id),
    col(OutcomeScheme.ref),
    col(OutcomeScheme.title),
    col(OutcomeScheme.agreement_id),
    col(OutcomeScheme.line_id),
    line_facts.c.code.label("line"),
    col(OutcomeScheme.version),
]


def schemes_list(work: Work, *, after: int = 0, limit: int = 50) -> Sequence[Row[Any]]:
    """The schemes that the actor may see, as they were made; `after` is the last id shown.

    Rows: id, ref, title, agreement_id, line_id, line (code), version, in_force (number of the version in
    force today, None: none), since (its first day).
    """
    live = (
        select(
            col(SchemeVersion.scheme_id).label("scheme_id"),
            func.max(col(SchemeVersion.valid_from)).label("since"),
        )
        .where(col(SchemeVersion.published_at).is_not(None), col(SchemeVersion.valid_from) <= work.today)
        .group_by(col(SchemeVersion.scheme_id))
        .subquery("live")
    )
    return work.session.execute(
        select(*_scheme_row, live.c.since)
        .join(line_facts, line_facts.c.line_id == col(OutcomeScheme.line_id))
        .outerjoin(live, live.c.scheme_id == col(OutcomeScheme.id))
        .where(schemes_visible(work.actor), col(OutcomeScheme.id) > after)
        .order_by(col(OutcomeScheme.id))
        .limit(limit)
    ).all()


def scheme_by_ref(work: Work, ref: str) -> OutcomeScheme:
    """The scheme, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(
        select(OutcomeScheme).where(col(OutcomeScheme.ref) == ref, schemes_visible(work.actor))
    ).first()
    if found is None:
        raise UnknownThing(field="scheme_ref")
    return found


def may_write(work: Work, scheme: OutcomeScheme) -> bool:
    """Whether the scheme belongs to the actor's own sector."""
    own = select(OutcomeScheme.id).where(col(OutcomeScheme.id) == scheme.id, own_sector(work.actor))  # type: ignore[call-overload]
    return work.session.execute(own).first() is not None


@dataclass(frozen=True, slots=True)
class YearOfScheme:
    """A year's money of a scheme: decided, used by verified outcomes, left."""

    year: int
    decided: Chf
    used: Chf

    @property
    def left(self) -> Chf:
        """What may still be verified."""
        return self.decided - self.used


@dataclass(frozen=True, slots=True)
class SchemeView:
    """A scheme with its versions (newest first), money by year and the provider's subcontractors."""

    scheme: OutcomeScheme
    versions: tuple[SchemeVersion, ...]
    in_force: SchemeVersion | None
    draft: SchemeVersion | None
    years: tuple[YearOfScheme, ...]
    subcontractors: tuple[Subcontractor, ...]


def scheme_view(work: Work, ref: str) -> SchemeView:
    """The scheme with its parts, when the actor may see it; refuses UnknownThing."""
    scheme = scheme_by_ref(work, ref)
    versions = tuple(
        work.session.scalars(
            select(SchemeVersion)
            .where(col(SchemeVersion.scheme_id) == scheme.id)
            .order_by(col(SchemeVersion.number).desc())
        )
    )
    draft = versions[0] if versions and versions[0].published_at is None else None
    running = [one for one in versions if one.published_at is not None and one.valid_from <= work.today]
    return SchemeView(
        scheme,
        versions,
        max(running, key=lambda one: one.valid_from, default=None),
        draft,
        tuple(years_of(work, scheme.id or 0)),
        tuple(
            work.session.scalars(
                select(Subcontractor)
                .where(col(Subcontractor.agreement_id) == scheme.agreement_id)
                .order_by(col(Subcontractor.valid_from), col(Subcontractor.id))
            )
        ),
    )


def version_at(work: Work, scheme_id: int, day: date) -> SchemeVersion | None:
    """The published version in force on a day, or None."""
    return work.session.scalars(
        select(SchemeVersion)
        .where(
            col(SchemeVersion.scheme_id) == scheme_id,
            col(SchemeVersion.published_at).is_not(None),
            col(SchemeVersion.valid_from) <= day,
        )
        .order_by(col(SchemeVersion.valid_from).desc())
        .limit(1)
    ).first()


def formula(version: SchemeVersion) -> tuple[Line, ...]:
    """The lines of a version."""
    return tuple(
        Line(
            one["category"],
            one["kpi"],
            Measured(one["measured"]),
            one["hold_months"],
            one["threshold"],
            Chf(one["amount"]),
        )
        for one in version.lines
    )


def years_of(work: Work, scheme_id: int) -> list[YearOfScheme]:
    """What was decided and used of each year of a scheme, used as the ledger holds it.

    An outcome of a closed year uses the year in which it was booked, and is given back there.
    """
    decided = work.session.execute(
        select(col(SchemeBudget.year), func.sum(type_coerce(col(SchemeBudget.amount), BigInteger)))
        .where(col(SchemeBudget.scheme_id) == scheme_id)
        .group_by(col(SchemeBudget.year))
        .order_by(col(SchemeBudget.year))
    ).all()
    ours = select(col(Outcome.id)).where(col(Outcome.scheme_id) == scheme_id)
    taken = reached(Stage.COMMITTED, "outcome", ours)
    used = {
        int(at): Chf(-int(sum_))
        for at, sum_ in work.session.execute(
            select(taken.c.year, func.sum(taken.c.amount)).group_by(taken.c.year)
        )
        if sum_
    }
    told = {int(at): Chf(int(sum_)) for at, sum_ in decided}
    return [YearOfScheme(at, told.get(at, Chf()), used.get(at, Chf())) for at in sorted({*told, *used})]


def category_rows(work: Work, day: date) -> list[ClientCategory]:
    """The harmonised categories as they are told on a day, by code."""
    rows = work.session.scalars(
        select(ClientCategory)
        .where(col(ClientCategory.valid_from) <= day)
        .order_by(col(ClientCategory.code), col(ClientCategory.valid_from))
    )
    return list({row.code: row for row in rows}.values())


def category_at(work: Work, placement_id: int, day: date) -> PlacementCategory | None:
    """The category of a placement on a day, as it is known now; None where none was set."""
    return work.session.scalars(
        select(PlacementCategory)
        .where(
            col(PlacementCategory.placement_id) == placement_id, col(PlacementCategory.effective_on) <= day
        )
        .order_by(col(PlacementCategory.effective_on).desc(), col(PlacementCategory.id).desc())
        .limit(1)
    ).first()


_row: list[Any] = [
    col(Outcome.id),
    col(Outcome.ref),
    col(Outcome.kpi),
    col(Outcome.value),
    col(Outcome.held_since),
    col(Outcome.due_on),
    col(Outcome.amount),
    col(Outcome.state),
    col(Outcome.version),
    col(OutcomeScheme.ref).label("scheme_ref"),
    col(OutcomeScheme.title),
    col(PlacementCategory.code).label("category"),
    stays.c.placement_ref,
    stays.c.person_id,
]
_outcomes: Select[Any] = (
    select(*_row)
    .join_from(Outcome, OutcomeScheme, col(OutcomeScheme.id) == col(Outcome.scheme_id))
    .join(PlacementCategory, col(PlacementCategory.id) == col(Outcome.category_id))
    .join(
        stays,
        (stays.c.placement_id == col(Outcome.placement_id)) & (stays.c.line_id == col(OutcomeScheme.line_id)),
    )
)


def outcomes_list(
    work: Work,
    *,
    states: Collection[OutcomeState] = (),
    scheme_id: int | None = None,
    after: int = 0,
    newest: bool = False,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """The outcomes that the actor may see, as they were claimed or `newest` first; `after`: last id shown.

    Rows: id, ref, kpi, value, held_since, due_on, amount, state, version, scheme_ref, title, category,
    placement_ref, person_id. The caller tells names of persons, and so that they were seen.
    """
    query = _outcomes.where(visible_to(work))
    if after:
        query = query.where(col(Outcome.id) < after if newest else col(Outcome.id) > after)
    if states:
        query = query.where(col(Outcome.state).in_(states))
    if scheme_id is not None:
        query = query.where(col(Outcome.scheme_id) == scheme_id)
    order = col(Outcome.id).desc() if newest else col(Outcome.id)
    return work.session.execute(query.order_by(order).limit(limit)).all()


def outcome_by_ref(work: Work, ref: str) -> Outcome:
    """The outcome, when the actor may see it; refuses UnknownThing."""
    found = work.session.scalars(
        select(Outcome)
        .join(OutcomeScheme, col(OutcomeScheme.id) == col(Outcome.scheme_id))
        .where(col(Outcome.ref) == ref, visible_to(work))
    ).first()
    if found is None:
        raise UnknownThing(field="outcome_ref")
    return found


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """An outcome with its row of the list, its steps and the moves open to the actor."""

    outcome: Outcome
    row: Row[Any]
    steps: tuple[OutcomeStepRow, ...]
    moves: tuple[OutcomeEvent, ...]


def outcome_view(work: Work, ref: str) -> OutcomeView:
    """The outcome with what happened to it, when the actor may see it; refuses UnknownThing."""
    found = outcome_by_ref(work, ref)
    row = work.session.execute(_outcomes.where(col(Outcome.id) == found.id)).one()
    steps = steps_of(work, found.id or 0)
    return OutcomeView(found, row, tuple(steps), moves_for(work, found, steps))


def steps_of(work: Work, outcome_id: int) -> list[OutcomeStepRow]:
    """What happened to an outcome, in order."""
    return list(
        work.session.scalars(
            select(OutcomeStepRow)
            .where(col(OutcomeStepRow.outcome_id) == outcome_id)
            .order_by(col(OutcomeStepRow.id))
        )
    )


def moves_for(work: Work, outcome: Outcome, steps: Sequence[OutcomeStepRow]) -> tuple[OutcomeEvent, ...]:
    """The moves open to the actor now: guards the acts, draws the buttons; four eyes are part of it."""
    mine, asked = events_of_role(work, outcome), asked_reversal(steps)
    return tuple(
        one
        for one in open_moves(MOVES, outcome.state)
        if one in mine
        and (one is not OutcomeEvent.REVERSE or asked)
        and (one is not OutcomeEvent.ASK_REVERSAL or not asked)
        and before_by(steps, one) != work.actor.account_id
    )


def events_of_role(work: Work, outcome: Outcome) -> frozenset[OutcomeEvent]:
    """What the actor may do with an outcome that they see; who pays acts in the sector that pays it only."""
    scheme = work.session.get_one(OutcomeScheme, outcome.scheme_id)
    free = {seat.role for seat in work.actor.seats if seat.role not in SECTOR_ROLES}
    held = (EVENTS.get(role, frozenset()) for role in free | roles_paying(work, scheme.line_id))
    return frozenset(event for events in held for event in events)


def asked_reversal(steps: Sequence[OutcomeStepRow]) -> bool:
    """Whether the last step asks for a reversal."""
    return bool(steps) and steps[-1].kind is OutcomeStep.REVERSAL_ASKED


def before_by(steps: Sequence[OutcomeStepRow], event: OutcomeEvent) -> int | None:
    """Who did the step that another person must have done; None where the event knows none."""
    wanted = BEFORE.get(event)
    return next((one.account_id for one in reversed(steps) if one.kind is wanted), None)
