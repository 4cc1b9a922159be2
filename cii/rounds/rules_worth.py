"""Pure rules of what a place is worth to a case: a mark from 0 to 100 out of whole-number parts.

In a round everybody is placed at once: free places and price play no part in the mark, the limits and the
policy see to them. What counts beside the fit is the place for which the case waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cii.allocation.problem import BEST
from cii.allocation.vocabulary import Part

ASKED = "asked"
"""The part of a mark for the place that was asked for."""
SPEAKS_FROM = 2
"""Level of spoken French (A2) from which somebody can work in it."""
_FRENCH = "fr"


@dataclass(frozen=True, slots=True)
class Weights:
    """How many points each part can bring; they sum to 100. `version` is kept with every mark."""

    version: str = "round-1"
    asked: int = 30
    target_group: int = 30
    region: int = 25
    language: int = 15

    def __post_init__(self) -> None:
        if self.asked + self.target_group + self.region + self.language != BEST:
            raise ValueError("the weights of a mark sum to 100")


DEFAULT = Weights()


@dataclass(frozen=True, slots=True)
class Fit:
    """What is known of a person, or offered by a measure; empty is unknown, or open to all.

    `perhaps`: languages that the person may speak, for all that is known.
    """

    region: str = ""
    languages: frozenset[str] = frozenset()
    target_groups: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()


def fit_of(facts: Mapping[str, object]) -> Fit:
    """The person as the facts for a place tell of them.

    The language of correspondence says what somebody speaks, not what they do not: as long as nobody has
    entered how well they speak French, they may.
    """
    groups, level = facts.get("target_groups"), facts.get("language_level")
    spoken = {str(facts["language"])} if facts.get("language") else set()
    if isinstance(level, int) and level >= SPEAKS_FROM:
        spoken.add(_FRENCH)
    named = groups if isinstance(groups, list | tuple) else ()
    perhaps = frozenset() if isinstance(level, int) else frozenset({_FRENCH})
    return Fit(
        str(facts.get("region") or ""), frozenset(spoken), frozenset(str(one) for one in named), perhaps
    )


def speaks(person: Fit, measure: Fit) -> bool:
    """Whether the person can follow the measure, as far as both are known."""
    spoken = person.languages | person.perhaps
    return not person.languages or not measure.languages or bool(spoken & measure.languages)


def marks(person: Fit, measure: Fit, *, asked: bool, weights: Weights = DEFAULT) -> dict[str, int]:
    """The points of each part: all where both meet or all are welcome, half where nothing is known."""
    mine, theirs = (frozenset({one} if one else ()) for one in (person.region, measure.region))
    unsure = person.perhaps & measure.languages and not person.languages & measure.languages
    spoken = frozenset() if unsure else person.languages
    return {
        ASKED: weights.asked if asked else 0,
        Part.TARGET_GROUP.value: _match(person.target_groups, measure.target_groups, weights.target_group),
        Part.REGION.value: _match(mine, theirs, weights.region),
        Part.LANGUAGE.value: _match(spoken, measure.languages, weights.language),
    }


def _match(mine: Iterable[str], theirs: Iterable[str], points: int) -> int:
    asked, offered = frozenset(mine), frozenset(theirs)
    if not offered or asked & offered:
        return points
    return 0 if asked else points // 2


__all__ = ["ASKED", "DEFAULT", "Fit", "Weights", "fit_of", "marks", "speaks"]
