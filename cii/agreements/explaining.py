"""A stored computation told in words: its days, its tariff, what counted, how it was rounded and shared."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from cii.agreements.vocabulary import Basis
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.texts import formats
from cii.texts.speech import say, word

_HOUR = 60


def explained_in_words(explanation: Mapping[str, Any], lang: str) -> list[str]:
    """The sentences that tell how an amount came about, in the order of the computation.

    A correction tells each piece as it is due now, then what was stated before and the difference.
    """
    if "stated" not in explanation:
        return list(_piece(explanation, lang))
    said = [sentence for one in explanation["now"] for sentence in _piece(one, lang)]
    now = Chf(sum(_part(one) for one in explanation["now"]))
    before = Chf(sum(explanation["stated"]))
    return [*said, say("proration.corrected", lang, now=now, before=before, difference=now - before)]


def _piece(told: Mapping[str, Any], lang: str) -> Iterator[str]:
    basis = Basis(told["basis"])
    yield say("proration.days", lang, days=_period((told["first"], told["last"])))
    yield say("proration.tariff", lang, amount=Chf(told["amount"]), basis=word(basis, lang).lower())
    if told.get("closed"):
        yield say("proration.closed", lang, days=_list(told["closed"], lang))
    if told.get("breaks"):
        yield say("proration.breaks", lang, days=_list(told["breaks"], lang))
    yield _counted(told, basis, lang)
    if told.get("workload") is not None:
        counts = Fraction(told["counted"])
        yield say("proration.workload", lang, workload=told["workload"], counts=formats.percent(counts, lang))
    yield from _attended(told, basis, lang)
    yield say("proration.rounded", lang, gross=Chf(told["gross"]))
    if len(told["weights"]) > 1:
        yield say(
            "proration.shared",
            lang,
            weights=" / ".join(str(weight) for weight in told["weights"]),
            part=Chf(_part(told)),
        )
    yield say("proration.rule", lang, rule=told["rule"])


def _counted(told: Mapping[str, Any], basis: Basis, lang: str) -> str:
    factor = Fraction(told["factor"])
    part = formats.number(factor, lang)
    match basis:
        case Basis.HOUR:
            length = _hours(told["day_minutes"], lang)
            return say("proration.hours", lang, hours=part, length=length)
        case Basis.PERIOD:
            return say("proration.instalments", lang, whole=_period(told["spread"]), part=told["factor"])
        case Basis.STARTED_MONTH | Basis.STARTED_WEEK | Basis.PER_PERSON:
            return say("proration.begun", lang, n=int(factor))
        case Basis.WEEK:
            return say("proration.weeks", lang, part=part)
        case Basis.AGREED_PLACES:
            return say("proration.places", lang, n=told["places"], part=_share(told["factor"], part))
        case Basis.CALENDAR_DAYS | Basis.WEEKDAYS:
            return say("proration.months", lang, part=_share(told["factor"], part))


def _attended(told: Mapping[str, Any], basis: Basis, lang: str) -> Iterator[str]:
    if "expected" not in told:
        return
    expected = sum(len(_period(one)) for one in told["expected"])
    unpaid: Sequence[str] = told["unpaid"]
    if basis is Basis.HOUR:
        held, planned = Fraction(told["attended"]), Fraction(told["factor"])
        hours = formats.number(held * planned, lang)
        yield say("proration.attended-hours", lang, hours=hours, planned=formats.number(planned, lang))
    else:
        yield say("proration.attended", lang, paid=expected - len(unpaid), expected=expected)
    if unpaid:
        yield say("proration.unpaid", lang, days=_list([(day, day) for day in unpaid], lang))


def _part(told: Mapping[str, Any]) -> int:
    """The payer's part of a piece, in centimes; the whole where no payer is named."""
    parts: list[int] = told["parts"]
    payer: int | None = told.get("payer")
    return int(told["gross"]) if payer is None else parts[payer]


def _share(fraction: str, decimal: str) -> str:
    """A fraction as it was computed, with its decimal value; whole numbers alone."""
    numerator, denominator = fraction.split("/")
    return numerator if denominator == "1" else f"{fraction} ({decimal})"


def _hours(minutes: int, lang: str) -> str:
    return formats.number(Fraction(minutes, _HOUR), lang, 2)


def _list(runs: Sequence[Sequence[str]], lang: str) -> str:
    return ", ".join(formats.period(_period(one), lang) for one in runs)


def _period(told: Sequence[str]) -> Period:
    first, last = told
    return Period.through(date.fromisoformat(first), date.fromisoformat(last))
