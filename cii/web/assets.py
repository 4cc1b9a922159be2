"""The files that pages load, each under an address that changes with its content, packed once for the wire.

The first load stays under 120 KB because styles and scripts leave compressed (ui.md §1); the address carries
a digest, so that a browser may keep a file for a year and still sees a new release at once. Knows no web
framework: the door that serves `/static/` asks `read`.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
"""The kinds of file that are served; licences and scripts for upkeep stay in the package."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as served: its media type, its bytes plain and packed, the digest in its address."""

    media_type: str
    plain: bytes
    packed: bytes
    digest: str


@cache
def read(name: str) -> Asset | None:
    """The file of that name below `static/`, or None when there is none that may be served."""
    file = (STATIC / name).resolve()
    media_type = TYPES.get(file.suffix)
    if media_type is None or not file.is_relative_to(STATIC.resolve()) or not file.is_file():
        return None
    plain = file.read_bytes()
    return Asset(media_type, plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:12])


def asset(name: str) -> str:
    """The address of a file for templates, `/static/cii.css?v=3f2a…`; LookupError for a name not there."""
    found = read(name)
    if found is None:
        raise LookupError(f"no such asset: {name}")
    return f"{PREFIX}{name}?v={found.digest}"
