"""Bytes that no document names: left by whoever was refused or killed, taken away by the sweep of the night."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from cii.cases.attachments import (
    AttachDocument,
    attach_document,
    document_file,
    folder,
    sweep_documents,
)
from cii.documents import keeping, store
from cii.jobs.night import sweep_files
from cii.kernel.clock import local_day
from cii.store.engine import make_engine
from cii.store.work import HOUSE, working
from tests.cases.build_cases import a_network
from tests.conftest import NOW

KEPT, LOST = b"Rapport de stage", b"Rapport qui n'a jamais ete consigne"


@pytest.fixture
def canton(fresh_engine, settings, tmp_path):
    """A database of its own with one case, and the folder of its documents."""
    mine = settings.model_copy(update={"data_dir": tmp_path})

    def open_work(engine=fresh_engine):
        return working(engine, HOUSE, NOW, settings=mine)

    with open_work() as work:
        case = a_network(work).case.ref
    return open_work, case


def attach(work, case, data):
    return attach_document(work, AttachDocument(case, "Rapport"), data, "text/plain")


def lying(work):
    return [one.place for one in store.kept(folder(work))]


def swept(open_work):
    with open_work() as work:
        return sweep_documents(work)


def test_a_process_killed_before_its_row_is_committed_leaves_bytes_that_the_night_takes_away(
    canton, fresh_engine
):
    open_work, case = canton
    with open_work() as work:
        ref = attach(work, case, KEPT).ref
    child = os.fork()
    if child == 0:
        own = make_engine(fresh_engine.url.render_as_string(hide_password=False))
        with open_work(own) as work:
            attach(work, case, LOST)
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL

    with open_work() as work:
        assert len(lying(work)) == 2
        told = sweep_files(work, local_day(NOW) - timedelta(days=1))

    with open_work() as work:
        assert told["documents"] == 1
        assert len(lying(work)) == 1
        assert b"".join(document_file(work, case, ref)[2]) == KEPT


def undone(open_work, case):
    """Somebody attaches a file, and the request is refused afterwards."""

    def refused_later():
        with open_work() as work:
            attach(work, case, LOST)
            raise RuntimeError("refused later")

    with pytest.raises(RuntimeError, match="refused later"):
        refused_later()


def test_what_was_undone_or_half_written_goes_and_what_is_no_file_of_the_store_stays(canton):
    open_work, case = canton
    with open_work() as work:
        attach(work, case, KEPT)
        whole = lying(work)[0]
    undone(open_work, case)
    (whole.parent / f".draft-{whole.name}-x1").write_bytes(KEPT[:4])
    (whole.parent / "README").write_text("de l'exploitant")

    assert (swept(open_work), swept(open_work)) == (2, 0)

    assert {one.name for one in whole.parent.iterdir()} == {whole.name, "README"}


def test_the_same_bytes_may_be_attached_while_the_sweep_finds_them_without_a_row(canton, monkeypatch):
    open_work, case = canton
    undone(open_work, case)
    attached, begun, hold = threading.Event(), threading.Event(), keeping.hold

    def heard(*given):
        if attached.is_set():
            begun.set()
        hold(*given)

    monkeypatch.setattr(keeping, "hold", heard)

    def attach_slowly():
        with open_work() as work:
            ref = attach(work, case, LOST).ref
            attached.set()
            begun.wait(0.3)
            return ref

    def sweep_meanwhile():
        attached.wait(5)
        return swept(open_work)

    with ThreadPoolExecutor(2) as pool:
        slow, sweeping = pool.submit(attach_slowly), pool.submit(sweep_meanwhile)

    with open_work() as work:
        assert sweeping.result() == 0
        assert b"".join(document_file(replace(work), case, slow.result())[2]) == LOST
