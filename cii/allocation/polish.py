"""Exact polish by a mixed integer programme (HiGHS), for rounds up to a stated size.

Stopped by nodes and by gap, never by the clock: the same problem gives the same answer.
"""

from enum import Enum
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack, vstack

from cii.allocation.aim import Aim
from cii.allocation.layout import Ints, Mask
from cii.allocation.network import Asked
from cii.allocation.outcome import SCALE
from cii.allocation.quiet import quiet


class Fit(Enum):
    """What is known of a wish to place certain cases together."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


NODES = 60
OPTIMAL = 0
HALF = 0.5
WHOLE = 160
"""Options up to which all of them are looked at."""


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
    with quiet():
        done = milp(
            -worth,
            constraints=LinearConstraint(rows.tocsr(), low, high),
            integrality=np.ones(many + extra),
            bounds=Bounds(0, top),
            options={"mip_rel_gap": gap, "node_limit": nodes},
        )
    if done.x is None:
        return None
    chosen = core[done.x[:many] > HALF]
    return np.sort(chosen) if layout.affordable(chosen) and _complete(aim, chosen) else None


def first_of(aim: Aim, who: Mask, group: list[int], *, nodes: int) -> Ints | None:
    """The first of a group, in its order, who can be placed together with those who must be: a way to do so.

    Each of the group weighs more than all after it, so one programme decides them all; None where it does
    not end within so many nodes.
    """
    layout = aim.layout
    weight = np.zeros(layout.cases, np.int64)
    weight[group] = 1 << np.arange(len(group))[::-1]
    may = who | (weight > 0)
    options = np.flatnonzero(may[layout.case])
    rows, low, high = _rows(Aim(layout, aim.value, Asked(may, who)), options)
    with quiet():
        done = milp(
            -weight[layout.case[options]].astype(float),
            constraints=LinearConstraint(rows, low, high),
            integrality=np.ones(len(options)),
            bounds=Bounds(0, 1),
            options={"node_limit": nodes, "mip_rel_gap": 1e-7},
        )
    if done.status != OPTIMAL or done.x is None:
        return None
    chosen = np.sort(options[done.x > HALF])
    fine = layout.affordable(chosen) and not (who & ~layout.who(chosen)).any()
    return chosen if fine else None


def _complete(aim: Aim, chosen: Ints) -> bool:
    held = np.zeros(aim.layout.cases, bool)
    held[aim.layout.case[chosen]] = True
    return bool(held[aim.asked.must].all())


def _rows(aim: Aim, core: Ints) -> Any:  # noqa: ANN401 - sparse matrix, least, most
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
