r"""S-FEEL cells: what a rule asks of one input, parsed once, tested fast, and readable again.

`-` · `>= 30` · `[60..90]` · `]60..90]` · `(60..90]` · `"a","b"` (a quote inside is written `\"`) · `yes` or
`true` · `date("2012-01-01")` or `2012-01-01` · `08:30:00` · `2012-01-31T08:30:00` · `duration("P3M")` or
`P3M` · `null` where the input is optional · `not("x")` · lists of these. Source: DMN 1.3 §9 (simple
expression language), workflow.md §3.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cii.decisions.domain import Domain, day, duration, hour, in_terms, instant, number, shown
from cii.files.problems import did_you_mean, example, hint
from cii.texts.speech import Saying


class BadCell(ValueError):  # noqa: N818 - the word of the files
    """The cell does not parse or does not fit the domain; the text says why, `suggestion` what was meant."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.said, self.suggestion = message, suggestion


@dataclass(frozen=True, slots=True)
class Span:
    """Values from `low` to `high`; None is open-ended; equal bounds, both in, are one value (of any kind)."""

    low: Any = None
    low_in: bool = True
    high: Any = None
    high_in: bool = True

    @property
    def point(self) -> bool:
        """Whether this is a single value."""
        return self.low is not None and self.low == self.high

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
    """One condition: any of `spans` or, with `null`, no value; with `negated` none of them.

    `text` as the file writes it.
    """

    text: str
    spans: tuple[Span, ...] = ()
    negated: bool = False
    null: bool = False

    @property
    def any(self) -> bool:
        """Whether the cell asks nothing."""
        return not self.spans and not self.null

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - a value of the cell's domain
        """Whether the value satisfies the cell.

        No value (None) equals nothing but `null`, and is neither more nor less than anything: it satisfies
        `not(5)`, and neither `< 5` nor `not(< 5)` (DMN 1.3 §10.3.2.8, three-valued comparison).
        """
        if self.any:
            return True
        if value is None:
            if self.null or not self.negated:
                return self.null is not self.negated
            return all(span.point for span in self.spans)
        return any(_in(span, value) for span in self.spans) is not self.negated

    def __str__(self) -> str:
        return self.text

    def bounds(self) -> list[Any]:
        """Each value at which the cell may change its mind."""
        return [one for span in self.spans for one in (span.low, span.high) if one is not None]


def _in(span: Span, value: Any) -> bool:  # noqa: ANN401
    return value == span.low if isinstance(value, str | bool) else span.holds(value)


def _cell(name: str, **facts: object) -> Saying:
    """What is wrong with a cell, in the reader's language."""
    return Saying(f"problem.cell.{name}", **facts)


ANY = Cell("-")
_OPERATORS = ("<=", ">=", "<", ">")
_INTERVAL = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])", re.DOTALL)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_CALL = re.compile(r'(date|duration|date and time|time)\s*\(\s*"([^"]*)"\s*\)')


def split_list(text: str) -> list[str]:
    """The parts of a comma list; commas inside quotes and calls do not count."""
    parts, depth, quoted, start, skip = [], 0, False, 0, False
    for at, sign in enumerate(text):
        if skip:
            skip = False
        elif quoted and sign == "\\":
            skip = True
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign == "(" and text[start:at].rstrip()[-1:].isalpha():
            depth += 1  # a call; the bracket of an interval may be closed by another sign
        elif not quoted and sign == ")" and depth:
            depth -= 1
        elif sign == "," and not quoted and not depth:
            parts.append(text[start:at])
            start = at + 1
    if quoted:
        raise BadCell(_cell("quote"))
    return [*parts, text[start:]]


def parse_cell(text: str, domain: Domain) -> Cell:
    """Read one cell for inputs of `domain`; refuses BadCell with a plain reason."""
    plain = text.strip()
    if plain == "-":
        return ANY
    if not plain:
        raise BadCell(_cell("empty"), hint("any-value"))
    inner, negated = plain, False
    if found := re.fullmatch(r"not\s*\((.*)\)", plain, re.DOTALL):
        inner, negated = found[1], True
    parts = [part.strip() for part in split_list(inner)]
    null = "null" in parts
    if null and not domain.optional:
        raise BadCell(_cell("null", text=plain), hint("optional", domain=str(domain)))
    return Cell(plain, tuple(_span(part, domain) for part in parts if part != "null"), negated, null)


def _span(text: str, domain: Domain) -> Span:
    if not text:
        raise BadCell(_cell("empty-part"))
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
        raise BadCell(_cell("equals", text=text), hint("write", text=text.lstrip("= ")))
    value = literal(text, domain)
    return Span(value, True, value, True)


def _interval(text: str, domain: Domain) -> Span:
    found = _INTERVAL.fullmatch(text)
    if not found:
        raise BadCell(_cell("interval", text=text), example("[60..90], ]60..90], (60..90]"))
    _must_be_ordered(text, domain)
    low, high = literal(found[2], domain), literal(found[3], domain)
    low_in, high_in = found[1] == "[", found[4] == "]"
    if low > high or (low == high and not (low_in and high_in)):
        raise BadCell(_cell("nothing", text=text))
    return Span(low, low_in, high, high_in)


def _must_be_ordered(text: str, domain: Domain) -> None:
    if not domain.ordered:
        raise BadCell(_cell("compares", text=text, domain=str(domain)))


def literal(text: str, domain: Domain) -> Any:  # noqa: ANN401 - a value of the domain
    """One value of the domain; refuses BadCell when it is of another kind or outside it."""
    value = read_value(text)
    if value is None:
        quotes = hint("quotes", text=text) if domain.kind == "text" and '"' not in text else None
        raise BadCell(_cell("no-value", text=text), quotes)
    value = _as(domain.kind, value)
    if value is None:
        raise BadCell(_cell("other-kind", text=text, domain=str(domain)))
    if domain.values and value not in domain.values:
        known = [one if isinstance(one, str) else shown(one) for one in domain.values]
        said = value if isinstance(value, str) else shown(value)
        raise BadCell(_cell("not-allowed", text=said, known=", ".join(known)), did_you_mean(said, known))
    if domain.ordered and not inside(value, domain):
        raise BadCell(_cell("outside", text=text, domain=str(domain)))
    return value


def inside(value: Any, domain: Domain) -> bool:  # noqa: ANN401 - a value of the domain's kind
    """Whether a value lies between the bounds of the domain."""
    return (domain.low is None or value >= domain.low) and (domain.high is None or value <= domain.high)


def _as(kind: str, value: Any) -> Any:  # noqa: ANN401 - a value of the kind
    """The value in the terms of the kind; None when it is of another. A day is its first instant."""
    if kind == "date-time" and type(value) is date:
        value = datetime.combine(value, time())
    return in_terms(kind, value)


def read_value(text: str) -> Any:  # noqa: ANN401 - one line per kind of value
    """A value as the files write it, whatever its kind; None when it is none."""
    plain = text.strip()
    if plain in {"yes", "true"}:
        return True
    if plain in {"no", "false"}:
        return False
    if _TEXT.fullmatch(plain):
        return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), plain[1:-1])
    if found := _CALL.fullmatch(plain):
        return _CALLS[found[1]](found[2])
    for read in (number, day, hour, instant, duration):
        if (value := read(plain)) is not None:
            return value
    return None


_CALLS: dict[str, Callable[[str], Any]] = {
    "date": day,
    "time": hour,
    "date and time": lambda text: instant(text if "T" in text else f"{text}T00:00:00"),
    "duration": duration,
}
