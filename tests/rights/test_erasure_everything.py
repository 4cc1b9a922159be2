"""After an erasure nothing says who it was, in no table and in no file; everything else is as it was."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from cii.cases.attachments import AttachDocument, attach_document, folder
from cii.cases.tables import CaseFile
from cii.documents.store import get
from cii.figures.programmes import programme_figures
from cii.figures.queries import quarter_figures
from cii.jobs.erasing import clear_files
from cii.jobs.runs import Bell
from cii.journal.queries import verify
from cii.journal.sealing import seal
from cii.kernel.period import Quarter
from cii.people.tables import Person
from cii.rights.erasing import ROWS, erase_everything, finish
from cii.rights.tables_erasing import ErasedPerson, Erasure
from cii.rights.vocabulary_erasing import ErasureGround
from cii.rights.whose import rows_of
from cii.settlement.actions import reconcile
from cii.settlement.vocabulary import Presence
from cii.store.naming import load_all_tables
from cii.store.work import HOUSE, working
from cii.workflow.witness import unlike_their_witness
from tests.cases.build_cases import a_network
from tests.conftest import NOW
from tests.rights.build_erasing import ADDRESS, AVS, BORN, WORD, Known, officers, well_known
from tests.settlement.build_settlement import LATER, a_desk


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
    assert any(
        WORD.encode() in one.read_bytes() for one in house.settings.data_dir.rglob("*") if one.is_file()
    )

    counts = erase_everything(house, row.id, rows_of(house, known.person.id))
    while finish(house):
        pass

    assert traces(house, *WORDS) == {}
    files = [one.read_bytes() for one in house.settings.data_dir.rglob("*") if one.is_file()]
    assert [one for one in files if WORD.encode() in one] == []
    assert counts["person"] == 2
    assert set(counts) >= {one.table.name for one in ROWS}
    shells = house.session.exec(select(Person.avs_hash, Person.avs_sealed, Person.erased_at)).all()
    assert [one for one in shells if one[2] is not None] == [(None, None, house.now)] * 2


def test_the_mark_lets_words_go_and_nothing_else_change(house):
    known = well_known(house)
    erase_everything(house, approved(house, known).id, rows_of(house, known.person.id))

    for attack in (
        "UPDATE wf_event SET kind = 'x'",
        'UPDATE wf_event SET payload = \'{"stage": "closed"}\'',
        "UPDATE individual_objective SET goal = 'Autre'",
        "UPDATE disclosure SET sections = 7",
        "DELETE FROM disclosure",
        "UPDATE person SET erased_at = NULL WHERE erased_at IS NOT NULL",
        "UPDATE person SET avs_hash = 'x', avs_sealed = 'x' WHERE erased_at IS NOT NULL",
    ):
        with pytest.raises(DBAPIError), house.session.begin_nested():
            house.session.execute(text(attack))


def test_an_erasure_broken_off_inside_leaves_everything(house, monkeypatch):
    known = well_known(house)
    row = approved(house, known)
    before = dump(house)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("cii.rights.erasing.drop_number", killed)
    with pytest.raises(KeyboardInterrupt), house.session.begin_nested():
        erase_everything(house, row.id, rows_of(house, known.person.id))

    assert dump(house) == before
    assert any(
        WORD.encode() in one.read_bytes() for one in house.settings.data_dir.rglob("*") if one.is_file()
    )


def test_bytes_that_another_case_names_stay(house):
    known = well_known(house)
    other = a_network(house)
    shared = AttachDocument(other.case.ref, "Formulaire")
    kept = attach_document(other.hands["AC"], shared, f"Contenu {WORD}".encode())
    erase_everything(house, approved(house, known).id, rows_of(house, known.person.id))
    while finish(house):
        pass

    assert get(folder(house), kept.sha256) == f"Contenu {WORD}".encode()


def test_figures_accounts_and_the_night_are_the_same_before_and_after(work):
    desk = a_desk(work)
    place = desk.stage.started()
    desk.attest(place, d03=Presence.SICK)
    desk.paid()
    case = work.session.get_one(CaseFile, place.case_id)
    known = Known(work.session.get_one(Person, place.person_id), None, None, *officers(work))
    hand = replace(desk.checker, actor=HOUSE)

    def numbers():
        return (
            quarter_figures(hand, Quarter(2026, 4), hand.now),
            programme_figures(hand, case.path, date(2026, 1, 1), date(2026, 12, 31)),
            work.session.execute(text("SELECT id, total FROM budget_account ORDER BY id")).all(),
        )

    before = numbers()
    erase_everything(work, approved(work, known).id, rows_of(work, place.person_id))

    assert numbers() == before
    assert reconcile(desk.checker, LATER).findings == 0


def test_the_chain_holds_and_the_file_of_the_database_keeps_no_word(fresh_engine, settings, tmp_path):
    own = settings.model_copy(update={"data_dir": tmp_path})
    with working(fresh_engine, HOUSE, NOW, settings=own) as work:
        known = well_known(work)
        row = approved(work, known)
        person, erasure = known.person.id, row.id
    seal(fresh_engine, NOW, own)
    with working(fresh_engine, HOUSE, NOW, settings=own) as work:
        erase_everything(work, erasure, rows_of(work, person))

    done = clear_files(Bell(fresh_engine, type("Still", (), {"now": staticmethod(lambda: NOW)})(), own))

    verdict = verify(fresh_engine, own)
    assert verdict.ok
    assert verdict.erased_payloads > 0
    assert done == 2
    fresh_engine.dispose()
    held = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert [one for one in held if WORD.encode() in one.read_bytes()] == []
    assert unlike_their_witness(fresh_engine) == []
