"""The store of files: content decides the name, a file is whole or absent, and its type is what it holds.

Names given by people never touch the disk: a file lies under the hash of its bytes.
Source: product.md §11 (uploads).
"""

import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, ClassVar

from cii.documents import xlsx
from cii.documents.csv_reading import EmptyFile, FileTooLarge
from cii.kernel.errors import Refusal, UnknownThing

MAX_BYTES = 20_000_000
PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
_BEGINNINGS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_ENDINGS = {
    PDF: ".pdf",
    PNG: ".png",
    JPEG: ".jpg",
    TEXT: ".txt",
    "text/csv": ".csv",
    "application/json": ".json",
    xlsx.MEDIA_TYPE: ".xlsx",
    DOCX: ".docx",
    ODT: ".odt",
    "application/zip": ".zip",
}
_TEXTS = frozenset({TEXT, "text/csv", "application/json", "text/calendar"})
_MARKUP = re.compile(rb"\s*<(?:[!?]|[a-z])", re.IGNORECASE)
_PROGRAMS = ("vbaproject.bin", "script-lc.xml", ".exe", ".js")
_SPACE = 0x20
_PIECE = 64 * 1024
_HASH_LENGTH, _DRAFT = 64, ".draft-"
_HASH = re.compile(r"[0-9a-f]{64}")


class UnsupportedFile(Refusal):
    """The content is of no accepted type, or not of the type it was sent as."""

    code, kind = "unsupported-file", "unfit"
    status: ClassVar[int] = 415


class DamagedFile(Exception):  # noqa: N818 - reads as the sentence it is
    """The stored bytes no longer have the hash they lie under: a fault of the disk, never the reader's."""


@dataclass(frozen=True, slots=True)
class FileRef:
    """A stored file: its hash, its size in bytes, its media type, and a name made from them for downloads."""

    sha256: str
    size: int
    media_type: str

    @property
    def name(self) -> str:
        """A name that tells nothing about anybody: the first digits of the hash, and the usual ending."""
        return self.sha256[:16] + _ENDINGS.get(self.media_type.partition(";")[0], ".bin")


def put(root: Path, data: bytes, media_type: str) -> FileRef:
    """Keep the bytes below `root`, whole or not at all; the same bytes are kept once."""
    ref = FileRef(hashlib.sha256(data).hexdigest(), len(data), media_type)
    place = _place(root, ref.sha256)
    if place.exists() and place.stat().st_size == ref.size:
        return ref
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=f"{_DRAFT}{ref.sha256}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _keep_entry(place.parent)
    return ref


def put_written(root: Path, write: Callable[[BinaryIO], None], media_type: str) -> FileRef:
    """Keep what `write` writes, piece by piece and never held at once; whole or not at all."""
    root.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=root, prefix=_DRAFT)
    try:
        with os.fdopen(handle, "w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        place = _place(root, sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        Path(draft).replace(place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _keep_entry(place.parent)
    return FileRef(sha256, size, media_type)


def get(root: Path, sha256: str) -> bytes:
    """The bytes under this hash. Refuses: UnknownThing; raises DamagedFile when the disk has changed them."""
    if not _HASH.fullmatch(sha256):
        raise UnknownThing
    try:
        data = _place(root, sha256).read_bytes()
    except FileNotFoundError:
        raise UnknownThing from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedFile(sha256)
    return data


def pieces(root: Path, sha256: str) -> Iterator[bytes]:
    """The same bytes piece by piece, once they have been found whole: a long file is never held at once.

    Refuses and raises as `get`, before the first piece leaves.
    """
    if not _HASH.fullmatch(sha256) or not (place := _place(root, sha256)).is_file():
        raise UnknownThing
    with place.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise DamagedFile(sha256)
    return _read(place)


def _read(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def forget(root: Path, sha256: str) -> bool:
    """Erase the bytes under this hash; whether there were any. Whoever calls knows that no row names them."""
    if not _HASH.fullmatch(sha256) or not (place := _place(root, sha256)).exists():
        return False
    place.unlink()
    _keep_entry(place.parent)
    return True


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in a store: the bytes of a hash, whole, or half of them where a process was killed."""

    place: Path
    sha256: str
    whole: bool


def kept(root: Path) -> Iterator[Lying]:
    """Everything that lies below `root` under a hash, in order."""
    for place in sorted(root.glob("[0-9a-f][0-9a-f]/*")):
        said = place.name.removeprefix(_DRAFT)[:_HASH_LENGTH]
        if _HASH.fullmatch(said):
            yield Lying(place, said, whole=place.name == said)


def remove(lying: Lying) -> bool:
    """Erase it; whether it was still there. Whoever calls knows that no row names it."""
    try:
        lying.place.unlink()
    except FileNotFoundError:
        return False
    _keep_entry(lying.place.parent)
    return True


def sniff(data: bytes, claimed: str | None = None, *, max_bytes: int = MAX_BYTES) -> str:
    """The media type of an upload, read from its content; `claimed` is the type it was sent as.

    Accepted: PDF, PNG, JPEG, DOCX, XLSX, ODT without macros, and plain text (CSV, JSON and calendars keep the
    type they claim). Markup (SVG, HTML, XML) is never accepted: it can carry scripts.
    Refuses: EmptyFile, FileTooLarge, UnsupportedFile.
    """
    if not data:
        raise EmptyFile
    if len(data) > max_bytes:
        raise FileTooLarge(megabytes=max_bytes // 1_000_000)
    found = _content(data)
    claimed = (claimed or "").partition(";")[0].strip().lower()
    if found == TEXT and claimed in _TEXTS:
        return claimed
    if found is None or claimed not in {"", "application/octet-stream", found}:
        raise UnsupportedFile(claimed=claimed[:80] or None)
    return found


def _content(data: bytes) -> str | None:
    for beginning, media_type in _BEGINNINGS:
        if data.startswith(beginning):
            return media_type
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")[:200]) or b"\0" in data:
        return None
    return TEXT if _is_text(data) else None


def _package(data: bytes) -> str | None:
    """The office type of a ZIP file; None for macros and for any other archive."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if any(name.casefold().endswith(_PROGRAMS) for name in names):
                return None
            if "word/document.xml" in names:
                return DOCX
            if "xl/workbook.xml" in names:
                return xlsx.MEDIA_TYPE
            if "mimetype" in names and archive.getinfo("mimetype").file_size == len(ODT):
                return ODT if archive.read("mimetype") == ODT.encode() else None
    except (zipfile.BadZipFile, RuntimeError):
        return None
    return None


def _is_text(data: bytes) -> bool:
    if any(byte < _SPACE and byte not in b"\t\n\r\f" for byte in set(data)):
        return False
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _place(root: Path, sha256: str) -> Path:
    return root / sha256[:2] / sha256


def _keep_entry(folder: Path) -> None:
    """Write the folder's entry to the disk: the name survives a power cut (Windows has no such call)."""
    if os.name == "posix":
        at = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(at)
        finally:
            os.close(at)
