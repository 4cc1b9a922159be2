"""Small rounds drawn at random: few cases, scarce places and money, two years, now and then two payers."""

from random import Random

from cii.allocation.problem import Candidate, MeasurePlaces, Option, Problem, Purse, Quota, problem

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
