"""Pure rules of reports: when a quarter may be frozen, and what differs between two versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cii.kernel.errors import Refusal
from cii.kernel.period import Quarter

Values = Mapping[str, object]
"""Plain values: texts, whole numbers, mappings of them; lists are kept as mappings by their natural key."""


class QuarterNotOver(Refusal):
    """A quarter is frozen once it is over; until then there is a draft."""

    code, kind = "quarter-not-over", "conflict"


class UnknownFormat(Refusal):
    """There is no such form of a report."""

    code, kind = "unknown-report-format", "unfit"


class NotTheSameReport(Refusal):
    """Versions are compared within one report."""

    code, kind = "not-the-same-report", "unfit"


def freeze_faults(quarter: Quarter, today: date) -> list[Refusal]:
    """Why the quarter cannot be frozen today."""
    return [QuarterNotOver(field="quarter", quarter=quarter)] if today < quarter.period.end else []


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
