"""An issue is made again from the rows kept with it alone, byte for byte, on both engines."""

import logging

import pytest
from sqlalchemy import delete
from sqlmodel import select

from cii.documents import store
from cii.institutions.queries import unit_by_code
from cii.kernel.digest import digest
from cii.kernel.errors import UnknownThing
from cii.placements.tables import WaitingEntry
from cii.reports.actions import freeze, keep_files
from cii.reports.frozen import packed
from cii.reports.queries import folder, render
from cii.reports.readers import Readers
from cii.reports.rederiving import check, inputs_of, kept_rows, rederive
from cii.reports.tables import ReportFile, ReportInput, ReportIssue
from cii.store.columns import new_ref
from tests.agreements.build_agreements import acting, an_actor
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import later
from tests.reports.stage import Q3, a_quarter
from tests.reports.test_actions import corrected


@pytest.fixture
def market(work):
    return a_quarter(work)


@pytest.fixture
def issue(work, market):
    return freeze(the_group(work), Q3)


def test_values_json_and_csv_come_out_again_from_the_rows_alone(work, market, issue):
    mine = acting(work, an_actor(work, unit_by_code(work, "LMMT"), role="contract_manager"))
    keep_files(mine, issue)
    keep_files(work, issue, Readers())
    corrected(later(work, hours=1), market)
    work.session.exec(delete(WaitingEntry))
    market.measure.code, market.measure.name = "OTHER", "Autre nom"
    work.session.flush()

    again = rederive(work, issue)

    assert again.differing == ()
    assert digest(again.values) == issue.sha256
    readers = set(work.session.exec(select(ReportFile.readers).where(ReportFile.issue_id == issue.id)))
    assert readers == {"whole", "SEMP", ""}


def twin(work, issue, **changed):
    """The same issue frozen anew with something else in it, as no door makes it."""
    held = issue.model_dump(exclude={"id", "ref", "version", "previous_id"})
    other = ReportIssue(**{**held, "ref": new_ref(), "version": 2, "previous_id": issue.id, **changed})
    work.session.add(other)
    work.session.flush()
    for row in inputs_of(work, issue):
        copy = row.model_dump(exclude={"id", "issue_id"})
        work.session.add(ReportInput(**copy, issue_id=other.id))
    work.session.flush()
    return other


def test_a_value_that_its_rows_do_not_give_is_named(work, issue, caplog):
    wrong = twin(
        work, issue, payload=issue.payload.replace('"cost":"24691.30"', '"cost":"24691.35"'), sha256="0" * 64
    )

    assert rederive(work, wrong).differing == ("measures.ATELIER.cost", "total.cost")
    with caplog.at_level(logging.ERROR, "cii.reports"):
        told = check(work, work.today)
    assert told == {"reports": 2, "differing": [wrong.ref]}
    assert f"report {wrong.ref} is not what its rows give: measures.ATELIER.cost" in caplog.text


def test_a_file_with_other_bytes_is_named(work, issue):
    render(work, issue, "json", "fr", Readers(whole=True))
    other = twin(work, issue)
    row = work.session.exec(
        select(ReportFile).where(ReportFile.issue_id == issue.id, ReportFile.format == "json")
    ).one()
    copy = row.model_dump(exclude={"id", "issue_id"})
    work.session.add(ReportFile(**{**copy, "issue_id": other.id, "readers": "whole"}))
    work.session.flush()

    assert rederive(work, other).differing == ("json/whole",)


def test_rows_whose_bytes_are_gone_or_changed_are_named(work, issue):
    rows = {row.name: row for row in inputs_of(work, issue)}
    forgotten, changed = rows["stays"].sha256, rows["places"].sha256
    place = folder(work) / changed[:2] / changed
    kept = store.get(folder(work), forgotten), place.read_bytes()
    try:
        store.forget(folder(work), forgotten)
        place.write_bytes(b"half")

        assert rederive(work, issue).differing == ("input/places", "input/stays")
    finally:
        store.put(folder(work), kept[0], "application/gzip")
        place.write_bytes(kept[1])
    assert rederive(work, issue).differing == ()


def test_rows_of_one_table_are_read_and_no_other(work, issue):
    assert [row["institution"] for row in kept_rows(work, issue, "lines")]
    with pytest.raises(UnknownThing):
        kept_rows(work, issue, "nothing")


def test_the_same_rows_pack_to_the_same_bytes(work, issue):
    facts = {row.name: kept_rows(work, issue, row.name) for row in inputs_of(work, issue)}

    assert {one.name: one.sha256 for one in packed(facts)} == {
        row.name: row.content_sha256 for row in inputs_of(work, issue)
    }
