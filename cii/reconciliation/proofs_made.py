"""Statements of a night that are made once: what differs from night to night is bound when they are asked."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam


@cache
def made(make: Callable[..., Select[Any]], *names: str) -> Select[Any]:
    """What a room names, with a parameter of each name in place of its days and moments; made once.

    To be run with a value for each name. Making the statements of a night anew took longer than its small
    comparisons themselves.
    """
    return make(*(bindparam(name) for name in names))
