"""Names of protected units in what leaves the house: files, answers of the API, mails; on both engines.

Every unit of the planted canton is protected: whatever names one that is not the reader's own is a leak.
"""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select, text

from cii.access.queries import account_actor
from cii.access.vocabulary import LinkDelivery, LinkPurpose
from cii.cases.queries import case_by_ref
from cii.notices.actions import tell
from cii.partners.actions import MakeLink, make
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from tests.conftest import ENGINES
from tests.leaks.asking import told
from tests.leaks.conftest import Canton
from tests.leaks.planted import NAMING, OBSERVED, account_of, outward_names

LEAVES = {
    ("case_manager", "own"): (
        "/api/v1/cases/{case}/summary", "/api/v1/cases/{case}/disclosures",
        "/api/v1/persons/{person}/disclosures", "/api/v1/cases/{case}/history", "/cases/{case}/sharing",
    ),
    ("coordination_member", "group"): (
        "/reports/quarterly/2026-Q3/files/xlsx",
        "/reports/quarterly/2026-Q3/files/pdf",
        "/programmes/reseau-cii/export.csv", "/coordination", "/agreements", "/measures",
    ),
    ("auditor", "body"): ("/journal/export.csv", "/api/v1/journal", "/journal"),
}  # fmt: skip
"""Who asks → files and answers that tell of units."""


@pytest.fixture(scope="module", params=ENGINES)
def carried(request, planted, new_engine, tmp_path_factory):
    """The planted canton once on each engine: its rows as they are, carried over to PostgreSQL."""
    _, file = planted
    folder = tmp_path_factory.mktemp("names")
    shutil.copy(file, folder / "cii.sqlite")
    lite = make_engine(f"sqlite:///{folder / 'cii.sqlite'}")
    engine = lite if request.param == "sqlite" else _moved(lite, new_engine("postgresql", folder))
    yield engine
    engine.dispose()
    lite.dispose()


def _moved(lite, engine):
    with lite.connect() as held, engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in load_all_tables().sorted_tables:
            rows = [dict(row) for row in held.execute(select(table)).mappings()]
            if rows:
                connection.execute(insert(table), rows)
            if rows and "id" in table.c:
                last = func.setval(func.pg_get_serial_sequence(table.name, "id"), func.max(table.c.id))
                connection.execute(select(last))
    return engine


@pytest.fixture
def everywhere(planted, carried):
    """The application on that database."""
    town, _ = planted
    town.app.wiring = replace(town.app.wiring, engine=carried)
    return Canton(town, carried, outward_names(carried), frozenset(), {})


def names_in(said: str, known) -> set[str]:
    return {one.lower() for one in NAMING.findall(said) if not known.may(one)}


@pytest.mark.parametrize("who", LEAVES, ids="-".join)
def test_no_file_and_no_answer_names_a_protected_unit_to_others(everywhere, who):
    asker, known = everywhere.someone(*who)
    with everywhere.engine.connect() as connection:
        case, person = connection.execute(
            text("SELECT c.ref, p.ref FROM case_file c JOIN person p ON p.id = c.person_id WHERE c.id = :id"),
            {"id": OBSERVED},
        ).one()

    wrong, own = {}, set()
    for address in LEAVES[who]:
        answer = asker.client.get(address.format(case=case, person=person))
        said = told(answer.data, answer.mimetype)
        assert answer.status_code == 200, address
        assert len(said) > 40, address
        if names := names_in(said, known):
            wrong[address] = names
        own |= set(NAMING.findall(said)) - names

    assert wrong == {}
    assert own or who[0] != "case_manager", "a member reads the name of the own unit"


def test_no_mail_names_a_unit(everywhere):
    """Those of links and those that tell of a notice, written after every name was given."""
    with everywhere.work() as work:
        last = work.session.execute(text("SELECT coalesce(max(id), 0) FROM outbox")).scalar_one()
        account = account_of(work, "case_manager", "own")
        hand = replace(work, actor=account_actor(work, account.email), seen=[])
        ref = work.session.execute(
            text("SELECT ref FROM case_file WHERE id = :id"), {"id": OBSERVED}
        ).scalar_one()
        case = case_by_ref(hand, ref)
        make(
            hand,
            MakeLink(ref, LinkPurpose.SATISFACTION, "La personne", 5, LinkDelivery.MAIL, "p@exemple.invalid"),
        )
        for kind in ("referral", "access-request", "task-late"):
            tell(work, unit_id=case.lead_unit_id, kind=kind, subject="case", subject_ref=ref)
        mails = work.session.execute(
            text("SELECT subject, body FROM outbox WHERE id > :last"), {"last": last}
        ).all()

    assert mails
    assert not [one for one in mails if NAMING.search("\n".join(one))]
