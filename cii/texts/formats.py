"""How values are written for people: one form of money and numbers for all languages, dates by language.

Swiss offices write `CHF 1'234.50` in every language (ui.md §3); numbers follow, with apostrophe and point.
Dates are `15.10.2026` in French and German, `15 Oct 2026` in English; moments are told in Swiss time.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel.dates import format_date

from cii.kernel.clock import ZURICH
from cii.kernel.money import Chf
from cii.kernel.period import Period, Quarter
from cii.kernel.span import Span, SpanKind

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
_DAY_PATTERN: Mapping[str, str] = {"fr": "dd.MM.y", "de": "dd.MM.y", "en": "d MMM y"}
_LONG_DAY_PATTERN: Mapping[str, str] = {"fr": "d MMMM y", "de": "d. MMMM y", "en": "d MMMM y"}
_MONTH_PATTERN = "LLLL y"
_QUARTER: Mapping[str, str] = {
    "fr": "{n}{mark} trimestre {year}",
    "de": "{n}. Quartal {year}",
    "en": "Q{n} {year}",
}


def money(amount: Chf) -> str:
    """The sum as offices write it: `CHF 1'234.50`, `CHF 0.05`; the space does not break."""
    return f"CHF{NBSP}{francs(amount)}"


def francs(amount: Chf) -> str:
    """The sum without its currency, for columns that name it in their head: `1'234.50`."""
    whole, cents = divmod(abs(amount.centimes), 100)
    return f"{MINUS if amount.centimes < 0 else ''}{_grouped(whole)}.{cents:02}"


def number(value: int | Decimal | Fraction, lang: str, decimals: int | None = None) -> str:
    """The number with an apostrophe between thousands and a point: `12'345`, `0.85`; one form for all.

    Without `decimals`, as many as needed, at most four; with it, exactly so many, half away from zero.
    """
    del lang  # one form for all languages; the parameter keeps callers ready for another decision
    exact = _decimal(value, 4 if decimals is None else decimals)
    digits = f"{abs(exact):f}"
    whole, _, rest = digits.partition(".")
    rest = rest.rstrip("0") if decimals is None else rest
    return f"{MINUS if exact < 0 else ''}{_grouped(int(whole))}{'.' if rest else ''}{rest}"


def percent(share: Fraction | Decimal | int, lang: str, decimals: int | None = None) -> str:
    """A share, 0 to 1, as per cent: `85 %`, `33.3 %`, in English `85%`; one decimal at most unless asked."""
    hundredths = Fraction(share) * 100
    text = (
        number(Fraction(_decimal(hundredths, 1)), lang)
        if decimals is None
        else number(hundredths, lang, decimals)
    )
    return f"{text}%" if lang == "en" else f"{text}{NBSP}%"


@lru_cache(maxsize=4096)
def day(at: date, lang: str) -> str:
    """The date: `15.10.2026`, in English `15 Oct 2026`; lists say the same days over and over."""
    return format_date(at, _DAY_PATTERN[lang], locale=lang)


def long_day(at: date, lang: str) -> str:
    """The date in words, for letters: `15 octobre 2026`, `15. Oktober 2026`, `15 October 2026`."""
    return format_date(at, _LONG_DAY_PATTERN[lang], locale=lang)


def month(at: date, lang: str) -> str:
    """The month that holds the date, in words: `octobre 2026`, `Oktober 2026`, `October 2026`."""
    return format_date(at, _MONTH_PATTERN, locale=lang)


@lru_cache(maxsize=4096)
def moment(at: datetime, lang: str) -> str:
    """The moment in Swiss time: `15.10.2026, 08:00`; one without a time zone is a fault of the caller."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    local = at.astimezone(ZURICH)
    return f"{day(local.date(), lang)}, {local:%H:%M}"


def period(days: Period, lang: str) -> str:
    """First and last day, both inclusive: `01.07.2026` to `30.09.2026`; a single day is written once."""
    if len(days) <= 1:
        return day(days.start, lang)
    dash = f" {DASH} " if lang == "en" else DASH
    return f"{day(days.start, lang)}{dash}{day(days.last, lang)}"


def quarter(which: Quarter, lang: str) -> str:
    """The quarter in words: `3e trimestre 2026`, `3. Quartal 2026`, `Q3 2026`."""
    return _QUARTER[lang].format(n=which.number, mark="er" if which.number == 1 else "e", year=which.year)


def span(which: Span, lang: str) -> str:
    """A span in words: `15.10.2026`, `septembre 2026`, `3e trimestre 2026`, `2026`, `2024–2027`."""
    match which.kind:
        case SpanKind.DAY:
            return day(which.period.start, lang)
        case SpanKind.MONTH:
            return month(which.period.start, lang)
        case SpanKind.QUARTER:
            return quarter(which.quarter, lang)
    return which.code.replace("-", DASH)


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", "'")


def _decimal(value: int | Decimal | Fraction, decimals: int) -> Decimal:
    """The value with so many decimals, half away from zero, whatever its size."""
    exact = Fraction(value) * 10**decimals
    rounded = (abs(exact) * 2 + 1) // 2
    return Decimal(int(rounded if exact >= 0 else -rounded)).scaleb(-decimals)
