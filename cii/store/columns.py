"""Column types and field helpers: money, moments, words, ids and outward references.

Truths that each column of a kind must state to the database (money is an integer, a date is a date, a word is
one of its list) are added for all tables at once by `store.naming.load_all_tables`.
"""

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from cii.kernel.money import Chf

_field: Any = Field
"""SQLModel types `Field` for literal arguments only; these helpers build them."""

BigId = BigInteger().with_variant(Integer, "sqlite")
"""Ids are 64 bits; SQLite counts up only an INTEGER key."""

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def new_ref() -> str:
    """Ten random base-32 characters (50 bits), from which no counter or date can be read."""
    return "".join(secrets.choice(_BASE32) for _ in range(10))


class ChfColumn(TypeDecorator[Chf]):
    """A sum as whole centimes in a BIGINT; SUM() comes back as a sum too."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Chf | int | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102
        return value.centimes if isinstance(value, Chf) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Chf | None:  # noqa: ANN401, ARG002, D102
        return None if value is None else Chf(int(value))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it naive, so the zone is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: D102
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ANN401, D102
        return _written_moment if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ANN401, D102
        return _read_moment if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _written_moment(value: datetime | None) -> str | None:
    """A moment as SQLite keeps it: in UTC, without its zone; a whole second has no fraction.

    Texts sort as their moments: one that ends earlier comes first.
    """
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
    return value.replace(tzinfo=None).isoformat(" ")


_NAIVE = (len("2026-01-31 12:00:00.000000"), len("2026-01-31 12:00:00"))


def _read_moment(text: str | None) -> datetime | None:
    """A moment as SQLite keeps it: read with its zone at once, for lists hold many."""
    if text is None:
        return None
    if len(text) in _NAIVE:
        return datetime.fromisoformat(text + "+00:00")
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


class Words(TypeDecorator[StrEnum]):
    """A word of a list, stored by its value as text."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__(max(len(word.value) for word in words))
        self.words = words
        self.known = {word.value: word for word in words}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else str(self.known.get(value) or self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002, D102
        return None if value is None else self.known.get(value) or self.words(value)


PlainJson = JSON().with_variant(JSONB(), "postgresql")
"""Plain values (lists, mappings, text, whole numbers) that are read back whole and never searched."""


def key() -> Any:  # noqa: ANN401 - SQLModel's Field is typed Any
    """The row's id; never leaves the house."""
    return _field(default=None, primary_key=True, sa_type=BigId)


def ref() -> Any:  # noqa: ANN401
    """The name of the row outside the house."""
    return _field(default_factory=new_ref, unique=True, sa_type=String(10), nullable=False)


def link(target: str, *, nullable: bool = False, index: bool = True, unique: bool = False) -> Any:  # noqa: ANN401
    """A foreign key by the table's name, as in `link("person.id")`: rooms need not import each other."""
    default = {"default": None} if nullable else {}
    return _field(
        **default,
        foreign_key=target,
        sa_type=BigId,
        nullable=nullable,
        index=index and not unique,
        unique=unique,
    )


def chf(*, nullable: bool = False) -> Any:  # noqa: ANN401
    """A sum in whole centimes."""
    return _field(**({"default": None} if nullable else {}), sa_type=ChfColumn, nullable=nullable)


def moment(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401
    """An aware moment in UTC."""
    return _field(
        **({"default": None} if nullable else {}), sa_type=UtcDateTime, nullable=nullable, index=index
    )


def day(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401
    """A business date."""
    return _field(**({"default": None} if nullable else {}), sa_type=Date, nullable=nullable, index=index)


def word(words: type[StrEnum], *, nullable: bool = False, index: bool = False, **more: Any) -> Any:  # noqa: ANN401
    """One of a list of words, by value, with a CHECK."""
    return _field(
        **({"default": None} if nullable and "default" not in more else {}),
        sa_type=Words(words),
        nullable=nullable,
        index=index,
        **more,
    )


def text(length: int | None = None, *, nullable: bool = False, **more: Any) -> Any:  # noqa: ANN401
    """Text of at most `length` characters, or of any length."""
    return _field(
        **({"default": None} if nullable and "default" not in more else {}),
        sa_type=String(length) if length else Text,
        nullable=nullable,
        **more,
    )


def code(length: int, **more: Any) -> Any:  # noqa: ANN401
    """Text in the order of its signs on both engines, whatever language sorts there: prefixes are ranges."""
    of_signs = String(length).with_variant(String(length, collation="C"), "postgresql")
    return _field(sa_type=of_signs, nullable=False, **more)


def plain_json(*, nullable: bool = False) -> Any:  # noqa: ANN401
    """Plain values, read back whole."""
    return _field(**({"default": None} if nullable else {}), sa_type=PlainJson, nullable=nullable)


__all__ = [
    "BigId", "ChfColumn", "PlainJson", "UtcDateTime", "Words", "chf", "code", "day", "key",
    "link", "moment", "new_ref", "plain_json", "ref", "text", "word",
]  # fmt: skip
