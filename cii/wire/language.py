"""The language of an answer: asked in the address, chosen before, the account's, the browser's."""

from datetime import timedelta

from flask import Response, g, request

from cii.store.settings import Settings
from cii.texts.languages import Language, known, negotiate
from cii.wire.reading import is_api

COOKIE = "cii_lang"


def choose(account: str | None = None) -> Language:
    """The language of this request; `account` is that of the account, once it is known."""
    asked, before = request.args.get("lang", ""), request.cookies.get(COOKIE, "")
    if known(asked):
        return asked
    if not is_api() and known(before):
        return before
    wish = request.headers.get("Accept-Language")
    if account is not None and known(account) and not (is_api() and wish):
        return account
    return negotiate(wish)


def remember(response: Response, settings: Settings) -> Response:
    """Keep a language that was chosen on a page."""
    asked = request.args.get("lang", "")
    if known(asked) and not is_api():
        response.set_cookie(
            COOKIE,
            asked,
            max_age=timedelta(days=365),
            path="/",
            samesite="Lax",
            secure=settings.secure_cookies,
        )
    return response


def lang() -> Language:
    """The language of the request at hand."""
    return g.get("lang") or choose()
