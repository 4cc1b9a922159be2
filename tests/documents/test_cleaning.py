"""What a file says about its maker is cut out before it is kept, and the file is still what it was."""

import struct
import zipfile
import zlib
from io import BytesIO

import openpyxl
import pypdf
import pytest

from cii.documents import store
from cii.documents.cleaning import LockedFile, clean
from cii.documents.store import DOCX, JPEG, ODT, PDF, PNG, UnsupportedFile, sniff

NAME = b"Camille Perrenoud"


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation, order="<"):
    head = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0" + head + struct.pack(f"{order}H", 1) + entry + b"\0\0\0\0" + NAME


def a_jpeg(*segments):
    picture = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"pixels\xff\0more\xff\xd9"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0") + b"".join(segments) + picture


def a_png(*chunks):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    told = b"".join(chunk(*one) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + told + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def a_pdf(change=None, **info):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({f"/{name}": value for name, value in info.items()})
    if change:
        change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def a_package(**files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as held:
        for name, body in files.items():
            held.writestr(name.replace("__", "/").replace("_", "."), body)
    return out.getvalue()


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_loses_place_and_camera_but_stays_upright(order):
    photo = a_jpeg(segment(0xE1, exif(6, order)), segment(0xED, b"IPTC" + NAME), segment(0xFE, NAME))

    made = clean(photo, JPEG)

    assert NAME not in made.data
    assert made.what == "metadata"
    assert b"\x01\x12\0\x03\0\0\0\x01\0\x06" in made.data
    assert made.data.endswith(b"pixels\xff\0more\xff\xd9")
    assert sniff(made.data) == JPEG


def test_a_picture_that_says_nothing_stays_byte_for_byte():
    for plain, media_type in ((a_jpeg(segment(0xE2, b"ICC_PROFILE")), JPEG), (a_png(), PNG)):
        assert clean(plain, media_type) == clean(clean(plain, media_type).data, media_type)
        assert clean(plain, media_type).data == plain
        assert clean(plain, media_type).what == ""


def test_a_picture_loses_its_texts_and_its_time():
    made = clean(
        a_png((b"tEXt", b"Author\0" + NAME), (b"iTXt", NAME), (b"eXIf", NAME), (b"gAMA", b"\0\0\xb1\x8f")),
        PNG,
    )

    assert NAME not in made.data
    assert b"gAMA" in made.data
    assert sniff(made.data) == PNG


def test_a_pdf_loses_author_scripts_and_files_within():
    def armed(writer):
        writer.add_attachment("x.exe", b"MZ")
        name, text = pypdf.generic.NameObject, pypdf.generic.TextStringObject
        script = pypdf.generic.DictionaryObject(
            {name("/S"): name("/JavaScript"), name("/JS"): text("app.alert(1)")}
        )
        writer.root_object["/Names"][name("/JavaScript")] = script
        writer.root_object[name("/OpenAction")] = script

    made = clean(a_pdf(armed, Author=NAME.decode(), Title="Dossier de Camille"), PDF)

    read = pypdf.PdfReader(BytesIO(made.data))
    assert not read.metadata
    assert "/OpenAction" not in read.trailer["/Root"]
    assert not read.attachments
    assert "/JavaScript" not in read.trailer["/Root"].get("/Names", {})
    assert len(read.pages) == 1
    assert sniff(made.data) == PDF


def test_a_signed_pdf_stays_as_it_is():
    signed = a_pdf(Author=NAME.decode()) + b"% /ByteRange [0 1 2 3]"

    assert clean(signed, PDF) == clean(clean(signed, PDF).data, PDF)
    assert (clean(signed, PDF).data, clean(signed, PDF).what) == (signed, "signed")


def test_a_file_that_opens_with_a_password_is_refused():
    with pytest.raises(LockedFile):
        clean(a_pdf(lambda writer: writer.encrypt("geheim")), PDF)


def test_an_office_document_loses_its_author_and_still_opens():
    book = openpyxl.Workbook()
    book.active["A1"] = "Présence"
    book.properties.creator = NAME.decode()
    out = BytesIO()
    book.save(out)

    made = clean(out.getvalue(), store.xlsx.MEDIA_TYPE)

    opened = openpyxl.load_workbook(BytesIO(made.data))
    assert opened.active["A1"].value == "Présence"
    assert opened.properties.creator != NAME.decode()
    assert sniff(made.data) == store.xlsx.MEDIA_TYPE


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (a_package(word__document_xml="x", docProps__core_xml=NAME, docProps__custom_xml=NAME), DOCX),
        (a_package(mimetype=ODT, content_xml="x", meta_xml=NAME), ODT),
    ],
)
def test_properties_of_a_package_are_blank_and_its_kind_is_kept(data, media_type):
    made = clean(data, media_type)

    with zipfile.ZipFile(BytesIO(made.data)) as held:
        assert not [name for name in held.namelist() if NAME in held.read(name)]
    assert sniff(made.data) == media_type


def test_plain_text_has_nothing_to_lose():
    assert clean(b"a;b", "text/csv").data == b"a;b"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n...", PDF),
        (b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj trailer << /Root 1 0 R >>", PDF),
        (b"\xff\xd8\xff\xe1\xff\xff", JPEG),
        (b"\xff\xd8" + b"x" * 20, JPEG),
        (a_png()[:-6], PNG),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"PK\x03\x04broken", DOCX),
    ],
)
def test_a_damaged_file_is_refused(data, media_type):
    with pytest.raises(UnsupportedFile):
        clean(data, media_type)


def test_a_package_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("cii.documents.cleaning.MOST_UNPACKED", 1000)

    with pytest.raises(UnsupportedFile):
        clean(a_package(word__document_xml="0" * 2000), DOCX)


def test_a_file_is_handed_out_in_pieces_once_it_is_found_whole(tmp_path):
    data = bytes(range(256)) * 1000
    ref = store.put(tmp_path, data, "application/octet-stream")

    pieces = list(store.pieces(tmp_path, ref.sha256))

    assert b"".join(pieces) == data
    assert len(pieces) == 4
    (tmp_path / ref.sha256[:2] / ref.sha256).write_bytes(data[:-1] + b"!")
    with pytest.raises(store.DamagedFile):
        store.pieces(tmp_path, ref.sha256)


def test_forgotten_bytes_are_gone(tmp_path):
    ref = store.put(tmp_path, b"%PDF-", PDF)

    assert store.forget(tmp_path, ref.sha256)
    assert not store.forget(tmp_path, ref.sha256)
    assert not store.forget(tmp_path, "../../etc/passwd")
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
