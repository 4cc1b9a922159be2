"""Builders of persons, consents and statuses. AVS numbers are invented, with a right check digit."""

from datetime import date
from itertools import count

from cii.access.vocabulary import Section
from cii.institutions.tables import Institution, Unit
from cii.people.actions import (
    AttachPerson,
    GiveConsent,
    RecordStatus,
    attach_person,
    give_consent,
    record_status,
)
from cii.people.tables import Consent, Person
from cii.people.vocabulary import Purpose, StatusKind

_numbers = count(1)


def an_avs() -> str:
    """The next number of the tests."""
    from stdnum import ean

    body = f"756{next(_numbers):09d}"
    return body + ean.calc_check_digit(body)


def a_person(
    work,
    unit: Unit,
    *,
    avs: str | None = None,
    last_name="Exemple",
    first_name="Élodie",
    birth_date=date(1985, 5, 20),
    **more,
) -> Person:
    """A person whom the unit knows."""
    return attach_person(
        work, AttachPerson(avs or an_avs(), last_name, first_name, birth_date, **more), unit.id
    )


def a_status(
    work,
    person: Person,
    unit: Unit,
    system,
    kind=StatusKind.BENEFIT,
    *,
    effective_on=date(2026, 1, 1),
    **more,
):
    return record_status(work, RecordStatus(person.ref, system, kind, effective_on, **more), unit.id)


def a_consent(work, person: Person, unit: Unit, *institutions: Institution, sections=Section.IDENTITY | Section.PLAN,
              given_on=date(2026, 10, 1), valid_until=date(2027, 9, 30), purpose=Purpose.COORDINATION, case_id=None) -> Consent:  # fmt: skip
    ask = GiveConsent(
        person.ref,
        tuple(one.ref for one in institutions),
        sections,
        purpose,
        given_on,
        valid_until,
        "consentement-cii-1",
    )
    return give_consent(work, ask, unit.id, case_id=case_id)
