"""Who speaks to which employer for a case: one named contact, a warning to the second who approaches.

A warning is a refusal that may be overridden with a reason: another unit is the contact for this case, or has
approached the employer within `employer_quiet_days`, for whichever case. Of another case nothing is told but
the unit that speaks to the employer, and that not if its name is protected.
Source: product.md §1 (one named contact per employer and shared case).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from cii.access.queries import account_names
from cii.access.vocabulary import Section
from cii.cases.acts import acting_unit, need, touch
from cii.cases.queries import case_by_ref
from cii.cases.rules import DayAhead, TextMissing
from cii.cases.tables import CaseFile
from cii.cases.tables_follow import EmployerApproach, EmployerContact
from cii.institutions.employers import employer_by_ref, employers_by_id
from cii.institutions.queries import UnitLabel, shown_units
from cii.institutions.tables_employers import Employer
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.store.work import Work


class EmployerTaken(Refusal):
    """Another unit speaks to this employer for this case; with a reason one may approach it nevertheless."""

    code, kind = "employer-contact-taken", "conflict"


class EmployerApproached(Refusal):
    """Another unit has approached this employer within the quiet days, for this or another case."""

    code, kind = "employer-approached", "conflict"


@dataclass(frozen=True)
class Approach:
    """An approach to an employer for a case; `override_reason` in spite of a warning."""

    case_ref: str
    employer_ref: str
    subject: str = field(metadata={"max": 1000})
    approached_on: date
    spoke_to: str | None = field(default=None, metadata={"max": 120})
    override_reason: str | None = field(default=None, metadata={"max": 1000})
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ApproachRow:
    """An approach as the case shows it."""

    ref: str
    unit: UnitLabel | None
    name: str | None
    spoke_to: str | None
    subject: str
    approached_on: date
    override_reason: str | None


@dataclass(frozen=True, slots=True)
class ContactRow:
    """An employer of a case: who speaks to it since when, and each approach, the newest first."""

    employer_ref: str
    employer: str
    place: str
    unit: UnitLabel | None
    name: str | None
    mine: bool
    since: datetime
    approaches: tuple[ApproachRow, ...]


def approach(work: Work, ask: Approach, *, unit_id: int | None = None) -> EmployerApproach:
    """Keep an approach; whoever is first is the employer's contact for the case.

    Refuses NoPart, SectionNotYours, CaseClosed, Stale, TextMissing, DayAhead; and, without `override_reason`,
    EmployerTaken and EmployerApproached, which name who speaks to the employer.
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, Section.PLACEMENT)
    unit = acting_unit(work, case, unit_id=unit_id)
    employer = employer_by_ref(work, ask.employer_ref)
    touch(work, case, ask.version)
    contact = work.session.exec(
        select(EmployerContact).where(
            col(EmployerContact.employer_id) == employer.id,
            col(EmployerContact.case_id) == case.id,
            col(EmployerContact.until).is_(None),
        )
    ).first()
    reason = (ask.override_reason or "").strip() or None
    faults: list[Refusal] = [] if ask.subject.strip() else [TextMissing(field="subject")]
    if ask.approached_on > work.today:
        faults.append(DayAhead(field="approached_on", day=ask.approached_on))
    if reason is None:
        faults += _warnings(work, employer, contact, unit, ask.approached_on)
    refuse(faults)
    if contact is None:
        account = work.actor.account_id
        contact = EmployerContact(
            employer_id=employer.id or 0,
            case_id=case.id or 0,
            unit_id=unit,
            account_id=account,
            since=work.now,
        )
        work.session.add(contact)
    row = EmployerApproach(
        employer_id=employer.id or 0, case_id=case.id or 0, unit_id=unit, account_id=work.actor.account_id,
        spoke_to=(ask.spoke_to or "").strip() or None, subject=ask.subject.strip(),
        approached_on=ask.approached_on, override_reason=reason, at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "approach_employer", "case", case.id, ref=case.ref, person_id=case.person_id, unit_id=unit,
        payload={"employer": employer.ref, "overridden": reason is not None},
    )  # fmt: skip
    return row


def _warnings(
    work: Work, employer: Employer, contact: EmployerContact | None, unit: int, on: date
) -> list[Refusal]:
    found: list[Refusal] = []
    if contact is not None and contact.unit_id != unit:
        who = _who(work, contact.unit_id, contact.account_id)
        found.append(EmployerTaken(field="override_reason", who=who, employer=employer.name))
    days = work.parameter("employer_quiet_days")
    other = work.session.exec(
        select(EmployerApproach)
        .where(
            col(EmployerApproach.employer_id) == employer.id,
            col(EmployerApproach.unit_id) != unit,
            col(EmployerApproach.approached_on) > on - timedelta(days=days),
        )
        .order_by(col(EmployerApproach.approached_on).desc(), col(EmployerApproach.id).desc())
        .limit(1)
    ).first()
    if other is not None:
        who = _who(work, other.unit_id, None)
        found.append(
            EmployerApproached(
                field="override_reason", who=who, employer=employer.name, day=other.approached_on, days=days
            )
        )
    return found


def _who(work: Work, unit_id: int, account_id: int | None) -> str:
    """Who speaks to the employer, in words; a protected unit is not named."""
    unit = shown_units(work, [unit_id]).get(unit_id)
    name = account_names(work, [account_id]).get(account_id) if account_id is not None and unit else None
    return ", ".join(one for one in (name, unit.name if unit else "…") if one)


def contacts_of(work: Work, case: CaseFile) -> list[ContactRow]:
    """The employers approached for a case; whoever calls has seen that placements are open to the actor."""
    contacts = work.session.exec(
        select(EmployerContact)
        .where(col(EmployerContact.case_id) == case.id, col(EmployerContact.until).is_(None))
        .order_by(col(EmployerContact.id).desc())
    ).all()
    rows = work.session.exec(
        select(EmployerApproach)
        .where(col(EmployerApproach.case_id) == case.id)
        .order_by(col(EmployerApproach.id).desc())
    ).all()
    known = employers_by_id(work, {one.employer_id for one in contacts})
    said_by: tuple[Any, ...] = (*contacts, *rows)
    units = shown_units(work, {one.unit_id for one in said_by})
    names = account_names(work, {one.account_id for one in said_by if one.account_id is not None})
    own = set(work.actor.units)
    work.saw("case", [case.id or 0], int(Section.PLACEMENT))
    return [
        ContactRow(
            known[one.employer_id].ref, known[one.employer_id].name, known[one.employer_id].place,
            units.get(one.unit_id), names.get(one.account_id or 0), one.unit_id in own, one.since,
            tuple(
                ApproachRow(
                    said.ref, units.get(said.unit_id), names.get(said.account_id or 0), said.spoke_to,
                    said.subject, said.approached_on, said.override_reason,
                )
                for said in rows
                if said.employer_id == one.employer_id
            ),
        )
        for one in contacts
    ]  # fmt: skip


__all__ = [
    "Approach", "ApproachRow", "ContactRow", "EmployerApproached", "EmployerTaken", "approach", "contacts_of",
]  # fmt: skip
