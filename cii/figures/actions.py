"""What people enter for indicators that no fact of the house can tell, as satisfaction."""

from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import agreement_view
from cii.figures.rules import AlreadyCorrected, EntryAhead, IndicatorComputed, definition_of, entry_faults
from cii.figures.tables import IndicatorEntry
from cii.figures.vocabulary import Definition
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import Refusal, UnknownThing, refuse
from cii.store.work import Work

MOST = 10**12
"""No count, and no sum in centimes, is larger."""


@dataclass(frozen=True)
class RecordIndicator:
    """A value that somebody has measured: `numerator` of `denominator`, as 24 satisfied of 30 asked.

    Francs are centimes; `people`: how many persons it speaks of, when it counts persons.
    `replaces_ref` names the entry that it corrects.
    """

    agreement_ref: str
    code: str = field(metadata={"min": 1, "max": 60})
    effective_on: date
    numerator: int = field(metadata={"min": 0, "max": MOST})
    denominator: int = field(metadata={"min": 1, "max": MOST})
    source: str = field(metadata={"min": 1, "max": 200})
    people: int | None = field(default=None, metadata={"min": 0, "max": MOST})
    replaces_ref: str | None = None


def record_indicator(work: Work, ask: RecordIndicator) -> IndicatorEntry:
    """Enter a value of an agreement that the actor may see.

    Refuses: UnknownThing; all at once IndicatorComputed, ValueOutsideIndicator, EntryAhead, AlreadyCorrected.
    """
    view = agreement_view(work, ask.agreement_ref)
    indicator = next((one for one in view.indicators if one.code == ask.code), None)
    if indicator is None:
        raise UnknownThing(field="code")
    faults: list[Refusal] = entry_faults(indicator.unit, ask.numerator, ask.denominator)
    if definition_of(indicator.source) is not Definition.ENTERED:
        faults.append(IndicatorComputed(field="code", name=ask.code))
    term = view.agreement
    if not term.valid_from <= ask.effective_on <= work.today or (
        term.valid_to is not None and ask.effective_on >= term.valid_to
    ):
        faults.append(EntryAhead(field="effective_on", day=ask.effective_on))
    replaces = _replaced(work, indicator.id or 0, ask.replaces_ref)
    if replaces is not None and _corrected(work, replaces):
        faults.append(AlreadyCorrected(field="replaces_ref"))
    refuse(faults)
    entry = IndicatorEntry(
        indicator_id=indicator.id or 0,
        effective_on=ask.effective_on,
        numerator=ask.numerator,
        denominator=ask.denominator,
        people=ask.people,
        source=ask.source,
        recorded_at=work.now,
        account_id=work.actor.account_id,
        unit_id=next(iter(work.actor.units), None),
        replaces=replaces,
    )
    work.session.add(entry)
    work.session.flush()
    wrote(
        work,
        "indicator.record",
        "indicator",
        indicator.id,
        ref=indicator.ref,
        payload={name: plain(value) for name, value in asdict(ask).items()},
    )
    return entry


def _replaced(work: Work, indicator_id: int, ref: str | None) -> int | None:
    if ref is None:
        return None
    found = work.session.scalars(
        select(IndicatorEntry).where(
            col(IndicatorEntry.ref) == ref, col(IndicatorEntry.indicator_id) == indicator_id
        )
    ).first()
    if found is None:
        raise UnknownThing(field="replaces_ref")
    return found.id


def _corrected(work: Work, entry_id: int) -> bool:
    later = select(col(IndicatorEntry.id)).where(col(IndicatorEntry.replaces) == entry_id)
    return work.session.execute(later).first() is not None
