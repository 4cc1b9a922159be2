"""Simple expressions of DMN models: constants, names of inputs, arithmetic; anything more is named.

Names may hold spaces and signs (`Applicant age`, `Approved/Declined`): the longest name that the model
declares wins. No value (null) in an operation gives null, as the standard has it. Source: DMN 1.3 §9
(S-FEEL), §10.3.1.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from cii.decisions.domain import Months, exact
from cii.decisions.sfeel import read_value
from cii.files.reading import did_you_mean
from cii.kernel.errors import Refusal
from cii.kernel.period import months_later
from cii.texts.speech import Saying

Values = Mapping[str, Any]
Run = Callable[[Values], Any]
_PLACES = Context(prec=34, Emax=4_000, Emin=-4_000)
"""Numbers of FEEL have 34 digits (DMN 1.3 §10.3.2.3.1); one beyond 10 to the 4000 is none (null)."""
MOST_SIGNS, MOST_TERMS = 2_000, 200
"""An expression of more signs, or of more names, values and operators, is none that people read."""
MOST_TEXT = 10_000
"""A text put together from parts is no longer than that."""
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<at>@"[^"]*") | (?P<text>"(?:[^"\\]|\\.)*") | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<call>(?:date\ and\ time|date|time|duration)\s*\(\s*"[^"]*"\s*\))
    | (?P<name>[^\W\d][\w']*) | (?P<sign>\*\*|[-+*/().]) | (?P<other>\S)
    )""",
    re.VERBOSE,
)
_WORDS = frozenset(
    {"if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "function", "between"}
    | {"instance", "and", "or", "not"}
)
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_BARE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.Z+-]+)?|\d{2}:\d{2}(:\d{2}(\.\d+)?)?|-?P(?=[\dT])[\dYMDTHS.]+")


