"""Wire shapes of figures: what people have entered."""

from cii.figures.tables import IndicatorEntry
from cii.wire.answers import only

RECORDED = only(
    IndicatorEntry, "ref", "effective_on", "numerator", "denominator", "people", "source", "recorded_at",
    called="IndicatorEntryAnswer",
)  # fmt: skip
