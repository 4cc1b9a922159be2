"""How a field of a part is written: a line, some prose, a list, a number; each with its bounds."""

from dataclasses import field
from typing import Any


def line(most: int = 200) -> Any:  # noqa: ANN401 - dataclasses.field is typed by its default
    """A text of one line."""
    return field(default="", metadata={"max": most})


def prose(most: int = 4000) -> Any:  # noqa: ANN401
    """A text of several lines."""
    return field(default="", metadata={"max": most, "prose": True})


def many(most: int = 40) -> Any:  # noqa: ANN401
    """Several of a kind."""
    return field(default=(), metadata={"max": most})


def whole(least: int, most: int) -> Any:  # noqa: ANN401
    """A whole number, or nothing yet."""
    return field(default=None, metadata={"min": least, "max": most})
