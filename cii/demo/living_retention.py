"""Files of persons long gone: one offered to the archive and accepted, one that waits."""

from dataclasses import replace
from datetime import timedelta

from cii.access.queries import account_actor
from cii.rights.archiving import AnswerOffer, OfferFile, answer_offer, offer_file
from cii.rights.dues import due
from cii.store.work import Work

_OFFICER, _ARCHIVIST = "dpo@cii.example", "archiviste cantonale"
_AGO = (12, 2)
"""Days since each offer: the one accepted, the one that waits."""


def offer_old_files(work: Work) -> int:
    """The officer has offered some files whose terms are over; returns how many."""
    officer = replace(work, actor=account_actor(work, _OFFICER), seen=[])
    wanted = [one.person_ref for one in due(officer).items if not one.settled][: len(_AGO)]
    for number, (person_ref, ago) in enumerate(zip(wanted, _AGO, strict=False)):
        then = replace(officer, now=work.now - timedelta(days=ago), seen=[])
        ref = offer_file(then, OfferFile(person_ref)).ref
        if number < len(_AGO) - 1:
            later = replace(then, now=then.now + timedelta(days=1))
            answer_offer(
                later,
                AnswerOffer(ref, accepted=True, by=_ARCHIVIST, reference="AEN 2026/17", said_on=later.today),
            )
    return len(wanted)
