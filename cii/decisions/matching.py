"""A table made ready to be asked many times: per input one look-up gives the rules whose condition holds.

Each input is cut where its cells change their mind (`regions`); each piece has a bit mask of rules. Facts are
then placed by a dictionary or by bisection, and a decision is the AND of the masks. The look-up is also the
gate: a value without a place goes the slow way, which refuses it or puts it into the table's terms.
Source: workflow.md §5; equal to the rules tried cell by cell (`hits.hits_of`), which a test proves.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import and_
from typing import Any, NamedTuple, TypeVar

from cii.decisions.domain import Domain, MissingFacts, Months, check_facts
from cii.decisions.hits import Decision, NoRule, RulesOverlap, answer
from cii.decisions.regions import OTHER, Pieces, cut
from cii.decisions.rulebook import Table
from cii.decisions.vocabulary import HitPolicy
from cii.kernel.errors import Refusal

WORLDS = 20_000
"""Up to so many outcomes of unknown facts are followed; beyond, all facts still asked for are missing."""
_TRIED = 200_000
"""So many pairs of outcomes are held against each other for one fact; beyond, the fact counts as missing."""
_KEPT = 400_000
"""So many rules in all stand behind the answers that are kept per table: 4 000 answers of 100 rules."""
_SMALL = 1_000
"""Whole numbers of a domain up to this size are looked up, not searched."""

_TYPES: dict[str, type] = {
    "text": str,
    "yes/no": bool,
    "number": int,
    "whole": int,
    "money": int,
    "date": date,
    "months": Months,
    "days": timedelta,
}
"""The type in which a fact of the kind mostly comes; others go the slow way."""

_NEW, _SET = object.__new__, object.__setattr__
STEPS = 5_000_000
"""What a table or model from outside may take for one question; tables of the house take some hundreds."""
Kept = TypeVar("Kept")
Find = Callable[[Any], int | None]
Masks = tuple[int | None, ...]


class _Place(NamedTuple):
    """One input: `find` for facts of type `kind`, `slow` for every value in the table's terms."""

    name: str
    kind: type | None
    find: Find
    slow: Find


class TableTooHeavy(Refusal):
    """A table from outside, or a draft, asks for more work than it was allowed."""

    code, kind = "too-many-steps", "unfit"


def pieces_of(table: Table) -> tuple[Pieces, ...]:
    """Each input of the table cut where its cells change their mind."""
    return kept_with(table, "pieces", _pieces)


def _pieces(table: Table) -> tuple[Pieces, ...]:
    return tuple(
        cut(column.name, column.domain, [rule.cells[at] for rule in table.rules])
        for at, column in enumerate(table.inputs)
    )


