"""What a rule finds, before the table says how grave it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Found:
    """A finding by its code, the thing it is about (`kind:name`, empty for the whole) and its facts."""

    code: str
    about: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


Finds = Iterator[Found]


def said(text: str) -> bool:
    """Whether something is written."""
    return bool(text.strip())


def listed(*texts: str) -> int:
    """How many of these are written: what a person confirms in a checklist."""
    return sum(said(one) for one in texts)
