"""How a file leaves: piece by piece, under a made-up name, run by nobody and kept by no cache."""

from collections.abc import Iterable

from flask import Response

SANDBOX = "sandbox; default-src 'none'"


def handed_out(pieces: Iterable[bytes], name: str, media_type: str, size: int | None = None) -> Response:
    """The answer that hands a file out; `name` is ASCII and made by the house."""
    answer = Response(pieces, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    if size is not None:
        answer.content_length = size
    return answer
