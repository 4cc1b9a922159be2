"""Versions at the door: what is changed must be named in the version that was seen."""

from flask import Response, request

from cii.wire.refusals import PreconditionRequired, Stale


def etag(ref: str, version: int) -> str:
    """The version of a thing as it is written in `ETag`, `If-Match` and a form's hidden `version`."""
    return f'"{ref}.{version}"'


def tagged(response: Response, ref: str, version: int) -> Response:
    """The answer with the version of what it shows."""
    response.headers["ETag"] = etag(ref, version)
    return response


def require_match(ref: str, version: int) -> None:
    """Go on only when the request names the version that is current.

    Refuses: PreconditionRequired (428) without a version, Stale (412) with an old one; both tell the
    current one.
    """
    current = etag(ref, version)
    said = request.headers.get("If-Match") or request.form.get("version", "")
    if not said.strip():
        raise PreconditionRequired(current=current)
    if current not in {one.strip() for one in said.split(",")}:
        raise Stale(current=current)
