import hashlib
import zipfile
from io import BytesIO

import pytest

from cii.documents import store
from cii.documents.csv_reading import EmptyFile, FileTooLarge
from cii.documents.store import DamagedFile, UnsupportedFile
from cii.kernel.errors import UnknownThing

PDF = b"%PDF-1.7\n..."


def package(**names):
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, body in names.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), body)
    return held.getvalue()


def test_a_file_is_kept_under_its_hash_and_comes_back(tmp_path):
    ref = store.put(tmp_path, PDF, "application/pdf")

    assert ref.sha256 == hashlib.sha256(PDF).hexdigest()
    assert ref.size == len(PDF)
    assert ref.name == f"{ref.sha256[:16]}.pdf"
    assert store.get(tmp_path, ref.sha256) == PDF


def test_the_same_bytes_are_kept_once_and_no_draft_stays(tmp_path):
    assert store.put(tmp_path, PDF, "application/pdf") == store.put(tmp_path, PDF, "application/pdf")

    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        store.put(tmp_path, PDF, "application/pdf")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_what_was_never_kept_is_unknown(tmp_path, name):
    with pytest.raises(UnknownThing):
        store.get(tmp_path, name)


def test_bytes_changed_on_the_disk_are_noticed(tmp_path):
    ref = store.put(tmp_path, PDF, "application/pdf")
    (tmp_path / ref.sha256[:2] / ref.sha256).write_bytes(b"%PDF-1.7\n!!!")

    with pytest.raises(DamagedFile):
        store.get(tmp_path, ref.sha256)


def test_a_file_cut_short_is_written_again(tmp_path):
    ref = store.put(tmp_path, PDF, "application/pdf")
    (tmp_path / ref.sha256[:2] / ref.sha256).write_bytes(b"%P")

    store.put(tmp_path, PDF, "application/pdf")

    assert store.get(tmp_path, ref.sha256) == PDF


@pytest.mark.parametrize(
    ("data", "claimed", "found"),
    [
        (PDF, "application/pdf", store.PDF),
        (PDF, None, store.PDF),
        (b"\x89PNG\r\n\x1a\n..", "application/octet-stream", store.PNG),
        (b"\xff\xd8\xff\xe0", "image/jpeg", store.JPEG),
        ("Procès-verbal".encode(), "text/plain; charset=utf-8", store.TEXT),
        ("Procès-verbal".encode("latin-1"), "", store.TEXT),
        (b"a;b\r\n1;2\r\n", "text/csv", "text/csv"),
        (package(word__document_xml="x"), store.DOCX, store.DOCX),
        (package(xl__workbook_xml="x"), None, store.xlsx.MEDIA_TYPE),
        (package(mimetype=store.ODT), store.ODT, store.ODT),
    ],
)
def test_the_type_is_read_from_the_content(data, claimed, found):
    assert store.sniff(data, claimed) == found


@pytest.mark.parametrize(
    ("data", "claimed"),
    [
        (b"MZ\x90\x00\x03", "application/pdf"),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", "text/plain"),
        (b"<!doctype html><p>", "text/plain"),
        (b"#!/bin/sh\necho", "application/pdf"),
        (PDF, "image/png"),
        (b"\x89PNG\r\n\x1a\n", "application/pdf"),
        (package(word__document_xml="x", word__vbaProject_bin="x"), store.DOCX),
        (package(setup_exe="x"), "application/zip"),
        (b"PK\x03\x04broken", store.DOCX),
        (b"\x1b[2J", "text/plain"),
        (package(mimetype="x" * len(store.ODT)), None),
    ],
)
def test_what_is_not_accepted_or_not_what_it_claims_is_refused(data, claimed):
    with pytest.raises(UnsupportedFile):
        store.sniff(data, claimed)


def test_an_empty_upload_and_one_of_21_megabytes_are_refused():
    with pytest.raises(EmptyFile):
        store.sniff(b"")
    with pytest.raises(FileTooLarge) as no:
        store.sniff(b"x" * 21_000_000)
    assert no.value.facts["megabytes"] == 20
