"""Exact polish by a mixed integer programme (HiGHS), for rounds up to a stated size.

Stopped by nodes and by gap, never by the clock: the same problem gives the same answer.
"""

from collections.abc import Sequence
from enum import Enum

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack, vstack

from cii.allocation.layout import Ints
from cii.allocation.outcome import SCALE
from cii.allocation.prices import Aim, Search


class Fit(Enum):
    """What is known of a wish to place certain cases together."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


LARGEST = 2_000
"""Cases up to which a round is polished."""
NODES = 60
INFEASIBLE = 2
WHOLE = 600
"""Options up to which all of them are looked at."""


def core(found: Search, known: Sequence[Ints]) -> Ints:
    """The options worth a look: all of a small problem, else those of the last flows and of what is known."""
    if len(found.aim.layout.option) <= WHOLE:
        return np.arange(len(found.aim.layout.option))
    seen = [chosen for *_, chosen in found.seen[-12:]]
    return np.unique(np.concatenate([*seen, *known]))


def exact(aim: Aim, core: Ints, *, nodes: int = NODES, gap: float = 1e-6) -> Ints | None:
    """The best choice among these options (positions among the live ones); None when none was found."""
    layout = aim.layout
    core = core[aim.asked.may[layout.case[core]]]
    guaranteed = np.flatnonzero(layout.guaranteed > 0) if aim.bonus else np.zeros(0, np.int64)
    many, extra = len(core), len(guaranteed)
    if not many:
        return core
    rows, low, high = _rows(aim, core)
    if extra:
        at = np.full(len(layout.places), -1)
        at[guaranteed] = np.arange(extra)
        of = at[layout.measure[core]]
        mine = np.flatnonzero(of >= 0)
        filled = csr_matrix((-np.ones(len(mine)), (of[mine], mine)), shape=(extra, many))
        eye = csr_matrix((np.ones(extra), (np.arange(extra), np.arange(extra))), shape=(extra, extra))
        rows = vstack([hstack([rows, csr_matrix((rows.shape[0], extra))]), hstack([filled, eye])])
        low, high = np.concatenate([low, np.full(extra, -np.inf)]), np.concatenate([high, np.zeros(extra)])
    worth = np.concatenate([aim.value[core], np.full(extra, aim.bonus)]) / SCALE
    top = np.concatenate([np.ones(many), layout.guaranteed[guaranteed]])
    done = milp(
        -worth,
        constraints=LinearConstraint(rows.tocsr(), low, high),
        integrality=np.ones(many + extra),
        bounds=Bounds(0, top),
        options={"mip_rel_gap": gap, "node_limit": nodes},
    )
    if done.x is None:
        return None
    chosen = core[done.x[:many] > 0.5]
    return np.sort(chosen) if layout.affordable(chosen) and _complete(aim, chosen) else None


def decided(aim: Aim, options: Ints, *, nodes: int) -> "tuple[Fit, Ints | None]":
    """Whether all who must be placed can be placed by these options: a way, a proof that there is none, or open."""
    rows, low, high = _rows(aim, options)
    done = milp(
        np.zeros(len(options)),
        constraints=LinearConstraint(rows.tocsr(), low, high),
        integrality=np.ones(len(options)),
        bounds=Bounds(0, 1),
        options={"node_limit": nodes},
    )
    if done.x is not None:
        chosen = np.sort(options[done.x > 0.5])
        if aim.layout.affordable(chosen) and _complete(aim, chosen):
            return Fit.YES, chosen
        return Fit.UNKNOWN, None
    return (Fit.NO if done.status == INFEASIBLE else Fit.UNKNOWN), None


def _complete(aim: Aim, chosen: Ints) -> bool:
    held = np.zeros(aim.layout.cases, bool)
    held[aim.layout.case[chosen]] = True
    return bool(held[aim.asked.must].all())


def _rows(aim: Aim, core: Ints):  # noqa: ANN202 - matrix, least, most
    layout = aim.layout
    many, number = len(core), np.arange(len(core))
    cases, at = np.unique(layout.case[core], return_inverse=True)
    one = np.ones(many)
    new = np.full(len(layout.option), -1)
    new[core] = number
    mine = new[layout.charge_option] >= 0
    unit = np.maximum(layout.left, 1) / 1000.0
    purse = layout.charge_purse[mine]
    rows = vstack([
        csr_matrix((one, (at, number)), shape=(len(cases), many)),
        csr_matrix((one, (layout.cell[core], number)), shape=(len(layout.quota), many)),
        csr_matrix((one, (layout.measure[core], number)), shape=(len(layout.places), many)),
        csr_matrix(
            (layout.charge_amount[mine] / unit[purse], (purse, new[layout.charge_option[mine]])),
            shape=(len(layout.left), many),
        ),
    ])  # fmt: skip
    high = np.concatenate([np.ones(len(cases)), layout.quota, layout.places, layout.left / unit])
    low = np.full(len(high), -np.inf)
    low[: len(cases)] = np.where(aim.asked.must[cases], 1, 0)
    return rows, low, high
