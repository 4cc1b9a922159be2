"""The hand-over to the cantonal archive: the package, its answer, and when the archive has had its say."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.cases.actions import open_case
from cii.cases.attachments import AttachDocument, attach_document
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.cases.vocabulary_attachments import AttachmentSection
from cii.institutions.queries import unit_by_code
from cii.journal.queries import history
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.rights.archiving import (
    AnswerOffer,
    ConfirmHandOver,
    OfferFile,
    answer_offer,
    confirm_hand_over,
    folder,
    offer_file,
    offer_view,
    offers,
    package,
    settled,
    sweep_packages,
)
from cii.rights.vocabulary_retention import OfferState
from tests.access.build_access import an_actor, as_
from tests.figures.build_figures import the_numbers
from tests.institutions.build_institutions import the_canton
from tests.people.build_people import a_person

CLOSED = datetime(2015, 6, 30, 12, tzinfo=UTC)
ARCHIVIST = "archiviste cantonale"


@pytest.fixture
def canton(work, tmp_path):
    the_numbers(work)
    the_canton(work)
    return replace(work, settings=work.settings.model_copy(update={"data_dir": tmp_path}))


def an_officer(work):
    return as_(work, an_actor(work, (unit_by_code(work, "DPO"), Role.DATA_PROTECTION_OFFICER)))


def a_manager(work):
    return as_(work, an_actor(work, (unit_by_code(work, "ORP-LITTORAL"), Role.CASE_MANAGER)))


def a_case(work, person, path=CasePath.NETWORK, *documents, closed=CLOSED):
    orp = unit_by_code(work, "ORP-LITTORAL")
    case = open_case(work, person_id=person.id, path=path, opened_by_unit_id=orp.id, lead_unit_id=orp.id)
    for title, section, data in documents:
        attach_document(work, AttachDocument(case.ref, title, section=section), data)
    if closed:
        case.status, case.closed_at, case.outcome = CaseStatus.CLOSED, closed, "goal"
    work.session.add(case)
    work.session.flush()
    return case


def someone(work, *paths):
    person = a_person(work, unit_by_code(work, "ORP-LITTORAL"))
    for path in paths:
        a_case(work, person, path)
    return person


def an_offer(work, person):
    return offer_file(work, OfferFile(person.ref)).ref


def an_answer(ref, *, accepted=True, on=date(2026, 10, 15), by=ARCHIVIST, reference="AEN 2026/17"):
    return AnswerOffer(ref, accepted, by, reference, on)


def received(ref):
    return ConfirmHandOver(ref, ARCHIVIST, "AEN 2026/17-1", date(2026, 10, 15))


def codes(no) -> list[str]:
    return [one.code for one in no.value.reasons]


def opened(work, ref):
    _, _, pieces = package(work, ref)
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_the_package_says_what_it_holds_with_the_hash_of_each_file(canton):
    manager, officer = a_manager(canton), an_officer(canton)
    person = a_person(manager, unit_by_code(canton, "ORP-LITTORAL"))
    report = ("Rapport de stage", AttachmentSection.PLAN, b"Stage suivi jusqu'au bout.")
    secret = ("Certificat", AttachmentSection.MEDICAL, b"Secret du cabinet.")
    case = a_case(canton, person, CasePath.NETWORK, report, secret)

    row = offer_file(officer, OfferFile(person.ref))

    file, name, pieces = package(officer, row.ref)
    data = b"".join(pieces)
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (row.sha256, row.size)
    assert name == f"cii-archive-{row.ref}.zip"
    assert file.media_type == "application/zip"
    held = zipfile.ZipFile(io.BytesIO(data))
    manifest = json.loads(held.read("manifest.json"))
    assert manifest["format"] == "cii-archive/1"
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        inside: hashlib.sha256(held.read(inside)).hexdigest()
        for inside in held.namelist()
        if inside != "manifest.json"
    }
    papers = [one for one in manifest["files"] if one["name"].startswith("documents/")]
    assert [one["what"] for one in papers] == ["Rapport de stage"]
    assert papers[0]["name"].startswith(f"documents/{case.number}/cii-")
    assert {one["what"]: one["count"] for one in manifest["withheld"]}["medical_documents"] == 1
    assert json.loads(held.read("personne.json"))["person"]["ref"] == person.ref
    assert held.read("personne.pdf").startswith(b"%PDF-")
    assert "archives cantonales" in held.read("LISEZMOI.txt").decode()
    assert b"Secret du cabinet" not in b"".join(held.read(one) for one in held.namelist())


def test_a_file_is_offered_accepted_and_received_and_then_the_archive_has_had_its_say(canton):
    officer, person = an_officer(canton), someone(canton, CasePath.NETWORK)

    ref = an_offer(officer, person)
    before = settled(canton, person.id)
    answer_offer(officer, an_answer(ref))
    between = settled(canton, person.id)
    confirm_hand_over(officer, received(ref))

    assert (before, between, settled(canton, person.id)) == (False, False, True)
    shown = offer_view(officer, ref)
    assert (shown.state, shown.package, shown.person_ref) == (OfferState.HANDED_OVER, False, person.ref)
    assert [(one.kind.value, one.by, one.reference) for one in shown.steps] == [
        ("accepted", ARCHIVIST, "AEN 2026/17"),
        ("handed_over", ARCHIVIST, "AEN 2026/17-1"),
    ]
    acts = {one.action for one in history(canton, case_ids=[], person_ids=[person.id])}
    assert {"offer_to_archive", "archive_accepted", "archive_handed_over"} <= acts


def test_what_the_archive_refuses_is_settled_and_its_package_goes(canton):
    officer, person = an_officer(canton), someone(canton, CasePath.YOUTH)
    ref = an_offer(officer, person)

    answer_offer(officer, an_answer(ref, accepted=False))

    assert settled(canton, person.id)
    with pytest.raises(UnknownThing):
        package(officer, ref)
    assert sweep_packages(canton) == 1
    assert not list(folder(canton).glob("*/*"))


def test_the_sweep_leaves_what_waits_and_takes_what_a_broken_off_offer_left(canton):
    officer, person = an_officer(canton), someone(canton, CasePath.NETWORK)
    ref = an_offer(officer, person)
    (folder(canton) / "ab").mkdir(exist_ok=True)
    (folder(canton) / "ab" / ("ab" * 32)).write_bytes(b"PK")
    (folder(canton) / ".draft-1").write_bytes(b"PK")

    assert sweep_packages(canton) == 2

    assert "manifest.json" in opened(officer, ref).namelist()


def test_everyday_cases_need_no_offer_and_a_case_closed_since_needs_another(canton):
    officer = an_officer(canton)
    everyday, network = someone(canton, CasePath.EVERYDAY), someone(canton, CasePath.NETWORK)
    assert settled(canton, everyday.id)

    answer_offer(officer, an_answer(an_offer(officer, network), accepted=False))
    assert settled(canton, network.id)
    a_case(canton, network, closed=canton.now + timedelta(days=1))

    assert not settled(canton, network.id)


def test_every_reason_why_a_file_cannot_be_offered_comes_at_once(canton):
    officer, person, nobody = an_officer(canton), someone(canton, CasePath.NETWORK), someone(canton)
    an_offer(officer, person)
    a_case(canton, person, closed=None)

    with pytest.raises(Refusal) as no:
        an_offer(officer, person)
    with pytest.raises(Refusal) as nothing:
        an_offer(officer, nobody)

    assert codes(no) == ["archive-cases-open", "archive-offer-waits"]
    assert codes(nothing) == ["archive-nothing-to-offer"]


def test_the_archive_answers_once_with_function_reference_and_a_day_that_can_be(canton):
    officer, person = an_officer(canton), someone(canton, CasePath.NETWORK)
    ref = an_offer(officer, person)

    with pytest.raises(Refusal) as no:
        answer_offer(officer, an_answer(ref, by=" ", reference="", on=date(2026, 10, 14)))
    with pytest.raises(Refusal) as early:
        confirm_hand_over(officer, received(ref))
    answer_offer(officer, an_answer(ref))
    with pytest.raises(Refusal) as twice:
        answer_offer(officer, an_answer(ref, accepted=False))

    assert codes(no) == ["archive-unsaid", "archive-unsaid", "archive-said-out-of-time"]
    assert (codes(early), codes(twice)) == (["archive-not-accepted"], ["archive-offer-answered"])


def test_only_the_officer_offers_reads_and_fetches(canton):
    officer, manager, person = an_officer(canton), a_manager(canton), someone(canton, CasePath.NETWORK)
    ref = an_offer(officer, person)

    for ask in (
        lambda: an_offer(manager, person),
        lambda: offers(manager),
        lambda: package(manager, ref),
        lambda: answer_offer(manager, an_answer(ref)),
    ):
        with pytest.raises(NotAllowed):
            ask()
    fetching = replace(officer, seen=[])
    package(fetching, ref)
    assert [(one.kind, one.ids, one.basis) for one in fetching.seen] == [("person", (person.id,), "archive")]


def test_what_was_said_of_an_offer_cannot_be_changed(canton):
    officer, person = an_officer(canton), someone(canton, CasePath.NETWORK)
    answer_offer(officer, an_answer(an_offer(officer, person)))

    for statement in ("UPDATE archive_step SET reference = 'x'", "DELETE FROM archive_offer"):
        with pytest.raises(DBAPIError), canton.session.begin_nested():
            canton.session.connection().exec_driver_sql(statement)
