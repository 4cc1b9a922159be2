"""Invented rounds of a stated size, the same for the same seed: who asks, which places, what each costs whom.

Cases have a target group, a region and one or two lines that may pay; measures take some groups and some
lines, with quotas that add up to more than the places. All but one line hold `tight` of what giving out
the places in rank order, first admissible place first, would spend: money is what is scarce.
"""

from array import array

import numpy as np

from cii.allocation.lots import lot
from cii.allocation.problem import Candidate, MeasurePlaces, Problem, Purse, Quota

LINES = ("AI", "LACI", "MIP", "SAS", "SFPO", "SMIG")
ENTITLED = (4, 4, 2, 3, 1, 2)
"""Of sixteen cases so many may be paid by each line."""
TIGHT = 0.8
SIZES = ((300, 40), (2_000, 120), (10_000, 300), (50_000, 500))
PLENTY = 10**13
SEED = "ab" * 32
_CHUNK = 2_000


def a_round(cases: int, measures: int, seed: int, tight: float = TIGHT) -> Problem:
    """A round of so many cases and measures; `tight`: share of the money that first come would need."""
    draw = np.random.default_rng(seed)
    places = np.maximum(2, draw.poisson(0.75 * cases / measures, measures))
    cells = _quotas(draw, places)
    groups = np.zeros((measures, 8), bool)
    for one in groups:
        one[draw.choice(8, draw.integers(2, 5), replace=False)] = True
    price = draw.integers(1_500, 4_500, measures) * 100
    region_of_measure, region = draw.integers(0, 6, measures), draw.integers(0, 6, cases)
    group, months = draw.integers(0, 8, cases), draw.integers(2, 7, cases)
    first = draw.choice(len(LINES), cases, p=np.array(ENTITLED) / sum(ENTITLED))
    second = np.where(draw.random(cases) < 0.3, draw.integers(0, len(LINES), cases), first)
    urgency = draw.choice([1, 2, 3], cases, p=[0.15, 0.5, 0.35])
    since = np.datetime64("2026-01-01") + draw.integers(0, 300, cases)
    candidates = tuple(
        Candidate(f"C{at:05d}", int(urgency[at]), str(since[at]), lot(SEED, f"C{at:05d}"))
        for at in range(cases)
    )
    entitled = np.zeros((cases, len(LINES)), bool)
    entitled[np.arange(cases), first] = entitled[np.arange(cases), second] = True
    cell_measure = np.array([measure for measure, _ in cells])
    cell_line = np.array([line for _, line in cells])
    found: list[list[np.ndarray]] = [[], [], []]
    for start in range(0, cases, _CHUNK):
        some = slice(start, start + _CHUNK)
        fits = groups[:, group[some]].T & (draw.random((len(group[some]), measures)) >= 0.35)
        case, cell = np.nonzero(fits[:, cell_measure] & entitled[some][:, cell_line])
        near = region[some][case] == region_of_measure[cell_measure[cell]]
        mark = 30 + 30 * near + draw.integers(0, 41, len(case))
        for kept, column in zip(found, (case + start, cell, mark), strict=True):
            kept.append(column)
    case, cell, mark = (np.concatenate(column) for column in found)
    cost = price[cell_measure[cell]] * months[case]
    quotas = tuple(Quota(f"M{measure:03d}", LINES[line], room) for (measure, line), room in cells.items())
    problem = Problem(
        candidates=candidates,
        measures=tuple(MeasurePlaces(f"M{at:03d}", int(one), int(one // 3)) for at, one in enumerate(places)),
        quotas=quotas,
        purses=tuple(Purse(line, PLENTY) for line in LINES),
        pins=(),
        case_at=array("i", case.astype(np.int32).tobytes()),
        cell_at=array("i", cell.astype(np.int32).tobytes()),
        suitability=array("i", mark.astype(np.int32).tobytes()),
        charge_from=array("q", np.arange(len(case) + 1, dtype=np.int64).tobytes()),
        charge_purse=array("i", cell_line[cell].astype(np.int32).tobytes()),
        charge_amount=array("q", cost.astype(np.int64).tobytes()),
    )
    return _with_money(problem, tight)


def _quotas(draw: np.random.Generator, places: np.ndarray) -> dict[tuple[int, int], int]:
    """Cells in canonical order, with their places."""
    found: dict[tuple[int, int], int] = {}
    for measure, many in enumerate(places):
        lines = np.sort(draw.choice(len(LINES), draw.integers(1, 5), replace=False))
        shares = draw.dirichlet(np.full(len(lines), 2.0)) * many * 1.2
        found |= {
            (measure, int(line)): max(1, round(share)) for line, share in zip(lines, shares, strict=True)
        }
    return found


def _with_money(problem: Problem, tight: float) -> Problem:
    """The same, each line but the first holding `tight` of what giving in turn would spend."""
    room = [one.places for one in problem.quotas]
    places = [one.places for one in problem.measures]
    spent = [0] * len(LINES)
    for case in problem.by_rank:
        for at in problem.options_of(case):
            cell = problem.cell_at[at]
            measure = problem.measure_of_cell[cell]
            if room[cell] and places[measure]:
                room[cell] -= 1
                places[measure] -= 1
                spent[problem.charge_purse[at]] += problem.charge_amount[at]
                break
    purses = tuple(
        Purse(line, int(sum_ * tight) if at else PLENTY)
        for at, (line, sum_) in enumerate(zip(LINES, spent, strict=True))
    )
    return Problem(
        problem.candidates, problem.measures, problem.quotas, purses, (), *problem.columns()
    )  # fmt: skip
