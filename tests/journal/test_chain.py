import pytest
from sqlalchemy import text

from cii.journal.actions import forget_payloads, read_rows, refused, wrote
from cii.journal.queries import history, verify
from cii.journal.sealing import seal
from cii.store.settings import Settings
from cii.store.work import HOUSE, working
from tests.conftest import NOW


@pytest.fixture
def own_settings(tmp_path):
    return Settings(mode="test", data_dir=tmp_path)


@pytest.fixture
def journalled(fresh_engine, own_settings):
    """Five acts on one case, sealed."""
    with working(fresh_engine, HOUSE, NOW, settings=own_settings) as work:
        for n in range(1, 6):
            wrote(work, "write_grid", "case", 12, person_id=7, basis="consent", payload={"item": n})
    seal(fresh_engine, NOW, own_settings)
    return fresh_engine


def attack(engine, *statements):
    """What a person with the database's own rights could do: the guards are taken off first."""
    with engine.begin() as connection:
        for table in ("journal_entry", "journal_subject", "journal_seal"):
            for kind in ("update", "delete"):
                on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER {table}_no_{kind}{on}"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_journal_that_nobody_touched_is_whole(journalled, own_settings):
    verdict = verify(journalled, own_settings)

    assert (verdict.ok, verdict.entries, verdict.unsealed, verdict.seals) == (True, 5, 0, 1)


def test_sealing_again_adds_only_what_is_new(journalled, own_settings):
    with working(journalled, HOUSE, NOW, settings=own_settings) as work:
        wrote(work, "sign", "case", 12)

    assert seal(journalled, NOW, own_settings) == 1
    assert seal(journalled, NOW, own_settings) == 0
    assert verify(journalled, own_settings).entries == 6


def test_an_entry_cannot_be_changed_or_deleted_through_the_database(journalled):
    for statement in ("UPDATE journal_entry SET actor = 'x'", "DELETE FROM journal_entry"):
        with pytest.raises(Exception, match="append-only"), journalled.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "what", "seq"),
    [
        ("UPDATE journal_entry SET actor = 'somebody else' WHERE seq = 3", "changed", 3),
        ("UPDATE journal_entry SET basis = NULL WHERE seq = 4", "changed", 4),
        ("UPDATE journal_entry SET hash = repeat('0', 64) WHERE seq = 2", "changed", 2),
        ("UPDATE journal_payload SET payload = '{}' WHERE entry_id = 3", "payload_changed", 3),
        ("DELETE FROM journal_subject WHERE kind = 'person' AND entry_id = 2", "subjects_changed", 5),
        ("DELETE FROM journal_seal", "cut_off", 5),
    ],
)
def test_a_changed_row_is_found(journalled, own_settings, statement, what, seq):
    if journalled.dialect.name == "sqlite":
        statement = statement.replace("repeat('0', 64)", "printf('%064d', 0)")
    attack(journalled, statement)

    fault = verify(journalled, own_settings).first_fault

    assert (fault.what, fault.seq) == (what, seq)


def remove(seq):
    return [f"DELETE FROM {table} WHERE entry_id IN (SELECT id FROM journal_entry WHERE seq = {seq})"
            for table in ("journal_subject", "journal_payload")] + [f"DELETE FROM journal_entry WHERE seq = {seq}"]  # fmt: skip


def test_a_deleted_entry_is_found(journalled, own_settings):
    attack(journalled, *remove(3))

    fault = verify(journalled, own_settings).first_fault

    assert (fault.what, fault.seq) == ("missing", 3)


def test_two_entries_that_changed_places_are_found(journalled, own_settings):
    attack(
        journalled,
        "UPDATE journal_entry SET seq = -1 WHERE seq = 2",
        "UPDATE journal_entry SET seq = 2 WHERE seq = 3",
        "UPDATE journal_entry SET seq = 3 WHERE seq = -1",
    )

    fault = verify(journalled, own_settings).first_fault

    assert (fault.what, fault.seq) == ("changed", 2)


def test_a_journal_whose_end_was_cut_off_is_found_through_the_second_place(journalled, own_settings):
    attack(journalled, *remove(5), *remove(4), "DELETE FROM journal_seal")

    assert verify(journalled, own_settings).first_fault.what == "cut_off"


def test_a_seal_that_disappeared_from_the_second_place_is_found(journalled, own_settings):
    for file in (own_settings.data_dir / "seals").glob("*.json"):
        file.unlink()

    assert verify(journalled, own_settings).first_fault.what == "seal_missing"


def test_a_forged_seal_is_found(journalled, own_settings):
    (file,) = (own_settings.data_dir / "seals").glob("*.json")
    file.write_text(file.read_text().replace('"count": 5', '"count": 4'))

    assert verify(journalled, own_settings).first_fault.what == "seal_changed"


def test_a_chain_made_with_another_key_is_no_chain(journalled, own_settings):
    other = own_settings.model_copy(update={"journal_key": type(own_settings.journal_key)("another")})

    assert not verify(journalled, other).ok


def test_erasing_what_an_entry_held_leaves_the_chain_valid(journalled, own_settings):
    with working(journalled, HOUSE, NOW, settings=own_settings) as work:
        rows = history(work, person_ids=[7])
        forget_payloads(work, [row.id for row in rows[:2]])

    verdict = verify(journalled, own_settings)

    assert (verdict.ok, verdict.erased_payloads) == (True, 2)


