"""The words of names, by which persons are found: one row for each word of an identity's name.

The database itself keeps them, so that whoever writes, joins or erases an identity cannot leave old words.
"""

from typing import Any

from sqlalchemy import DDL, Index, PrimaryKeyConstraint, Table, event
from sqlmodel import SQLModel

from cii.store.columns import code, link


class IdentityWord(SQLModel, table=True):
    """A word of a name as a unit typed it, without accents and case; its key is the index of beginnings."""

    __tablename__ = "identity_word"
    __table_args__ = (
        PrimaryKeyConstraint("unit_id", "word", "identity_id"),
        Index("ix_identity_word_identity_id", "identity_id"),
        {"sqlite_with_rowid": False},
    )

    unit_id: int = link("unit.id", index=False)
    word: str = code(220)
    identity_id: int = link("identity.id", index=False)


_GONE = "DELETE FROM identity_word WHERE identity_id = {row}.id;"
_LITE = (
    "INSERT INTO identity_word (unit_id, word, identity_id) SELECT DISTINCT NEW.unit_id, value, NEW.id "
    """FROM json_each('["' || replace(NEW.folded, ' ', '","') || '"]') WHERE value <> '';"""
)
_PG = (
    "INSERT INTO identity_word (unit_id, word, identity_id) SELECT DISTINCT NEW.unit_id, word, NEW.id "
    "FROM unnest(string_to_array(NEW.folded, ' ')) AS word WHERE word <> '';"
)


def word_ddl() -> list[tuple[str, str]]:
    """The triggers with the engine each is for: after a name is written or changed, before it goes."""
    written, gone = _GONE.format(row="NEW"), _GONE.format(row="OLD")
    changed = "UPDATE OF folded, unit_id, id"
    return [
        (f"CREATE TRIGGER identity_words AFTER INSERT ON identity FOR EACH ROW BEGIN {_LITE} END", "sqlite"),
        (
            (
                f"CREATE TRIGGER identity_words_anew AFTER {changed} ON identity FOR EACH ROW "
                f"BEGIN {written} {_LITE} END"
            ),
            "sqlite",
        ),
        (
            f"CREATE TRIGGER identity_words_gone BEFORE DELETE ON identity FOR EACH ROW BEGIN {gone} END",
            "sqlite",
        ),
        (
            (
                "CREATE FUNCTION identity_words() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {written} {_PG} RETURN NEW; END $$"
            ),
            "postgresql",
        ),
        (
            (
                "CREATE FUNCTION identity_words_gone() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {gone} RETURN OLD; END $$"
            ),
            "postgresql",
        ),
        (
            (
                f"CREATE TRIGGER identity_words AFTER INSERT OR {changed} ON identity FOR EACH ROW "
                "EXECUTE FUNCTION identity_words()"
            ),
            "postgresql",
        ),
        (
            (
                "CREATE TRIGGER identity_words_gone BEFORE DELETE ON identity FOR EACH ROW "
                "EXECUTE FUNCTION identity_words_gone()"
            ),
            "postgresql",
        ),
    ]


_ddl: Any = DDL
_table: Table = IdentityWord.__table__  # type: ignore[attr-defined]
for _statement, _dialect in word_ddl():
    event.listen(_table, "after_create", _ddl(_statement.replace("%", "%%")).execute_if(dialect=_dialect))
