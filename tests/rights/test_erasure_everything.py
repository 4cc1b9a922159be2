"""After an erasure nothing says who it was, in no table and in no file; everything else is as it was."""

import os
import signal
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select

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
from cii.reconciliation.actions import reconcile
from cii.rights.erasing import ROWS, erase_everything, finish
from cii.rights.tables_erasing import ErasedPerson, Erasure, ErasureFile
from cii.rights.vocabulary_erasing import ErasureGround
from cii.rights.whose import rows_of
from cii.settlement.vocabulary import Presence
from cii.store.naming import load_all_tables
from cii.store.work import HOUSE, working
from cii.workflow.witness import unlike_their_witness
from tests.cases.build_cases import a_network
from tests.conftest import NOW
from tests.rights.build_erasing import ADDRESS, AVS, BORN, WORD, Known, officers
from tests.settlement.build_settlement import LATER, a_desk


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


def test_nothing_says_who_it_was_in_any_table_or_file(house, known):
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


def test_the_mark_lets_words_go_and_nothing_else_change(house, known):
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


def test_an_erasure_broken_off_inside_leaves_everything(house, known, monkeypatch):
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


def test_bytes_that_another_case_names_stay(house, known):
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


def done_to(engine, settings, known) -> None:
    """Approve the erasure and carry it out, each in a transaction of its own."""
    with working(engine, HOUSE, NOW, settings=settings) as work:
        row = approved(work, known)
    with working(engine, HOUSE, NOW, settings=settings) as work:
        erase_everything(work, row.id, rows_of(work, known.person.id))


def still(engine, settings) -> Bell:
    return Bell(engine, type("Still", (), {"now": staticmethod(lambda: NOW)})(), settings)


def saying(folder) -> list:
    """Files in which the word stands."""
    return [one for one in folder.rglob("*") if one.is_file() and WORD.encode() in one.read_bytes()]


def test_the_chain_holds_and_the_file_of_the_database_keeps_no_word(moved_house, known, tmp_path):
    opened, own = moved_house
    engine = opened()
    seal(engine, NOW, own)
    done_to(engine, own, known)

    done = clear_files(still(engine, own))

    verdict = verify(engine, own)
    assert verdict.ok
    assert verdict.erased_payloads > 0
    assert done == 2
    engine.dispose()
    assert saying(tmp_path) == []
    assert unlike_their_witness(engine) == []


@pytest.mark.parametrize(
    ("at", "left"), [("cii.rights.erasing.drop_number", None), ("cii.rights.erasing.store.forget", 2)]
)
def test_a_process_killed_half_way_leaves_all_or_what_the_next_minute_ends(
    moved_house, known, monkeypatch, at, left
):
    opened, own = moved_house
    before = saying(own.data_dir)
    child = os.fork()
    if child == 0:
        try:
            monkeypatch.setattr(at, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            engine = opened()
            done_to(engine, own, known)
            clear_files(still(engine, own))
        finally:
            os._exit(1)

    _, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == signal.SIGKILL
    engine = opened()
    assert saying(own.data_dir) == before
    with working(engine, HOUSE, NOW, settings=own, writing=False) as work:
        named = work.session.exec(select(func.count()).select_from(ErasureFile)).one()
        erased = work.session.get_one(Person, known.person.id).erased_at
    assert (named, erased) == ((0, None) if left is None else (left, NOW))
    if left is not None:
        assert [clear_files(still(engine, own)) for _ in range(2)] == [left, 0]
        assert saying(own.data_dir) == []
