"""Attach a person and correct what a unit typed; statuses, consents and disclosures are offered here too."""

from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from cii.access.actions import grant
from cii.access.queries import is_open, sections_on_person
from cii.access.vocabulary import Section
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.people.consenting import (
    ConsentDates,
    ConsentTooWide,
    ConsentWithdrawn,
    GiveConsent,
    acting_unit,
    give_consent,
    withdraw_consent,
)
from cii.people.disclosing import disclose
from cii.people.queries import avs_hash, identity_for, person_by_ref
from cii.people.rules import avs_number, folded
from cii.people.statuses import RecordStatus, StatusDates, record_status
from cii.people.tables import Identity, Person
from cii.people.vocabulary import Basis, Sex
from cii.store.locks import one_at_a_time
from cii.store.secrets import seal
from cii.store.work import Work


class BornLater(Refusal):
    """The date of birth lies in the future."""

    code = "born-later"


@dataclass(frozen=True)
class AttachPerson:
    """A person as a unit knows them; a number that is known already attaches the unit silently."""

    avs: str | None
    last_name: str
    first_name: str
    birth_date: date
    postcode: str | None = None
    municipality: str | None = None
    language: str | None = None
    sex: Sex | None = None


def attach_person(work: Work, ask: AttachPerson, unit_id: int) -> Person:
    """Enter what the unit knows of the person, and open it to the unit; known or new, the answer is the same.

    Refuses AvsShape, AvsPrefix, AvsCheckDigit, BornLater.
    """
    if ask.birth_date > work.today:
        raise BornLater(field="birth_date")
    person = _person(work, avs_number(ask.avs) if ask.avs else None)
    _identity(work, person, ask, unit_id)
    cause = f"attach:{person.id}:{unit_id}"
    if not is_open(work, cause):
        grant(
            work,
            unit_id=unit_id,
            person_id=person.id,
            reads=Section.IDENTITY,
            writes=Section.IDENTITY,
            basis=Basis.OWN_CASE,
            cause=cause,
        )
    wrote(work, "attach_person", "person", person.id, ref=person.ref, unit_id=unit_id, basis=Basis.OWN_CASE)
    return person


def _person(work: Work, number: str | None) -> Person:
    hash_ = avs_hash(work, number) if number else None
    sealed = seal(work.settings.person_key.get_secret_value(), number) if number else None
    known = None
    if hash_ is not None:
        one_at_a_time(work.session, f"person {hash_}")
        known = work.session.exec(select(Person).where(col(Person.avs_hash) == hash_)).first()
    if known is None:
        known = Person(avs_sealed=sealed, avs_hash=hash_, created_at=work.now)
        work.session.add(known)
        work.session.flush()
    return known


def _identity(work: Work, person: Person, ask: AttachPerson, unit_id: int) -> None:
    held = identity_for(work, person.id or 0, unit_id)
    row = Identity(
        id=held.id if held else None,
        person_id=person.id or 0,
        unit_id=unit_id,
        last_name=ask.last_name,
        first_name=ask.first_name,
        birth_date=ask.birth_date,
        postcode=ask.postcode,
        municipality=ask.municipality,
        language=ask.language,
        sex=ask.sex,
        folded=folded(ask.last_name, ask.first_name),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.merge(row)
    work.session.flush()


@dataclass(frozen=True)
class CorrectIdentity:
    """What my unit knows of the person, anew."""

    person_ref: str
    last_name: str = field(metadata={"max": 100})
    first_name: str = field(metadata={"max": 100})
    birth_date: date
    postcode: str | None = field(default=None, metadata={"max": 10})
    municipality: str | None = field(default=None, metadata={"max": 80})
    language: str | None = field(default=None, metadata={"choices": ("fr", "de", "en")})
    sex: Sex | None = None
    unit_ref: str | None = None


def correct_identity(work: Work, ask: CorrectIdentity) -> Identity:
    """Write anew what one of the actor's units knows; what others typed stays theirs.

    Refuses UnknownThing (also when none of the actor's units may write the identity), BornLater.
    """
    person = person_by_ref(work, ask.person_ref)
    if not sections_on_person(work, person.id or 0)[1] & Section.IDENTITY:
        raise NotAllowed
    if ask.birth_date > work.today:
        raise BornLater(field="birth_date")
    unit_id = acting_unit(work, person.id or 0, ask.unit_ref)
    attach = AttachPerson(
        None,
        ask.last_name,
        ask.first_name,
        ask.birth_date,
        ask.postcode,
        ask.municipality,
        ask.language,
        ask.sex,
    )
    _identity(work, person, attach, unit_id)
    wrote(work, "correct_identity", "person", person.id, ref=person.ref, unit_id=unit_id)
    held = identity_for(work, person.id or 0, unit_id)
    if held is None:
        raise UnknownThing(field="person")
    return held


__all__ = [
    "AttachPerson", "BornLater", "ConsentDates", "ConsentTooWide", "ConsentWithdrawn", "CorrectIdentity",
    "GiveConsent", "RecordStatus", "StatusDates", "acting_unit", "attach_person", "correct_identity",
    "disclose", "give_consent", "record_status", "withdraw_consent",
]  # fmt: skip
