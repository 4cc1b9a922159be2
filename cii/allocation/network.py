"""One minimum cost flow: case → quota → measure. The solver is OR-Tools; who may not be placed is out."""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from cii.allocation.layout import Ints, Layout, Mask

FAR = 1 << 61
"""Costs times nodes stay below; where they do not, the last bits of all costs are left out."""


class NoFlow(RuntimeError):  # noqa: N818 - it says what is wrong
    """The cases that must be placed cannot all be placed."""


@dataclass(frozen=True, eq=False)
class Asked:
    """Who takes part: `may` be placed at all, and who of them `must` be."""

    may: Mask
    must: Mask


def best_flow(layout: Layout, worth: Ints, asked: Asked, bonus: int = 0, among: Mask | None = None) -> Ints:
    """The options (positions among the live ones) whose worth together is greatest within quotas and places.

    `worth`: per live option; `bonus`: for each guaranteed place that is filled; `among`: the options that
    take part, all without. Raises NoFlow.
    """
    open_ = asked.may[layout.case]
    use = np.flatnonzero(open_ if among is None else open_ & among)
    cases, at = np.unique(layout.case[use], return_inverse=True)
    if asked.must.any() and not np.isin(np.flatnonzero(asked.must), cases).all():
        raise NoFlow
    cells, measures = len(layout.quota), len(layout.places)
    first_cell, first_measure = len(cases), len(cases) + cells
    sink = first_measure + measures
    measure_of = np.array(layout.problem.measure_of_cell, np.int64)
    most = max(int(np.abs(worth[use]).max(initial=0)), abs(bonus)) * (sink + 2)
    less = max(0, most.bit_length() - FAR.bit_length() + 1)
    worth, bonus = worth >> less, bonus >> less
    graph = SimpleMinCostFlow()
    edges = _add(graph, at, first_cell + layout.cell[use], np.ones(len(use), np.int64), -worth[use])
    numbers = np.arange(cells)
    _add(graph, first_cell + numbers, first_measure + measure_of, layout.quota, np.zeros(cells, np.int64))
    own = np.arange(measures)
    ends = np.full(measures, sink)
    _add(graph, first_measure + own, ends, layout.guaranteed, np.full(measures, -bonus))
    _add(graph, first_measure + own, ends, layout.places - layout.guaranteed, np.zeros(measures, np.int64))
    free = np.flatnonzero(~asked.must[cases])
    _add(graph, free, np.full(len(free), sink), np.ones(len(free), np.int64), np.zeros(len(free), np.int64))
    supply = np.zeros(sink + 1, np.int64)
    supply[: len(cases)] = 1
    supply[sink] = -len(cases)
    graph.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    if graph.solve() != graph.OPTIMAL:
        raise NoFlow
    chosen: Ints = use[np.flatnonzero(graph.flows(edges))]
    return chosen


def _add(graph: SimpleMinCostFlow, tails: Ints, heads: Ints, room: Ints, cost: Ints) -> Ints:
    """Arcs in one go, with their numbers."""
    arcs: Ints = graph.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), room.astype(np.int64), cost.astype(np.int64)
    )
    return arcs