class Matcher:
    """A compiled table; build it with `matcher`, which keeps it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.everything = (1 << len(table.rules)) - 1
        self.masks = [_masks(table, at, pieces) for at, pieces in enumerate(pieces_of(table))]
        self.distinct = [tuple(dict.fromkeys(masks)) for masks in self.masks]
        places = [_place(pieces, masks) for pieces, masks in zip(pieces_of(table), self.masks, strict=True)]
        self._plan = tuple((place.name, place.kind, place.find) for place in places)
        self._slow = {place.name: place.slow for place in places}
        self._first = table.hit_policy is HitPolicy.FIRST
        self._answers: dict[int, Decision | Refusal] = {}
        self._open: dict[tuple[int, tuple[int, ...]], Decision | tuple[str, ...] | Refusal] = {}
        self._kept = max(_KEPT // (len(table.rules) + 1), 1)
        self._done = self.most = 0
        self.field: str | None = None

    def allow(self, steps: int, field: str | None = None) -> None:
        """From here on the table may take so many steps in all: rules weighed, outcomes followed.

        For tables that were not published by this house; `field` is the input that the refusal is about.
        """
        self._done, self.most, self.field = 0, steps, field

    def _spend(self, steps: int) -> None:
        self._done += steps
        if self.most and self._done > self.most:
            raise TableTooHeavy(field=self.field, most=self.most)

    def decide(self, facts: Mapping[str, object]) -> Decision:
        """The answer for these facts; refuses as `place` and `settle` do."""
        alive = self.everything
        try:
            masks = [
                find(value) if type(value := facts[name]) is kind else None for name, kind, find in self._plan
            ]
            for mask in masks:
                alive &= mask  # type: ignore[operator]
        except (KeyError, TypeError):  # a fact is missing, or has no place: the slow way says which
            return self._slowly(facts)
        answer = self._answers.get(alive)
        if len(facts) != len(masks) or answer.__class__ is not Decision:
            return self._slowly(facts)
        return _copy(answer, dict(facts), tuple(masks))

    def _slowly(self, facts: Mapping[str, object]) -> Decision:
        used, masks = self.place(facts)
        return _copy(self.settle(masks), used, masks)

    def place(self, facts: Mapping[str, object]) -> tuple[dict[str, Any], Masks]:
        """The facts in the table's terms, and per input the rules whose condition holds (None: unknown).

        Refuses: FactUnknown, FactNull, FactWrongType, FactOutOfDomain (all at once).
        """
        known: dict[str, Any] = {}
        masks: list[int | None] = []
        for name, kind, find in self._plan:
            mask = None
            if name in facts:
                known[name] = value = facts[name]
                mask = find(value) if type(value) is kind else None
                if mask is None:
                    try:
                        known[name] = self.table.domains[name].normal(name, value)
                    except Refusal:
                        check_facts(self.table.domains, facts)  # refuses, with every reason
                    mask = self._slow[name](known[name])
            masks.append(mask)
        if len(known) != len(facts):
            check_facts(self.table.domains, facts)
        return known, tuple(masks)

    def settle(self, masks: Masks) -> Decision:
        """The answer for placed facts, still without `used`.

        Refuses: MissingFacts, only for facts that could still change the answer · NoRule · RulesOverlap.
        """
        alive = self.everything
        unknown: list[int] = []
        for at, mask in enumerate(masks):
            if mask is None:
                unknown.append(at)
            else:
                alive &= mask
        found = self._unknown(alive, tuple(unknown)) if unknown else self.answer(alive)
        if isinstance(found, tuple):
            raise MissingFacts(found, self.table.id)
        if isinstance(found, Refusal):
            raise _again(found)
        return found

    def answer(self, alive: int) -> Decision | Refusal:
        """What the table says when exactly these rules hold; a refusal is returned, not raised."""
        found = self._answers.get(alive)
        if found is None:
            self._spend(len(self.table.rules))
            holding = alive & -alive if self._first else alive
            hits = [rule for at, rule in enumerate(self.table.rules) if holding >> at & 1]
            try:
                found = answer(self.table, hits)
            except (NoRule, RulesOverlap) as no:
                found = no
            self._keep(self._answers, alive, found)
        return found

    def _unknown(self, alive: int, unknown: tuple[int, ...]) -> Decision | tuple[str, ...] | Refusal:
        """The answer that all values of the unknown facts share, or the names of those that matter."""
        found = self._open.get((alive, unknown))
        if found is None:
            found = self._decided(alive, unknown)
            self._keep(self._open, (alive, unknown), found)
        return found

    def _decided(self, alive: int, unknown: tuple[int, ...]) -> Decision | tuple[str, ...] | Refusal:
        worlds = self._worlds(alive, unknown)
        if worlds is None:
            return tuple(self._plan[at][0] for at in unknown if self._asked(alive, at))
        answers = [self.answer(world) for world in worlds]
        if len({_said(one) for one in answers}) == 1:
            return _shared(self.table, answers)
        return tuple(self._plan[at][0] for at in unknown if self._matters(alive, unknown, at))

    def _asked(self, alive: int, at: int) -> bool:
        return any(alive & mask != alive for mask in self.distinct[at])

    def _matters(self, alive: int, unknown: tuple[int, ...], at: int) -> bool:
        """Whether two worlds that differ in this fact alone have different answers."""
        if not self._asked(alive, at):
            return False
        others = self._worlds(alive, tuple(one for one in unknown if one != at))
        if others is None or len(others) * len(self.distinct[at]) > _TRIED:
            return True
        self._spend(len(others) * len(self.distinct[at]))
        return any(
            len({_said(self.answer(world & mask)) for mask in self.distinct[at]}) > 1 for world in others
        )

    def _worlds(self, alive: int, unknown: tuple[int, ...]) -> set[int] | None:
        """Every set of rules that may hold in the end; None when they are too many to follow."""
        worlds = {alive}
        for at in unknown:
            further: set[int] = set()
            self._spend(len(worlds) * len(self.distinct[at]))
            for world in worlds:
                further.update(world & mask for mask in self.distinct[at])
                if len(further) > WORLDS:
                    return None
            worlds = further
        return worlds

    def _keep(self, store: dict[Any, Any], key: object, value: object) -> None:
        if len(store) >= self._kept:
            store.clear()
        store[key] = value


def _masks(table: Table, at: int, pieces: Pieces) -> list[int]:
    """Per piece of an input the rules that hold there; what asks nothing is tried once."""
    free = sum(1 << number for number, rule in enumerate(table.rules) if rule.cells[at].any)
    asking = [
        (1 << number, rule.cells[at]) for number, rule in enumerate(table.rules) if not rule.cells[at].any
    ]
    return [free | sum(bit for bit, cell in asking if cell.holds(one.sample)) for one in pieces.pieces]


def _copy(answer: Any, used: dict[str, Any], masks: Masks) -> Decision:  # noqa: ANN401 - a Decision
    """The answer for this person: a plain copy, because `replace` would cost more than the decision."""
    fields = answer.__dict__.copy()
    fields["used"], fields["masks"] = used, masks
    found: Decision = _NEW(Decision)
    _SET(found, "__dict__", fields)
    return found


def matcher(table: Table) -> Matcher:
    """The table made ready; kept with it, so that only the first question pays and drafts are let go."""
    found: Matcher = table.__dict__.get("made matcher") or kept_with(table, "matcher", Matcher)
    return found


def kept_with(table: Table, name: str, make: Callable[[Table], Kept]) -> Kept:
    """What is made of a table, kept as long as the table itself and no longer."""
    held = table.__dict__
    key = f"made {name}"
    if key not in held:
        held[key] = make(table)
    found: Kept = held[key]
    return found


def _again(no: Refusal) -> Refusal:
    """A fresh refusal of the same content: one that is kept must not gather tracebacks."""
    fresh = type(no)()
    fresh.field, fresh.facts = no.field, no.facts
    return fresh


def _said(found: Decision | Refusal) -> tuple[object, ...]:
    """What an answer says, comparable; a refusal is an answer of its own."""
    if isinstance(found, Refusal):
        return (found.code, *found.facts.values())
    return (*(tuple(one.items()) for one in found.results), found.why)


def _shared(table: Table, answers: list[Decision | Refusal]) -> Decision | Refusal:
    """The one answer of several worlds: its rules are those of every world, else those of any."""
    first = answers[0]
    if isinstance(first, Refusal):
        return first
    named = [set(one.rules) for one in answers if isinstance(one, Decision)]
    rules = reduce(and_, named) or set().union(*named)
    ordered = [rule.id for rule in table.rules if rule.id in rules]
    if set(first.rules) == rules:
        ordered = list(first.rules)
    return Decision(
        first.table,
        first.version,
        first.digest,
        tuple(ordered),
        first.outputs,
        first.results,
        first.why,
        first.texts,
    )


def _place(pieces: Pieces, masks: list[int]) -> _Place:
    domain = pieces.domain
    by_sample = {one.sample: mask for one, mask in zip(pieces.pieces, masks, strict=True)}
    nothing = by_sample.pop(None, None)
    if not domain.ordered or domain.values:
        find: Find = by_sample.get
        if domain.kind == "text" and not domain.values:
            find = _open_text(domain, by_sample)
        slow = find
    else:
        slow = find = _by_search(pieces, masks)
        if small := _small(domain):
            find = {value: mask for value in small if (mask := slow(value)) is not None}.get
    if domain.optional:
        searched = slow
        slow = lambda value: nothing if value is None else searched(value)  # noqa: E731 - one more case
    return _Place(pieces.name, _TYPES.get(domain.kind), find, slow)


def _small(domain: Domain) -> Iterable[int]:
    if domain.kind not in {"number", "whole", "money"} or domain.low is None or domain.high is None:
        return ()
    return range(int(domain.low), int(domain.high) + 1) if domain.high - domain.low <= _SMALL else ()


def _open_text(domain: Domain, known: Mapping[str, int]) -> Find:
    """Any text that no rule names has the mask of the others, where the domain admits it."""
    others = known.get(OTHER)
    if domain.allowed is None:
        return lambda value: known.get(value, others)
    return lambda value: known.get(value, others) if domain.admits(value) else None


def _by_search(pieces: Pieces, masks: list[int]) -> Find:
    """Bisection over the cut points: odd slots are the points, even ones what lies between."""
    spans = [one.span for one in pieces.pieces if one.sample is not None]
    points = sorted({one for span in spans for one in (span.low, span.high) if one is not None})
    slots: list[int | None] = [None] * (2 * len(points) + 1)
    for span, mask in zip(spans, masks, strict=False):
        if span.point:
            slots[2 * points.index(span.low) + 1] = mask
        else:
            slots[0 if span.low is None else 2 * points.index(span.low) + 2] = mask
    return lambda value: slots[bisect_left(points, value) + bisect_right(points, value)]
