"""Domains of facts: what a fact may be, declared in words, checked before any rule sees it.

`number 0..600`, `whole 0..10`, `money 0..5000000` (centimes), `yes/no`, `date 2009-01-01..`, `time`,
`date-time`, `months 0..600`, `days 0..800`, `text`, `text "none", "low"`; also allowed values of any kind
(`number 5, 10`) and other bounds (`number ]0..1], 20`); `optional` at the end lets a fact be known to have no
value. A wrong type, a null or a value outside is a refusal that names the field, never "no match"
(workflow.md §3). Money is whole centimes, never a float; a date-time is an instant, kept in UTC.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.texts.speech import Saying

Ordered = Any
"""A value that can be compared with its like: int, Decimal, date, time, datetime, Months, timedelta."""
HERE = ZoneInfo("Europe/Zurich")
"""Where a date-time written without offset happens."""


@dataclass(frozen=True, order=True, slots=True)
class Months:
    """A length in whole months (FEEL's years and months duration)."""

    count: int

    def __add__(self, other: "Months") -> "Months":
        return Months(self.count + other.count)

    def __str__(self) -> str:
        return f"P{self.count}M" if self.count >= 0 else f"-P{-self.count}M"


class FactNull(Refusal):
    """A fact was given without a value."""

    code, kind = "fact-null", "unfit"


class FactWrongType(Refusal):
    """A fact has another type than declared, as a number given as text."""

    code, kind = "fact-wrong-type", "unfit"


class FactOutOfDomain(Refusal):
    """A fact lies outside the domain declared for it."""

    code, kind = "fact-out-of-domain", "unfit"


class FactUnknown(Refusal):
    """No input of that name is declared."""

    code, kind = "fact-unknown", "unfit"


class MissingFacts(Refusal):
    """Facts that could still change the answer are not known; `names` lists them and only them."""

    code, kind = "missing-facts", "unfit"

    def __init__(self, names: Iterable[str], table: str) -> None:
        self.names = tuple(names)
        super().__init__(field=self.names[0], missing=", ".join(self.names), table=table)


KINDS = ("number", "whole", "money", "yes/no", "date", "time", "date-time", "months", "days", "text")
DISCRETE = frozenset({"whole", "money", "date", "months"})
_NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d{1,12})?|\.\d{1,12})", re.ASCII)
_DIGITS = 30
"""A number with more digits before its point counts nothing; 1e999999999 would fill the memory."""
_MOST_VALUES = 1_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?", re.ASCII)
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<time>\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)(?P<zone>Z|[+-]\d{2}:\d{2})?",
    re.ASCII,
)
_YEARS_MONTHS = re.compile(r"(?P<sign>-?)P(?:(?P<y>\d{1,4})Y)?(?:(?P<m>\d{1,5})M)?", re.ASCII)
_DAYS_TIME = re.compile(
    r"(?P<sign>-?)P(?:(?P<d>\d{1,6})D)?(?:T(?:(?P<h>\d{1,6})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,9})(?:\.(?P<f>\d{1,6}))?S)?)?",
    re.ASCII,
)


def number(text: str) -> int | Decimal | None:
    """A number as written, exact: whole numbers as int, others as Decimal; None when it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    return exact(Decimal(text))


def exact(value: Decimal) -> int | Decimal:
    """Whole numbers as int, others without trailing zeros."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def day(text: str) -> date | None:
    """A date written 2012-01-31, or None."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def hour(text: str) -> time | None:
    """A time of day written 08:30 or 08:30:00, or None; without zone, it is the hour on the wall."""
    try:
        return time.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        return None


def instant(text: str) -> datetime | None:
    """A date-time written 2012-01-31T08:30 as an instant in UTC, or None; without offset it is Swiss time."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def utc(value: datetime) -> datetime:
    """The instant in UTC; a date-time without zone is Swiss time."""
    return (value if value.tzinfo else value.replace(tzinfo=HERE)).astimezone(UTC)


