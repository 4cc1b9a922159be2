"""How a door says no: RFC 9457 problem JSON for programs, the same words on a page for people.

One table maps the kind of a refusal to its status; texts maps its code to a sentence. Faults of the database
become 503 with Retry-After, whatever is left becomes 500 without a word about the inside.
"""

import errno
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, current_app, g, request
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from cii.kernel.errors import Kind, Refusal
from cii.kernel.money import Chf
from cii.texts.speech import MissingFact, UnknownText, refusal, say
from cii.wire import json, refusals

log = logging.getLogger("cii.wire")

STATUS: Mapping[Kind, int] = {
    "unfit": 422,
    "conflict": 409,
    "forbidden": 403,
    "unknown": 404,
    "stale": 412,
    "unmet": 428,
    "malformed": 400,
    "limited": 429,
    "closed": 401,
}
_TITLES: Mapping[int, str] = {
    400: "wire.title.malformed",
    401: "wire.title.closed",
    403: "wire.title.forbidden",
    404: "wire.title.unknown",
    405: "wire.title.malformed",
    409: "wire.title.conflict",
    412: "wire.title.stale",
    413: "wire.title.malformed",
    415: "wire.title.malformed",
    422: "wire.title.unfit",
    428: "wire.title.unmet",
    429: "wire.title.limited",
    500: "wire.title.broken",
    503: "wire.title.unavailable",
}
_OUR_FAULT = 500
SOON = 5
"""Seconds after which a request that met a busy or absent database may be sent again."""
_DISK = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO})
_BY_HTTP: Mapping[int, type[Refusal]] = {
    404: refusals.NotFound,
    405: refusals.MethodNotAllowed,
    413: refusals.TooLarge,
    415: refusals.UnsupportedType,
}


@dataclass(frozen=True)
class Reason:
    """One reason in the reader's language, as problem JSON and pages tell it."""

    code: str
    field: str | None
    facts: Mapping[str, object]
    text: str


@dataclass(frozen=True)
class Problem:
    """Everything a door tells about a refusal."""

    status: int
    code: str
    title: str
    reasons: tuple[Reason, ...]
    retry_after: int | None = None


def status_of(no: Refusal) -> int:
    """The HTTP status of a refusal: by its kind, or its own where HTTP has one."""
    gravest = no.reasons[0] if len(no.reasons) == 1 else no
    return int(getattr(gravest, "status", STATUS[no.kind]))


def problem(no: Refusal, lang: str) -> Problem:
    """The refusal in the reader's language."""
    status = status_of(no)
    return Problem(
        status,
        no.reasons[0].code,
        say(_TITLES[status], lang),
        tuple(_reason(one, lang) for one in no.reasons),
        _retry_after(no, status),
    )


def problem_response(told: Problem) -> Response:
    """Problem JSON."""
    body = {
        "type": f"urn:cii:problem:{told.code}",
        "title": told.title,
        "status": told.status,
        "code": told.code,
        "reasons": told.reasons,
        "instance": request.path,
        "request_id": g.get("correlation", ""),
    }
    answer = Response(json.dump(body), told.status, mimetype="application/problem+json")
    if told.retry_after is not None:
        answer.headers["Retry-After"] = str(told.retry_after)
    if told.status == STATUS["closed"]:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="cii"'
    return answer


def as_refusal(fault: Exception) -> Refusal:  # noqa: PLR0911 - one line per kind of fault
    """Any exception as the refusal that a door may tell; what is no refusal goes to the log in full."""
    match fault:
        case Refusal():
            return fault
        case HTTPException() if fault.code is not None and fault.code < _OUR_FAULT:
            return _BY_HTTP.get(fault.code, refusals.BadRequest)()
        case IntegrityError():
            log.warning(
                "a write crossed another one: %s", fault.orig, extra={"request": g.get("correlation")}
            )
            return refusals.Crossed()
        case DataError():
            log.warning("a value did not fit its column: %s", fault.orig)
            return refusals.FieldFault()
        case OperationalError() | InterfaceError() | PoolTimeout():
            log.error("the database does not answer or cannot write: %s", fault)
            return refusals.Unavailable()
        case OSError() if fault.errno in _DISK:
            log.error("the disk cannot be written: %s", fault)
            return refusals.Unavailable()
        case DBAPIError() if fault.connection_invalidated:
            log.error("the database has gone: %s", fault.orig)
            return refusals.Unavailable()
    log.error("fault of the program, request %s", g.get("correlation", "?"), exc_info=fault)
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise fault
    return refusals.Broken()


def _retry_after(no: Refusal, status: int) -> int | None:
    if status == STATUS["limited"]:
        after = no.reasons[0].facts.get("retry_after", 900)
        return int(after) if isinstance(after, int) else 900
    return SOON if status == refusals.Unavailable.status or isinstance(no, refusals.KeyInProgress) else None


def _sentence(one: Refusal, lang: str) -> str:
    try:
        return refusal(one, lang)
    except (UnknownText, MissingFact, TypeError):
        log.exception("no sentence for the refusal %s", one.code)
        return say("refusal.refused", lang)


def _reason(one: Refusal, lang: str) -> Reason:
    field = None if one.field is None else _whole(one.field)
    return Reason(one.code, field, _told(one.facts), _whole(_sentence(one, lang)))


def _told(facts: Mapping[str, object]) -> dict[str, object]:
    return {
        name: _whole(str(value)) if isinstance(value, Chf | str) else value for name, value in facts.items()
    }


def _whole(text: str) -> str:
    """The text with a mark in place of each half character, which JSON may send and no answer can hold."""
    return text.encode("utf-8", "replace").decode()
