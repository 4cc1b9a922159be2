"""Every kind of report that the house makes, by its word."""

from collections.abc import Mapping

from cii.reports.kind_ai_statistics import AiStatistics
from cii.reports.kind_annual import Annual
from cii.reports.kind_ceiling import Ceiling
from cii.reports.kind_fr_exits import FrExits
from cii.reports.kind_legislature import Legislature
from cii.reports.kind_monthly import Monthly
from cii.reports.kind_quarterly import Quarterly
from cii.reports.kind_reconciliation import Reconciliation
from cii.reports.kind_unit_prices import UnitPrices
from cii.reports.kinds import Kind, Values
from cii.reports.vocabulary import ReportKind

KINDS: Mapping[ReportKind, Kind] = {
    one.name: one
    for one in (
        Quarterly(),
        Monthly(),
        Annual(),
        Ceiling(),
        UnitPrices(),
        AiStatistics(),
        FrExits(),
        Reconciliation(),
        Legislature(),
    )
}


def kind_of(values: Values) -> Kind:
    """The kind that made these values."""
    return KINDS[ReportKind(values["kind"])]
