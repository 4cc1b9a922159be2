"""What a round has to solve: who asks, which places there are, what each would cost whom. Whole numbers only.

Everything is kept in canonical order (cases, measures, quotas and purses by key, options by case, measure and
line), so that the same facts give the same bytes whatever order they came in. The options lie in columns: a
large canton has more than a million.
"""

import json
from array import array
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import TypeVar

from cii.allocation.vocabulary import PinKind

Key = TypeVar("Key", bound=Hashable)
FORMAT = "allocation-problem/1"
CEILING = " · "
"""A purse whose key holds this is a ceiling: it counts what another purse pays, and pays nothing itself."""
BEST = 100
"""The best suitability."""


class ProblemFault(ValueError):  # noqa: N818 - it says what is wrong
    """The problem contradicts itself: a key twice, an unknown key, a number out of its bounds."""


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A case that asks for a place.

    `urgency`: 1 first. `waiting_since`: ISO date. `lot`: hexadecimal, drawn by the seed of the round.
    """

    key: str
    urgency: int
    waiting_since: str
    lot: str

    @property
    def rank(self) -> tuple[int, str, str, str]:
        """Whoever has the smaller one comes first."""
        return self.urgency, self.waiting_since, self.lot, self.key


@dataclass(frozen=True, slots=True, order=True)
class MeasurePlaces:
    """Places that a measure has free in the round, and how many of them are paid even when empty."""

    measure: str
    places: int
    guaranteed: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Quota:
    """Places of a measure that a funding line may use at most: a cell."""

    measure: str
    line: str
    places: int


@dataclass(frozen=True, slots=True, order=True)
class Purse:
    """What a funding line has left in a budget year, in centimes."""

    key: str
    left: int


@dataclass(frozen=True, slots=True, order=True)
class Option:
    """An admissible place for a case: suitability 0 to 100, and what it charges to which purse, in centimes.

    A stay that touches two budget years, or is split between two payers, charges several purses; the quota
    of `line` alone is used.
    """

    case: str
    measure: str
    line: str
    suitability: int
    charges: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """A decision taken before the round is solved: the case has this place, or shall not have it.

    A refusal without `measure` excludes the case from the round, without `line` from the whole measure.
    """

    case: str
    kind: PinKind
    measure: str = ""
    line: str = ""


@dataclass(frozen=True)
class Problem:
    """One round; make it with `problem`. Columns of options: one entry per option, in canonical order."""

    candidates: tuple[Candidate, ...]
    measures: tuple[MeasurePlaces, ...]
    quotas: tuple[Quota, ...]
    purses: tuple[Purse, ...]
    pins: tuple[Pin, ...]
    case_at: "array[int]" = field(repr=False)
    cell_at: "array[int]" = field(repr=False)
    suitability: "array[int]" = field(repr=False)
    charge_from: "array[int]" = field(repr=False)
    charge_purse: "array[int]" = field(repr=False)
    charge_amount: "array[int]" = field(repr=False)

    def __len__(self) -> int:
        """How many options there are."""
        return len(self.case_at)

    def charges_of(self, option: int) -> list[tuple[int, int]]:
        """What an option charges: positions of purses with centimes."""
        span = slice(self.charge_from[option], self.charge_from[option + 1])
        return list(zip(self.charge_purse[span], self.charge_amount[span], strict=True))

    @cached_property
    def pays(self) -> tuple[bool, ...]:
        """For each purse whether it pays; a ceiling only counts."""
        return tuple(CEILING not in one.key for one in self.purses)

    def cost_of(self, option: int) -> int:
        """What an option costs all who pay, in centimes; ceilings aside."""
        return sum(sum_ for purse, sum_ in self.charges_of(option) if self.pays[purse])

    def option(self, at: int) -> Option:
        """One option in words."""
        quota = self.quotas[self.cell_at[at]]
        charges = tuple((self.purses[purse].key, sum_) for purse, sum_ in self.charges_of(at))
        key = self.candidates[self.case_at[at]].key
        return Option(key, quota.measure, quota.line, self.suitability[at], charges)

    def options(self) -> Iterator[Option]:
        """Every option in words, in canonical order."""
        return map(self.option, range(len(self)))

    @cached_property
    def first_option(self) -> "array[int]":
        """For each case the position of its first option; one more entry for the end."""
        first = array("q", [0] * (len(self.candidates) + 1))
        for case in self.case_at:
            first[case + 1] += 1
        for case in range(len(self.candidates)):
            first[case + 1] += first[case]
        return first

    def options_of(self, case: int) -> range:
        """Positions of the options of a case."""
        return range(self.first_option[case], self.first_option[case + 1])

    @cached_property
    def measure_of_cell(self) -> tuple[int, ...]:
        """For each quota the position of its measure."""
        at = {one.measure: number for number, one in enumerate(self.measures)}
        return tuple(at[one.measure] for one in self.quotas)

    @cached_property
    def by_rank(self) -> tuple[int, ...]:
        """Positions of the cases, first in rank first."""
        return tuple(sorted(range(len(self.candidates)), key=lambda case: self.candidates[case].rank))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical content."""
        heads = [FORMAT]
        for rows in (self.candidates, self.measures, self.quotas, self.purses, self.pins):
            names = rows[0].__slots__ if rows else ()
            heads.append(json.dumps([[getattr(row, name) for name in names] for row in rows]))
        made = sha256("\n".join(heads).encode())
        for column in self.columns():
            made.update(b"\n" + " ".join(map(str, column)).encode())
        return made.hexdigest()

    def columns(self) -> "tuple[array[int], ...]":
        """The columns of the options, as they enter the digest."""
        return (
            self.case_at, self.cell_at, self.suitability,
            self.charge_from, self.charge_purse, self.charge_amount,
        )  # fmt: skip


