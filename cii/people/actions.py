"""Attach a person, record a status, take and withdraw a consent, pass data on."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, select

from cii.access.actions import AccessGrant, close_grants, grant
from cii.access.queries import is_open
from cii.access.vocabulary import EVERYTHING, NOTHING, Relation, Section
from cii.institutions.queries import institution_by_ref, institution_of, units
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.people.queries import (
    NO_CLAIMS,
    BasisClaims,
    avs_hash,
    basis_facts,
    consents,
    identity_for,
    live_consent,
    person_by_ref,
    visible_to,
)
from cii.people.rules import avs_number, basis_faults, folded
from cii.people.tables import Consent, ConsentRecipient, Disclosure, Identity, Person, SystemStatus
from cii.people.vocabulary import Basis, ConsentHow, Purpose, StatusKind, StatusSource
from cii.store.locks import one_at_a_time
from cii.store.secrets import seal
from cii.store.work import Work


class BornLater(Refusal):
    """The date of birth lies in the future."""

    code = "born-later"


class ConsentDates(Refusal):
    """A consent is given today or before, and ends after it was given."""

    code = "consent-dates"


class ConsentTooWide(Refusal):
    """A consent names its recipients and its sections; for everything or for nobody there is none."""

    code = "consent-too-wide"


class ConsentWithdrawn(Refusal):
    """The consent was withdrawn before."""

    code, kind = "consent-withdrawn", "conflict"


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


@dataclass(frozen=True)
class RecordStatus:
    """Where the person stands in one system, from `effective_on`; `until` is the last day."""

    person_ref: str
    system: Sector
    kind: StatusKind
    effective_on: date
    since: date | None = None
    until: date | None = None
    remaining_days: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class GiveConsent:
    """What the person agrees to: a purpose, the institutions that may receive which sections, until when."""

    person_ref: str
    institutions: tuple[str, ...]
    sections: Section
    purpose: Purpose
    given_on: date
    valid_until: date
    text_version: str
    how: ConsentHow = ConsentHow.SIGNED_PAPER


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
        folded=folded(ask.last_name, ask.first_name),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.merge(row)
    work.session.flush()


def record_status(
    work: Work, ask: RecordStatus, unit_id: int, source: StatusSource = StatusSource.ENTERED
) -> SystemStatus:
    """Add a dated status of the person in one system; a correction is a new row. Refuses UnknownThing."""
    person = person_by_ref(work, ask.person_ref)
    row = SystemStatus(
        person_id=person.id or 0,
        system=ask.system,
        kind=ask.kind,
        since=ask.since,
        until=ask.until,
        remaining_days=ask.remaining_days,
        note=ask.note,
        source=source,
        effective_on=ask.effective_on,
        recorded_at=work.now,
        unit_id=unit_id,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    wrote(
        work,
        "record_status",
        "system_status",
        row.id,
        person_id=person.id,
        unit_id=unit_id,
        payload={"system": ask.system, "kind": ask.kind, "effective_on": ask.effective_on},
    )
    return row


def give_consent(work: Work, ask: GiveConsent, unit_id: int, *, case_id: int | None = None) -> Consent:
    """Keep a consent of the person; refuses ConsentDates, ConsentTooWide (both at once), UnknownThing."""
    person = person_by_ref(work, ask.person_ref)
    faults: list[Refusal] = []
    if ask.given_on > work.today or ask.valid_until < ask.given_on:
        faults.append(ConsentDates(field="valid_until"))
    if not ask.institutions or not ask.sections or int(ask.sections) & EVERYTHING == EVERYTHING:
        faults.append(ConsentTooWide(field="sections"))
    refuse(faults)
    row = Consent(
        person_id=person.id or 0,
        case_id=case_id,
        purpose=ask.purpose,
        text_version=ask.text_version,
        sections=int(ask.sections),
        given_on=ask.given_on,
        valid_until=ask.valid_until,
        recorded_at=work.now,
        recorded_by=work.actor.account_id,
        recorded_unit=unit_id,
        how=ask.how,
    )
    work.session.add(row)
    work.session.flush()
    for ref in dict.fromkeys(ask.institutions):
        receiver = institution_by_ref(work, ref)
        work.session.add(ConsentRecipient(consent_id=row.id or 0, institution_id=receiver.id or 0))
    work.session.flush()
    wrote(
        work,
        "give_consent",
        "consent",
        row.id,
        ref=row.ref,
        case_id=case_id,
        person_id=person.id,
        unit_id=unit_id,
        payload={"purpose": ask.purpose, "sections": row.sections, "institutions": ask.institutions},
    )
    return row


def withdraw_consent(work: Work, consent_ref: str) -> int:
    """End a consent now and close, in this transaction, what was open to its recipients because of it.

    Returns how many grants were closed; a recipient whom another live consent covers keeps its access.
    Disclosures made before stay listed. Refuses UnknownThing, ConsentWithdrawn.
    """
    row = work.session.exec(
        select(Consent)
        .join(Person, col(Person.id) == col(Consent.person_id))
        .where(col(Consent.ref) == consent_ref, visible_to(work.actor, work.now))
    ).first()
    if row is None:
        raise UnknownThing(field="consent")
    if row.withdrawn_at is not None:
        raise ConsentWithdrawn(withdrawn_at=row.withdrawn_at)
    receivers = next(
        one for one in consents(work, row.person_id) if one.consent.ref == row.ref
    ).institution_ids
    row.withdrawn_at = work.now
    work.session.add(row)
    work.session.flush()
    closed = sum(_close_for(work, row, institution_id) for institution_id in receivers)
    wrote(
        work,
        "withdraw_consent",
        "consent",
        row.id,
        ref=row.ref,
        case_id=row.case_id,
        person_id=row.person_id,
        payload={"closed": closed},
    )
    return closed


def _close_for(work: Work, consent: Consent, institution_id: int) -> int:
    if live_consent(work, consent.person_id, institution_id, consent.sections, case_id=consent.case_id):
        return 0
    return sum(
        close_grants(work, person_id=consent.person_id, case_id=consent.case_id, unit_id=unit.id, basis=basis)
        for unit in units(work, institution_id=institution_id)
        for basis in (Basis.CONSENT, Basis.LACI_85F_2)
    )


def disclose(  # noqa: PLR0917 - whose data, for which case, to whom, what, on which ground
    work: Work,
    person: Person,
    case_id: int | None,
    to_unit_id: int,
    sections: int,
    basis: Basis,
    *,
    from_unit_id: int | None = None,
    writes: int = NOTHING,
    claims: BasisClaims = NO_CLAIMS,
    relation: Relation = Relation.PARTY,
) -> tuple[Disclosure, AccessGrant]:
    """Pass sections of a person's data to another unit: the disclosure stays, the grant ends with its basis.

    `from_unit_id` left out is the actor's first unit. Refuses with every precondition of the basis that
    fails.
    """
    giver = from_unit_id if from_unit_id is not None else work.actor.units[0]
    person_id = person.id or 0
    facts = basis_facts(work, person_id, giver, to_unit_id, sections, claims, case_id=case_id)
    refuse(basis_faults(basis, facts))
    consent = None
    if basis in {Basis.CONSENT, Basis.LACI_85F_2}:
        receiver = institution_of(work, to_unit_id).id or 0
        consent = live_consent(work, person_id, receiver, sections, purpose=claims.purpose, case_id=case_id)
    row = Disclosure(
        person_id=person_id,
        case_id=case_id,
        from_unit_id=giver,
        to_unit_id=to_unit_id,
        sections=int(sections),
        basis=basis,
        reason=claims.written_reason or None,
        consent_id=consent.id if consent else None,
        at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    opened = grant(
        work,
        unit_id=to_unit_id,
        person_id=person_id,
        case_id=case_id,
        reads=sections,
        writes=writes,
        basis=basis,
        cause=f"disclosure:{row.id}",
        relation=relation,
        until=local_midnight(consent.valid_until + timedelta(days=1)) if consent else None,
    )
    wrote(
        work,
        "disclose",
        "disclosure",
        row.id,
        ref=row.ref,
        case_id=case_id,
        person_id=person_id,
        unit_id=giver,
        basis=basis,
        payload={"to_unit": to_unit_id, "sections": int(sections)},
    )
    return row, opened
