"""The indicators of this year so far, of the agreements that the actor may see."""

from collections import defaultdict

from cii.agreements.queries import agreements_list
from cii.figures.deadlines import bound_agreements
from cii.figures.indicators import indicator_figures
from cii.figures.shapes import IndicatorFigures
from cii.kernel.period import Quarter
from cii.store.work import Work


def indicators_seen(work: Work, number: str | None = None) -> tuple[IndicatorFigures, ...]:
    """By agreement and code, of one agreement or of all that the actor may see: the year so far."""
    seen = {number} if number else {row.number for row in agreements_list(work, limit=500)}
    quarter = Quarter.of(work.today)
    bound = [one for one in bound_agreements(work, quarter.period, work.now) if one.number in seen]
    if not bound:
        return ()
    return indicator_figures(work, bound, defaultdict(str), quarter, work.now, quarterly=False)


__all__ = ["indicators_seen"]
