"""Reads of institutions, units, regions, funding lines and collaboration agreements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, or_, type_coerce
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.institutions.tables import (
    CollaborationAgreement,
    CollaborationParty,
    FundingLine,
    Institution,
    PostcodeRegion,
    Unit,
    UnitRegion,
)
from cii.institutions.vocabulary import Sector, UnitKind
from cii.kernel.errors import Refusal, UnknownThing
from cii.store.ready import Ready
from cii.store.work import Actor, Work

_Dated = Unit | FundingLine | CollaborationAgreement


class NoUnitForRegion(Refusal):
    """No unit of this kind serves the region at that date."""

    code, kind = "no-unit-for-region", "unfit"


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """How a unit is shown; `sensitive` names are shown to their own members only."""

    ref: str
    code: str
    name: str
    institution: str
    sector: Sector | None
    sensitive: bool = False


unit_seats = (
    columns(
        col(Unit.id).label("unit_id"),
        col(Unit.institution_id).label("institution_id"),
        col(Institution.sector).label("sector"),
        col(Unit.name).label("name"),
        col(Unit.ref).label("ref"),
    )
    .join(Institution, col(Institution.id) == col(Unit.institution_id))
    .subquery("unit_seats")
)
"""Each unit with its institution, sector and names, for statements about who sits there."""

unit_labels = (
    columns(
        col(Unit.id).label("unit_id"),
        col(Unit.ref).label("ref"),
        col(Unit.code).label("code"),
        col(Unit.name).label("name"),
        col(Institution.code).label("institution"),
        type_coerce(col(Institution.sector), String).label("sector"),
        col(Institution.sensitive).label("sensitive"),
    )
    .join(Institution, col(Institution.id) == col(Unit.institution_id))
    .subquery("unit_labels")
)
"""Each unit as it is labelled, for lists of the rooms above; a sensitive name is for its own members."""

_LABEL = ("ref", "code", "name", "institution", "sector", "sensitive")
line_facts = columns(
    col(FundingLine.id).label("line_id"),
    col(FundingLine.institution_id).label("institution_id"),
    col(FundingLine.sector).label("sector"),
    col(FundingLine.code).label("code"),
    col(FundingLine.ref).label("line_ref"),
    col(FundingLine.name).label("name"),
).subquery("line_facts")
"""Each funding line with its institution and sector, for statements of the rooms above."""


def _in_force(table: type[_Dated], at: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    valid_to = col(table.valid_to)
    return col(table.valid_from) <= at, or_(valid_to.is_(None), valid_to > at)


def roles_paying(work: Work, line_id: int) -> frozenset[str]:
    """The roles that the actor has in the sector of a funding line; a role elsewhere gives nothing here."""
    sector = work.session.execute(
        select(line_facts.c.sector).where(line_facts.c.line_id == line_id)
    ).scalar_one_or_none()
    return frozenset(seat.role for seat in work.actor.seats if seat.sector and seat.sector == sector)


def institution_by_code(work: Work, code: str) -> Institution:
    """The institution with this code; refuses UnknownThing."""
    found = work.session.exec(select(Institution).where(col(Institution.code) == code)).first()
    if found is None:
        raise UnknownThing(field="institution")
    return found


def institution_by_ref(work: Work, ref: str) -> Institution:
    """The institution with this outward name; refuses UnknownThing."""
    found = work.session.exec(select(Institution).where(col(Institution.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="institution")
    return found


def institutions(work: Work) -> list[Institution]:
    """All institutions by code; sensitive ones only for their own members."""
    mine = work.actor.institutions
    return list(
        work.session.exec(
            select(Institution)
            .where(or_(col(Institution.sensitive).is_(False), col(Institution.id).in_(mine)))
            .order_by(col(Institution.code))
        )
    )


def institution_of(work: Work, unit_id: int) -> Institution:
    """The institution of a unit."""
    return work.session.exec(
        select(Institution)
        .join(Unit, col(Unit.institution_id) == col(Institution.id))
        .where(col(Unit.id) == unit_id)
    ).one()


def unit_by_code(work: Work, code: str) -> Unit:
    """The unit with this code; refuses UnknownThing."""
    found = work.session.exec(select(Unit).where(col(Unit.code) == code)).first()
    if found is None:
        raise UnknownThing(field="unit")
    return found


def unit_by_ref(work: Work, ref: str) -> Unit:
    """The unit with this outward name; refuses UnknownThing."""
    found = work.session.exec(select(Unit).where(col(Unit.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="unit")
    return found


def units(
    work: Work, *, at: date | None = None, kind: UnitKind | None = None, institution_id: int | None = None
) -> list[Unit]:
    """Units in force at the date (today when left out), by code."""
    wanted = select(Unit).where(*_in_force(Unit, at or work.today))
    if kind is not None:
        wanted = wanted.where(col(Unit.kind) == kind)
    if institution_id is not None:
        wanted = wanted.where(col(Unit.institution_id) == institution_id)
    return list(work.session.exec(wanted.order_by(col(Unit.code))))


_LABELS: Any = columns(
    col(Unit.id),
    col(Unit.ref),
    col(Unit.code),
    col(Unit.name),
    col(Institution.code),
    col(Institution.sector),
    col(Institution.sensitive),
).join(Institution, col(Institution.id) == col(Unit.institution_id))


def units_by_id(work: Work, ids: Iterable[int]) -> dict[int, UnitLabel]:
    """Labels of units, in one statement."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    places = 1 << (len(wanted) - 1).bit_length()
    filled = wanted + wanted[-1:] * (places - len(wanted))
    values = {f"unit_{n}": unit for n, unit in enumerate(filled)}
    rows = _labels(places).read(work.session.connection(), values)
    return {unit: UnitLabel(*label) for unit, *label in rows}


