"""What is known of many persons at once, for decisions about all of them; nothing is shown unfiltered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.institutions.vocabulary import Sector
from cii.people.tables import Consent, Identity, SystemStatus
from cii.people.vocabulary import Purpose
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Typed:
    """What one unit typed of a person."""

    unit_id: int
    birth_date: date
    postcode: str | None
    language: str | None


def typed_of(work: Work, persons: Any) -> dict[int, list[Typed]]:  # noqa: ANN401 - ids or a select
    """What each unit typed of these persons, the first first."""
    found: dict[int, list[Typed]] = {}
    for person, *typed in work.session.execute(
        select(
            col(Identity.person_id),
            col(Identity.unit_id),
            col(Identity.birth_date),
            col(Identity.postcode),
            col(Identity.language),
        )
        .where(col(Identity.person_id).in_(persons))
        .order_by(col(Identity.id))
    ):
        found.setdefault(person, []).append(Typed(*typed))
    return found


def known_by(unit_id: int, typed: Sequence[Typed]) -> Typed | None:
    """The person as the unit knows them: what it typed itself, else what was typed first."""
    return next((one for one in typed if one.unit_id == unit_id), typed[0] if typed else None)


def days_left(work: Work, persons: Any) -> dict[int, list[tuple[int, int | None]]]:  # noqa: ANN401
    """What units said of the days left in unemployment insurance: unit and days by person, newest first."""
    found: dict[int, list[tuple[int, int | None]]] = {}
    for person, unit, days in work.session.execute(
        select(col(SystemStatus.person_id), col(SystemStatus.unit_id), col(SystemStatus.remaining_days))
        .where(col(SystemStatus.person_id).in_(persons), col(SystemStatus.system) == Sector.AC)
        .order_by(col(SystemStatus.effective_on).desc(), col(SystemStatus.id).desc())
    ):
        found.setdefault(person, []).append((unit, days))
    return found


@dataclass(frozen=True, slots=True)
class Consented:
    """A consent: for one case or all, from when to when (both inside), and when it was taken back."""

    case_id: int | None
    given_on: date
    valid_until: date
    withdrawn_at: datetime | None

    def live(self, at: date) -> bool:
        """Whether it holds that day."""
        return self.withdrawn_at is None and self.given_on <= at <= self.valid_until


def consents_of_many(work: Work, persons: Any, purpose: Purpose) -> Mapping[int, list[Consented]]:  # noqa: ANN401
    """The consents of these persons to that purpose, by person; withdrawn and expired ones included."""
    found: dict[int, list[Consented]] = {}
    for person, *held in work.session.execute(
        select(
            col(Consent.person_id),
            col(Consent.case_id),
            col(Consent.given_on),
            col(Consent.valid_until),
            col(Consent.withdrawn_at),
        )
        .where(col(Consent.person_id).in_(persons), col(Consent.purpose) == purpose)
        .order_by(col(Consent.id))
    ):
        found.setdefault(person, []).append(Consented(*held))
    return found


def taken_back(held: Sequence[Consented], case_id: int, at: date) -> datetime | None:
    """When consent for the case was taken back, where no other holds that day; None where nothing was."""
    mine = [one for one in held if one.case_id in {None, case_id}]
    moments = [one.withdrawn_at for one in mine if one.withdrawn_at is not None]
    if not moments or any(one.live(at) for one in mine):
        return None
    return max(moments)


__all__ = ["Consented", "Typed", "consents_of_many", "days_left", "known_by", "taken_back", "typed_of"]
