"""Sends what waits in the outbox: by SMTP, or into files of the data folder when no server is set."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cii.jobs.runs import Bell
from cii.store import outbox
from cii.store.settings import Settings
from cii.store.work import Work

PATIENCE = 5
"""Attempts after which a message is left for the operator."""


def send_waiting(bell: Bell) -> int:
    """Send each waiting message; returns how many left. A failure stands beside its message."""
    with bell.working() as work:
        return _send_all(work)


def _send_all(work: Work) -> int:
    sent = 0
    for row in outbox.waiting(work):
        if row.attempts >= PATIENCE:
            continue
        message = EmailMessage()
        message["From"] = "cii@localhost"
        message["To"], message["Subject"] = row.recipient, row.subject
        message["Date"] = format_datetime(row.created_at)
        for name, value in row.headers.items():
            message[name] = value
        message.set_content(row.body)
        row.attempts += 1
        try:
            _send(work.settings, message, row.id or 0)
        except (OSError, smtplib.SMTPException) as no:
            row.last_error = str(no)[:500]
        else:
            row.sent_at, row.last_error, sent = work.now, None, sent + 1
        work.session.add(row)
    work.session.flush()
    return sent


def _send(settings: Settings, message: EmailMessage, number: int) -> None:
    if not settings.smtp_url:
        folder: Path = settings.data_dir / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:08d}.eml").write_bytes(message.as_bytes())
        return
    server = urlsplit(settings.smtp_url)
    with smtplib.SMTP(server.hostname or "localhost", server.port or 25, timeout=20) as smtp:
        if server.username:
            smtp.starttls()
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)
