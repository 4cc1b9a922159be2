"""What is known of a person without a case is kept for a short term; a consent for the proof of it."""

from sqlalchemy import select
from sqlmodel import col

from cii.people.tables import Consent, Disclosure, Identity, Person, SystemStatus
from cii.store.retaining import kept

PERSONS = (
    select(col(Person.id).label("id"), col(Person.ref).label("ref"))
    .where(col(Person.erased_at).is_(None))
    .subquery()
)
"""Everybody of whom something is kept."""

KEPT = (
    kept("entry", col(Person.id), col(Person.created_at)),
    kept("entry", col(Identity.person_id), col(Identity.recorded_at)),
    kept("entry", col(SystemStatus.person_id), col(SystemStatus.recorded_at)),
    kept("entry", col(Disclosure.person_id), col(Disclosure.at)),
    kept("consent", col(Consent.person_id), col(Consent.valid_until), col(Consent.withdrawn_at).is_(None)),
    kept(
        "consent", col(Consent.person_id), col(Consent.withdrawn_at), col(Consent.withdrawn_at).is_not(None)
    ),
)
