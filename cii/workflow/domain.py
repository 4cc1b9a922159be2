"""Domains of facts: what a fact may be, declared in words, checked before any rule sees it.

`number 0..600`, `whole 0..10`, `money 0..5000000` (centimes), `yes/no`, `date 2009-01-01..`, `months 0..600`,
`days 0..800`, `text`, `text "none", "low"`. A wrong type, a null or a value outside is a refusal that names
the field, never "no match" (workflow.md §3). Money is whole centimes, never a float.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf

Ordered = Any
"""A value that can be compared with its like: int, Decimal, date, Months, timedelta."""


@dataclass(frozen=True, order=True, slots=True)
class Months:
    """A length in whole months (FEEL's years and months duration)."""

    count: int

    def __str__(self) -> str:
        return f"P{self.count}M"


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


KINDS = ("number", "whole", "money", "yes/no", "date", "months", "days", "text")
DISCRETE = frozenset({"whole", "money", "date", "months", "days"})
_NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d{1,12})?|\.\d{1,12})", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEARS_MONTHS = re.compile(r"(?P<sign>-?)P(?:(?P<y>\d{1,4})Y)?(?:(?P<m>\d{1,5})M)?", re.ASCII)
_DAYS_TIME = re.compile(
    r"(?P<sign>-?)P(?:(?P<d>\d{1,6})D)?(?:T(?:(?P<h>\d{1,6})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,9})S)?)?",
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
        return -timedelta(**parts) if found["sign"] else timedelta(**parts)
    return None


def shown(value: object) -> str:
    """A value as the files write it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return f'"{value}"'
        case timedelta():
            whole, rest = divmod(value, timedelta(days=1))
            return f"P{whole}D" if not rest else f"PT{int(value.total_seconds())}S"
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact may be: `kind`, its bounds (inclusive, None when open) or the allowed texts in order."""

    kind: str
    low: Ordered | None = None
    high: Ordered | None = None
    values: tuple[str, ...] = ()

    @property
    def ordered(self) -> bool:
        """Whether `<` and intervals mean something."""
        return self.kind not in {"text", "yes/no"}

    @property
    def discrete(self) -> bool:
        """Whether nothing lies between two neighbours, as between two days."""
        return self.kind in DISCRETE

    def __str__(self) -> str:
        if self.values:
            return "text " + ", ".join(f'"{one}"' for one in self.values)
        if self.low is None and self.high is None:
            return self.kind
        return f"{self.kind} {_bound(self.low)}..{_bound(self.high)}"

    def normal(self, name: str, value: object) -> Any:  # noqa: ANN401, C901, PLR0912 - a case per kind
        """The value in the table's own terms; refuses FactNull, FactWrongType or FactOutOfDomain."""
        if value is None:
            raise FactNull(field=name, name=name)
        plain: Any = value
        match self.kind:
            case "text":
                if type(value) is not str:
                    raise self._wrong(name, value)
                if self.values and value not in self.values:
                    raise self._outside(name, value)
                return value
            case "yes/no":
                if type(value) is not bool:
                    raise self._wrong(name, value)
                return value
            case "number":
                plain = self._number(name, value)
            case "whole" | "money":
                if isinstance(value, Chf) and self.kind == "money":
                    plain = value.centimes
                elif type(value) is not int:
                    raise self._wrong(name, value)
            case "date":
                if type(value) is not date:
                    raise self._wrong(name, value)
            case "months":
                plain = Months(value) if type(value) is int else value
                if not isinstance(plain, Months):
                    raise self._wrong(name, value)
            case "days":
                plain = timedelta(days=value) if type(value) is int else value
                if not isinstance(plain, timedelta):
                    raise self._wrong(name, value)
        if (self.low is not None and plain < self.low) or (self.high is not None and plain > self.high):
            raise self._outside(name, value)
        return plain

    def _number(self, name: str, value: object) -> int | Decimal | Fraction:
        if type(value) is int:
            return value
        if isinstance(value, Decimal) and value.is_finite():
            return exact(value)
        if isinstance(value, Fraction):
            return value.numerator if value.denominator == 1 else value
        raise self._wrong(name, value)

    def _wrong(self, name: str, value: object) -> FactWrongType:
        return FactWrongType(field=name, name=name, expected=str(self), found=type(value).__name__)

    def _outside(self, name: str, value: object) -> FactOutOfDomain:
        return FactOutOfDomain(field=name, name=name, expected=str(self), value=shown(value)[:60])


def _bound(value: Ordered | None) -> str:
    match value:
        case None:
            return ""
        case Months():
            return str(value.count)
        case timedelta():
            return str(value.days)
    return shown(value)


def parse_domain(text: str) -> Domain | str:  # noqa: PLR0911 - a line per fault
    """Read a domain; a text in return says what is wrong with it."""
    kind, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if kind not in KINDS:
        return f"“{kind}” is no type of fact"
    if kind == "text":
        values = re.findall(r'"([^"]*)"', rest)
        if rest and re.sub(r'"[^"]*"', '""', rest).replace(" ", "") != ",".join('""' for _ in values):
            return f'allowed texts are written "a", "b", not {rest}'
        return Domain("text", values=tuple(values))
    if not rest:
        return Domain(kind)
    if kind == "yes/no":
        return "yes/no takes no bounds"
    low_text, dots, high_text = rest.partition("..")
    if not dots:
        return f"bounds are written 0..120, not “{rest}”"
    bounds = [_read_bound(kind, one.strip()) for one in (low_text, high_text)]
    if bounds[0] is _BAD or bounds[1] is _BAD:
        return f"“{rest}” holds a bound that is no {kind}"
    low, high = bounds
    if low is not None and high is not None and low > high:
        return f"the bounds {rest} stand upside down"
    return Domain(kind, low, high)


_BAD = object()


def _read_bound(kind: str, text: str) -> Any:  # noqa: ANN401 - an ordered value of the kind, None or the mark _BAD
    if text == "":
        return None
    if kind == "date":
        return day(text) or _BAD
    value = number(text)
    if value is None or (kind != "number" and not isinstance(value, int)):
        return _BAD
    if kind == "months":
        return Months(int(value))
    return timedelta(days=int(value)) if kind == "days" else value


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
