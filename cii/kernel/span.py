"""The spans of time that reports speak of: a day, a month, a quarter, a year, several years."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from cii.kernel.errors import Refusal
from cii.kernel.period import ONE_DAY, Period, Quarter, month_of, year_of

MOST_YEARS = 10
"""A span of several years is no longer than that."""


class NotASpan(Refusal):
    """The text is none of 2026-10-15, 2026-09, 2026-Q3, 2026, 2024-2027."""

    code, kind = "not-a-span", "unfit"


class SpanKind(StrEnum):
    """How long a span is."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Span:
    """Days with a name: `code` is written 2026-10-15, 2026-09, 2026-Q3, 2026 or 2024-2027."""

    kind: SpanKind
    code: str
    period: Period

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one of the five forms; refuses NotASpan."""
        code = text.strip().upper()
        for kind, form in _FORMS.items():
            found = form.fullmatch(code)
            if found:
                try:
                    return cls(kind, code, _PERIODS[kind](code))
                except (ValueError, Refusal):
                    break
        raise NotASpan(text=text[:20])

    @classmethod
    def of(cls, kind: SpanKind, day: date) -> Self:
        """The span of that kind that holds the day; not for several years, whose first one nobody knows."""
        match kind:
            case SpanKind.DAY:
                return cls.parse(day.isoformat())
            case SpanKind.MONTH:
                return cls.parse(f"{day:%Y-%m}")
            case SpanKind.QUARTER:
                return cls.parse(str(Quarter.of(day)))
            case SpanKind.YEAR:
                return cls.parse(f"{day:%Y}")
        raise ValueError(kind)

    @property
    def previous(self) -> "Span":
        """The span before; as many years before for several years."""
        if self.kind is SpanKind.YEARS:
            first, last = (int(one) for one in self.code.split("-"))
            count = last - first + 1
            return Span.parse(f"{first - count}-{last - count}")
        return Span.of(self.kind, self.period.start - ONE_DAY)

    @property
    def quarter(self) -> Quarter:
        """The quarter of its first day."""
        return Quarter.of(self.period.start)

    def over(self, today: date) -> bool:
        """Whether its last day is past."""
        return self.period.end <= today

    def __str__(self) -> str:
        return self.code


def _years(code: str) -> Period:
    first, last = (int(one) for one in code.split("-"))
    if not 0 < last - first < MOST_YEARS:
        raise ValueError(code)
    return Period(date(first, 1, 1), date(last + 1, 1, 1))


_FORMS = {
    SpanKind.DAY: re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    SpanKind.MONTH: re.compile(r"\d{4}-\d{2}", re.ASCII),
    SpanKind.QUARTER: re.compile(r"\d{4}-Q[1-4]", re.ASCII),
    SpanKind.YEAR: re.compile(r"\d{4}", re.ASCII),
    SpanKind.YEARS: re.compile(r"\d{4}-\d{4}", re.ASCII),
}
_PERIODS: Mapping[SpanKind, Callable[[str], Period]] = {
    SpanKind.DAY: lambda code: Period(date.fromisoformat(code), date.fromisoformat(code) + ONE_DAY),
    SpanKind.MONTH: lambda code: month_of(date.fromisoformat(f"{code}-01")),
    SpanKind.QUARTER: lambda code: Quarter.parse(code).period,
    SpanKind.YEAR: lambda code: year_of(date(int(code), 1, 1)),
    SpanKind.YEARS: _years,
}
