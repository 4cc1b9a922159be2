"""The demo's letter box: the mails that would leave, as files with working links. Never in production."""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from flask import g, render_template, url_for

from cii.kernel.errors import UnknownThing
from cii.store.retaining import letter, letters
from cii.store.settings import Settings
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.wire.doors import SIGNED_IN, needs

page = Blueprint("catcher", __name__)
SHOWN = 100
_LINK = re.compile(r"(?<!\S)(\S*/\S+)")


@page.get("/letterbox", endpoint="index")
@needs(SIGNED_IN)
def letterbox() -> str:
    """The last mails, the newest first."""
    files = sorted(letters(_lying(g.work)).glob("*.eml"), key=_dated, reverse=True)[:SHOWN]
    return render_template("pages/catcher/index.html", rows=[_row(one) for one in files])


@page.get("/letterbox/<int:number>")
@needs(SIGNED_IN)
def one(number: int) -> str:
    """One mail as its reader would see it."""
    file = letter(_lying(g.work), number)
    if not file.is_file():
        raise UnknownThing(field="mail")
    mail = _read(file)
    pieces = _pieces(str(mail.get_content()), g.work.settings.public_url)
    return render_template("pages/catcher/one.html", mail=_row(file), pieces=pieces)


def caught(settings: Settings) -> bool:
    """Whether mails lie as files that anybody may read: not in production, not beside a mail server."""
    return settings.mode != "production" and not settings.smtp_url


def _lying(work: Work) -> Settings:
    """The settings of a house whose mails lie as files; refuses UnknownThing where they do not."""
    if not caught(work.settings):
        raise UnknownThing
    return work.settings


def _read(file: Path) -> EmailMessage:
    made: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
    return made  # type: ignore[no-any-return]  # the policy makes messages of this kind


def _dated(file: Path) -> tuple[datetime, str]:
    """When a mail left, then its number: a mail that waited leaves after younger ones."""
    with file.open("rb") as held:
        mail: Any = BytesHeaderParser(policy=policy.default).parse(held)
    return mail["Date"].datetime, file.name


def _row(file: Path) -> dict[str, Any]:
    mail = _read(file)
    return {
        "url": url_for("catcher.one", number=int(file.stem)),
        "subject": str(mail["Subject"]),
        "sender": str(mail["From"]),
        "to": str(mail["To"]),
        "at": mail["Date"].datetime,
    }


def _pieces(text: str, own: str) -> list[dict[str, str | None]]:
    """The text in pieces; an address of this house becomes a link, whatever points elsewhere stays text."""
    found: list[dict[str, str | None]] = []
    for piece in _LINK.split(text):
        path = piece.removeprefix(own) if own else piece
        inside = path.startswith("/") and not path.startswith(("//", "/\\"))
        found.append({"text": piece, "url": path if inside else None})
    return found