@lru_cache(maxsize=12)
def _labels(places: int) -> Ready:
    """The statement for up to so many units, put into words once: every page tells units."""
    given: list[Any] = [bindparam(f"unit_{n}", None, type_=Integer()) for n in range(places)]
    return Ready(_LABELS.where(col(Unit.id).in_(given)))


def shown_units(work: Work, ids: Iterable[int]) -> dict[int, UnitLabel]:
    """Labels of units in one statement; sensitive names only for their own members."""
    own = set(work.actor.units)
    found = units_by_id(work, ids)
    return {id_: one for id_, one in found.items() if not one.sensitive or id_ in own}


def with_units(statement: Any, actor: Actor, **columns: Any) -> Select[Any]:  # noqa: ANN401 - a select
    """Join how the units in these columns are shown to the actor; `unit_told` tells each by its name.

    The statement names its table (`select_from`), from which they are joined.
    """
    return _with_units(statement, actor, columns)


def with_labels(statement: Any, **columns: Any) -> Select[Any]:  # noqa: ANN401 - a select
    """As `with_units`, protected names too: for those who give seats there."""
    return _with_units(statement, None, columns)


def _with_units(statement: Any, actor: Actor | None, wanted: Mapping[str, Any]) -> Select[Any]:  # noqa: ANN401
    joined: Select[Any] = statement
    for name, unit_id in wanted.items():
        known = unit_labels.alias(f"{name}_unit")
        there = known.c.unit_id == unit_id
        if actor is not None:
            there = and_(there, or_(known.c.sensitive.is_(False), known.c.unit_id.in_(actor.units)))
        told = [known.c[one].label(f"{name}_unit_{one}") for one in _LABEL]
        joined = joined.outerjoin(known, there).add_columns(*told)
    return joined


def institution_name(institution_id: Any, actor: Actor) -> Any:  # noqa: ANN401 - columns
    """The name of the institution in this column, beside its row; a protected one for its own members."""
    shown = or_(col(Institution.sensitive).is_(False), col(Institution.id).in_(actor.institutions))
    named = columns(col(Institution.name)).where(col(Institution.id) == institution_id, shown)
    return named.correlate_except(Institution).scalar_subquery()


def unit_told(row: Any, name: str) -> UnitLabel | None:  # noqa: ANN401 - a row of such a statement
    """The unit that `with_units` joined by that name; None where there is none or its name is protected."""
    ref, code, said, institution, sector, sensitive = (getattr(row, f"{name}_unit_{one}") for one in _LABEL)
    if ref is None:
        return None
    return UnitLabel(ref, code, said, institution, Sector(sector) if sector else None, sensitive)


