"""Restricted cases: the lead closes a case to all but named readers of the parties' units, and names them."""

from dataclasses import dataclass, field

from sqlmodel import col, select

from cii.access.permits import Permit
from cii.access.queries import account_by_ref, members_of, units_reading
from cii.access.restricted import readers_of, restriction_of
from cii.access.restricting import (
    NoReader,
    NotRestricted,
    close_reader,
    lift_restriction,
    name_reader,
    reader_by_account,
    restrict_case,
)
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.cases.acts import acting_unit, touch
from cii.cases.queries import case_by_ref
from cii.cases.rules import TextMissing
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import PartyRole
from cii.institutions.queries import shown_units
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.store.work import HOUSE, Work

SHORTEST_REASON = 20


class RestrictionNotYours(Refusal):
    """The named case manager or a supervisor of the leading unit decides who sees a restricted case."""

    code, kind = "restriction-not-yours", "forbidden"


class ReaderWithoutPart(Refusal):
    """Only members of units to which the case is open can be named."""

    code = "reader-without-part"


class ReasonTooShort(Refusal):
    """Who names themselves says why, in at least so many characters."""

    code = "reason-too-short"


@dataclass(frozen=True)
class RestrictCase:
    """Close a case to all but named readers."""

    case_ref: str
    reason: str = field(metadata={"max": 1000})
    version: int | None = None


@dataclass(frozen=True)
class LiftRestriction:
    """Open a restricted case to the members of its parties again."""

    case_ref: str
    reason: str = field(metadata={"max": 1000})
    version: int | None = None


@dataclass(frozen=True)
class NameReader:
    """Let a member of a party see the restricted case."""

    case_ref: str
    account_ref: str
    reason: str | None = field(default=None, metadata={"max": 1000})


@dataclass(frozen=True)
class RemoveReader:
    """Take the name of a reader away."""

    case_ref: str
    account_ref: str


@dataclass(frozen=True)
class NameMyself:
    """A supervisor of the leading unit names themselves, by the number of the case and with the reason."""

    number: str = field(metadata={"max": 20})
    reason: str = field(metadata={"max": 1000})


def may_restrict(work: Work, case: CaseFile) -> bool:
    """Whether the actor decides who sees the case: its named manager, a supervisor of its leading unit."""
    if work.actor == HOUSE:
        return True
    leads = {seat.unit_id for seat in work.actor.seats if seat.role == Role.SUPERVISOR}
    named = work.actor.account_id is not None and work.actor.account_id == case.lead_account_id
    return case.lead_unit_id in leads or (named and case.lead_unit_id in work.actor.units)


def restrict(work: Work, ask: RestrictCase) -> CaseFile:
    """Close the case to all but its named manager and who closes it, until others are named.

    Refuses OnlyTheLead, RestrictionNotYours, TextMissing, AlreadyRestricted, CaseClosed, Stale.
    """
    case = _mine(work, ask.case_ref, ask.reason)
    touch(work, case, ask.version)
    close_to_named(work, case, ask.reason.strip())
    return case


def close_to_named(work: Work, case: CaseFile, reason: str) -> None:
    """Restrict a case as its opening or a later act says; the lead's manager and the actor are named."""
    restrict_case(work, case.id or 0, case.ref, reason)
    case.restricted = True
    work.session.add(case)
    work.session.flush()
    for account in dict.fromkeys((case.lead_account_id, work.actor.account_id)):
        if account is not None:
            name_reader(work, case.id or 0, account, reason)


def reason_at_opening(work: Work, said: str) -> str | None:
    """Why a case that is being announced is for named readers only; None for one that is not.

    Refuses NotAllowed without the permit to restrict cases.
    """
    if said.strip() and work.actor != HOUSE and Permit.RESTRICT_CASE.value not in work.actor.permits:
        raise NotAllowed(act=Permit.RESTRICT_CASE.value)
    return said.strip() or None


def follow_lead(work: Work, case: CaseFile) -> None:
    """The new manager of a restricted case is named with the lead."""
    account = case.lead_account_id
    if not case.restricted or account is None:
        return
    if all(one.account_id != account for one in readers_of(work, case.id or 0)):
        name_reader(work, case.id or 0, account, "lead")


