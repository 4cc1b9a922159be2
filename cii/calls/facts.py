"""What a check of an agreement reads of the call from which it comes."""

from dataclasses import dataclass
from datetime import date

from cii.calls.vocabulary import CallKind, SpecPart
from cii.conventions.parts import Text


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A call or direct award as it was published; weights in percent by the criterion's short name.

    `scored`: criteria by which offers were scored; `direct_published`: a direct award whose requirements and
    criteria everybody can read (i.43).
    """

    ref: str
    kind: CallKind
    criteria: dict[str, int]
    scored: frozenset[str]
    parts: frozenset[SpecPart]
    base_requirements: str
    published_on: date | None
    direct_published: bool
    text: Text
