"""After an erasure nothing says who it was, in no table and in no file; everything else is as it was."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import select

from cii.people.tables import Person
from cii.rights.erasing import ROWS, erase_everything, finish
from cii.rights.tables_erasing import ErasedPerson, Erasure
from cii.rights.vocabulary_erasing import ErasureGround
from cii.rights.whose import rows_of
from cii.store.naming import load_all_tables
from tests.rights.build_erasing import ADDRESS, AVS, BORN, WORD, well_known


@pytest.fixture
def house(work, tmp_path):
    """A house with a data folder of its own."""
    return replace(work, settings=work.settings.model_copy(update={"data_dir": tmp_path}))


def dump(work) -> dict[str, str]:
    """Every row of every table as text."""
    written = work.session.connection()
    return {
        name: "\n".join(str(tuple(row)) for row in written.execute(text(f"SELECT * FROM {name}")))
        for name in load_all_tables().tables
    }


def traces(work, *words: str) -> dict[str, list[str]]:
    """By table, which of the words stand in it in any case."""
    found = {}
    for name, rows in dump(work).items():
        if said := [one for one in words if one.casefold() in rows.casefold()]:
            found[name] = said
    return found


def approved(work, known) -> Erasure:
    """The row of an approved erasure, as the decision leaves it."""
    row = Erasure(
        whose_id=known.person.id, ground=ErasureGround.PERSON_RIGHT, reason=f"Demande de {WORD}", planned={},
        prepared_at=work.now, prepared_by=known.officer.actor.account_id, prepared_as="officer",
        decided_at=work.now, decided_by=known.second.actor.account_id, decided_as="administrator",
        approved=True,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    ids = rows_of(work, known.person.id)
    work.session.add_all(ErasedPerson(erasure_id=row.id, whose_id=one) for one in ids)
    work.session.flush()
    return row


WORDS = (WORD, AVS, AVS.replace(".", ""), str(BORN), ADDRESS, repr(BORN))


def test_nothing_says_who_it_was_in_any_table_or_file(house):
    known = well_known(house)
    row = approved(house, known)
    named = traces(house, *WORDS)
    assert {"identity", "journal_payload", "outbox", "case_note", "wf_decision"} <= set(named)
    assert any(WORD.encode() in one.read_bytes() for one in house.settings.data_dir.rglob("*") if one.is_file())

    counts = erase_everything(house, row.id, rows_of(house, known.person.id))
    while finish(house):
        pass

    left = traces(house, *WORDS)
    assert left == {}, "\n".join(row for name in left for row in dump(house)[name].splitlines() if any(w.casefold() in row.casefold() for w in WORDS))
    files = [one.read_bytes() for one in house.settings.data_dir.rglob("*") if one.is_file()]
    assert [one for one in files if WORD.encode() in one] == []
    assert counts["person"] == 2
    assert set(counts) >= {one.table.name for one in ROWS} - {"person_request"}
    shells = house.session.exec(select(Person.avs_hash, Person.avs_sealed, Person.erased_at)).all()
    assert [one for one in shells if one[2] is not None] == [(None, None, house.now)] * 2
