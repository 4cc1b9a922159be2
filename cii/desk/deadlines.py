"""My deadlines in a calendar: an address of its own that one may revoke, case number and task, no person.

The token is random, only its hash is kept; whoever has the address reads no more than numbers and titles.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import col, select

from cii.access.passwords import new_token, token_hash
from cii.access.permits import Permit
from cii.access.seated import actors
from cii.cases.queries import cases_by_id
from cii.desk.tables import CalendarFeed
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.store.work import Actor, Work
from cii.wire.pages import MOST
from cii.workflow.inbox import CASE, TASKS, Tab, inbox

_LONGEST = 73
"""Characters of a line of an iCalendar file before it goes on in the next (75 octets with its end)."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A task of mine with its day: reference, number of the case (if it is one), title by language.

    What begins at a moment, in a place, tells them: it then takes an hour, or as many as `hours` says.
    `changes`: how often it was put off or called off, so that a calendar replaces what it holds.
    """

    ref: str
    number: str
    title: str
    day: date
    at: datetime | None = None
    place: str = ""
    hours: int = 1
    changes: int = 0
    cancelled: bool = False


def open_feed(work: Work) -> str:
    """A new address for my deadlines; the former one no longer answers. Returns the token, shown once."""
    close_feed(work)
    token = new_token()
    row = CalendarFeed(
        account_id=work.actor.account_id or 0, token_hash=token_hash(token), created_at=work.now
    )
    work.session.add(row)
    work.session.flush()
    wrote(work, "open_calendar", "account", work.actor.account_id)
    return token


def close_feed(work: Work) -> None:
    """My address answers no more; without one nothing happens."""
    for row in _mine(work):
        row.revoked_at = work.now
        work.session.add(row)
        wrote(work, "close_calendar", "account", work.actor.account_id)
    work.session.flush()


def feed_since(work: Work) -> datetime | None:
    """Since when my deadlines have an address; None without one."""
    return next((row.created_at for row in _mine(work)), None)


def _mine(work: Work) -> list[CalendarFeed]:
    return list(
        work.session.exec(
            select(CalendarFeed).where(
                col(CalendarFeed.account_id) == (work.actor.account_id or 0),
                col(CalendarFeed.revoked_at).is_(None),
            )
        )
    )


def reader_of(work: Work, token: str) -> Actor:
    """Whose deadlines an address tells; refuses UnknownThing for one revoked, and for an account closed."""
    row = work.session.exec(
        select(CalendarFeed).where(
            col(CalendarFeed.token_hash) == token_hash(token), col(CalendarFeed.revoked_at).is_(None)
        )
    ).first()
    actor = actors(work, [row.account_id]).get(row.account_id) if row is not None else None
    if actor is None or Permit.SEE_DESK.value not in actor.permits:
        raise UnknownThing(what="calendar")
    return actor


def deadlines(work: Work) -> list[Deadline]:
    """My open tasks that have a deadline; cases only by their number, and those that I may still see."""
    rows = inbox(work, Tab.MINE, limit=MOST, more=[TASKS.due_at.is_not(None)]).items
    cases = cases_by_id(work, {one.subject_id for one in rows if one.subject == CASE})
    lang = work.actor.lang
    return [
        Deadline(
            one.ref,
            cases[one.subject_id].number if one.subject == CASE else "",
            one.title.get(lang) or one.title["fr"],
            local_day(one.due_at),
        )
        for one in rows
        if one.due_at is not None and (one.subject != CASE or one.subject_id in cases)
    ]


def icalendar(rows: Iterable[Deadline], now: datetime, title: str) -> str:
    """The deadlines as an iCalendar file (RFC 5545): whole days or hours, lines folded, text escaped."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CII//deadlines//FR", f"X-WR-CALNAME:{_text(title)}"]
    for one in rows:
        said = f"{one.number} {one.title}".strip()
        lines += [
            "BEGIN:VEVENT", f"UID:{one.ref}@cii", f"DTSTAMP:{stamp}",
            *_when(one, f"SUMMARY:{_text(said)}"),
            *(["STATUS:CANCELLED"] if one.cancelled else []), "END:VEVENT",
        ]  # fmt: skip
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _when(one: Deadline, summary: str) -> list[str]:
    if one.at is None:
        return [f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", summary, "TRANSP:TRANSPARENT"]
    begins = f"DTSTART:{one.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [begins, f"DURATION:PT{one.hours}H", summary, f"LOCATION:{_text(one.place)}"]
    return lines + ([f"SEQUENCE:{one.changes}"] if one.changes else [])


def _text(said: str) -> str:
    escaped = said.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 octets; those that go on begin with a space."""
    parts, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > _LONGEST:
            parts.append(piece)
            piece = " "
        piece += sign
    return [*parts, piece]
