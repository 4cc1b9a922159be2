"""Rows of talks and visits."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.appointments.vocabulary import AppointmentKind
from cii.conventions.vocabulary import TalkPurpose
from cii.store import columns
from cii.store.columns import day, key, link, moment, ref, word
from cii.store.guards import append_only


class Appointment(SQLModel, table=True):
    """Payer and provider of an agreement meet: a talk on reports, or a visit after such a talk.

    `moves` counts how often it was put off; `outcome`: what both took away from a talk, the findings of a
    visit. `first_talk_id`, `criterion` and `reason` are those of a visit: the talk that it follows, what
    chose the provider, why now.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("held_on IS NULL OR cancelled_why IS NULL", name="held_or_cancelled"),
        CheckConstraint("(held_on IS NULL) = (outcome IS NULL)", name="held_with_outcome"),
        CheckConstraint(
            "(kind = 'visit') = (first_talk_id IS NOT NULL)"
            " AND (kind = 'visit') = (criterion IS NOT NULL) AND (kind = 'visit') = (reason IS NOT NULL)",
            name="visit_in_two_steps",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    kind: AppointmentKind = word(AppointmentKind)
    request_id: int | None = link("talk_request.id", nullable=True, index=False)
    first_talk_id: int | None = link("appointment.id", nullable=True, index=False)
    criterion: str | None = columns.text(1000, nullable=True)
    reason: str | None = columns.text(2000, nullable=True)
    starts_at: datetime = moment()
    place: str = columns.text(200)
    moves: int = 0
    held_on: date | None = day(nullable=True)
    outcome: str | None = columns.text(4000, nullable=True)
    cancelled_why: str | None = columns.text(1000, nullable=True)
    planned_by: int | None = link("account.id", nullable=True, index=False)
    recorded_at: datetime = moment()


class TalkPoint(SQLModel, table=True):
    """A purpose on the agenda of a talk, with its minutes once it was held."""

    __tablename__ = "talk_point"
    __table_args__ = (UniqueConstraint("appointment_id", "purpose"),)

    id: int | None = key()
    appointment_id: int = link("appointment.id", index=False)
    purpose: TalkPurpose = word(TalkPurpose)
    minutes: str | None = columns.text(4000, nullable=True)


class AppointmentRemark(SQLModel, table=True):
    """What the provider has to say to the minutes or to the findings, once."""

    __tablename__ = "appointment_remark"

    id: int | None = key()
    appointment_id: int = link("appointment.id", unique=True, index=False)
    wording: str = columns.text(4000)
    recorded_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


append_only(AppointmentRemark)
append_only(TalkPoint, but=("minutes",))
append_only(
    Appointment,
    but=("held_on", "outcome", "cancelled_why"),
    moving=("starts_at", "place", "moves"),
)
