"""What requests have in common: pages of lists, the version that a change must name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cii.wire.etags import require_match
from cii.wire.pages import MOST, USUAL

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class PageAsked:
    """Which page of a list: the mark from `next`, and how many rows."""

    after: str | None = field(default=None, metadata={"max": 2000})
    limit: int = field(default=USUAL, metadata={"min": 1, "max": MOST})


def versioned(view: View) -> View:
    """The act names in `If-Match` the version it has seen; the document says so."""
    view.versioned = True  # type: ignore[attr-defined]
    return view


def matched(ref: str, version: int) -> int:
    """The current version, when `If-Match` names it; refuses PreconditionRequired, Stale.

    Acts take it as the version that they expect, so that of two at the same moment one wins.
    """
    require_match(ref, version)
    return version
