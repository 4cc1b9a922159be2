"""The certificate of a module: kept with the case, handed out to its parties and to the provider, to nobody else."""

from datetime import date

import pytest

from cii.access.vocabulary import Role
from cii.cases.attachments import Sent, WithdrawDocument, documents_of, withdraw_document
from cii.cases.queries import cases_by_id
from cii.documents.store import UnsupportedFile
from cii.institutions.queries import units
from cii.institutions.vocabulary import UnitKind
from cii.kernel.errors import UnknownThing
from cii.placements.following import RecordModule, record_module
from cii.placements.rules import CertificateMissing
from cii.placements.story import certificate_file, certificates_of, life_of
from cii.store.work import Work
from tests.documents.test_cleaning import NAME, a_pdf
from tests.placements.build_placements import a_stage

TWENTIETH = date(2026, 11, 20)


@pytest.fixture
def stage(work: Work, tmp_path):
    """A stage whose documents lie in a folder of this test."""
    work.settings = work.settings.model_copy(update={"data_dir": tmp_path})
    return a_stage(work)


def certified(stage, by: Work | None = None):
    """A running stay with a module and its certificate: (placement, ref of the document)."""
    placement = stage.started()
    hand = by or stage.on(TWENTIETH)
    record_module(hand, RecordModule(placement.ref, "Hygiène", TWENTIETH), Sent(a_pdf(), "application/pdf"))
    document = life_of(stage.work, placement)[-1].words["document"]
    return placement, str(document)


def test_a_certificate_is_handed_out_to_the_case_and_to_the_provider_without_its_makers_name(stage):
    placement, document = certified(stage)

    for hand in (stage.actor(stage.orp), stage.actor(stage.provider_unit, Role.PROVIDER)):
        found, name, pieces = certificate_file(hand, placement.ref, document)
        assert (found.media_type, name) == ("application/pdf", f"cii-{document}.pdf")
        assert NAME not in b"".join(pieces)
    assert certificates_of(stage.work, placement, life_of(stage.work, placement)) == {document}


def test_neither_a_strange_service_nor_a_document_of_another_kind_gets_a_certificate_out(stage):
    placement, document = certified(stage)
    stranger = stage.actor(units(stage.work, kind=UnitKind.GSR)[0])

    for hand, ref in ((stranger, document), (stage.work, "zzzzzzzzzz")):
        with pytest.raises(UnknownThing):
            certificate_file(hand, placement.ref, ref)
    with pytest.raises(UnknownThing):
        certificate_file(stage.work, stage.placement().ref, document)


def test_a_certificate_stands_among_the_documents_of_the_case_and_goes_with_its_withdrawal(stage):
    orp = stage.actor(stage.orp)
    orp.now = stage.on(TWENTIETH).now
    placement, document = certified(stage, orp)
    case = cases_by_id(stage.work, [placement.case_id])[placement.case_id].ref
    assert [(one.title, one.section.value, one.mine) for one in documents_of(orp, case)] == [
        ("Hygiène", "placement", True)
    ]

    withdraw_document(orp, WithdrawDocument(case, document, "Autre personne."))

    with pytest.raises(UnknownThing):
        certificate_file(orp, placement.ref, document)
    assert certificates_of(orp, placement, life_of(orp, placement)) == set()


def test_a_module_has_a_number_or_a_certificate_and_nothing_else_is_kept(stage):
    placement, today = stage.started(), stage.on(TWENTIETH)

    with pytest.raises(CertificateMissing):
        record_module(today, RecordModule(placement.ref, "Hygiène", TWENTIETH, " "))
    with pytest.raises(UnsupportedFile), stage.work.session.begin_nested():
        record_module(today, RecordModule(placement.ref, "Hygiène", TWENTIETH), Sent(b"MZ\x90\x00", None))
