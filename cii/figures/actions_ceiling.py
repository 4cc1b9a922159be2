"""What people enter for the federal ceiling: the active population and the mean of job-seekers of a year."""

from dataclasses import dataclass, field

from cii.access.vocabulary import Role
from cii.figures.ceiling import newest_facts
from cii.figures.rules_ceiling import CeilingValueSame, value_faults
from cii.figures.tables import CeilingFact
from cii.figures.vocabulary import CeilingInput
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.store.work import Work


@dataclass(frozen=True)
class EnterCeilingFact:
    """A count of a year, as its source has published it; it replaces what was entered before."""

    year: int
    kind: CeilingInput
    value: int
    source: str = field(metadata={"max": 300})


def enter_ceiling_fact(work: Work, ask: EnterCeilingFact) -> CeilingFact:
    """Enter a count, by the finance of unemployment insurance; what stood before stays readable.

    Refuses: NotAllowed; all at once CeilingValueUnfit, CeilingYearUnfit, CeilingValueSame.
    """
    if not may_enter(work):
        raise NotAllowed
    before = newest_facts(work, (ask.year,)).get((ask.year, ask.kind))
    faults = value_faults(ask.kind, ask.value, ask.year, work.today.year)
    if before is not None and (before.value, before.source) == (ask.value, ask.source):
        faults.append(CeilingValueSame(field="value"))
    refuse(faults)
    made = CeilingFact(
        year=ask.year,
        kind=ask.kind,
        value=ask.value,
        source=ask.source,
        recorded_at=work.now,
        account_id=work.actor.account_id,
        replaces=before.id if before else None,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work,
        "ceiling_fact_entered",
        "ceiling_fact",
        made.id,
        ref=made.ref,
        payload={
            "year": ask.year,
            "kind": ask.kind.value,
            "value": ask.value,
            "before": before.value if before else None,
            "source": ask.source,
        },
    )
    return made


def may_enter(work: Work) -> bool:
    """Whether the actor is finance of unemployment insurance."""
    return any(seat.role == Role.FINANCE and seat.sector == Sector.AC for seat in work.actor.seats)
