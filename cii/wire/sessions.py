"""The session's token, by cookie or bearer, and the proof that a form comes from a page of this house.

The proof (CSRF token) is computed from the session's token, so it ends with it; before login it hangs on a
random cookie of the visitor. A bearer token needs no proof: no other site can make a browser send it.
"""

import hmac
import secrets
from datetime import timedelta

from flask import Response, g, request

from cii.store.secrets import keyed_hash
from cii.store.settings import Settings
from cii.wire.reading import is_api
from cii.wire.refusals import BadCsrf

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST = 200


def cookie_name(settings: Settings, name: str = "session") -> str:
    """The cookie's name; over HTTPS with the prefix that binds it to this host."""
    return f"__Host-cii_{name}" if settings.secure_cookies else f"cii_{name}"


def bearer() -> str | None:
    """The token in the header `Authorization: Bearer`."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip()[:_LONGEST] or None if kind.lower() == "bearer" else None


def session_token(settings: Settings) -> str | None:
    """The token of this request's session, from its header or its cookie."""
    return bearer() or (request.cookies.get(cookie_name(settings), "")[:_LONGEST] or None)


def open_session(response: Response, settings: Settings, token: str) -> Response:
    """Hand the token to the browser: out of reach of scripts and of other sites."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=timedelta(minutes=settings.session_minutes),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=settings.secure_cookies,
    )
    return response


def end_session(response: Response, settings: Settings) -> Response:
    """Take the token back from the browser."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="Lax", secure=settings.secure_cookies
    )
    return response


def csrf_token(settings: Settings) -> str:
    """The proof to put into forms (hidden `csrf_token`) or into the header `X-CSRF-Token`."""
    root = request.cookies.get(cookie_name(settings), "")[:_LONGEST]
    if not root:
        root = g.get("guest") or request.cookies.get(cookie_name(settings, "guest"), "")[:_LONGEST]
    if not root:
        root = g.guest = secrets.token_urlsafe(24)
    return proof(settings, root)


def proof(settings: Settings, token: str) -> str:
    """The CSRF token that belongs to a session's token."""
    return keyed_hash(settings.secret_key.get_secret_value(), f"form of {token}")


def remember_guest(response: Response, settings: Settings) -> Response:
    """Set the visitor's cookie when a page before login has just needed it."""
    if guest := g.get("guest"):
        response.set_cookie(
            cookie_name(settings, "guest"),
            guest,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=settings.secure_cookies,
        )
    return response


def require_own_page(settings: Settings) -> None:
    """Refuse BadCsrf for a change that was not sent from a page of this house."""
    if request.method in SAFE:
        return
    own = {request.host_url.rstrip("/"), settings.public_url.rstrip("/")} - {""}
    origin = request.headers.get("Origin")
    silent = origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin"
    if origin is not None and origin not in own and not silent:
        raise BadCsrf
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise BadCsrf
    if bearer() or (is_api() and cookie_name(settings) not in request.cookies):
        return
    said = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(said.encode(), csrf_token(settings).encode()):
        raise BadCsrf