def test_what_a_request_showed_becomes_one_entry_per_kind_and_basis(work):
    work.saw("person", [4, 5], 1, "consent")
    work.saw("person", [5, 6], 4, "consent")
    work.saw("case", [12], 16, "own_case")

    assert read_rows(work) == 2
    assert read_rows(work) == 0

    (shown,) = history(work, person_ids=[6])
    assert (shown.action, shown.kind, shown.sections, shown.basis) == ("read", "person", 5, "consent")
    assert [row.kind for row in history(work, case_ids=[12])] == ["case"]


def test_the_history_of_a_person_names_who_did_what_on_which_basis_newest_first(work):
    wrote(work, "open_case", "case", 12, ref="abc", person_id=7, basis="own_case", payload={"path": "cii"})
    wrote(work, "write_grid", "grid", 1, case_id=12, person_id=7)
    wrote(work, "open_case", "case", 13, person_id=8)

    rows = history(work, person_ids=[7])

    assert [(row.actor, row.action, row.basis) for row in rows] == [
        ("cii", "write_grid", None),
        ("cii", "open_case", "own_case"),
    ]
    assert rows[1].payload == {"path": "cii"}
    assert [row.action for row in history(work, person_ids=[7], before=rows[0].id)] == ["open_case"]


def test_a_refused_attempt_is_written_down(work):
    refused(work, "read_case", "case", "unknown", ref="zzzzzzzzzz", id_=99)

    (row,) = history(work, case_ids=[99])

    assert (row.action, row.payload) == ("refused", {"action": "read_case", "code": "unknown"})


def test_an_entry_that_was_slipped_in_is_found(journalled, own_settings):
    copied = "at, account_id, actor, unit_id, action, kind, ref, objects, sections, basis, correlation, payload_digest"
    attack(
        journalled,
        "UPDATE journal_entry SET seq = seq + 100 WHERE seq > 3",
        "UPDATE journal_entry SET seq = seq - 99 WHERE seq > 100",
        f"INSERT INTO journal_entry (id, seq, hash, {copied}) "
        f"SELECT 99, 4, hash, {copied} FROM journal_entry WHERE seq = 3",
    )

    fault = verify(journalled, own_settings).first_fault

    assert (fault.what, fault.seq, fault.entry_id) == ("changed", 4, 99)


def test_an_entry_moved_beyond_the_end_is_found(journalled, own_settings):
    attack(journalled, "UPDATE journal_entry SET seq = 900000 WHERE seq = 5")

    fault = verify(journalled, own_settings).first_fault

    assert (fault.what, fault.seq) == ("missing", 5)


def test_a_payload_that_was_put_where_none_was_is_found(journalled, own_settings):
    with working(journalled, HOUSE, NOW, settings=own_settings) as work:
        wrote(work, "sign", "case", 12)
    seal(journalled, NOW, own_settings)
    attack(journalled, "INSERT INTO journal_payload (entry_id, salt, payload) VALUES (6, 'x', '{}')")

    fault = verify(journalled, own_settings).first_fault

    assert (fault.what, fault.seq) == ("payload_changed", 6)


def test_a_seal_changed_in_the_database_is_found(journalled, own_settings):
    attack(journalled, "UPDATE journal_seal SET hash = 'f' WHERE seq = 5")

    assert verify(journalled, own_settings).first_fault.what == "seal_changed"


def test_a_chain_rebuilt_with_the_key_is_found_through_the_second_place(journalled, own_settings):
    """Whoever holds the key and the database can make a new chain; the seals elsewhere remember the old one."""
    attack(
        journalled,
        "UPDATE journal_entry SET actor = 'somebody else' WHERE seq = 3",
        "UPDATE journal_entry SET seq = NULL, hash = NULL",
        "DELETE FROM journal_seal",
    )
    elsewhere = own_settings.model_copy(update={"seal_dir": own_settings.data_dir / "new"})
    assert seal(journalled, NOW, elsewhere) == 5
    assert verify(journalled, elsewhere).ok

    assert verify(journalled, own_settings).first_fault.what == "seal_changed"


def test_each_moment_is_linked_as_it_was_written(fresh_engine, own_settings):
    """With and without a fraction of a second, as the engines keep them."""
    for moment in (NOW, NOW.replace(microsecond=1), NOW.replace(microsecond=120_000)):
        with working(fresh_engine, HOUSE, moment, settings=own_settings) as work:
            wrote(work, "note", "case", 1)

    seal(fresh_engine, NOW, own_settings)

    assert verify(fresh_engine, own_settings).ok


def test_eight_writers_and_their_sealers_form_one_chain(fresh_engine, own_settings):
    from concurrent.futures import ThreadPoolExecutor

    def write_and_seal(writer):
        sealed = 0
        for n in range(1, 201):
            with working(fresh_engine, HOUSE, NOW, settings=own_settings) as work:
                wrote(work, "note", "case", writer * 1000 + n, payload={"n": n})
            if n % 50 == 0:
                sealed += seal(fresh_engine, NOW, own_settings)
        return sealed

    with ThreadPoolExecutor(8) as pool:
        sealed = sum(pool.map(write_and_seal, range(8)))

    verdict = verify(fresh_engine, own_settings)
    assert sealed == 1600
    assert (verdict.ok, verdict.entries, verdict.unsealed) == (True, 1600, 0)
