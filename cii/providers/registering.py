"""The register of providers: who joins it, what changes, which instrument is proposed for it."""

from dataclasses import dataclass, field

from sqlalchemy import select

from cii.agreements.actions import AddProvider, add_provider
from cii.agreements.known import provider_by_id, provider_columns
from cii.agreements.tables import Provider
from cii.agreements.vocabulary import Instrument, LegalForm
from cii.decisions.decision import Decision
from cii.decisions.decision import decide as decide_by
from cii.institutions.queries import institution_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.providers.actions import written_provider
from cii.providers.queries import provider_id
from cii.providers.rules import RegisteredAlready, UidTaken, form_faults, uid_told
from cii.store.work import Work
from cii.workflow.actions import decide
from cii.workflow.queries import table_on

THRESHOLD = "agreement-threshold"
"""The decision table that proposes the instrument. Source: guide (000) §4.1 and §5."""


def register_provider(work: Work, ask: AddProvider) -> Provider:
    """Register a provider.

    Refuses: UnknownThing; all at once UidInvalid at its field, UidTaken, RegisteredAlready,
    FormForbidsProfit.
    """
    faults = _faults(work, ask.uid, ask.legal_form, non_profit=ask.non_profit)
    owner = institution_by_ref(work, ask.institution_ref).id
    taken = select(provider_columns.c.ref).where(provider_columns.c.institution_id == owner)
    if work.session.scalars(taken).first() is not None:
        faults.append(RegisteredAlready(field="institution_ref"))
    refuse(faults)
    return add_provider(work, ask)


@dataclass(frozen=True)
class ChangeProvider:
    """Wish to change what the register says of a provider."""

    provider_ref: str
    legal_form: LegalForm
    non_profit: bool = False
    uid: str | None = field(default=None, metadata={"max": 30})


def change_provider(work: Work, ask: ChangeProvider) -> Provider:
    """Change number, legal form, aim of a provider.

    Refuses: UnknownThing, NotAllowed (another sector pays it); all at once UidInvalid, UidTaken,
    FormForbidsProfit.
    """
    own = written_provider(work, ask.provider_ref)
    refuse(_faults(work, ask.uid, ask.legal_form, non_profit=ask.non_profit, own=own))
    row = provider_by_id(work, own)
    row.uid, row.legal_form, row.non_profit = uid_told(ask.uid), ask.legal_form, ask.non_profit
    row.version += 1
    work.session.flush()
    facts: dict[str, object] = {"legal_form": row.legal_form, "non_profit": row.non_profit}
    wrote(work, "provider_changed", "provider", own, ref=row.ref, payload=facts)
    return row


def _faults(work: Work, uid: str | None, form: LegalForm, *, non_profit: bool, own: int = 0) -> list[Refusal]:
    found = form_faults(form, non_profit=non_profit)
    try:
        number = uid_told(uid)
    except Refusal as no:
        return [no, *found]
    same = select(provider_columns.c.ref).where(
        provider_columns.c.uid == number, provider_columns.c.provider_id != own
    )
    if number is not None and work.session.scalars(same).first() is not None:
        found.append(UidTaken(field="uid", uid=number))
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """The instrument that the table proposes, and why."""

    placements: int
    instrument: Instrument
    decision: Decision


def instrument_for(work: Work, placements: int) -> Proposal:
    """What the table of today proposes for so many placements a year; nothing is kept."""
    _, table = table_on(work, THRESHOLD, work.today)
    return _proposal(placements, decide_by(table, {"placements_per_year": placements}))


def propose_instrument(work: Work, provider_ref: str, year: int, placements: int) -> Proposal:
    """Ask the table for a provider and keep the answer; `placements`: those begun in `year`, by the door.

    Refuses: UnknownThing. 9 a year → case by case, 10 → agreement.
    """
    own = provider_id(work, provider_ref)
    held = decide(
        work,
        THRESHOLD,
        {"placements_per_year": placements},
        subject="provider",
        subject_id=own,
        sources={"placements_per_year": {"kind": "placements", "ref": provider_ref, "on": str(year)}},
    )
    return _proposal(placements, held.decision)


def _proposal(placements: int, decision: Decision) -> Proposal:
    return Proposal(placements, Instrument(str(decision.outputs["instrument"])), decision)


__all__ = [
    "ChangeProvider", "Proposal", "change_provider", "instrument_for", "propose_instrument",
    "register_provider",
]  # fmt: skip
