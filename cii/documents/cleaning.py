"""What a file says about its maker, cut out before it is kept: names, places, programs, active content.

Cut: of JPEG comments and all application data but colour and orientation (Exif with place and camera, XMP,
IPTC); of PNG texts, Exif and time; of PDF the information dictionary, XMP, scripts, actions on opening and
files within; of DOCX, XLSX and ODT author, company and custom properties. Not cut: comments and tracked
changes in the text of an office document, what stands in pictures within documents, plain text. A signed PDF
stays as it is, for the signature covers every byte. No virus scanner is asked: the installation has its own.
Source: product.md §10 (ASVS 14.2.8).
"""

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject

from cii.documents import xlsx
from cii.documents.store import DOCX, JPEG, ODT, PDF, PNG, UnsupportedFile
from cii.kernel.errors import Refusal

MOST_UNPACKED = 200_000_000
"""Bytes of an office document when unpacked: more is no document."""
_ORIENTATION = 0x0112
_COLOUR = frozenset({0xE0, 0xE2, 0xEE})
"""Application data without which colours would change: JFIF, ICC, Adobe."""
_SPOKEN = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Application data and comments."""


class LockedFile(Refusal):
    """The file opens with a password only: nobody else could read it, nor could it be cleaned."""

    code, kind = "locked-file", "unfit"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The bytes to keep, and in words what was done: `metadata`, `signed` (left as it is) or nothing."""

    data: bytes
    what: str = ""


def clean(data: bytes, media_type: str) -> Cleaned:
    """The file without what it says about its maker; refuses LockedFile, UnsupportedFile (damaged)."""
    try:
        match media_type:
            case _ if media_type == JPEG:
                return _changed(data, _jpeg(data))
            case _ if media_type == PNG:
                return _changed(data, _png(data))
            case _ if media_type == PDF:
                return _pdf(data)
            case _ if media_type in {DOCX, ODT, xlsx.MEDIA_TYPE}:
                return _changed(data, _office(data))
    except (ValueError, IndexError, KeyError, struct.error, zipfile.BadZipFile) as no:
        raise UnsupportedFile(claimed=media_type) from no
    return Cleaned(data)


def _changed(before: bytes, after: bytes) -> Cleaned:
    return Cleaned(after, "metadata" if after != before else "")


def _jpeg(data: bytes) -> bytes:
    """Segments up to the picture itself; of Exif only how the picture is turned stays."""
    kept, turned, at = [data[:2]], 1, 2
    while data[at + 1] != 0xDA:  # noqa: PLR2004 - start of the picture
        if data[at] != 0xFF:  # noqa: PLR2004 - every segment begins so
            raise ValueError("no segment")
        marker = data[at + 1]
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        segment = data[at : at + 2 + length]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":  # noqa: PLR2004 - application data 1
            turned = _orientation(segment[10:])
        if marker in _COLOUR or marker not in _SPOKEN:
            kept.append(segment)
        at += 2 + length
    if turned != 1:
        kept.insert(2 if kept[1][1:2] == b"\xe0" else 1, _turned(turned))
    return b"".join((*kept, data[at:]))


def _orientation(tiff: bytes) -> int:
    """The orientation in an Exif block, 1 (upright) where it is not told."""
    order = "<" if tiff[:2] == b"II" else ">"
    start = struct.unpack(f"{order}I", tiff[4:8])[0]
    for entry in range(struct.unpack(f"{order}H", tiff[start : start + 2])[0]):
        at = start + 2 + 12 * entry
        tag, _, _, value = struct.unpack(f"{order}HHIH", tiff[at : at + 10])
        if tag == _ORIENTATION:
            return int(value) if 1 <= value <= 8 else 1  # noqa: PLR2004 - eight ways to turn a picture
    return 1


def _turned(value: int) -> bytes:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", _ORIENTATION, 3, 1, value, 0) + b"\0" * 4
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _png(data: bytes) -> bytes:
    def chunks() -> Iterator[bytes]:
        at = 8
        while at < len(data):
            length, name = struct.unpack(">I4s", data[at : at + 8])
            if at + 12 + length > len(data):
                raise ValueError("cut short")
            if name not in {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}:
                yield data[at : at + 12 + length]
            at += 12 + length
            if name == b"IEND":
                return
        raise ValueError("no end")

    return data[:8] + b"".join(chunks())


def _pdf(data: bytes) -> Cleaned:
    try:
        reader = pypdf.PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise LockedFile
        if b"/ByteRange" in data:
            return Cleaned(data, "signed")
        writer = pypdf.PdfWriter(clone_from=reader)
        writer.metadata = None
        root: Any = writer.root_object
        for name in ("/Metadata", "/OpenAction", "/AA", "/AF"):
            root.pop(NameObject(name), None)
        if names := root.get("/Names"):
            for name in ("/JavaScript", "/EmbeddedFiles"):
                names.get_object().pop(NameObject(name), None)
        for page in writer.pages:
            for name in ("/AA", "/Metadata", "/PieceInfo"):
                page.pop(NameObject(name), None)
        if not len(writer.pages):
            raise UnsupportedFile(claimed=PDF)
        out = BytesIO()
        writer.write(out)
    except (PyPdfError, RecursionError, AttributeError, TypeError) as no:
        raise UnsupportedFile(claimed=PDF) from no
    return Cleaned(out.getvalue(), "metadata")


_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.'
    b'openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org'
    b'/officeDocument/2006/extended-properties"/>'
)
_CUSTOM = _APP.replace(b"extended-properties", b"custom-properties")
_META = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office="urn:oasis:names:tc:'
    b'opendocument:xmlns:office:1.0" office:version="1.2"><office:meta/></office:document-meta>'
)
_BLANK = {
    "docProps/core.xml": _CORE, "docProps/app.xml": _APP, "docProps/custom.xml": _CUSTOM, "meta.xml": _META,
}  # fmt: skip


def _office(data: bytes) -> bytes:
    """The package with its properties blank; its parts keep their order and their bytes."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as held, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        if sum(one.file_size for one in held.infolist()) > MOST_UNPACKED:
            raise ValueError("too much")
        for one in held.infolist():
            plain = zipfile.ZipInfo(one.filename, date_time=(1980, 1, 1, 0, 0, 0))
            plain.compress_type = one.compress_type
            made.writestr(plain, _BLANK.get(one.filename) or held.read(one))
    return out.getvalue()
