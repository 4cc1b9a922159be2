"""What answers of several resources have in common: their version, labels of units that may be shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g

from cii.institutions.queries import UnitLabel, shown_units
from cii.store.work import Work
from cii.wire.etags import etag

Tagged = tuple[Any, dict[str, str]]
"""An answer with its headers."""


def tagged(shown: Any, ref: str, version: int) -> Tagged:  # noqa: ANN401 - any answer
    """The answer with the version that a change of it must name in `If-Match`."""
    return shown, {"ETag": etag(ref, version)}


def unit_shown(work: Work, unit_id: int | None) -> UnitLabel | None:
    """The label of a unit; None where there is none or its name is for its own members only."""
    return shown_units(work, [unit_id]).get(unit_id) if unit_id is not None else None


def name_shown(labels: Mapping[int, UnitLabel], unit_id: int) -> str | None:
    """The name of a unit among those that may be shown, else None."""
    return labels[unit_id].name if unit_id in labels else None


def open_label(label: UnitLabel | None) -> UnitLabel | None:
    """The label, unless its name is sensitive and the reader no member."""
    if label is None or not label.sensitive:
        return label
    return label if label.ref in _own_units() else None


def _own_units() -> frozenset[str]:
    """The reader's own units, by outward name."""
    work: Work = g.work
    return frozenset(seat.unit_ref for seat in work.actor.seats)


def by_ref(labels: Mapping[int, Any], ids: Iterable[int]) -> list[Any]:
    """The labels of these ids that may be shown, in order."""
    return [labels[one] for one in ids if one in labels]
