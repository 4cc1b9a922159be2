"""DOCX: templates filled with plain values, for papers that people write on; the same bytes for the same.

A template is a Word file of this package with Jinja marks in its text; values never bring marks or markup in.
"""

import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from cii.documents.store import DOCX
from cii.documents.table import readable

if TYPE_CHECKING:
    from docx.document import Document

MEDIA_TYPE = DOCX
_NOT_IN_XML = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FIRST_YEAR = 1980
"""An archive knows no earlier year."""


def fill(template: Path, values: Mapping[str, object], *, created: datetime) -> bytes:
    """The template with its marks filled; `created` (aware) is the date of the file.

    Values are texts, numbers, lists and mappings of them; a line break stays one. A mark without a value is
    the caller's fault and raises. Refuses: NulCharacter.
    """
    page = DocxTemplate(template)
    marks = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    page.render({name: _written(held) for name, held in values.items()}, marks)
    return saved(page.docx, created)


def saved(page: "Document", created: datetime) -> bytes:
    """The bytes of a page, with no other date in them than `created` and nobody's name."""
    at = created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    told = page.core_properties
    told.author, told.last_modified_by, told.comments = "CII", "CII", ""
    told.created = told.modified = at
    told.revision = 1
    held = BytesIO()
    page.save(held)
    return _dated(held.getvalue(), at)


def clean(text: str) -> str:
    """The text without what no XML bears; refuses NulCharacter."""
    return _NOT_IN_XML.sub("", readable(text))


def _written(value: object) -> object:
    match value:
        case str():
            return clean(value)
        case Mapping():
            return {name: _written(held) for name, held in value.items()}
        case list() | tuple():
            return [_written(held) for held in value]
    return value


def _dated(data: bytes, at: datetime) -> bytes:
    """The same archive with one date for all its parts."""
    held = BytesIO()
    stamp = (max(at.year, _FIRST_YEAR), at.month, at.day, at.hour, at.minute, at.second)
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = zipfile.ZipInfo(name, stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return held.getvalue()
