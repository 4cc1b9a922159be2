"""Consents: kept with the text that the person read, withdrawn at any time, and what then closes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from cii.access.actions import close_grants
from cii.access.vocabulary import EVERYTHING, Section
from cii.institutions.queries import institution_by_ref, unit_by_ref, units
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.people.consent_texts import text_fault
from cii.people.queries import consents, live_consent, person_by_ref, person_units, visible_to
from cii.people.tables import Consent, ConsentRecipient, Person
from cii.people.vocabulary import Basis, ConsentHow, Purpose
from cii.store.work import Work


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
class GiveConsent:
    """What the person agrees to: a purpose, the institutions that may receive which sections, until when.

    `unit_ref`: the unit for which the actor keeps it, where the actor has seats in several.
    """

    person_ref: str
    institutions: tuple[str, ...]
    sections: Section
    purpose: Purpose
    given_on: date
    valid_until: date
    text_version: str
    how: ConsentHow = ConsentHow.SIGNED_PAPER
    unit_ref: str | None = None


def acting_unit(work: Work, person_id: int, unit_ref: str | None = None) -> int:
    """The unit for which the actor acts: the one named, else the first to which the person is open.

    Refuses UnknownThing for a unit in which the actor has no seat.
    """
    if unit_ref is not None:
        named = unit_by_ref(work, unit_ref).id or 0
        if named not in work.actor.units:
            raise UnknownThing(field="unit_ref")
        return named
    held = person_units(work, person_id)
    return next((one for one in work.actor.units if one in held), work.actor.units[0])


def bind_consents(work: Work, rows: Iterable[Consent], case_id: int) -> None:
    """Let consents that were given with an announcement cover its case alone, and be read by its readers."""
    for row in rows:
        row.case_id = case_id
        work.session.add(row)
    work.session.flush()


def give_consent(work: Work, ask: GiveConsent, unit_id: int, *, case_id: int | None = None) -> Consent:
    """Keep a consent of the person, to a text of a known version.

    Refuses UnknownThing; with all reasons at once: ConsentDates, ConsentTooWide, UnknownConsentText.
    """
    person = person_by_ref(work, ask.person_ref)
    faults: list[Refusal] = []
    if ask.given_on > work.today or ask.valid_until < ask.given_on:
        faults.append(ConsentDates(field="valid_until"))
    if not ask.institutions or not ask.sections or int(ask.sections) & EVERYTHING == EVERYTHING:
        faults.append(ConsentTooWide(field="sections"))
    if (unknown := text_fault(ask.text_version, ask.given_on)) is not None:
        faults.append(unknown)
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
        payload={
            "purpose": ask.purpose,
            "sections": row.sections,
            "institutions": ask.institutions,
            "text": ask.text_version,
        },
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
