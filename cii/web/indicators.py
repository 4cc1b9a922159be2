"""Indicators of agreements as pages show them: value, target, minimum and the light in words."""

from fractions import Fraction
from typing import Any

from cii.agreements.vocabulary import IndicatorUnit
from cii.figures.own import indicators_seen
from cii.figures.rules import Value
from cii.figures.shapes import IndicatorFigures
from cii.figures.vocabulary import Light
from cii.kernel.money import Chf
from cii.store.work import Work
from cii.texts import formats
from cii.web.choices import t, word
from cii.wire import language

_LIGHTS = {Light.GREEN: "green", Light.AMBER: "yellow", Light.RED: "red", Light.NONE: "grey"}


def indicators_now(work: Work, number: str | None = None) -> list[dict[str, Any]]:
    """The indicators of this year so far, of one agreement or of all that the actor may see, by agreement."""
    return [indicator_row(one) for one in indicators_seen(work, number)]


def indicator_row(one: IndicatorFigures) -> dict[str, Any]:
    """One indicator with its value and light."""
    return {
        "code": one.code,
        "agreement": one.agreement,
        "title": one.title.get(language.lang()) or one.code,
        "sense": word(one.direction, "direction"),
        "target": measured(one.target, one.unit),
        "minimum": measured(one.minimum, one.unit) if one.minimum is not None else None,
        "value": told(one.value, one.unit),
        "light": light_of(one.light),
        "origin": word(one.origin, "origin"),
    }


def light_of(light: Light) -> dict[str, str]:
    """The light for `ui.light`, with its word."""
    return {"state": _LIGHTS[light], "word": word(light, "light")}


def told(value: Value | None, unit: IndicatorUnit) -> str | None:
    """A value with its unit and what it was computed from; None where nothing can be said yet."""
    exact = value.exact if value else None
    if value is None or exact is None:
        return None
    lang = language.lang()
    match unit:
        case IndicatorUnit.PERCENT:
            said = formats.percent(exact, lang)
        case IndicatorUnit.FRANCS:
            said = formats.money(Chf.rounded(exact))
        case _:
            said = formats.number(exact, lang, 1)
    parts = {"numerator": value.numerator, "denominator": value.denominator}
    return t("web.agreements.value-of", value=said, **{k: formats.number(v, lang) for k, v in parts.items()})


def measured(value: int, unit: IndicatorUnit) -> str:
    """A target or a minimum with its unit: permille as per cent, centimes as francs."""
    lang = language.lang()
    match unit:
        case IndicatorUnit.PERCENT:
            return formats.percent(Fraction(value, 1000), lang)
        case IndicatorUnit.FRANCS:
            return formats.money(Chf(value))
        case IndicatorUnit.DAYS:
            return t("web.agreements.days", n=value)
    return formats.number(value, lang)
