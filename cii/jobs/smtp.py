"""How a message reaches the post: an SMTP server in clear or under TLS, or files when none is set."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

from cii.store.outbox import Mail
from cii.store.retaining import letter
from cii.store.settings import Settings

PATIENCE = 20
"""Seconds for each answer of the server."""
_FOR_GOOD = 500
_PORTS = {"smtp": 25, "smtps": 465, "starttls": 587}


class Refused(Exception):  # noqa: N818 - reads as the sentence it is
    """One message was not taken; `for_good`: another try would be refused alike."""

    def __init__(self, said: str, *, for_good: bool) -> None:
        super().__init__(said)
        self.for_good = for_good


class Post(Protocol):
    """Somebody who takes messages."""

    def send(self, mail: Mail) -> None:
        """Take one message; raises Refused for this one, OSError or SMTPException when the way is broken."""


@contextmanager
def post(settings: Settings) -> Iterator[Post]:
    """The way that is set: one connection for a batch. Raises OSError, SMTPException when there is none."""
    if not settings.smtp_url:
        yield _Files(settings)
        return
    with _connected(settings) as server:
        yield _Server(settings, server)


def message_of(settings: Settings, mail: Mail) -> EmailMessage:
    """The message with its headers; its Message-ID is the same at every try. Raises ValueError."""
    if parseaddr(mail.recipient)[1] != mail.recipient or "@" not in mail.recipient.strip("@"):
        raise ValueError("not an address")
    sender = parseaddr(settings.mail_from)[1]
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = settings.mail_from, mail.recipient, mail.subject
    if settings.mail_reply_to:
        made["Reply-To"] = settings.mail_reply_to
    made["Date"] = format_datetime(mail.created_at)
    made["Message-ID"] = f"<{mail.ref}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        made[f"X-CII-{name}"] = value
    made.set_content(mail.body)
    return made


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    url = urlsplit(settings.smtp_url)
    host, port = url.hostname or "localhost", url.port or _PORTS[url.scheme]
    trusted = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=trusted)
        if url.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=PATIENCE)
    ) as server:
        if url.scheme == "starttls":
            server.starttls(context=trusted)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


class _Server:
    def __init__(self, settings: Settings, server: smtplib.SMTP) -> None:
        self._settings, self._server = settings, server

    def send(self, mail: Mail) -> None:
        try:
            self._server.send_message(message_of(self._settings, mail))
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPRecipientsRefused as no:
            code, said = next(iter(no.recipients.values()))
            raise Refused(f"{code} {_text(said)}", for_good=code >= _FOR_GOOD) from None
        except smtplib.SMTPResponseException as no:
            told = f"{no.smtp_code} {_text(no.smtp_error)}"
            raise Refused(told, for_good=no.smtp_code >= _FOR_GOOD) from None
        except (smtplib.SMTPNotSupportedError, ValueError, UnicodeError, IndexError) as no:
            raise Refused(str(no), for_good=True) from None


class _Files:
    """Messages as files of the data folder, by their number: the demo's letter box."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, mail: Mail) -> None:
        try:
            written = message_of(self._settings, mail).as_bytes()
        except (ValueError, UnicodeError, IndexError) as no:
            raise Refused(str(no), for_good=True) from None
        place = letter(self._settings, mail.id)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(written)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
