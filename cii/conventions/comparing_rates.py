"""Tariffs of two versions side by side: which one carries on which, whatever day the newer term begins on.

A tariff that an amendment takes over begins with the amendment and says the same: nothing changed. What was
over before the newer term began is past and no difference. Source: 000, i.39.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from cii.conventions.whole import Convention, Header, Rate

_Pair = tuple[Rate | None, Rate | None]


def rates_paired(before: Convention, after: Convention) -> tuple[dict[str, Rate], dict[str, Rate]]:
    """The tariffs of both versions under the same names where one carries on the other.

    Named by measure and line (their codes), and by the first day where there are several; a first or last day
    that is the one of the term is left to the term: in its place stands the newer version's.
    """
    codes = _codes(before, after)
    start, end = after.header.valid_from, after.header.valid_to
    old = [_clipped(one, before.header, start, end) for one in before.rates if not _over(one, before, start)]
    new = [_clipped(one, after.header, start, end) for one in after.rates]
    told: tuple[dict[str, Rate], dict[str, Rate]] = ({}, {})
    for key in dict.fromkeys((one.measure_ref, one.line_ref) for one in (*old, *new)):
        pairs = _pairs([_of(one, key) for one in (old, new)])
        name = " · ".join(codes.get(ref, ref) for ref in key)
        for pair in pairs:
            shown = pair[1] or pair[0]
            full = f"{name} · {shown.valid_from}" if shown and len(pairs) > 1 else name
            for side, one in zip(told, pair, strict=True):
                if one is not None:
                    side[full] = one
    return told


def _codes(*several: Convention) -> Mapping[str, str]:
    bought = [one for whole in several for one in whole.bought]
    return {one.measure_ref: one.measure_code for one in bought} | {
        one.line_ref: one.line_code for one in bought
    }


def _over(one: Rate, before: Convention, start: date) -> bool:
    """Whether it had ended when the newer term began, though its own agreement ran on."""
    end = before.header.valid_to
    return one.valid_to is not None and one.valid_to <= start and (end is None or one.valid_to < end)


def _clipped(one: Rate, own: Header, start: date, end: date | None) -> Rate:
    """The tariff with the days of the newer term, where it goes with the term of its own agreement."""
    whole_end = one.valid_to is None or one.valid_to == own.valid_to
    carried = one.valid_from <= max(own.valid_from, start)
    return replace(
        one,
        valid_from=start if carried else one.valid_from,
        valid_to=end if whole_end else one.valid_to,
    )


def _of(several: Iterable[Rate], key: tuple[str, str]) -> list[Rate]:
    mine = (one for one in several if (one.measure_ref, one.line_ref) == key)
    return sorted(mine, key=lambda one: one.valid_from)


def _pairs(both: Sequence[list[Rate]]) -> list[_Pair]:
    """Equal ones first, then those of the same day, then the rest in the order of their days."""
    old, new = (list(side) for side in both)
    found: list[_Pair] = []
    for same in (_equal, _same_day):
        for one in list(old):
            other = next((held for held in new if same(one, held)), None)
            if other is not None:
                old.remove(one)
                new.remove(other)
                found.append((one, other))
    found += zip(old, new, strict=False)
    done = min(len(old), len(new))
    found += [(one, None) for one in old[done:]]
    found += [(None, one) for one in new[done:]]
    return sorted(found, key=lambda pair: min(one.valid_from for one in pair if one is not None))


def _equal(one: Rate, other: Rate) -> bool:
    return one == other


def _same_day(one: Rate, other: Rate) -> bool:
    return one.valid_from == other.valid_from
