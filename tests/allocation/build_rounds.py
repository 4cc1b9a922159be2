"""Small rounds drawn at random: few cases, scarce places and money, two years, now and then two payers."""

from dataclasses import replace
from random import Random

from cii.allocation.problem import Candidate, MeasurePlaces, Option, Pin, Problem, Purse, Quota, problem
from cii.allocation.vocabulary import PinKind

LINES = ("AC", "AI", "AS")
ROOMY = 10_000_000


def a_small_round(seed: int, *, cases: int = 8, measures: int = 4, roomy: bool = False) -> Problem:
    """A round of at most so many cases and measures; `roomy`: no purse binds."""
    draw = Random(seed)
    lines = LINES[: draw.randint(1, 3)]
    who = [
        Candidate(f"C{at}", draw.randint(1, 3), f"2026-01-{draw.randint(1, 9):02d}", f"{draw.getrandbits(256):064x}")
        for at in range(draw.randint(1, cases))
    ]  # fmt: skip
    places = [
        MeasurePlaces(f"M{at}", draw.randint(0, 3), draw.randint(0, 2)) for at in range(draw.randint(1, measures))
    ]  # fmt: skip
    quotas = [
        Quota(one.measure, line, draw.randint(0, 3))
        for one in places
        for line in lines
        if draw.random() < 0.8
    ]
    sums = [ROOMY] if roomy else [0, 100, 150, 200, 300, ROOMY]
    purses = [Purse(f"{line}/{year}", draw.choice(sums)) for line in lines for year in (2026, 2027)]
    options = [
        Option(one.key, quota.measure, quota.line, draw.randint(0, 100), charges(draw, quota.line, lines))
        for one in who
        for quota in quotas
        if draw.random() < 0.5
    ]
    return problem(who, places, quotas, purses, options)


def charges(draw: Random, line: str, lines: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """What an option costs: this year, sometimes the next one too, sometimes a second payer."""
    found = {f"{line}/2026": draw.choice([50, 75, 100])}
    if draw.random() < 0.3:
        found[f"{line}/2027"] = draw.choice([25, 50])
    others = [one for one in lines if one != line]
    if others and draw.random() < 0.15:
        found[f"{draw.choice(others)}/2026"] = 30
    return tuple(sorted(found.items()))


def with_decisions(one: Problem, seed: int) -> Problem:
    """The round with one to three decisions, which need not be able to hold together."""
    draw, options, pins = Random(seed), list(one.options()), set()
    for _ in range(draw.randint(1, 3) if options else 0):
        wish = draw.choice(options)
        if draw.random() < 0.5:
            pins.add(Pin(wish.case, PinKind.TAKEN, wish.measure, wish.line))
        else:
            measure, line = draw.choice(["", wish.measure]), draw.choice(["", wish.line])
            pins.add(Pin(wish.case, PinKind.REFUSED, measure, line))
    return replace(one, pins=tuple(sorted(pins)))


def three_ask_for_two(*pins: Pin, left: int = 1_000, third: int = 200, places: int = 1) -> Problem:
    """Three ask for the places of the insurance in two measures; the third in rank has one option alone."""
    who = [Candidate(f"C{at}", 1, f"2026-01-0{at}", f"{at}" + "0" * 63) for at in (1, 2, 3)]
    wishes = [("C1", "M1", 80), ("C1", "M2", 60), ("C2", "M1", 70), ("C2", "M2", 65), ("C3", "M1", 90)]
    cost = {"C1": 100, "C2": 150, "C3": third}
    return problem(
        who,
        [MeasurePlaces("M1", places), MeasurePlaces("M2", places)],
        [Quota("M1", "AC", places), Quota("M2", "AC", places)],
        [Purse("AC/2026", left)],
        [Option(case, measure, "AC", mark, (("AC/2026", cost[case]),)) for case, measure, mark in wishes],
        pins,
    )
