"""When a file is offered to the cantonal archive, and what may be said to an offer: pure decisions.

Source: the cantonal law on archives (to be confirmed with the archive); dated numbers `archive_offer_*`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cii.cases.vocabulary import CasePath
from cii.kernel.errors import Refusal
from cii.rights.vocabulary_retention import ArchiveAct, OfferState

OFFERED: dict[CasePath, str] = {
    CasePath.EVERYDAY: "archive_offer_everyday",
    CasePath.NETWORK: "archive_offer_network",
    CasePath.YOUTH: "archive_offer_youth",
    CasePath.SOCIAL_ENTERPRISE: "archive_offer_social_enterprise",
}
"""Path of a case → the dated number that says whether its file is offered (1) or not (0)."""
OVER = (OfferState.REFUSED, OfferState.HANDED_OVER)
"""Where an offer stands when the archive has no more to say: its package leaves the house."""


class CasesOpen(Refusal):
    """A file is offered once its cases are closed; `count` are open."""

    code, kind = "archive-cases-open", "conflict"


class NothingToOffer(Refusal):
    """Of this person there is no case, so nothing to hand over."""

    code, kind = "archive-nothing-to-offer", "conflict"


class OfferWaits(Refusal):
    """An offer of this file waits for the archive already."""

    code, kind = "archive-offer-waits", "conflict"


class OfferAnswered(Refusal):
    """The archive has answered this offer already."""

    code, kind = "archive-offer-answered", "conflict"


class NotAccepted(Refusal):
    """Only a package that the archive has accepted is handed over, and once."""

    code, kind = "archive-not-accepted", "conflict"


class ArchiveUnsaid(Refusal):
    """Who spoke for the archive and under which reference is said."""

    code = "archive-unsaid"


class SaidOutOfTime(Refusal):
    """The archive answered between the day of the offer and today."""

    code = "archive-said-out-of-time"


@dataclass(frozen=True, slots=True)
class Filed:
    """A case as the archive is concerned: its path, and when it was closed, if it was."""

    path: CasePath
    closed_at: datetime | None


def state_of(acts: Iterable[ArchiveAct]) -> OfferState:
    """Where an offer stands after these acts."""
    said = set(acts)
    for one in (ArchiveAct.HANDED_OVER, ArchiveAct.REFUSED, ArchiveAct.ACCEPTED):
        if one in said:
            return OfferState(one.value)
    return OfferState.OFFERED


def settled(cases: Sequence[Filed], to_offer: Iterable[CasePath], last_over: datetime | None) -> bool:
    """Whether the archive has had its say: of these paths nothing was closed after the last settled offer."""
    concerned = [one for one in cases if one.path in set(to_offer)]
    return all(
        last_over is not None and one.closed_at is not None and one.closed_at <= last_over
        for one in concerned
    )


def offer_faults(cases: Sequence[Filed], *, waits: bool) -> list[Refusal]:
    """Why the file cannot be offered now."""
    faults: list[Refusal] = []
    if not cases:
        faults.append(NothingToOffer(field="person_ref"))
    if count := sum(one.closed_at is None for one in cases):
        faults.append(CasesOpen(field="person_ref", count=count))
    if waits:
        faults.append(OfferWaits(field="person_ref"))
    return faults


def said_faults(by: str, reference: str, said_on: date, offered_on: date, today: date) -> list[Refusal]:
    """What is wrong with the words of the archive as they were typed."""
    faults: list[Refusal] = [
        ArchiveUnsaid(field=name) for name, text in (("by", by), ("reference", reference)) if not text.strip()
    ]
    if not offered_on <= said_on <= today:
        faults.append(SaidOutOfTime(field="said_on", first=offered_on, last=today))
    return faults
