"""Unary tests of DMN tables: what a rule asks of an input, its bounds constants or simple expressions.

A cell whose bounds are constants is read once; one that names other inputs (`[low..high]`, `> reference`) is
bound to the facts of each evaluation. Source: DMN 1.3 §9.1 (S-FEEL unary tests), §7.3.3.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cii.decisions.domain import Domain, shown
from cii.decisions.sfeel import ANY, BadCell, Cell, Span, split_list
from cii.dmn.feel import MOST_SIGNS, Expression, Names, NotTaken, Values, compile_expression, names_of
from cii.files.reading import did_you_mean
from cii.kernel.errors import Refusal
from cii.texts.speech import Saying

_INTERVAL = re.compile(r"([\[\](])(.+?)\.\.(.+)([\[\])])", re.DOTALL)
_NEGATED = re.compile(r"not\s*\((.*)\)", re.DOTALL)


@dataclass(frozen=True)
class Bound:
    """One alternative of a cell: `sign` is <, <=, >, >=, = or the brackets of an interval."""

    sign: str
    ends: tuple[Expression, ...]


@dataclass(frozen=True)
class Test:
    """A cell as the model writes it; `fixed` when all its bounds are constants."""

    text: str
    bounds: tuple[Bound, ...]
    negated: bool
    domain: Domain
    fixed: Cell | None = None

    @property
    def names(self) -> frozenset[str]:
        """The values its bounds need."""
        return frozenset().union(*(end.names for bound in self.bounds for end in bound.ends))

    def bind(self, values: Values) -> Cell | None:
        """The cell for these values; None where it can hold for nothing."""
        if self.fixed is not None:
            return self.fixed
        spans: list[Span] = []
        for bound in self.bounds:
            ends = [fitting(end.run(values), self.domain) for end in bound.ends]
            if None not in ends and (span := _span(bound.sign, ends)):
                spans.append(span)
        if not spans:
            return ANY if self.negated else None
        return Cell(self.text, tuple(spans), self.negated)


def read_test(text: str, domain: Domain, known: Iterable[str]) -> Test:
    """Read one cell; refuses BadCell or NotTaken with a plain reason."""
    plain = text.strip()
    if plain in {"", "-"}:
        return Test("-", (), negated=False, domain=domain, fixed=ANY)
    found = _NEGATED.fullmatch(plain)
    names = known if isinstance(known, Names) else names_of(known)
    bounds = tuple(_bound(part.strip(), names) for part in split_list(found[1] if found else plain))
    test = Test(plain, bounds, bool(found), domain)
    return test if test.names else Test(plain, bounds, test.negated, domain, _fixed(test))


def _bound(text: str, known: Names) -> Bound:
    if len(text) > MOST_SIGNS:
        raise NotTaken(Saying("problem.dmn.why.long", n=len(text), most=MOST_SIGNS))
    if text.startswith("?"):
        raise NotTaken(Saying("problem.dmn.why.question", text=text))
    for sign in ("<=", ">=", "<", ">", "="):
        if text.startswith(sign):
            return Bound(sign, (compile_expression(text[len(sign) :], known),))
    if found := _INTERVAL.fullmatch(text):
        left = "[" if found[1] == "[" else "]"
        right = "]" if found[4] == "]" else "["
        return Bound(left + right, tuple(compile_expression(found[at], known) for at in (2, 3)))
    return Bound("=", (compile_expression(text, known),))


def _fixed(test: Test) -> Cell:
    spans, null = [], False
    for bound in test.bounds:
        ends = []
        for end in bound.ends:
            value = end.run({})
            if value is None and end.text != "null":
                raise BadCell(Saying("problem.dmn.why.none", text=end.text))
            end_value = fitting(value, test.domain)
            if value is not None and end_value is None:
                raise BadCell(Saying("problem.dmn.why.kind", text=end.text, kind=test.domain.kind))
            ends.append(end_value)
        if ends == [None]:
            null = True
            continue
        if bound.sign != "=" and not test.domain.ordered:
            raise BadCell(Saying("problem.dmn.why.compares", text=test.text, kind=test.domain.kind))
        span = _span(bound.sign, ends)
        if span is None:
            raise BadCell(Saying("problem.dmn.why.holds-nothing", text=test.text))
        _admitted(bound, ends, test.domain)
        spans.append(span)
    parts = ", ".join([str(span) for span in spans] + ["null"] * null)
    return Cell(f"not({parts})" if test.negated else parts, tuple(spans), test.negated, null)


def _admitted(bound: Bound, ends: list[Any], domain: Domain) -> None:
    if bound.sign == "=" and not domain.admits(ends[0]):
        known = [shown(one) for one in domain.values]
        allowed = ", ".join(known) or str(domain)
        said = Saying("problem.dmn.why.not-allowed", text=shown(ends[0]), known=allowed)
        raise BadCell(said, did_you_mean(shown(ends[0]), known) if known else None)


def fitting(value: Any, domain: Domain) -> Any:  # noqa: ANN401 - a value of the domain's kind
    """The value in the terms of the domain's kind, or None where it is of another."""
    try:
        return None if value is None else Domain(domain.kind).normal("", value)
    except Refusal:
        return None


def _span(sign: str, ends: list[Any]) -> Span | None:
    match sign:
        case "=":
            return Span(ends[0], True, ends[0], True)
        case "<" | "<=":
            return Span(high=ends[0], high_in="=" in sign)
        case ">" | ">=":
            return Span(low=ends[0], low_in="=" in sign)
    low_in, high_in = sign[0] == "[", sign[1] == "]"
    if ends[0] > ends[1] or (ends[0] == ends[1] and not (low_in and high_in)):
        return None
    return Span(ends[0], low_in, ends[1], high_in)