def lift(work: Work, ask: LiftRestriction) -> CaseFile:
    """Open the case again; refuses OnlyTheLead, RestrictionNotYours, TextMissing, NotRestricted."""
    case = _mine(work, ask.case_ref, ask.reason)
    if not case.restricted:
        raise NotRestricted
    touch(work, case, ask.version)
    lift_restriction(work, case.id or 0, ask.reason.strip())
    case.restricted = False
    work.session.add(case)
    work.session.flush()
    return case


def name(work: Work, ask: NameReader) -> None:
    """Name a reader; refuses RestrictionNotYours, NotRestricted, ReaderWithoutPart, AlreadyReader."""
    case = _mine(work, ask.case_ref, "-")
    account = account_by_ref(work, ask.account_ref)
    if account.id not in {one.id for one in _members(work, case)}:
        raise ReaderWithoutPart(field="account_ref")
    name_reader(work, case.id or 0, account.id or 0, (ask.reason or "").strip() or None)


def remove(work: Work, ask: RemoveReader) -> None:
    """Take a name away, at once; the leading unit keeps one. Refuses NoReader, RestrictionNotYours."""
    case = _mine(work, ask.case_ref, "-")
    row = reader_by_account(work, case.id or 0, ask.account_ref)
    named = {one.account_id for one in readers_of(work, case.id or 0)}
    leads = {one.id for one in members_of(work, case.lead_unit_id)} & named
    if leads == {row.account_id}:
        raise NoReader(field="account_ref")
    close_reader(work, row)


def name_myself(work: Work, ask: NameMyself) -> CaseFile:
    """A supervisor opens a restricted case of the own unit to themselves, never silently.

    Refuses ReasonTooShort, and UnknownThing alike for a foreign case, an open one and for none.
    """
    if len(ask.reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort(field="reason", least=SHORTEST_REASON)
    leads = [seat.unit_id for seat in work.actor.seats if seat.role == Role.SUPERVISOR]
    case = work.session.exec(
        select(CaseFile).where(
            col(CaseFile.number) == ask.number.strip().upper(),
            col(CaseFile.lead_unit_id).in_(leads),
            col(CaseFile.restricted).is_(True),
        )
    ).first()
    if case is None or work.actor.account_id is None:
        raise UnknownThing(field="number")
    if all(one.account_id != work.actor.account_id for one in readers_of(work, case.id or 0)):
        name_reader(work, case.id or 0, work.actor.account_id, ask.reason.strip())
    return case


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is named, or could be: account, unit as far as it is shown, since when and why."""

    ref: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """Why a case is restricted, who is named and who else could be; `mine`: the actor decides about it."""

    reason: str | None
    readers: tuple[Reader, ...]
    others: tuple[Reader, ...]
    mine: bool


def restriction(work: Work, ref: str) -> Restriction:
    """The restriction of a case that the actor sees; refuses UnknownThing."""
    case = case_by_ref(work, ref)
    held = restriction_of(work, case.id or 0)
    mine = may_restrict(work, case)
    named = {one.account_id for one in readers_of(work, case.id or 0)}
    people = _people(work, case) if mine else {}
    return Restriction(
        held.reason if held else None,
        tuple(one for id_, one in people.items() if id_ in named),
        tuple(one for id_, one in people.items() if id_ not in named) if held else (),
        mine,
    )


def _mine(work: Work, ref: str, reason: str) -> CaseFile:
    case = case_by_ref(work, ref)
    acting_unit(work, case, PartyRole.LEAD, unit_id=case.lead_unit_id)
    faults: list[Refusal] = []
    if not may_restrict(work, case):
        faults.append(RestrictionNotYours(number=case.number))
    if not reason.strip():
        faults.append(TextMissing(field="reason"))
    refuse(faults)
    return case


def _members(work: Work, case: CaseFile) -> list[Account]:
    units = sorted(units_reading(work, case.id or 0))
    return [one for unit in units for one in members_of(work, unit)]


def _people(work: Work, case: CaseFile) -> dict[int, Reader]:
    """The members of the parties' units whose names the actor may read, the leading unit first."""
    ids = units_reading(work, case.id or 0)
    labels = shown_units(work, ids)
    return {
        one.id or 0: Reader(one.ref, one.name, labels[unit].name)
        for unit in sorted(labels, key=lambda unit: (unit == case.lead_unit_id, unit))
        for one in members_of(work, unit)
    }
