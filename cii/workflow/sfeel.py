"""S-FEEL cells: what a rule asks of one input, parsed once, tested fast, and readable again.

`-` · `>= 30` · `[60..90]` · `]60..90]` · `(60..90]` · `"a","b"` · `yes` · `date("2012-01-01")` or
`2012-01-01` · `duration("P3M")` or `P3M` · `not("x")` · lists of these. Source: DMN 1.3 §9 (simple expression
language), workflow.md §3.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cii.workflow.domain import Domain, Months, day, duration, number, shown
from cii.workflow.reading import did_you_mean


class BadCell(ValueError):  # noqa: N818 - the word of the files
    """The cell does not parse or does not fit the domain; the text says why, `suggestion` what was meant."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Span:
    """Values from `low` to `high`; None is open-ended; equal bounds, both in, are one value (of any kind)."""

    low: Any = None
    low_in: bool = True
    high: Any = None
    high_in: bool = True

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - a value of the cell's domain
        """Whether the value lies inside."""
        if self.low is not None and (value < self.low or (value == self.low and not self.low_in)):
            return False
        return self.high is None or value < self.high or (value == self.high and self.high_in)

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "-"
        if self.low is None:
            return f"{'<=' if self.high_in else '<'} {shown(self.high)}"
        if self.high is None:
            return f"{'>=' if self.low_in else '>'} {shown(self.low)}"
        if self.low == self.high:
            return shown(self.low)
        left, right = "[" if self.low_in else "]", "]" if self.high_in else "["
        return f"{left}{shown(self.low)}..{shown(self.high)}{right}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition: any of `spans`, or with `negated` none of them; `text` as the file writes it."""

    text: str
    spans: tuple[Span, ...] = ()
    negated: bool = False

    @property
    def any(self) -> bool:
        """Whether the cell asks nothing."""
        return not self.spans

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - a value of the cell's domain
        """Whether the value satisfies the cell."""
        if not self.spans:
            return True
        return any(_in(span, value) for span in self.spans) is not self.negated

    def bounds(self) -> list[Any]:
        """Each value at which the cell may change its mind."""
        return [one for span in self.spans for one in (span.low, span.high) if one is not None]


def _in(span: Span, value: Any) -> bool:  # noqa: ANN401
    return value == span.low if isinstance(value, str | bool) else span.holds(value)


ANY = Cell("-")
_OPERATORS = ("<=", ">=", "<", ">")
_INTERVAL = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])", re.DOTALL)
_CALL = re.compile(r'(date|duration|date and time|time)\s*\(\s*"([^"]*)"\s*\)')


def split_list(text: str) -> list[str]:
    """The parts of a comma list; commas inside quotes and brackets do not count."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign == "(":
            depth += 1
        elif not quoted and sign == ")":
            depth -= 1
        elif sign == "," and not quoted and depth <= 0:
            parts.append(text[start:at])
            start = at + 1
    if quoted:
        raise BadCell("a quotation mark is not closed")
    return [*parts, text[start:]]


def parse_cell(text: str, domain: Domain) -> Cell:
    """Read one cell for inputs of `domain`; refuses BadCell with a plain reason."""
    plain = text.strip()
    if plain == "-":
        return ANY
    if not plain:
        raise BadCell("the cell is empty", "Write - for “any value”.")
    inner, negated = plain, False
    if found := re.fullmatch(r"not\s*\((.*)\)", plain, re.DOTALL):
        inner, negated = found[1], True
    spans = tuple(_span(part.strip(), domain) for part in split_list(inner))
    return Cell(plain, spans, negated)


def _span(text: str, domain: Domain) -> Span:
    if not text:
        raise BadCell("a part of the list is empty")
    for sign in _OPERATORS:
        if text.startswith(sign):
            _must_be_ordered(text, domain)
            value = literal(text[len(sign) :].strip(), domain)
            return (
                Span(high=value, high_in="=" in sign) if "<" in sign else Span(low=value, low_in="=" in sign)
            )
    if ".." in text and not text.startswith('"'):
        return _interval(text, domain)
    if text.startswith("="):
        raise BadCell(f"“{text}”: equality is written without a sign", f"Write {text.lstrip('= ')}.")
    value = literal(text, domain)
    return Span(value, True, value, True)


def _interval(text: str, domain: Domain) -> Span:
    found = _INTERVAL.fullmatch(text)
    if not found:
        raise BadCell(f"“{text}” is no interval", "Intervals are written [60..90], ]60..90] or (60..90].")
    _must_be_ordered(text, domain)
    low, high = literal(found[2], domain), literal(found[3], domain)
    low_in, high_in = found[1] == "[", found[4] == "]"
    if low > high or (low == high and not (low_in and high_in)):
        raise BadCell(f"the interval {text} holds nothing")
    return Span(low, low_in, high, high_in)


def _must_be_ordered(text: str, domain: Domain) -> None:
    if not domain.ordered:
        raise BadCell(f"“{text}” compares, but the input is {domain}")


def literal(text: str, domain: Domain) -> Any:  # noqa: ANN401 - a value of the domain
    """One value of the domain; refuses BadCell when it is of another kind or outside it."""
    value = read_value(text)
    if value is None:
        known = [one for one in domain.values if one == text] if domain.kind == "text" else []
        raise BadCell(
            f"“{text}” is no value",
            f'Write "{text}" in quotation marks.' if known or domain.kind == "text" else None,
        )
    fits = {
        "number": isinstance(value, int | Decimal) and not isinstance(value, bool),
        "whole": type(value) is int,
        "money": type(value) is int,
        "yes/no": isinstance(value, bool),
        "date": isinstance(value, date),
        "months": isinstance(value, Months) or type(value) is int,
        "days": isinstance(value, timedelta) or type(value) is int,
        "text": isinstance(value, str),
    }[domain.kind]
    if not fits:
        raise BadCell(f"“{text}” does not fit an input that is {domain}")
    if type(value) is int and domain.kind in {"months", "days"}:
        value = Months(value) if domain.kind == "months" else timedelta(days=value)
    if domain.values and value not in domain.values:
        raise BadCell(
            f"“{value}” is not among the allowed values {', '.join(domain.values)}", _near(str(value), domain)
        )
    if domain.ordered and (
        (domain.low is not None and value < domain.low) or (domain.high is not None and value > domain.high)
    ):
        raise BadCell(f"{text} lies outside {domain}")
    return value


def _near(value: str, domain: Domain) -> str | None:
    return did_you_mean(value, domain.values)


def read_value(text: str) -> Any:  # noqa: ANN401 - one line per kind of value
    """A value as the files write it, whatever its kind; None when it is none."""
    plain = text.strip()
    if plain in {"yes", "true"}:
        return True
    if plain in {"no", "false"}:
        return False
    if len(plain) >= 2 and plain[0] == plain[-1] == '"' and '"' not in plain[1:-1]:  # noqa: PLR2004
        return plain[1:-1]
    if found := _CALL.fullmatch(plain):
        return {"date": day, "duration": duration}.get(found[1], lambda _: None)(found[2])
    if (value := number(plain)) is not None:
        return value
    return day(plain) or duration(plain)
