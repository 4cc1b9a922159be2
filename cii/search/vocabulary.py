"""Words of search."""

from enum import StrEnum


class Group(StrEnum):
    """What may be found, in the order in which it is shown."""

    PERSONS = "persons"
    CASES = "cases"
    MEASURES = "measures"
    PROVIDERS = "providers"
