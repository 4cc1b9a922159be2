"""A stored computation derived again from its own input, by the rule version that it names.

The nightly proof holds what is stored against this; nothing is rewritten. Source: money.md §1.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from cii.agreements.rules_proration import Attended, Given, Line, Rate, priced_piece
from cii.agreements.vocabulary import Basis
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period


class RuleUnknown(Refusal):
    """The computation names a rule version that is not known here."""

    code, kind = "proration-rule-unknown", "conflict"


def recompute(explanation: Mapping[str, Any]) -> Chf:
    """The amount of a stored line from its stored input: the payer's part, or the whole where none is named.

    A line of a correction (`now`, `stated`) is what is due now less what was stated. Refuses: RuleUnknown.
    """
    if "stated" in explanation:
        now = Chf.total(recompute(one) for one in explanation["now"])
        return now - Chf(sum(explanation["stated"]))
    match explanation.get("rule"):
        case "proration/2":
            line = rebuilt(explanation)
            gross, parts = line.gross, line.parts
        case "proration/1":
            gross = _by_first_rule(explanation)
            parts = tuple(gross.apportion(explanation["weights"]))
        case other:
            raise RuleUnknown(rule=str(other))
    payer = explanation.get("payer")
    return gross if payer is None else parts[payer]


def rebuilt(told: Mapping[str, Any]) -> Line:
    """The piece that an explanation of today's rule tells, computed anew from days and tariff."""
    period = _period((told["first"], told["last"]))
    rate = Rate(
        told["tariff"],
        period.start,
        period.end,
        Basis(told["basis"]),
        Chf(told["amount"]),
        told["places"],
        day_minutes=told.get("day_minutes"),
        full_from=told.get("full_from"),
        half_from=told.get("half_from"),
        spread=_period(told["spread"]) if "spread" in told else None,
    )
    given = Given(
        _period(told["stay"]),
        _periods(told["closed"]),
        _periods(told["breaks"]),
        told.get("workload"),
        _attended(told),
        frozenset(date.fromisoformat(day) for day in told.get("holidays", ())),
    )
    return priced_piece(period, rate, given, told["weights"])


def _by_first_rule(told: Mapping[str, Any]) -> Chf:
    """The first rule kept factors, not days: the sum follows from them."""
    exact = Fraction(told["amount"] * told["places"]) * Fraction(told["factor"]) * Fraction(told["attended"])
    return Chf.rounded(exact)


def _attended(told: Mapping[str, Any]) -> Attended | None:
    if "expected" not in told:
        return None
    expected = frozenset(day for one in _periods(told["expected"]) for day in one.days())
    minutes = {date.fromisoformat(day): held for day, held in told.get("minutes", {}).items()}
    return Attended(expected, expected - {date.fromisoformat(day) for day in told["unpaid"]}, minutes)


def _periods(told: Sequence[Sequence[str]]) -> tuple[Period, ...]:
    return tuple(_period(one) for one in told)


def _period(told: Sequence[str]) -> Period:
    first, last = told
    return Period.through(date.fromisoformat(first), date.fromisoformat(last))
