"""Reads of persons: as my unit knows them, where they stand, what they agreed to, what was passed on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.queries import live_grants, person_visible, sections_on_person
from cii.access.vocabulary import Section
from cii.institutions.queries import institution_of, reciprocity_between
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import UnknownThing
from cii.people import names
from cii.people.rules import DECIDED, BasisFacts, avs_number, avs_written
from cii.people.tables import Consent, ConsentRecipient, Disclosure, Identity, Person, SystemStatus
from cii.people.vocabulary import Purpose, StatusKind
from cii.store.secrets import keyed_hash, unseal
from cii.store.work import HOUSE, Actor, Work


@dataclass(frozen=True, slots=True)
class PersonLabel:
    """A person as the reader's unit knows them; else, where a grant opens it, as who attached them first."""

    ref: str
    name: str
    birth_date: date
    municipality: str | None
    language: str | None


def visible_to(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The condition on `person` rows whose identity is open to the actor."""
    return person_visible(col(Person.id), actor, now)


def person_by_ref(work: Work, ref: str) -> Person:
    """The person with this outward name, if open to the actor; refuses UnknownThing."""
    found = work.session.exec(
        select(Person).where(col(Person.ref) == ref, visible_to(work.actor, work.now))
    ).first()
    if found is None:
        raise UnknownThing(field="person")
    return found


def person_by_id(work: Work, person_id: int) -> Person:
    """A person whose visibility the caller has established, by the row's id."""
    return work.session.get_one(Person, person_id)


def consent_person(work: Work, consent_ref: str) -> int:
    """Whose consent this is, if the person is open to the actor; refuses UnknownThing."""
    found = work.session.exec(
        select(Consent.person_id)
        .join(Person, col(Person.id) == col(Consent.person_id))
        .where(col(Consent.ref) == consent_ref, visible_to(work.actor, work.now))
    ).first()
    if found is None:
        raise UnknownThing(field="consent")
    return found


def person_units(work: Work, person_id: int) -> frozenset[int]:
    """The units of the actor to which a live grant opens the person."""
    held = live_grants(work.actor, work.now).subquery()
    rows = work.session.connection().execute(columns(held.c.unit_id).where(held.c.person_id == person_id))
    return frozenset(unit for (unit,) in rows if unit is not None)


def find_by_avs(work: Work, written: str) -> Person | None:
    """The person with this AVS number, if open to the actor; refuses a number that cannot be one."""
    hash_ = avs_hash(work, avs_number(written))
    return work.session.exec(
        select(Person).where(col(Person.avs_hash) == hash_, visible_to(work.actor, work.now))
    ).first()


def avs_hash(work: Work, number: str) -> str:
    """The keyed hash by which a number is found."""
    return keyed_hash(work.settings.person_key.get_secret_value(), number)


def avs_of(work: Work, person: Person) -> str | None:
    """The AVS number in clear, as people write it; the caller shows it to who may see the identity."""
    if person.avs_sealed is None:
        return None
    return avs_written(unseal(work.settings.person_key.get_secret_value(), person.avs_sealed))


def label(work: Work, person_ids: Iterable[int]) -> dict[int, PersonLabel]:
    """How these persons are shown to the actor, in one statement; those not open to them are absent."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = work.session.exec(
        select(Person, Identity)
        .join(Identity, col(Identity.person_id) == col(Person.id))
        .where(col(Person.id).in_(wanted), visible_to(work.actor, work.now))
        .order_by(col(Identity.id))
    ).all()
    chosen: dict[int, tuple[bool, PersonLabel]] = {}
    for person, identity in rows:
        mine = identity.unit_id in work.actor.units
        held = chosen.get(identity.person_id)
        if held is None or (mine and not held[0]):
            chosen[identity.person_id] = mine, _labelled(person, identity)
    work.saw("person", chosen, Section.IDENTITY)
    return {id_: shown for id_, (_, shown) in chosen.items()}


def label_shown(row: Any) -> PersonLabel | None:  # noqa: ANN401 - a row of a statement of any room
    """The person that `names.with_names` joined to a row; None where the person is not open to the actor."""
    if row.person_ref is None:
        return None
    born = row.person_birth_date
    day = born if isinstance(born, date) else date.fromisoformat(born)
    return PersonLabel(row.person_ref, row.person_name, day, row.person_municipality, row.person_language)


def _labelled(person: Person, identity: Identity) -> PersonLabel:
    name = f"{identity.last_name} {identity.first_name}"
    return PersonLabel(person.ref, name, identity.birth_date, identity.municipality, identity.language)


def identity_for(work: Work, person_id: int, unit_id: int) -> Identity | None:
    """What one unit has typed about the person."""
    return work.session.exec(
        select(Identity).where(col(Identity.person_id) == person_id, col(Identity.unit_id) == unit_id)
    ).first()


def identities(work: Work, person_id: int) -> list[Identity]:
    """What every unit has typed about the person, the first first; for the person's own file only."""
    return list(
        work.session.exec(
            select(Identity).where(col(Identity.person_id) == person_id).order_by(col(Identity.id))
        )
    )


def current_statuses(
    work: Work, person_ids: Iterable[int], at: date | None = None
) -> dict[int, dict[Sector, SystemStatus]]:
    """Where persons stand in each system at the date, for rules; nothing of it may be shown unfiltered.

    The latest row per system counts; one that has ended or whose `until` is past is left out.
    """
    day = at or work.today
    rows = work.session.exec(
        select(SystemStatus)
        .where(col(SystemStatus.person_id).in_(set(person_ids)), col(SystemStatus.effective_on) <= day)
        .order_by(col(SystemStatus.effective_on), col(SystemStatus.id))
    )
    found: dict[int, dict[Sector, SystemStatus]] = {}
    for row in rows:
        found.setdefault(row.person_id, {})[row.system] = row
    return {
        person_id: {system: row for system, row in held.items() if _holds(row, day)}
        for person_id, held in found.items()
    }


def _holds(row: SystemStatus, day: date) -> bool:
    over = {StatusKind.ENDED, StatusKind.REFUSED}
    return row.kind not in over and (row.until is None or row.until >= day)


def statuses(work: Work, person_id: int) -> list[SystemStatus]:
    """Statuses of the person that the actor may read, newest first.

    My units' own rows; those of others when the grid and plan of a shared case are open to me (section PLAN).
    """
    shared = work.actor is HOUSE or bool(sections_on_person(work, person_id)[0] & Section.PLAN)
    wanted = select(SystemStatus).where(col(SystemStatus.person_id) == person_id)
    if not shared:
        wanted = wanted.where(col(SystemStatus.unit_id).in_(work.actor.units))
    rows = list(
        work.session.exec(wanted.order_by(col(SystemStatus.effective_on).desc(), col(SystemStatus.id).desc()))
    )
    if rows:
        work.saw("person", [person_id], Section.PLAN)
    return rows


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent with the institutions that may receive data under it."""

    consent: Consent
    institution_ids: tuple[int, ...]

    def live(self, at: date) -> bool:
        """Whether it holds that day."""
        row = self.consent
        return row.withdrawn_at is None and row.given_on <= at <= row.valid_until


def consents(work: Work, person_id: int) -> list[ConsentRow]:
    """All consents of the person, newest first, withdrawn and expired ones included."""
    rows = work.session.exec(
        select(Consent, ConsentRecipient.institution_id)
        .join(ConsentRecipient, col(ConsentRecipient.consent_id) == col(Consent.id))
        .where(col(Consent.person_id) == person_id)
        .order_by(col(Consent.id).desc(), col(ConsentRecipient.id))
    )
    found: dict[int, ConsentRow] = {}
    for consent, institution_id in rows:
        held = found.get(consent.id or 0, ConsentRow(consent, ()))
        found[consent.id or 0] = replace(held, institution_ids=(*held.institution_ids, institution_id))
    return list(found.values())


def live_consent(
    work: Work,
    person_id: int,
    institution_id: int,
    sections: int,
    *,
    purpose: Purpose | None = None,
    case_id: int | None = None,
    at: date | None = None,
) -> Consent | None:
    """A consent that holds at the date and covers the recipient and all the sections, or None.

    A consent given for one case covers that case only.
    """
    for row in consents(work, person_id):
        held = row.consent
        if (
            row.live(at or work.today)
            and institution_id in row.institution_ids
            and not int(sections) & ~held.sections
            and purpose in {None, held.purpose}
            and held.case_id in {None, case_id}
        ):
            return held
    return None


def disclosures(work: Work, person_id: int) -> list[Disclosure]:
    """What was passed on about the person: who, to whom, what, on which basis; oldest first."""
    return list(
        work.session.exec(
            select(Disclosure).where(col(Disclosure.person_id) == person_id).order_by(col(Disclosure.id))
        )
    )


@dataclass(frozen=True, slots=True)
class BasisClaims:
    """What whoever discloses declares, beyond what the register knows."""

    overriding_private_interest: bool = False
    payer_clear: bool = False
    written_reason: str = ""
    proportional: bool = False
    same_purpose: bool = False
    coordination_member: bool = False
    on_agenda: bool = False
    purpose: Purpose | None = None


NO_CLAIMS = BasisClaims()


def basis_facts(  # noqa: PLR0917 - two units and what passes between them
    work: Work,
    person_id: int,
    from_unit_id: int,
    to_unit_id: int,
    sections: int,
    claims: BasisClaims = NO_CLAIMS,
    *,
    case_id: int | None = None,
) -> BasisFacts:
    """Gather what decides about a disclosure: what the register knows, and what is declared."""
    giver, taker = institution_of(work, from_unit_id), institution_of(work, to_unit_id)
    held = current_statuses(work, [person_id]).get(person_id, {})
    bound = reciprocity_between(work, giver.id or 0, taker.id or 0)
    consent = live_consent(work, person_id, taker.id or 0, sections, purpose=claims.purpose, case_id=case_id)
    return BasisFacts(
        from_sector=giver.sector,
        to_sector=taker.sector,
        sections=Section(int(sections)),
        same_unit=from_unit_id == to_unit_id,
        consented=consent is not None,
        receives_benefits=_kind(held, taker.sector) is StatusKind.BENEFIT,
        reciprocity=bound,
        ai_open=_kind(held, Sector.AI) in {StatusKind.EARLY_DETECTION, StatusKind.CLAIM_OPEN},
        named_body=bound,
        overriding_private_interest=claims.overriding_private_interest,
        payer_clear=claims.payer_clear or _payer_clear(work, person_id),
        written_reason=claims.written_reason,
        proportional=claims.proportional,
        same_purpose=claims.same_purpose,
        coordination_member=claims.coordination_member,
        on_agenda=claims.on_agenda,
    )


def _payer_clear(work: Work, person_id: int) -> bool:
    """Whether the last word of disability insurance is a decision, whenever it takes effect."""
    last = work.session.exec(
        select(SystemStatus.kind)
        .where(col(SystemStatus.person_id) == person_id, col(SystemStatus.system) == Sector.AI)
        .order_by(col(SystemStatus.effective_on).desc(), col(SystemStatus.id).desc())
        .limit(1)
    ).first()
    return last in DECIDED


def _kind(held: dict[Sector, SystemStatus], sector: Sector | None) -> StatusKind | None:
    row = held.get(sector) if sector is not None else None
    return row.kind if row is not None else None


def named(work: Work, person_id: Any, text: str) -> ColumnElement[bool]:  # noqa: ANN401 - a column of any room
    """Whether a name of the person in that column, typed by my units or shown, has words that begin so."""
    return names.named(work.actor, person_id, text, work.now)
