"""Documents of a case: attached in a section, seen as that section, withdrawn by the unit that attached them."""

import pytest

from cii.cases.actions import CloseCase, close_case
from cii.cases.attachments import (
    SECTION,
    AttachDocument,
    DocumentNotYours,
    DocumentWithdrawn,
    WithdrawDocument,
    attach_document,
    document_file,
    documents_of,
    folder,
    withdraw_document,
)
from cii.cases.rules import CaseClosed, SectionNotYours, TextMissing
from cii.cases.vocabulary_attachments import AttachmentKind, AttachmentSection
from cii.documents.cleaning import LockedFile
from cii.documents.csv_reading import EmptyFile, FileTooLarge
from cii.documents.store import UnsupportedFile
from cii.journal.queries import history
from cii.kernel.errors import UnknownThing
from tests.cases.build_cases import a_network
from tests.documents.test_cleaning import NAME, a_pdf

TEXT = b"Rapport de stage"


@pytest.fixture
def net(work, tmp_path):
    """A case of the network whose documents lie in a folder of this test."""
    settings = work.settings.model_copy(update={"data_dir": tmp_path})
    work.settings = settings
    return a_network(work)


def attach(
    net, who="AC", *, data=TEXT, section=AttachmentSection.PLAN, title="Rapport", claimed="text/plain"
):
    ask = AttachDocument(net.case.ref, title, AttachmentKind.REPORT, section)
    return attach_document(net.hands[who], ask, data, claimed)


def seen_by(net, who):
    return [one.title for one in documents_of(net.hands[who], net.case.ref)]


def read(net, who, row, case=None):
    found, name, pieces = document_file(net.hands[who], case or net.case.ref, row.ref)
    return found, name, b"".join(pieces)


def test_a_document_of_the_plan_is_read_by_every_party(net):
    row = attach(net)

    assert [seen_by(net, who) for who in ("AC", "AI", "AS", "physician")] == [["Rapport"]] * 4
    found, name, data = read(net, "AI", row)
    assert (found.media_type, data) == ("text/plain", TEXT)
    assert name == f"cii-{row.ref}.txt"


def test_who_has_no_part_in_the_case_finds_nothing(net):
    row = attach(net)

    with pytest.raises(UnknownThing):
        seen_by(net, "stranger")
    with pytest.raises(UnknownThing):
        read(net, "stranger", row)
    with pytest.raises(UnknownThing):
        attach(net, "stranger")


def test_a_document_of_another_case_is_not_there_even_if_i_see_both(net, work):
    other = a_network(work)
    other.hands["AC"] = net.hands["AC"]
    foreign = attach(a_network(work))

    with pytest.raises(UnknownThing):
        read(net, "AC", foreign)


@pytest.mark.parametrize("section", list(AttachmentSection))
def test_a_document_is_seen_and_attached_as_its_section(net, work, section):
    attach_document(work, AttachDocument(net.case.ref, "Pièce", section=section), TEXT)
    from cii.access.queries import sections_on_case

    for who in ("AC", "AI", "AS", "physician"):
        reads, writes = sections_on_case(net.hands[who], net.case.id)
        assert bool(seen_by(net, who)) == bool(reads & SECTION[section]), who
        if not writes & SECTION[section]:
            with pytest.raises(SectionNotYours):
                attach(net, who, section=section)


def test_the_physician_alone_attaches_medical_documents_and_other_parties_do_not_know_of_them(net):
    row = attach(net, "physician", section=AttachmentSection.MEDICAL, title="Avis médical")

    assert seen_by(net, "physician") == ["Avis médical"]
    assert seen_by(net, "AC") == seen_by(net, "AS") == []
    with pytest.raises(UnknownThing):
        read(net, "AC", row)


def test_what_a_file_says_about_its_maker_is_not_kept(net):
    row = attach(net, data=a_pdf(Author=NAME.decode()), claimed="application/pdf")

    assert (row.media_type, row.cleaned) == ("application/pdf", "metadata")
    assert NAME not in read(net, "AC", row)[2]


def test_the_name_of_the_file_never_touches_the_disk(net):
    attach(net, title="../../x")

    (kept,) = [one for one in folder(net.hands["AC"]).rglob("*") if one.is_file()]
    assert len(kept.name) == 64
    assert seen_by(net, "AI") == ["../../x"]


@pytest.mark.parametrize(
    ("data", "claimed", "refusal"),
    [
        (b"x" * 21_000_000, "text/plain", FileTooLarge),
        (b"MZ\x90\x00\x03", "application/pdf", UnsupportedFile),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml", UnsupportedFile),
        (b"", "application/pdf", EmptyFile),
        (a_pdf(lambda writer: writer.encrypt("x")), "application/pdf", LockedFile),
    ],
    ids=["21 MB", "program as pdf", "svg with script", "empty", "password"],
)  # fmt: skip
def test_what_is_no_document_leaves_no_row_and_no_file(net, data, claimed, refusal):
    with pytest.raises(refusal):
        attach(net, data=data, claimed=claimed)

    assert seen_by(net, "AC") == []
    assert not [one for one in folder(net.hands["AC"]).rglob("*") if one.is_file()]


def test_a_document_has_a_title(net):
    with pytest.raises(TextMissing):
        attach(net, title="  ")


def test_only_the_unit_that_attached_it_withdraws_it_and_its_row_says_why(net):
    row = attach(net)
    ask = WithdrawDocument(net.case.ref, row.ref, "Mauvais dossier")

    with pytest.raises(DocumentNotYours):
        withdraw_document(net.hands["AI"], ask)
    with pytest.raises(TextMissing):
        withdraw_document(net.hands["AC"], WithdrawDocument(net.case.ref, row.ref, " "))
    withdraw_document(net.hands["AC"], ask)

    (left,) = documents_of(net.hands["AI"], net.case.ref)
    assert left.withdrawn_reason == "Mauvais dossier"
    with pytest.raises(UnknownThing):
        read(net, "AC", row)
    with pytest.raises(DocumentWithdrawn):
        withdraw_document(net.hands["AC"], ask)


def test_a_closed_case_takes_and_loses_no_document(net):
    row = attach(net)
    close_case(net.hands["AC"], CloseCase(net.case.ref, "job"))

    with pytest.raises(CaseClosed):
        attach(net)
    with pytest.raises(CaseClosed):
        withdraw_document(net.hands["AC"], WithdrawDocument(net.case.ref, row.ref, "x"))
    assert read(net, "AC", row)[2] == TEXT


def test_attaching_reading_and_withdrawing_are_written_down(net):
    row = attach(net)
    net.hands["AI"].seen.clear()

    read(net, "AI", row)
    withdraw_document(net.hands["AC"], WithdrawDocument(net.case.ref, row.ref, "x"))

    assert [one.basis for one in net.hands["AI"].seen] == ["document"]
    acts = {one.action for one in history(net.hands["AC"], case_ids=[net.case.id])}
    assert {"attach_document", "withdraw_document"} <= acts
