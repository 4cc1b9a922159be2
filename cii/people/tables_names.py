"""The words of names, by which persons are found: one row for each word and each unit that is shown the name.

A unit is shown what it typed itself; where a grant opens a person of whom it typed nothing, what was typed
first. The database itself keeps the words, so that whoever writes, joins, grants or erases cannot leave old
ones. Words stay when a grant closes or the unit types its own: reads take what is shown today (`names`).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import DDL, BigInteger, Index, PrimaryKeyConstraint, Table, event
from sqlmodel import Field, SQLModel

import cii.access.tables  # noqa: F401 - its table is named below
from cii.store.columns import code, link


class IdentityWord(SQLModel, table=True):
    """A word of a name that a unit is shown, without accents and case; its key is the index of beginnings.

    `typed`: the unit typed it itself. `whose`: the person, repeated from the identity, so that a search among
    many names need not look each of them up.
    """

    __tablename__ = "identity_word"
    __table_args__ = (
        PrimaryKeyConstraint("unit_id", "word", "identity_id"),
        Index("ix_identity_word_identity_id", "identity_id"),
        {"sqlite_with_rowid": False},
    )

    unit_id: int = link("unit.id", index=False)
    word: str = code(220)
    identity_id: int = link("identity.id", index=False)
    whose: int = Field(sa_type=BigInteger)
    typed: bool


_GONE = "DELETE FROM identity_word WHERE identity_id = {row}.id;"
_SHOWN = (
    "(SELECT NEW.unit_id AS unit_id UNION SELECT g.unit_id FROM access_grant g "
    "WHERE g.person_id = NEW.person_id AND g.unit_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM identity e WHERE e.person_id = NEW.person_id AND e.id < NEW.id)) u"
)
"""Who is shown what was typed: who typed it; where it is the first of the person, whoever has a grant."""
_FIRST = "(SELECT min(f.id) FROM identity f WHERE f.person_id = NEW.person_id)"
_INTO = "INSERT INTO identity_word (unit_id, word, identity_id, whose, typed)"
_SPLIT: Mapping[str, str] = {
    "sqlite": """json_each('["' || replace({row}.folded, ' ', '","') || '"]') w WHERE w.value <> ''""",
    "postgresql": "unnest(string_to_array({row}.folded, ' ')) AS w(value) WHERE w.value <> ''",
}
"""The words of a name as rows."""


def _typed(dialect: str) -> str:
    """Keep the words of what a unit typed."""
    words = _SPLIT[dialect].format(row="NEW")
    return (
        f"{_INTO} SELECT DISTINCT u.unit_id, w.value, NEW.id, NEW.person_id, u.unit_id = NEW.unit_id "
        f"FROM {_SHOWN}, {words} ON CONFLICT DO NOTHING;"
    )


def _opened(dialect: str) -> str:
    """Keep, for the unit of a new grant, the words of what was typed first of the person."""
    words = _SPLIT[dialect].format(row="i")
    return (
        f"{_INTO} SELECT DISTINCT NEW.unit_id, w.value, i.id, i.person_id, i.unit_id = NEW.unit_id "
        f"FROM identity i, {words} AND i.id = {_FIRST} "
        "ON CONFLICT DO NOTHING;"
    )


def _trigger(name: str, when: str, does: str) -> str:
    return f"CREATE TRIGGER {name} {when} FOR EACH ROW {does}"


def _function(name: str, does: str, row: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} RETURN {row}; END $$"
    )


def word_ddl() -> list[tuple[str, str]]:
    """The triggers with the engine each is for: after a name is written or changed, before it goes."""
    lite, pg = "sqlite", "postgresql"
    written, gone = _GONE.format(row="NEW"), _GONE.format(row="OLD")
    changed = "UPDATE OF folded, unit_id, person_id, id"
    call = "EXECUTE FUNCTION {}()"
    words, off = "identity_words", "identity_words_gone"
    return [
        (_trigger(words, "AFTER INSERT ON identity", f"BEGIN {_typed(lite)} END"), lite),
        (
            _trigger(f"{words}_anew", f"AFTER {changed} ON identity", f"BEGIN {written} {_typed(lite)} END"),
            lite,
        ),
        (_trigger(off, "BEFORE DELETE ON identity", f"BEGIN {gone} END"), lite),
        (_function(words, f"{written} {_typed(pg)}", "NEW"), pg),
        (_function(off, gone, "OLD"), pg),
        (_trigger(words, f"AFTER INSERT OR {changed} ON identity", call.format(words)), pg),
        (_trigger(off, "BEFORE DELETE ON identity", call.format(off)), pg),
    ]


def grant_ddl() -> list[tuple[str, str]]:
    """The triggers with the engine each is for: after a grant opens a person to a unit, or moves."""
    opens = "WHEN (NEW.person_id IS NOT NULL AND NEW.unit_id IS NOT NULL)"
    moved = "UPDATE OF person_id, unit_id ON access_grant"
    does = f"{opens} BEGIN {_opened('sqlite')} END"
    return [
        (_trigger("grant_words", "AFTER INSERT ON access_grant", does), "sqlite"),
        (_trigger("grant_words_anew", f"AFTER {moved}", does), "sqlite"),
        (_function("grant_words", _opened("postgresql"), "NEW"), "postgresql"),
        (
            _trigger("grant_words", f"AFTER INSERT OR {moved}", f"{opens} EXECUTE FUNCTION grant_words()"),
            "postgresql",
        ),
    ]


_ddl: Any = DDL
_table: Table = IdentityWord.__table__  # type: ignore[attr-defined]
_grants: Table = SQLModel.metadata.tables["access_grant"]
for _made, _statements in ((_table, word_ddl()), (_grants, grant_ddl())):
    for _statement, _dialect in _statements:
        event.listen(_made, "after_create", _ddl(_statement.replace("%", "%%")).execute_if(dialect=_dialect))