def duration(text: str) -> Months | timedelta | None:
    """An ISO duration: `P1Y6M` as months, `P30D` or `PT4H` as days; None when it is none or mixes both."""
    found = _YEARS_MONTHS.fullmatch(text)
    if found and (found["y"] or found["m"]):
        count = int(found["y"] or 0) * 12 + int(found["m"] or 0)
        return Months(-count if found["sign"] else count)
    found = _DAYS_TIME.fullmatch(text)
    if found and any(found[part] for part in "dhms"):
        parts = {
            name: int(found[part] or 0)
            for name, part in zip(("days", "hours", "minutes", "seconds"), "dhms", strict=True)
        }
        parts["microseconds"] = int((found["f"] or "0").ljust(6, "0"))
        return -timedelta(**parts) if found["sign"] else timedelta(**parts)
    return None


def shown(value: object) -> str:  # noqa: PLR0911 - a line per kind
    """A value as the files write it."""
    match value:
        case None:
            return "null"
        case bool():
            return "yes" if value else "no"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case timedelta():
            return _length(value)
        case datetime():
            return _here(value).isoformat()
        case date() | time():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
    return str(value)


def _here(value: datetime) -> datetime:
    """The instant on a Swiss clock; as it stands at the end of the calendar."""
    try:
        return value.astimezone(HERE) if value.tzinfo else value
    except OverflowError:
        return value