def problem(  # noqa: PLR0917 - the parts of a round
    candidates: Iterable[Candidate],
    measures: Iterable[MeasurePlaces],
    quotas: Iterable[Quota],
    purses: Iterable[Purse],
    options: Iterable[Option],
    pins: Iterable[Pin] = (),
) -> Problem:
    """Lay out a round in canonical order. Raises ProblemFault for anything that contradicts itself."""
    cases, held = tuple(sorted(candidates)), tuple(sorted(measures))
    cells, money, decided = tuple(sorted(quotas)), tuple(sorted(purses)), tuple(sorted(pins))
    case_at = _positions("case", [one.key for one in cases])
    _positions("measure", [one.measure for one in held])
    cell_at = _positions("quota", [(one.measure, one.line) for one in cells])
    purse_at = _positions("purse", [one.key for one in money])
    known = {one.measure for one in held}
    _require(all(one.measure in known for one in cells), "a quota of an unknown measure")
    _require(all(one.places >= 0 and one.guaranteed >= 0 for one in held), "negative places")
    _require(all(one.places >= 0 for one in cells), "a negative quota")
    _require(all(one.urgency >= 1 for one in cases), "an urgency below 1")
    _require(all(one.case in case_at for one in decided), "a pin on an unknown case")
    columns = [array(code) for code in "iiiqiq"]
    columns[3].append(0)
    for one in options:
        _note(columns, one, case_at, cell_at, purse_at)
    return Problem(cases, held, cells, money, decided, *_in_order(columns, len(cells)))


def _note(
    columns: Sequence["array[int]"],
    one: Option,
    case_at: Mapping[str, int],
    cell_at: Mapping[tuple[str, str], int],
    purse_at: Mapping[str, int],
) -> None:
    """Append an option to the columns."""
    cases, cells, marks, froms, purses, sums = columns
    _require(0 <= one.suitability <= BEST, "a suitability out of bounds")
    try:
        cases.append(case_at[one.case])
        cells.append(cell_at[one.measure, one.line])
        for purse, sum_ in sorted(one.charges):
            _require(sum_ >= 0, "a negative charge")
            purses.append(purse_at[purse])
            sums.append(sum_)
    except KeyError as unknown:
        raise ProblemFault(f"an option names the unknown {unknown}") from None
    marks.append(one.suitability)
    froms.append(len(purses))


def _in_order(columns: "Sequence[array[int]]", cells: int) -> "tuple[array[int], ...]":
    """The columns by case and cell."""
    case_at, cell_at, marks, froms, purses, sums = columns
    keys = [case * cells + cell for case, cell in zip(case_at, cell_at, strict=True)]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    _require(all(keys[one] < keys[other] for one, other in pairwise(order)), "an option twice")
    made = [array(column.typecode) for column in columns]
    made[3].append(0)
    for at in order:
        span = slice(froms[at], froms[at + 1])
        made[0].append(case_at[at])
        made[1].append(cell_at[at])
        made[2].append(marks[at])
        made[4].extend(purses[span])
        made[5].extend(sums[span])
        made[3].append(len(made[4]))
    return tuple(made)


def _positions(what: str, keys: Sequence[Key]) -> dict[Key, int]:
    found = {key: number for number, key in enumerate(keys)}
    _require(len(found) == len(keys), f"a {what} twice")
    return found


def _require(held: bool, fault: str) -> None:  # noqa: FBT001 - what must hold
    if not held:
        raise ProblemFault(fault)