class NotTaken(ValueError):  # noqa: N818 - the word of the trade: a construct we cannot take
    """A construct that is no simple expression; the text says which.

    `suggestion` is what was meant: the name among `known` that is nearest to `word`, sought when asked for.
    """

    def __init__(self, message: str, word: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.said, self.word, self.known = message, word, known

    @property
    def suggestion(self) -> str | None:
        """What was probably meant, as a hint."""
        return did_you_mean(self.word, self.known) if self.word else None


class TextTooLong(Refusal):
    """A decision puts texts together without end."""

    code, kind = "text-too-long", "unfit"


class Names(dict[str, str]):
    """The names a model declares, each with the name that it stands for, ready to be found in a text."""

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """By first letter, how long the names are, the longest first."""
        found: dict[str, set[int]] = {}
        for one in self:
            if one.strip():
                found.setdefault(one[0], set()).add(len(one))
        return {letter: tuple(sorted(held, reverse=True)) for letter, held in found.items()}


@dataclass(frozen=True)
class Expression:
    """A simple expression; `names` are the values it needs, dotted where it goes into a structure."""

    text: str
    names: frozenset[str]
    run: Run

    @property
    def constant(self) -> bool:
        """Whether it needs no value."""
        return not self.names


def is_name(text: str) -> bool:
    """Whether the text reads as the name of a value: letters, digits and spaces, no word of the language."""
    words = text.split()
    plain = bool(words) and all(one.isalnum() or one in "_ " for one in text) and not text[0].isdigit()
    return plain and not any(one in _WORDS or one in _CONSTANTS for one in words)


def path(values: Values, dotted: str) -> Any:  # noqa: ANN401 - any value of the facts
    """The value under a name, going into structures at the dots; None where there is none."""
    if dotted in values:
        return values[dotted]
    head, dot, rest = dotted.rpartition(".")
    inner = path(values, head) if dot else None
    return inner.get(rest) if isinstance(inner, Mapping) else None


def names_of(known: Iterable[str]) -> Names:
    """The names, each standing for itself where `known` is no mapping."""
    return Names(known if isinstance(known, Mapping) else {one: one for one in known})


def compile_expression(text: str, known: Iterable[str]) -> Expression:
    """Read a simple expression over the known names; refuses NotTaken with what it cannot take.

    Where `known` is a mapping, it gives for each word the name that the word stands for.
    """
    plain = text.strip()
    if not plain:
        raise NotTaken(Saying("problem.dmn.why.empty"))
    if len(plain) > MOST_SIGNS:
        raise NotTaken(Saying("problem.dmn.why.long", n=len(plain), most=MOST_SIGNS))
    names = known if isinstance(known, Names) else names_of(known)
    if _BARE.fullmatch(plain) and (value := read_value(plain)) is not None:
        return Expression(plain, frozenset(), lambda _: value)
    parser = _Parser(plain, names)
    run = parser.sum()
    if parser.at < len(parser.tokens):
        sign = parser.tokens[parser.at][1]
        raise NotTaken(Saying("problem.dmn.why.goes-on", text=plain, sign=sign))
    return Expression(plain, frozenset(parser.names), run)


class _Parser:
    def __init__(self, text: str, known: Names) -> None:
        self.text, self.known = text, known
        self.names: set[str] = set()
        self.at = 0
        self.depth = 0
        self.tokens = self._tokens()

    def _tokens(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        at = 0
        while at < len(self.text):
            if self.text[at].isspace():
                at += 1
                continue
            name = self._named(at)
            if name is not None:
                found.append(("known", name))
                at += len(name)
            else:
                match = _TOKEN.match(self.text, at)
                if match is None or match.lastgroup is None:  # pragma: no cover - `other` takes any sign
                    raise NotTaken(Saying("problem.dmn.why.no-expression", text=self.text))
                found.append((match.lastgroup, match[match.lastgroup]))
                at = match.end()
            if len(found) > MOST_TERMS:
                raise NotTaken(Saying("problem.dmn.why.terms", most=MOST_TERMS))
        return found

    def _named(self, at: int) -> str | None:
        """The longest name of the model that stands there."""
        for length in self.known.lengths.get(self.text[at], ()):
            name, after = self.text[at : at + length], self.text[at + length : at + length + 1]
            if name in self.known and not re.match(r"[\w']", after):
                return name
        return None

    def _take(self, *signs: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("sign", one) for one in signs]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def sum(self) -> Run:
        left = self.product()
        while sign := self._take("+", "-"):
            left = _operation(sign, left, self.product())
        return left

    def product(self) -> Run:
        left = self.power()
        while sign := self._take("*", "/"):
            left = _operation(sign, left, self.power())
        return left

    def power(self) -> Run:
        left = self.unary()
        while self._take("**"):
            left = _operation("**", left, self.unary())
        return left

    def unary(self) -> Run:
        self.depth += 1
        if self.depth > 50:  # noqa: PLR2004 - nobody writes fifty brackets
            raise NotTaken(Saying("problem.dmn.why.deep"))
        run = _operation("-", _constant(0), self.unary(), negation=True) if self._take("-") else self.one()
        self.depth -= 1
        return run

    def one(self) -> Run:
        if self._take("("):
            inner = self.sum()
            if not self._take(")"):
                raise NotTaken(Saying("problem.dmn.why.bracket", text=self.text))
            return inner
        if self.at >= len(self.tokens):
            raise NotTaken(Saying("problem.dmn.why.early", text=self.text))
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "known":
            return self._name(text)
        if kind == "name" and text in _CONSTANTS:
            return _constant(_CONSTANTS[text])
        if kind in {"text", "number", "call", "at"}:
            value = read_value(text.removeprefix("@").strip('"') if kind == "at" else text)
            if kind == "number" and value is None:
                value = exact(_PLACES.create_decimal(text))
            if value is None:
                raise NotTaken(Saying("problem.dmn.why.no-value", text=text))
            return _constant(value)
        raise self._strange(kind, text)

    def _name(self, name: str) -> Run:
        name = self.known[name]
        while self._take("."):
            if self.at >= len(self.tokens) or self.tokens[self.at][0] not in {"name", "known"}:
                raise NotTaken(Saying("problem.dmn.why.dot", text=self.text))
            name = f"{name}.{self.tokens[self.at][1]}"
            self.at += 1
        self.names.add(name)
        return lambda values: path(values, name)

    def _strange(self, kind: str, text: str) -> NotTaken:
        after = self.tokens[self.at][1] if self.at < len(self.tokens) else ""
        if kind == "name" and text in _WORDS:
            return NotTaken(Saying("problem.dmn.why.beyond", text=text))
        if kind == "name" and after == "(":
            return NotTaken(Saying("problem.dmn.why.function", text=text))
        if kind == "name":
            return NotTaken(Saying("problem.dmn.why.neither", text=text), text, self.known)
        if text in "[{":
            return NotTaken(Saying("problem.dmn.why.lists", text=self.text))
        return NotTaken(Saying("problem.dmn.why.unreadable", text=self.text, sign=text))


def _constant(value: Any) -> Run:  # noqa: ANN401 - any value
    return lambda _: value


def _operation(sign: str, left: Run, right: Run, *, negation: bool = False) -> Run:
    def run(values: Values) -> Any:  # noqa: ANN401 - any value
        one, two = left(values), right(values)
        if negation and isinstance(two, Months | timedelta):
            one = two - two if isinstance(two, timedelta) else Months(0)
        return None if one is None or two is None else _calculated(sign, one, two)

    return run


def _calculated(sign: str, one: Any, two: Any) -> Any:  # noqa: ANN401, PLR0911 - a line per pair of kinds
    """The value of one operation, or None (null) where the standard defines none."""
    if isinstance(one, bool) or isinstance(two, bool):
        return None
    try:
        if isinstance(one, int | Decimal) and isinstance(two, int | Decimal):
            return _number(sign, Decimal(one), Decimal(two))
        match sign, one, two:
            case "+", str(), str():
                return _joined(one, two)
            case (("+" | "-"), Months(), Months()):
                return Months(one.count + (two.count if sign == "+" else -two.count))
            case (("+" | "-"), (date() | datetime()), Months()):
                return months_later(one, two.count if sign == "+" else -two.count)
            case "+", (date() | datetime() | timedelta()), timedelta():
                return one + two
            case "-", (date() | datetime() | timedelta()), timedelta():
                return one - two
            case "-", (date() | datetime()), (date() | datetime()):
                return one - two
    except (ArithmeticError, ValueError, TypeError):
        return None
    return None


def _joined(one: str, two: str) -> str:
    """Both texts as one; refuses TextTooLong, because a chain of decisions could double it without end."""
    if len(one) + len(two) > MOST_TEXT:
        raise TextTooLong(most=MOST_TEXT)
    return one + two


def _number(sign: str, one: Decimal, two: Decimal) -> int | Decimal | None:
    if sign == "**" and abs(two) > 1000:  # noqa: PLR2004 - beyond, the result has no meaning for a rule
        return None
    try:
        value = {
            "+": _PLACES.add, "-": _PLACES.subtract, "*": _PLACES.multiply,
            "/": _PLACES.divide, "**": _PLACES.power,
        }[sign](one, two)  # fmt: skip
    except InvalidOperation:
        return None
    return exact(value) if value.is_finite() else None
