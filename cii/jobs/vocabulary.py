"""Words of the jobs."""

from enum import StrEnum


class OrderState(StrEnum):
    """How far a run is that somebody asked for."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (OrderState.WAITING, OrderState.RUNNING)
"""States of an order that a worker still has to bring to its end."""
