"""What differs between two problems of one round, each difference by the key it concerns. Pure.

Source: a round that was computed is approved on the facts it was computed from, or not at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cii.allocation.problem import Option, Problem

Plain = int | str | list[str | int] | None


class ChangeKind(StrEnum):
    """What has changed; the order of the words is the order in which changes are told."""

    CANDIDATE_GONE = "candidate-gone"
    CANDIDATE_NEW = "candidate-new"
    RANK = "rank"
    PLACES = "places"
    QUOTA = "quota"
    PURSE = "purse"
    OPTION_GONE = "option-gone"
    OPTION_NEW = "option-new"
    PRICE = "price"
    SUITABILITY = "suitability"
    GUARANTEED = "guaranteed"
    PIN = "pin"


OF_A_CASE = (ChangeKind.CANDIDATE_GONE, ChangeKind.CANDIDATE_NEW, ChangeKind.RANK, ChangeKind.PIN)
"""Changes whose key is a case."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `key`: a measure, "measure line", or purse; of a candidate or a pin, its case.

    `case`: whose option it is. `before`, `after`: numbers (places, centimes, points) or words; None: absent.
    """

    kind: ChangeKind
    key: str
    before: Plain = None
    after: Plain = None
    case: str | None = None

    def told(self) -> dict[str, object]:
        """The difference as plain values."""
        said: dict[str, object] = {"kind": self.kind.value, "key": self.key}
        said |= {"before": self.before, "after": self.after}
        return said | ({"case": self.case} if self.case is not None else {})


def changed(before: Problem, after: Problem) -> tuple[Change, ...]:
    """Every difference, in the order of kinds and keys; none exactly when both have the same digest.

    Of a candidate who is gone or new the options are not told one by one.
    """
    found = [*_of_candidates(before, after), *_of_limits(before, after), *_of_options(before, after)]
    found += _of_pins(before, after)
    order = list(ChangeKind)
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.key, one.case or "")))


def _of_candidates(before: Problem, after: Problem) -> Iterator[Change]:
    old = {one.key: one.rank for one in before.candidates}
    new = {one.key: one.rank for one in after.candidates}
    for key in old.keys() - new.keys():
        yield Change(ChangeKind.CANDIDATE_GONE, key)
    for key in new.keys() - old.keys():
        yield Change(ChangeKind.CANDIDATE_NEW, key)
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            yield Change(ChangeKind.RANK, key, list(old[key][:3]), list(new[key][:3]))


def _of_limits(before: Problem, after: Problem) -> Iterator[Change]:
    olds, news = _limits(before), _limits(after)
    for kind, old in olds.items():
        new = news[kind]
        for key in old.keys() | new.keys():
            if old.get(key) != new.get(key):
                yield Change(kind, key, old.get(key), new.get(key))


def _limits(made: Problem) -> Mapping[ChangeKind, Mapping[str, int]]:
    return {
        ChangeKind.PLACES: {one.measure: one.places for one in made.measures},
        ChangeKind.GUARANTEED: {one.measure: one.guaranteed for one in made.measures},
        ChangeKind.QUOTA: {f"{one.measure} {one.line}": one.places for one in made.quotas},
        ChangeKind.PURSE: {one.key: one.left for one in made.purses},
    }


def _of_options(before: Problem, after: Problem) -> Iterator[Change]:
    heads = ((made.candidates, made.quotas, made.purses, made.columns()) for made in (before, after))
    if next(heads) == next(heads):
        return
    both = {one.key for one in before.candidates} & {one.key for one in after.candidates}
    old, new = (_options(made, both) for made in (before, after))
    for (case, key), one in old.items():
        other = new.get((case, key))
        if other is None:
            yield Change(ChangeKind.OPTION_GONE, key, case=case)
            continue
        if one.charges != other.charges:
            yield Change(ChangeKind.PRICE, key, _priced(one), _priced(other), case)
        if one.suitability != other.suitability:
            yield Change(ChangeKind.SUITABILITY, key, one.suitability, other.suitability, case)
    for case, key in new.keys() - old.keys():
        yield Change(ChangeKind.OPTION_NEW, key, case=case)


def _options(made: Problem, cases: set[str]) -> dict[tuple[str, str], Option]:
    return {(one.case, f"{one.measure} {one.line}"): one for one in made.options() if one.case in cases}


def _priced(one: Option) -> list[str | int]:
    return [part for charge in one.charges for part in charge]


def _of_pins(before: Problem, after: Problem) -> Iterator[Change]:
    old, new = set(before.pins), set(after.pins)
    for pin in old ^ new:
        said = " ".join(filter(None, (pin.kind.value, pin.measure, pin.line)))
        yield Change(ChangeKind.PIN, pin.case, said if pin in old else None, said if pin in new else None)


__all__ = ["Change", "ChangeKind", "changed"]
