"""Where every postcode lies, in one statement; what the regions are called."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from cii.institutions.tables import PostcodeRegion
from cii.store.settings import canton_directory
from cii.store.work import Work


def region_of_each(work: Work) -> Mapping[str, str]:
    """Postcode → region, of the canton's file."""
    rows = work.session.execute(select(col(PostcodeRegion.postcode), col(PostcodeRegion.region)))
    return {row[0]: row[1] for row in rows}


def region_names(work: Work) -> Mapping[str, str]:
    """Code → name of each region, in the order of the canton's file."""
    return _names(work.settings.canton)


@cache
def _names(directory: Path) -> Mapping[str, str]:
    return {code: str(entry["name"]) for code, entry in canton_directory(directory)["regions"].items()}


__all__ = ["region_names", "region_of_each"]
