"""What a case without a place would have needed: a place, a quota, francs, or that a decision be lifted.

Nothing is read from prices: each need is applied to the round and the round solved again, and it is told only
if the case then has a place. What opens one of its options while everybody stays is tried first; where others
of better rank take what was opened, it is opened for more of them, as few as will do. By strict rank those
who come after the case cannot change whether it has a place: needs are looked for among those before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cii.allocation.choosing import choose
from cii.allocation.engine import allocate
from cii.allocation.explaining import Reader
from cii.allocation.layout import lay_out
from cii.allocation.network import NoFlow
from cii.allocation.outcome import Allocation, Policy
from cii.allocation.problem import Problem, problem
from cii.allocation.vocabulary import NeedKind, PinKind, Who

MOST = 24
"""So many times the round, or the part of it that comes before the case, is solved again at most."""
WANTED = 3
"""So many needs are told at most."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One thing more than the round had.

    `key`: a measure (`place`), measure and line (`quota`), a purse (`money`), or the measure and line of a
    refusal that is lifted (`decision`). `by`: places or centimes; 0 for a decision.
    """

    kind: NeedKind
    key: str
    by: int


@dataclass(frozen=True, slots=True)
class Need:
    """Changes that together give the case a place, here; and how many persons more have one then."""

    changes: tuple[Change, ...]
    persons: int
    measure: str
    line: str


def needed(problem: Problem, allocation: Allocation, case: str, most: int = MOST) -> tuple[Need, ...]:
    """What would have given this case a place, smallest first; each confirmed by solving the round again.

    None for a case that is placed or has no option at all, and where none was confirmed in `most` solutions.
    Raises KeyError for a case that is not in the round.
    """
    reader = Reader(problem, allocation)
    at = reader.case_at[case]
    if at in reader.holds:
        return ()
    search = _Search(reader, at, most)
    search.run()
    return tuple(sorted(search.found, key=lambda one: _size(one.changes)))


def applied(problem: Problem, case: str, changes: Iterable[Change]) -> Problem:
    """The round with these changes made for this case. Raises KeyError for a key that it does not have."""
    measures, quotas, purses = list(problem.measures), list(problem.quotas), list(problem.purses)
    lifted = set()
    measure_at = {one.measure: at for at, one in enumerate(measures)}
    quota_at = {f"{one.measure} {one.line}": at for at, one in enumerate(quotas)}
    purse_at = {one.key: at for at, one in enumerate(purses)}
    for one in changes:
        if one.kind is NeedKind.PLACE:
            at = measure_at[one.key]
            measures[at] = replace(measures[at], places=measures[at].places + one.by)
        elif one.kind is NeedKind.QUOTA:
            at = quota_at[one.key]
            quotas[at] = replace(quotas[at], places=quotas[at].places + one.by)
        elif one.kind is NeedKind.MONEY:
            at = purse_at[one.key]
            purses[at] = replace(purses[at], left=purses[at].left + one.by)
        else:
            lifted.add(one.key)
    pins = tuple(
        pin
        for pin in problem.pins
        if pin.case != case
        or pin.kind is not PinKind.REFUSED
        or _refusal(pin.measure, pin.line) not in lifted
    )
    return replace(problem, measures=tuple(measures), quotas=tuple(quotas), purses=tuple(purses), pins=pins)


def solved(problem: Problem, policy: Policy) -> Allocation | None:
    """The round solved; None where no way was found within its limits."""
    try:
        return allocate(problem, policy)
    except NoFlow:
        return None


def _refusal(measure: str, line: str) -> str:
    return f"{measure} {line}".strip()


def _size(changes: tuple[Change, ...]) -> tuple[int, int, int, tuple[Change, ...]]:
    """The smaller need: fewer things, fewer places, less money."""
    money = sum(one.by for one in changes if one.kind is NeedKind.MONEY)
    rooms = sum(one.by for one in changes if one.kind is not NeedKind.MONEY)
    return len(changes), rooms, money, changes


class _Search:
    """The needs of one case, found by trying."""

    def __init__(self, reader: Reader, case: int, most: int) -> None:
        self.reader, self.case, self.tries = reader, case, most
        self.problem, self.policy = reader.problem, reader.allocation.policy
        self.key = self.problem.candidates[case].key
        self.found: list[Need] = []
        self.known: dict[tuple[Change, ...], bool] = {}
        self.before = _up_to(reader, case) if self.policy.who is Who.STRICT_RANK else self.problem

    def run(self) -> None:
        """What opens an option while everybody stays, alone and together; then for those who go before."""
        options = sorted(self.problem.options_of(self.case), key=lambda at: _size(self.opening(at)))
        direct: set[tuple[Change, ...]] = {
            (one,) for at in options for one in self.opening(at) if not self._barred(at)
        }
        direct |= {self.opening(at) for at in options}
        reserve = self.tries // 2
        for changes in sorted(direct, key=_size):
            if len(self.found) < WANTED and self.tries > reserve:
                self._keep(self.need(changes))
        for option in options:
            if len(self.found) < WANTED and not self.known.get(self.opening(option)):
                self._keep(self.need(self._for_more(option)))

    def _keep(self, need: Need | None) -> None:
        if need and not any(_covers(need.changes, one.changes) for one in self.found):
            self.found = [one for one in self.found if not _covers(one.changes, need.changes)]
            self.found.append(need)

    def _barred(self, option: int) -> bool:
        return self.reader.taken_away(self.case, option)

    def tried(self, changes: tuple[Change, ...]) -> bool:
        """Whether the case is placed among those before it, these changes made; no when no try is left."""
        if changes not in self.known and changes and self.tries:
            self.tries -= 1
            self.known[changes] = self._placed(applied(self.before, self.key, changes))
        return self.known.get(changes, False)

    def _placed(self, one: Problem) -> bool:
        if self.policy.who is not Who.STRICT_RANK:
            again = solved(one, self.policy)
            return again is not None and any(held.case == self.key for held in again.placed)
        case = next(at for at, held in enumerate(one.candidates) if held.key == self.key)
        try:
            return bool(choose(lay_out(one, self.policy)).who[case])
        except NoFlow:
            return False

    def need(self, changes: tuple[Change, ...]) -> Need | None:
        """The need that these changes are, by the whole round solved again; None where they do not do."""
        if not self.tried(changes) or not self.tries:
            return None
        self.tries -= 1
        again = solved(applied(self.problem, self.key, changes), self.policy)
        mine = next((one for one in again.placed if one.case == self.key), None) if again else None
        if not again or not mine:
            self.known[changes] = False
            return None
        return Need(changes, len(again.placed) - len(self.reader.holds), mine.measure, mine.line)

    def _for_more(self, option: int) -> tuple[Change, ...]:
        """The option opened for as few others as will do: more and more of them, then halved."""
        before = self._waiting_before()
        low, high = 0, min(1, before)
        found: tuple[Change, ...] = ()
        while high > low and self.tries > 1:
            if self.tried(self.opening(option, high)):
                found = self.opening(option, high)
                break
            low, high = high, min(2 * high, before)
        while found and high - low > 1 and self.tries > 1:
            middle = (low + high) // 2
            if self.tried(self.opening(option, middle)):
                found, high = self.opening(option, middle), middle
            else:
                low = middle
        return found

    def _waiting_before(self) -> int:
        """How many without a place may take what is opened: by strict rank those of better rank."""
        reader, strict = self.reader, self.policy.who is Who.STRICT_RANK
        return sum(
            1
            for key in reader.out
            for case in (reader.case_at[key],)
            if case != self.case
            and (not strict or reader.rank[case] < reader.rank[self.case])
            and reader.live(case)
        )

    def opening(self, option: int, others: int = 0) -> tuple[Change, ...]:
        """What opens an option for the case, and for so many others beside it, while everybody stays."""
        return tuple(sorted(self._opening(option, others)))

    def _opening(self, option: int, others: int) -> Iterator[Change]:
        problem, reader = self.problem, self.reader
        cell = problem.cell_at[option]
        quota, measure = problem.quotas[cell], problem.measure_of_cell[cell]
        held = problem.measures[measure]
        for pin in reader.refused.get(self.key, ()):
            if pin.measure in {"", quota.measure} and pin.line in {"", quota.line}:
                yield Change(NeedKind.DECISION, _refusal(pin.measure, pin.line), 0)
        if (over := len(reader.in_cell.get(cell, ())) + 1 + others - quota.places) > 0:
            yield Change(NeedKind.QUOTA, f"{quota.measure} {quota.line}", over)
        if (over := len(reader.in_measure.get(measure, ())) + 1 + others - held.places) > 0:
            yield Change(NeedKind.PLACE, held.measure, over)
        dearest = self._dearest(cell) if others else {}
        own = dict(problem.charges_of(option))
        for purse in sorted(own.keys() | dearest.keys()):
            asked = own.get(purse, 0) + others * dearest.get(purse, 0)
            if asked and (over := reader.spent[purse] + asked - problem.purses[purse].left) > 0:
                yield Change(NeedKind.MONEY, problem.purses[purse].key, over)

    def _dearest(self, cell: int) -> dict[int, int]:
        """The most that anybody's place in this quota charges to each purse."""
        most: dict[int, int] = {}
        for option, where in enumerate(self.problem.cell_at):
            if where == cell:
                for purse, sum_ in self.problem.charges_of(option):
                    most[purse] = max(most.get(purse, 0), sum_)
        return most


def _up_to(reader: Reader, case: int) -> Problem:
    """The round without those who rank behind a case, but for those who are placed by decision."""
    kept = {
        one.key
        for at, one in enumerate(reader.problem.candidates)
        if reader.rank[at] <= reader.rank[case] or at in reader.pinned
    }
    return problem(
        (one for one in reader.problem.candidates if one.key in kept),
        reader.problem.measures,
        reader.problem.quotas,
        reader.problem.purses,
        (one for one in reader.problem.options() if one.case in kept),
        (one for one in reader.problem.pins if one.case in kept),
    )


def _covers(more: tuple[Change, ...], less: tuple[Change, ...]) -> bool:
    """Whether the first asks for everything that the second does, and as much."""
    asked = {(one.kind, one.key): one.by for one in more}
    return all(asked.get((one.kind, one.key), -1) >= one.by for one in less)
