"""The package for the cantonal archive: a ZIP that says what it holds, with the hash of each file.

In it: a README in French, the person's file as JSON and PDF with its schema, the documents of the cases, the
manifest last. Medical documents and internal notes are withheld, as from the person's file; it says so.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import orjson

from cii.cases.attachments import document_file, documents_of
from cii.cases.queries import cases_of
from cii.cases.vocabulary_attachments import AttachmentSection
from cii.kernel.clock import ZURICH
from cii.people.tables import Person
from cii.rights.file_page import file_page
from cii.rights.queries import SCHEMA, person_file
from cii.store.work import HOUSE, Work
from cii.texts.speech import say

MEDIA_TYPE = "application/zip"
FORMAT = "cii-archive/1"
_LANGUAGE = "fr"
"""The canton's language: the archive reads what the administration wrote."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of the package: its name there, what it is, and its bytes piece by piece."""

    name: str
    what: str
    pieces: Iterable[bytes]


def pack(work: Work, person: Person, offer_ref: str, file: BinaryIO) -> None:
    """Write the package of a person's file; what it shows is recorded as read by the officer."""
    told: list[dict[str, object]] = []
    held = person_file(work, person.ref)
    stamp = work.now.astimezone(ZURICH).timetuple()[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for one in _files(work, person, offer_ref, held):
            sha256, size = hashlib.sha256(), 0
            with zipped.open(zipfile.ZipInfo(one.name, stamp), "w", force_zip64=True) as inside:
                for piece in one.pieces:
                    inside.write(piece)
                    sha256.update(piece)
                    size += len(piece)
            told.append({"name": one.name, "what": one.what, "size": size, "sha256": sha256.hexdigest()})
        manifest = {
            "format": FORMAT,
            "offer": offer_ref,
            "made_at": work.now.isoformat(),
            "person": person.ref,
            "withheld": held["withheld"],
            "files": told,
        }
        zipped.writestr(
            zipfile.ZipInfo("manifest.json", stamp), orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
        )


def _files(work: Work, person: Person, offer_ref: str, held: dict[str, Any]) -> Iterator[Packed]:
    yield Packed("LISEZMOI.txt", "readme", [_readme(work, offer_ref)])
    yield Packed("personne.json", "person_file", [orjson.dumps(held, option=orjson.OPT_INDENT_2)])
    yield Packed("personne.pdf", "person_file", [file_page(work, held, _LANGUAGE)])
    yield Packed("personne.schema.json", "schema", [SCHEMA.read_bytes()])
    inside = replace(work, actor=HOUSE, seen=[])
    for case in cases_of(inside, person.id or 0):
        for document in documents_of(inside, case.ref):
            if document.withdrawn_at is None and document.section is not AttachmentSection.MEDICAL:
                _, name, pieces = document_file(inside, case.ref, document.ref)
                yield Packed(f"documents/{case.number}/{name}", document.title, pieces)


def _readme(work: Work, offer_ref: str) -> bytes:
    return say("rights.archive.readme", _LANGUAGE, day=work.today, offer=offer_ref).encode()
