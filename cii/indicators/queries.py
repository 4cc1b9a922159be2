"""The published definitions of indicators, by the day on which they hold."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from cii.indicators.rules import Published, in_force, read_definitions
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


def definitions(work: Work, day: date | None = None) -> dict[str, Published]:
    """The definition of each code that holds on a day (today when left out)."""
    return in_force(_published(work.settings.workflows_dir), day or work.today)


def versions(work: Work, code: str) -> Sequence[Published]:
    """Every version of a definition, the newest first; refuses UnknownThing."""
    found = [one for one in _published(work.settings.workflows_dir) if one.code == code]
    if not found:
        raise UnknownThing(field="code")
    return sorted(found, key=lambda one: one.version, reverse=True)


@lru_cache(maxsize=4)
def _published(folder: Path) -> tuple[Published, ...]:
    """Every version in the files of a folder, which are read once; refuses BrokenFile."""
    return tuple(
        one
        for file in sorted((folder / "indicators").glob("*.yaml"))
        for one in read_definitions(file.read_bytes(), file.name)
    )