def shown_unit_by_code(work: Work, code: str) -> Unit:
    """The unit with this code where its name is open to the reader; refuses UnknownThing."""
    found = unit_by_code(work, code)
    if found.id not in shown_units(work, [found.id or 0]):
        raise UnknownThing(field="unit")
    return found


def code_told(work: Work, unit_id: int) -> str:
    """The code of a unit where it is kept for every reader: empty where its name is protected."""
    label = units_by_id(work, [unit_id]).get(unit_id)
    return label.code if label is not None and not label.sensitive else ""


def institution_marks(work: Work) -> dict[int, str]:
    """Every institution as figures tell it to all readers: by code, a protected one by its outward name."""
    rows = work.session.exec(select(Institution))
    return {row.id or 0: row.ref if row.sensitive else row.code for row in rows}


def unit_contact(work: Work, unit_id: int) -> str | None:
    """The mailbox of a unit, if it has one."""
    unit = work.session.get(Unit, unit_id)
    return unit.email if unit is not None else None


def region_of(work: Work, postcode: str) -> str | None:
    """The region of a postcode, or None outside the canton's file."""
    return work.session.exec(
        select(PostcodeRegion.region).where(col(PostcodeRegion.postcode) == postcode)
    ).first()


def regions(work: Work) -> list[str]:
    """The regions of the canton, in order."""
    return list(
        work.session.exec(select(PostcodeRegion.region).distinct().order_by(col(PostcodeRegion.region)))
    )


def unit_for(work: Work, kind: UnitKind, region: str | None, at: date | None = None) -> Unit:
    """The unit of that kind which serves the region at the date, or the one that serves the whole canton.

    Refuses NoUnitForRegion.
    """
    day = at or work.today
    served = select(UnitRegion.unit_id)
    wanted = select(Unit).where(col(Unit.kind) == kind, *_in_force(Unit, day)).order_by(col(Unit.code))
    here = None
    if region is not None:
        near = col(Unit.id).in_(served.where(col(UnitRegion.region) == region))
        here = work.session.exec(wanted.where(near)).first()
    found = here or work.session.exec(wanted.where(col(Unit.id).not_in(served))).first()
    if found is None:
        raise NoUnitForRegion(unit_kind=kind, region=region or "")
    return found


def in_network(work: Work, unit_id: int, at: date | None = None) -> bool:
    """Whether the unit belongs to the perimeter of the CII network at the date."""
    unit = work.session.get(Unit, unit_id)
    return unit is not None and unit.network_from is not None and unit.network_from <= (at or work.today)


def line_by_ref(work: Work, ref: str) -> FundingLine:
    """The funding line with this outward name; refuses UnknownThing."""
    found = work.session.exec(select(FundingLine).where(col(FundingLine.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="line")
    return found


def lines(work: Work, at: date | None = None) -> list[FundingLine]:
    """The funding lines in force at the date, in the order of the canton's file."""
    day = at or work.today
    return list(
        work.session.exec(
            select(FundingLine).where(*_in_force(FundingLine, day)).order_by(col(FundingLine.id))
        )
    )


def lines_by_id(work: Work, ids: Iterable[int]) -> dict[int, FundingLine]:
    """Funding lines by id, in one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = work.session.exec(select(FundingLine).where(col(FundingLine.id).in_(wanted)))
    return {row.id or 0: row for row in rows}


def reciprocity_between(work: Work, inst_a: int, inst_b: int, at: date | None = None) -> bool:
    """Whether a reciprocal collaboration agreement binds both institutions at the date (LACI 85f al. 2)."""
    if inst_a == inst_b:
        return True
    one, other = aliased(CollaborationParty), aliased(CollaborationParty)
    agreement = CollaborationAgreement
    return (
        work.session.exec(
            select(agreement.id)
            .join(one, col(one.agreement_id) == col(agreement.id))
            .join(other, col(other.agreement_id) == col(agreement.id))
            .where(
                col(agreement.reciprocal).is_(True),
                col(one.institution_id) == inst_a,
                col(other.institution_id) == inst_b,
                *_in_force(agreement, at or work.today),
            )
            .limit(1)
        ).first()
        is not None
    )
