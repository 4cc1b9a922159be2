"""Sends what waits in the outbox, in batches with a commit after each; and the daily digests before."""

import smtplib
import time
from collections import deque

from cii.jobs.runs import Bell
from cii.jobs.smtp import Refused, post
from cii.notices.digests import write_digests
from cii.store import outbox
from cii.store.outbox import Mail

BATCH = 50
"""Messages taken at once: as many as a slow server takes well within the minutes for which they are taken."""
LONGEST = 180
"""Seconds after which the rest waits for the next minute: the lease of this bell lasts five."""
_NO_WAY = (OSError, smtplib.SMTPException)


def send_waiting(bell: Bell) -> int:
    """Send what is due; returns how many left. A failure stands beside its message and hinders no other."""
    began, sent = time.monotonic(), 0
    while time.monotonic() - began < LONGEST:
        with bell.working() as work:
            taken = outbox.take(work, BATCH)
        if not taken:
            break
        left, missed = _send(bell, taken)
        with bell.working() as work:
            outbox.mark_sent(work, left)
            for mail, error, for_good in missed:
                outbox.mark_missed(work, mail, error, for_good=for_good)
        sent += len(left)
        if not left and len(missed) == len(taken) and not all(for_good for _, _, for_good in missed):
            break
    return sent


def send_digests(bell: Bell) -> int:
    """Write the day's digests once their hour has come; returns how many."""
    with bell.working() as work:
        return write_digests(work)


def _send(bell: Bell, taken: list[Mail]) -> tuple[list[int], list[tuple[Mail, str, bool]]]:
    """Which of them left, and which did not, with the reason and whether it is final.

    A message on which the server hangs up is missed alone: the others go over a new connection.
    """
    left: list[int] = []
    missed: list[tuple[Mail, str, bool]] = []
    rest = deque(taken)
    while rest:
        begun = False
        try:
            with post(bell.settings) as way:
                begun = True
                while rest:
                    mail = rest.popleft()
                    try:
                        way.send(mail)
                    except Refused as no:
                        missed.append((mail, str(no), no.for_good))
                    except _NO_WAY as no:
                        missed.append((mail, _told(no), False))
                        break
                    else:
                        left.append(mail.id)
        except _NO_WAY as no:
            if not begun:
                missed += [(mail, _told(no), False) for mail in rest]
                rest.clear()
    return left, missed


def _told(no: Exception) -> str:
    return f"{type(no).__name__}: {no}"
