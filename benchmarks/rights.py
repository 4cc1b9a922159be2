"""Target of the person's rights: the file of somebody of whom a thousand things were written or read."""

from datetime import timedelta

from sqlmodel import col, select

from benchmarks.canton import settings
from benchmarks.measure import Sides
from cii.access.queries import account_actor
from cii.cases.tables import CaseFile
from cii.jobs.clock import clock_of
from cii.journal.actions import wrote
from cii.people.tables import Person
from cii.rights.file_handing import made_file
from cii.rights.person_requests import RecordPersonRequest, record_request
from cii.rights.vocabulary_requests import AnswerForm, FileForm, MedicalWay, Proof, RequestKind
from cii.store.engine import make_engine
from cii.store.work import HOUSE, working

EVENTS = 1_000
LIMIT = 60.0
OFFICER = "dpo@cii.example"


def person_file_of_many() -> Sides:
    """Both forms of the file, everything read anew, against the time that they may take together."""
    held = settings()
    engine = make_engine(held.url)
    now = clock_of(engine, held).now()
    with working(engine, HOUSE, now, settings=held) as work:
        actor = account_actor(work, OFFICER)
        case, ref = work.session.exec(
            select(CaseFile, Person.ref)
            .join(Person, col(Person.id) == col(CaseFile.person_id))
            .order_by(col(CaseFile.id))
        ).first() or (None, "")
        assert case is not None
        for number in range(EVENTS):
            work.now = now - timedelta(minutes=number)
            wrote(work, "write_grid", "case", case.id, case_id=case.id, person_id=case.person_id)
    with working(engine, actor, now, settings=held) as work:
        asks = RecordPersonRequest(
            ref, RequestKind.ACCESS, Proof.PASSPORT, AnswerForm.PAPER, work.today, MedicalWay.DIRECT
        )
        request = record_request(work, asks).ref

    def both() -> int:
        with working(engine, actor, now, settings=held, writing=False) as work:
            return sum(len(made_file(work, request, form, "fr")) for form in FileForm)

    return both, LIMIT
