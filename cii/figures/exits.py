"""How persons left the measures of one agreement, by class of exit (003, sorties dynamiques)."""

from datetime import datetime

from cii.figures.facts import left_by_agreement
from cii.figures.rules import exits_by_class
from cii.kernel.period import Period
from cii.placements.vocabulary import ExitClass
from cii.store.work import Work


def agreement_exits(
    work: Work, agreement_id: int, period: Period, known_at: datetime
) -> dict[ExitClass, int]:
    """Persons per class of exit in the period, as known then; each class is present."""
    durable_from = work.parameter("exit_durable_from_months", period.last)
    return exits_by_class(left_by_agreement(work, period, known_at).get(agreement_id, ()), durable_from)
