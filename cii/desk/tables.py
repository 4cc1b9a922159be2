"""Rows of the desk. Shares, news and acknowledgements are append-only; a draft lives until it is sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from cii.desk.vocabulary import DraftPlace, FilterPlace, StandIn
from cii.store.columns import day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import append_only, no_overlap


class CaseVisit(SQLModel, table=True):
    """When an account last saw a page of the case; `since`: the end of the visit before, if there was one."""

    __tablename__ = "case_visit"
    __table_args__ = (
        UniqueConstraint("account_id", "case_id"),
        CheckConstraint("since IS NULL OR since <= seen_at", name="visits_in_order"),
    )

    id: int | None = key()
    account_id: int = link("account.id", index=False)
    case_id: int = link("case_file.id")
    seen_at: datetime = moment()
    since: datetime | None = moment(nullable=True)


class Draft(SQLModel, table=True):
    """What somebody has typed and not sent yet; read by its account only, gone when it is sent.

    `part`: the field of a form with several long texts, as its page names it; empty where there is one.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("account_id", "case_id", "place", "part"),)

    id: int | None = key()
    account_id: int = link("account.id", index=False)
    case_id: int = link("case_file.id")
    place: DraftPlace = word(DraftPlace)
    part: str = text(20)
    text: str = text()
    saved_at: datetime = moment()


class Mention(SQLModel, table=True):
    """A note names a member of its own unit, who is told."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("note_id", "account_id"),)

    id: int | None = key()
    note_id: int = link("case_note.id", index=False)
    account_id: int = link("account.id")
    by_account_id: int | None = link("account.id", nullable=True, index=False)
    at: datetime = moment()


class SavedFilter(SQLModel, table=True):
    """A filter of a list under a name; `query` is that of its address, `unit_id` the unit it is shared in."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("account_id", "place", "name"),)

    id: int | None = key()
    ref: str = ref()
    account_id: int = link("account.id", index=False)
    place: FilterPlace = word(FilterPlace)
    name: str = text(60)
    query: str = text(500)
    unit_id: int | None = link("unit.id", nullable=True)
    created_at: datetime = moment()


class DefaultFilter(SQLModel, table=True):
    """With which filter, of mine or of my unit, a list opens for an account."""

    __tablename__ = "default_filter"
    __table_args__ = (UniqueConstraint("account_id", "place"),)

    id: int | None = key()
    account_id: int = link("account.id", index=False)
    place: FilterPlace = word(FilterPlace)
    filter_id: int = link("saved_filter.id")


class Substitution(SQLModel, table=True):
    """Somebody stands in for an absent member of the same unit, from a day to a day, both counted."""

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("account_id <> substitute_id", name="by_another"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_when"),
        Index("ix_substitution_substitute_id", "substitute_id", "last_day"),
    )

    id: int | None = key()
    ref: str = ref()
    account_id: int = link("account.id")
    substitute_id: int = link("account.id", index=False)
    unit_id: int = link("unit.id")
    first_day: date = day()
    last_day: date = day()
    state: StandIn = word(StandIn, default=StandIn.AGREED)
    made_at: datetime = moment()
    made_by: int | None = link("account.id", nullable=True, index=False)
    revoked_at: datetime | None = moment(nullable=True)
    revoked_by: int | None = link("account.id", nullable=True, index=False)


class SubstitutedCase(SQLModel, table=True):
    """From this moment the substitute acts in this case in the place of the absent member."""

    __tablename__ = "substituted_case"
    __table_args__ = (UniqueConstraint("substitution_id", "case_id"),)

    id: int | None = key()
    substitution_id: int = link("substitution.id", index=False)
    case_id: int = link("case_file.id")
    at: datetime = moment()


class ReleasedShare(SQLModel, table=True):
    """The part of a full position, in percent, that a member has for cases, from a day on."""

    __tablename__ = "released_share"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="a_percentage"),
        Index("ix_released_share_unit_account", "unit_id", "account_id", "valid_from", "id"),
    )

    id: int | None = key()
    account_id: int = link("account.id", index=False)
    unit_id: int = link("unit.id", index=False)
    percent: int
    valid_from: date = day()
    recorded_at: datetime = moment()
    recorded_by: int | None = link("account.id", nullable=True, index=False)


class LegalNews(SQLModel, table=True):
    """A change of the law told to those it concerns; title and text by language.

    `roles` and `institutions` (codes) say to whom; empty: to everybody.
    """

    __tablename__ = "legal_news"

    id: int | None = key()
    ref: str = ref()
    title: dict[str, str] = plain_json()
    body: dict[str, str] = plain_json()
    legal_reference: str = text(200)
    valid_from: date = day()
    roles: list[Any] = plain_json()
    institutions: list[Any] = plain_json()
    published_at: datetime = moment()
    published_by: int | None = link("account.id", nullable=True, index=False)
    withdrawn_at: datetime | None = moment(nullable=True)


class Acknowledgement(SQLModel, table=True):
    """Somebody has read a change of the law."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("news_id", "account_id"),)

    id: int | None = key()
    news_id: int = link("legal_news.id", index=False)
    account_id: int = link("account.id")
    at: datetime = moment()


class CalendarFeed(SQLModel, table=True):
    """The address at which a calendar reads somebody's deadlines; only the hash of its token is kept."""

    __tablename__ = "calendar_feed"

    id: int | None = key()
    account_id: int = link("account.id")
    token_hash: str = text(64, unique=True)
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)


append_only(ReleasedShare)
append_only(LegalNews, but=("withdrawn_at",))
append_only(Acknowledgement)
append_only(SubstitutedCase)
no_overlap(
    Substitution,
    same=("account_id", "unit_id"),
    start="first_day",
    end="last_day",
    inclusive=True,
    only=("state", ("agreed",)),
)
