"""Pure rules of reports: when a period may be frozen, and what differs between two versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cii.kernel.errors import Refusal
from cii.kernel.span import Span, SpanKind

Values = Mapping[str, object]
"""Plain values: texts, whole numbers, mappings of them; lists are kept as mappings by their natural key."""


class PeriodNotOver(Refusal):
    """A period is frozen once it is over; until then there is a draft."""

    code, kind = "period-not-over", "conflict"


class WrongPeriod(Refusal):
    """A kind of report speaks of one length of time, `wanted`: not of this one."""

    code, kind = "wrong-report-period", "unfit"


class NotYetKnown(Refusal):
    """A draft tells what was known at a moment: one that has come, `known_at`."""

    code, kind = "not-yet-known", "unfit"


class UnknownFormat(Refusal):
    """There is no such form of a report."""

    code, kind = "unknown-report-format", "unfit"


class UnknownFigure(Refusal):
    """There is no such figure or row in what the reader sees of the report."""

    code, kind = "unknown-figure", "unfit"


class HiddenFigure(Refusal):
    """What a hidden number is made of stays hidden with it."""

    code, kind = "hidden-figure", "forbidden"


class PublicWithoutApproval(Refusal):
    """Nothing is published without a decision of the GP CII (mandate, rule 5)."""

    code, kind = "public-without-approval", "conflict"


class RecipientMayNotSee(Refusal):
    """A report is sent to nobody who may not read it."""

    code, kind = "recipient-may-not-see", "forbidden"


class ReportFrozen(Refusal):
    """A frozen report is never changed nor taken away: what is known later is its next version."""

    code, kind = "report-frozen", "conflict"


class NotTheSameReport(Refusal):
    """Versions are compared within one report."""

    code, kind = "not-the-same-report", "unfit"


def period_faults(span: Span, wanted: SpanKind) -> list[Refusal]:
    """Why a kind of report that speaks of such periods does not speak of this one."""
    return [WrongPeriod(field="period", wanted=wanted)] if span.kind is not wanted else []


def freeze_faults(span: Span, today: date) -> list[Refusal]:
    """Why the period cannot be frozen today."""
    return [] if span.over(today) else [PeriodNotOver(field="period", period=span)]


def known_faults(known_at: datetime, now: datetime) -> list[Refusal]:
    """Why nothing can be told as known at that moment."""
    return [NotYetKnown(field="known_at", known_at=known_at)] if known_at > now else []


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs: where it stands, what it was, what it is; None where there is nothing."""

    path: str
    old: object
    new: object


def difference(old: Values, new: Values) -> list[Change]:
    """Every value that differs between two versions, by path as in `lines.ATELIER/LACI.entries`."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    return [
        Change(path, before.get(path), after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _leaves(values: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(values, Mapping):
        for key, held in values.items():
            yield from _leaves(held, f"{path}.{key}" if path else str(key))
    elif isinstance(values, list):
        yield path, ", ".join(map(str, values))
    else:
        yield path, values
