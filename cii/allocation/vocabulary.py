"""Words of the allocation: the parts of a suitability mark, and where a place stands for a case."""

from enum import StrEnum


class Part(StrEnum):
    """What a suitability mark is made of."""

    TARGET_GROUP = "target_group"
    REGION = "region"
    LANGUAGE = "language"
    AVAILABILITY = "availability"
    PRICE = "price"


class Access(StrEnum):
    """Whether a place can be had; the order of the words is the order of the list."""

    OPEN = "open"
    FULL = "full"
    UNPAYABLE = "unpayable"
    MISSING_FACTS = "missing_facts"
    UNDECIDED = "undecided"
    CLOSED = "closed"
