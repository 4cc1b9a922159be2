"""Rows of the members of both bodies."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from cii.coordination.vocabulary import Body, Standing
from cii.store.columns import day, key, link, moment, ref, text, word
from cii.store.guards import append_only, no_overlap


class BodyMember(SQLModel, table=True):
    """A seat in a body: an institution's, taken by an account where one is named, or a guest's own.

    `valid_to` is the first day without. `seat` says as a whole number whose seat it is
    (`rules_members.seat_of`): one is not taken twice on a day.
    """

    __tablename__ = "body_member"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
        CheckConstraint("institution_id IS NOT NULL OR standing = 'guest'", name="for_an_institution"),
        CheckConstraint("account_id IS NOT NULL OR standing <> 'guest'", name="guest_known"),
        CheckConstraint(
            "seat = 2 * (CASE standing WHEN 'guest' THEN -account_id ELSE institution_id END) "
            "+ (CASE body WHEN 'steering' THEN 1 ELSE 0 END)",
            name="seat_told",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    body: Body = word(Body)
    standing: Standing = word(Standing)
    institution_id: int | None = link("institution.id", nullable=True)
    account_id: int | None = link("account.id", nullable=True)
    function: str = text(120, default="")
    seat: int
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)
    recorded_at: datetime = moment()


append_only(BodyMember, but=("valid_to",))
no_overlap(BodyMember, same=("seat",), start="valid_from", end="valid_to")
