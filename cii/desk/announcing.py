"""Changes of the law: told to those they concern, shown on the desk until each has read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.queries import account_names
from cii.access.seated import everybody
from cii.access.vocabulary import Role
from cii.desk.rules import NewsIncomplete, NewsWithdrawn, concerns
from cii.desk.tables import Acknowledgement, LegalNews
from cii.files.vocabulary import LANGUAGES
from cii.institutions.queries import institutions
from cii.journal.actions import wrote
from cii.kernel.errors import UnknownThing, refuse
from cii.store.work import Work


@dataclass(frozen=True)
class PublishNews:
    """A change of the law; `roles`, `institutions` (codes) say whom it concerns, empty: everybody."""

    title_fr: str = field(metadata={"max": 200})
    title_de: str = field(metadata={"max": 200})
    title_en: str = field(metadata={"max": 200})
    text_fr: str = field(metadata={"max": 8000})
    text_de: str = field(metadata={"max": 8000})
    text_en: str = field(metadata={"max": 8000})
    legal_reference: str = field(metadata={"max": 200})
    valid_from: date
    roles: tuple[Role, ...] = ()
    institutions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsShown:
    """A change of the law as its readers see it; `read_at`: when I acknowledged it."""

    ref: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    legal_reference: str
    valid_from: date
    published_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom a news concerns, and when they acknowledged it."""

    name: str
    read_at: datetime | None


def publish_news(work: Work, ask: PublishNews) -> LegalNews:
    """Tell a change of the law; refuses NewsIncomplete by field, UnknownThing for an institution."""
    said: dict[str, dict[str, str]] = {
        "title": {lang: getattr(ask, f"title_{lang}").strip() for lang in LANGUAGES},
        "text": {lang: getattr(ask, f"text_{lang}").strip() for lang in LANGUAGES},
    }
    empty = [f"{part}_{lang}" for part, texts in said.items() for lang, text in texts.items() if not text]
    empty += [] if ask.legal_reference.strip() else ["legal_reference"]
    refuse(NewsIncomplete(field=name) for name in empty)
    known = {one.code for one in institutions(work)}
    refuse(UnknownThing(field="institutions") for code in ask.institutions if code not in known)
    row = LegalNews(
        title=said["title"], body=said["text"], legal_reference=ask.legal_reference.strip(),
        valid_from=ask.valid_from, roles=[one.value for one in ask.roles],
        institutions=list(ask.institutions), published_at=work.now, published_by=work.actor.account_id,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    wrote(work, "publish_news", "legal_news", row.id, ref=row.ref, payload={"title": said["title"]["fr"]})
    return row


def withdraw_news(work: Work, ref: str) -> None:
    """Take a news back: it is asked of nobody any more, what was read stays; refuses UnknownThing."""
    row = _news(work, ref)
    if row.withdrawn_at is not None:
        raise NewsWithdrawn
    row.withdrawn_at = work.now
    work.session.add(row)
    work.session.flush()
    wrote(work, "withdraw_news", "legal_news", row.id, ref=row.ref)


def acknowledge(work: Work, ref: str) -> None:
    """The actor has read it; a second time changes nothing.

    Refuses: UnknownThing (also a news that concerns others), NewsWithdrawn.
    """
    row = _news(work, ref)
    if work.actor.account_id is None or not _for_me(work, [row]):
        raise UnknownThing(field="news")
    if row.withdrawn_at is not None:
        raise NewsWithdrawn
    try:
        with work.session.begin_nested():
            work.session.add(
                Acknowledgement(news_id=row.id or 0, account_id=work.actor.account_id, at=work.now)
            )
            work.session.flush()
    except IntegrityError:
        return
    wrote(work, "acknowledge_news", "legal_news", row.id, ref=row.ref)


def news_for_me(work: Work, *, unread: bool = False) -> list[NewsShown]:
    """The changes of the law that concern me, the newest first; `unread`: those I have not acknowledged."""
    found = _for_me(work, _live(work))
    read = _read_by_me(work, found)
    return [_told(one, read.get(one.id or 0)) for one in found if not unread or (one.id or 0) not in read]


def published_news(work: Work) -> list[tuple[NewsShown, tuple[Reader, ...]]]:
    """Every news in force with all whom it concerns and who has read it, for who publishes."""
    rows = _live(work)
    codes = _codes(work)
    seats: dict[int, list[tuple[str, str]]] = {}
    names: dict[int, str] = {}
    for seat in everybody(work):
        seats.setdefault(seat.account_id, []).append((seat.role, codes.get(seat.institution_id, "")))
        names[seat.account_id] = seat.name
    heard = _heard(work, rows)
    names |= account_names(work, {account for by in heard.values() for account in by} - names.keys())
    found = []
    for one in rows:
        read = heard.get(one.id or 0, {})
        due = {id_ for id_, held in seats.items() if concerns(one.roles, one.institutions, held)}
        readers = [Reader(names[id_], read.get(id_)) for id_ in due | read.keys()]
        readers.sort(key=lambda reader: (reader.read_at is not None, reader.name))
        found.append((_told(one, read.get(work.actor.account_id or 0)), tuple(readers)))
    return found


def _news(work: Work, ref: str) -> LegalNews:
    row = work.session.exec(select(LegalNews).where(col(LegalNews.ref) == ref)).first()
    if row is None:
        raise UnknownThing(field="news")
    return row


def _live(work: Work) -> Sequence[LegalNews]:
    return work.session.exec(
        select(LegalNews).where(col(LegalNews.withdrawn_at).is_(None)).order_by(col(LegalNews.id).desc())
    ).all()


def _codes(work: Work) -> dict[int, str]:
    return {one.id or 0: one.code for one in institutions(work)}


def _for_me(work: Work, rows: Iterable[LegalNews]) -> list[LegalNews]:
    held = list(rows)
    if not held:
        return []
    codes = _codes(work)
    seats = [(seat.role, codes.get(seat.institution_id, "")) for seat in work.actor.seats]
    return [one for one in held if concerns(one.roles, one.institutions, seats)]


def _read_by_me(work: Work, rows: Iterable[LegalNews]) -> dict[int, datetime]:
    me = work.actor.account_id or 0
    return {news: by[me] for news, by in _heard(work, rows, me).items() if me in by}


def _heard(
    work: Work, rows: Iterable[LegalNews], account_id: int | None = None
) -> dict[int, dict[int, datetime]]:
    wanted = select(Acknowledgement).where(col(Acknowledgement.news_id).in_([one.id for one in rows]))
    if account_id is not None:
        wanted = wanted.where(col(Acknowledgement.account_id) == account_id)
    found: dict[int, dict[int, datetime]] = {}
    for one in work.session.exec(wanted):
        found.setdefault(one.news_id, {})[one.account_id] = one.at
    return found


def _told(row: LegalNews, read_at: datetime | None) -> NewsShown:
    return NewsShown(
        row.ref, row.title, row.body, row.legal_reference, row.valid_from, row.published_at, read_at
    )
