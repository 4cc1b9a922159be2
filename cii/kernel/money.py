"""Money: whole centimes, exact; rounding has one named place.

Source: product.md §4 and money.md §1 (largest remainder, ties to the earliest; `round5` at payment only).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from cii.kernel.errors import Refusal

_WRITTEN = re.compile(r"(?P<sign>[-\N{MINUS SIGN}]?)(?P<francs>\d{1,13})(?:\.(?P<cents>\d{1,2}))?", re.ASCII)
_GROUPED = re.compile(
    r"\d{1,3}(?:(?P<sep>['’\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} ])\d{3})(?:(?P=sep)\d{3})*", re.ASCII
)


class NotMoney(Refusal):
    """The text is not a sum in francs with at most two decimals."""

    code, kind = "not-money", "unfit"


@dataclass(frozen=True, order=True, slots=True)
class Chf:
    """A sum in CHF; `centimes` is exact and may be negative."""

    centimes: int = 0

    @classmethod
    def parse(cls, text: str, *, decimal_comma: bool = False) -> Self:
        """Read `1234.50`, `1'234.50` or, with `decimal_comma`, `1 234,50`.

        Refuses: NotMoney, for more than two decimals, exponents, NaN, signs out of place.
        """
        plain = text.strip()
        if decimal_comma and "." not in plain:
            plain = plain.replace(",", ".")
        sign = plain[:1] if plain[:1] in {"-", "\N{MINUS SIGN}"} else ""
        francs, dot, cents = plain.removeprefix(sign).partition(".")
        if grouped := _GROUPED.fullmatch(francs):
            francs = francs.replace(grouped["sep"], "")
        found = _WRITTEN.fullmatch(f"{sign}{francs}{dot}{cents}")
        if not found or (not plain.isprintable() and not grouped):
            raise NotMoney(text=text[:40])
        centimes = int(found["francs"]) * 100 + int((found["cents"] or "0").ljust(2, "0"))
        return cls(-centimes if found["sign"] else centimes)

    @classmethod
    def rounded(cls, centimes: Fraction | int) -> Self:
        """The nearest whole centime, half away from zero: the one rounding of a tariff piece."""
        over, under = centimes.numerator, centimes.denominator
        whole = (2 * abs(over) + under) // (2 * under)
        return cls(whole if over >= 0 else -whole)

    @classmethod
    def total(cls, sums: Iterable["Chf"]) -> Self:
        """The sum of all; nothing sums to zero."""
        return cls(sum(one.centimes for one in sums))

    def __add__(self, other: "Chf") -> "Chf":
        return Chf(self.centimes + other.centimes)

    def __sub__(self, other: "Chf") -> "Chf":
        return Chf(self.centimes - other.centimes)

    def __neg__(self) -> "Chf":
        return Chf(-self.centimes)

    def __mul__(self, times: int) -> "Chf":
        return Chf(self.centimes * times)

    def __bool__(self) -> bool:
        return self.centimes != 0

    def __str__(self) -> str:
        sign = "-" if self.centimes < 0 else ""
        return f"{sign}{abs(self.centimes) // 100}.{abs(self.centimes) % 100:02}"

    def apportion(self, weights: Sequence[int]) -> list["Chf"]:
        """Parts in proportion to `weights`; they sum to the whole (largest remainder, ties to the earliest).

        `weights` are whole and not negative, at least one above zero; else ValueError, a fault of the caller.
        """
        if not weights or min(weights) < 0 or not any(weights):
            raise ValueError(f"weights must be whole, not negative and not all zero: {list(weights)}")
        whole, sign = abs(self.centimes), 1 if self.centimes >= 0 else -1
        total = sum(weights)
        parts = [whole * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for i in by_remainder[: whole - sum(parts)]:
            parts[i] += 1
        return [Chf(sign * part) for part in parts]


def round5(amount: Chf | Fraction) -> Chf:
    """The nearest five centimes, half away from zero; used where a payment leaves the house, nowhere else.

    A `Fraction` is in francs: 1.025 → 1.05, 1.074 → 1.05, −1.025 → −1.05.
    """
    centimes = Fraction(amount.centimes) if isinstance(amount, Chf) else amount * 100
    return Chf(Chf.rounded(centimes / 5).centimes * 5)
