"""Targets and minimums as people say them: 40 or 40,5 per cent, 12.50 francs; kept as permille, centimes."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from cii.agreements.vocabulary import IndicatorUnit

_KEPT = {IndicatorUnit.PERCENT: 10, IndicatorUnit.FRANCS: 100}
"""How many of what is kept make one of what is said."""
_NUMBERS = ("target", "minimum")
_SAID = re.compile(r"\d{1,9}([.,]\d{1,4})?", re.ASCII)
_GROUPS = str.maketrans(
    "", "", "'\N{RIGHT SINGLE QUOTATION MARK}\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} %"
)


def as_kept(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form with its targets and minimums as they are kept.

    What is no number, or finer than what is kept (40.55 per cent), stays as it was typed: refused there.
    """
    made = MultiDict(form)
    for key, said in form.items():
        row, _, name = key.rpartition("-")
        factor = _KEPT.get(form.get(f"{row}-unit"))  # type: ignore[call-overload]
        if factor is None or name not in _NUMBERS:
            continue
        made[key] = _kept(said, factor)
    return made


def in_centimes(said: str) -> str:
    """Francs as they are kept; what is no sum stays as it was typed: refused where it is read."""
    return _kept(said, _KEPT[IndicatorUnit.FRANCS])


def _kept(said: str, factor: int) -> str:
    plain = said.translate(_GROUPS)
    if not _SAID.fullmatch(plain):
        return said
    kept = Decimal(plain.replace(",", ".")) * factor
    return str(int(kept)) if kept == int(kept) else said


def as_said(rows: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[dict[str, Any]]]:
    """The drawn rows of indicators with their targets and minimums as people say them."""
    return [_row([dict(one) for one in row]) for row in rows]


def _row(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = {one["name"].rpartition("-")[2]: one for one in fields}
    factor = _KEPT.get(named["unit"]["value"])
    for name in _NUMBERS:
        value = str(named[name]["value"])
        if factor is not None and value.isdigit():
            named[name]["value"] = f"{(Decimal(value) / factor).normalize():f}"
    return fields