def _length(value: timedelta) -> str:
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    whole, rest = divmod(value, timedelta(days=1))
    if not rest:
        return f"{sign}P{whole}D"
    hours, rest = divmod(rest, timedelta(hours=1))
    if not rest:
        return f"{sign}PT{whole * 24 + hours}H"
    seconds = Decimal(value // timedelta(microseconds=1)) / 1_000_000
    return f"{sign}PT{exact(seconds):f}S"


class Allowed(Protocol):
    """A condition on the values themselves, as a cell of a table is one."""

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - a value of the domain
        """Whether the value is allowed."""

    def bounds(self) -> list[Any]:
        """The values at which this may change."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact may be: `kind`, its bounds (inclusive, None when open) or the allowed values in order.

    `allowed` is any further condition on the values (as `]0..1], 20`); with `optional` a fact may be known to
    have no value (None).
    """

    kind: str
    low: Ordered | None = None
    high: Ordered | None = None
    values: tuple[Any, ...] = ()
    optional: bool = False
    allowed: Allowed | None = None

    @property
    def ordered(self) -> bool:
        """Whether `<` and intervals mean something."""
        return self.kind not in {"text", "yes/no"}

    def admits(self, value: Any) -> bool:  # noqa: ANN401 - a value of the kind, in the table's terms
        """Whether a value of the right kind lies inside."""
        if self.values and value not in self.values:
            return False
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return False
        return self.allowed is None or self.allowed.holds(value)

    @property
    def discrete(self) -> bool:
        """Whether nothing lies between two neighbours, as between two days."""
        return self.kind in DISCRETE

    def __str__(self) -> str:
        if self.values:
            plain = f"{self.kind} " + ", ".join(shown(one) for one in self.values)
        elif self.allowed is not None:
            plain = f"{self.kind} {self.allowed}"
        elif self.low is None and self.high is None:
            plain = self.kind
        else:
            plain = f"{self.kind} {_bound(self.low)}..{_bound(self.high)}"
        return f"{plain} optional" if self.optional else plain

    def normal(self, name: str, value: object) -> Any:  # noqa: ANN401 - a value of the domain
        """The value in the table's own terms; refuses FactNull, FactWrongType or FactOutOfDomain."""
        if value is None:
            if self.optional:
                return None
            raise FactNull(field=name, name=name)
        found = in_terms(self.kind, value)
        if found is None:
            raise FactWrongType(field=name, name=name, expected=str(self), found=type(value).__name__)
        if not self.admits(found):
            raise FactOutOfDomain(field=name, name=name, expected=str(self), value=shown(value)[:60])
        return found


def in_terms(kind: str, value: object) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - a line per kind
    """The value in the terms of its kind, or None when it is of another or larger than anything counted."""
    whole = type(value) is int
    match kind, value:
        case "text", str():
            return str.__str__(value)
        case "yes/no", bool():
            return value
        case "number", Decimal() if value.is_finite() and value.adjusted() < _DIGITS:
            return exact(value)
        case "number", Fraction():
            return value.numerator if value.denominator == 1 else value
        case "money", Chf():
            return value.centimes
        case (("number" | "whole" | "money"), int()) if whole:
            return value
        case "date-time", datetime():
            try:
                return utc(value)
            except OverflowError:
                return None
        case "date", date() if type(value) is date:
            return value
        case "time", time() if value.tzinfo is None:
            return value
        case ("months", Months()) | ("days", timedelta()):
            return value
        case "months", int() if whole:
            return Months(value)
        case "days", int() if whole and abs(value) <= timedelta.max.days:
            return timedelta(days=value)
    return None


def _bound(value: Ordered | None) -> str:
    match value:
        case None:
            return ""
        case Months():
            return str(value.count)
        case timedelta():
            return str(value.days)
    return shown(value)


def _said(name: str, **facts: object) -> Saying:
    """What is wrong with a domain, in the reader's language."""
    return Saying(f"problem.domain.{name}", **facts)


_RANGE = re.compile(r"([^\[\](),\"]*?)\s*\.\.\s*([^\[\](),\"]*)")


def parse_domain(text: str) -> Domain | str:
    """Read a domain; a text in return says what is wrong with it."""
    kind, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if kind not in KINDS:
        return _said("kind", kind=kind)
    optional = rest == "optional" or rest.endswith((" optional", '"optional'))
    rest = rest.removesuffix("optional").strip() if optional else rest
    if not rest:
        return Domain(kind, optional=optional)
    if kind == "yes/no":
        return _said("yes-no")
    if found := _RANGE.fullmatch(rest):
        return _between(kind, rest, (found[1].strip(), found[2].strip()), optional=optional)
    return _listed(kind, rest, optional=optional)


def _between(kind: str, rest: str, texts: tuple[str, str], *, optional: bool) -> Domain | str:
    low, high = (_read_bound(kind, one) for one in texts)
    if low is _BAD or high is _BAD:
        return _said("bound", text=rest, kind=kind)
    if low is not None and high is not None and low > high:
        return _said("upside-down", text=rest)
    return Domain(kind, low, high, optional=optional)


def _listed(kind: str, rest: str, *, optional: bool) -> Domain | str:
    from cii.decisions.sfeel import BadCell, parse_cell  # noqa: PLC0415 - cells are read in terms of domains

    if rest.count(",") >= _MOST_VALUES:
        return _said("too-many", most=_MOST_VALUES)
    try:
        cell = parse_cell(rest, Domain(kind))
    except BadCell:
        if kind == "text":
            return _said("texts", text=rest)
        return _said("bounds", text=rest)
    if cell.any or cell.null:
        return _said("anything", text=rest)
    if not cell.negated and all(span.point for span in cell.spans):
        return Domain(kind, values=tuple(dict.fromkeys(span.low for span in cell.spans)), optional=optional)
    return Domain(kind, optional=optional, allowed=cell)


_BAD = object()


def _read_bound(kind: str, text: str) -> Any:  # noqa: ANN401 - an ordered value of the kind, None or the mark _BAD
    if text == "":
        return None
    clocks = {"date": day, "time": hour, "date-time": instant}
    if kind in clocks:
        found = clocks[kind](text)
        return _BAD if found is None else found
    value: Any = number(text)
    if value is None and kind in {"months", "days"}:
        value = duration(text)
    found = None if value is None else in_terms(kind, value)
    return _BAD if found is None else found


def check_facts(domains: Mapping[str, Domain], facts: Mapping[str, object]) -> dict[str, Any]:
    """All facts in the table's own terms; refuses with one reason per bad field, all at once.

    Refuses: FactUnknown, FactNull, FactWrongType, FactOutOfDomain.
    """
    good: dict[str, Any] = {}
    bad: list[Refusal] = []
    for name, value in facts.items():
        domain = domains.get(name)
        if domain is None:
            bad.append(FactUnknown(field=name, name=name, known=", ".join(domains)))
            continue
        try:
            good[name] = domain.normal(name, value)
        except Refusal as no:
            bad.append(no)
    refuse(bad)
    return good
